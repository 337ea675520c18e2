import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
// @ts-expect-error It comes without types.
import OAuthProvider from 'oidc-provider'
import { answerConsent } from './oauth-consent'

/** Answers a request instead of the server; true when it has. */
type Interference = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>

/**
 * A real OAuth server on loopback. Its client may use client credentials and refresh tokens; a refresh token is replaced at
 * each use, and one that is used twice takes all of its family with it.
 */
export interface OAuthServer {
  issuer: string
  authorizationUrl: string
  tokenUrl: string
  revocationUrl: string
  clientId: string
  clientSecret: string
  /** Of a client that does not authenticate. */
  publicClientId: string
  /** Seconds that access tokens last; may be changed at any time. */
  lifetimeSeconds: number
  /** Requests that reached the token endpoint. */
  requests(): number
  /** How those that were not interfered with were answered, by status. */
  answers(): Record<number, number>
  /** Called before each request of the token endpoint is answered. */
  interfere(how: Interference | null): void
  /** A first refresh token, as a person brings it. */
  mintRefreshToken(): Promise<string>
  /** Takes back all that merchants have allowed, as they do in the service’s own settings. */
  revokeGrants(): void
  /** Whether an access token is one that may be used. */
  accepts(accessToken: string): Promise<boolean>
  close(): Promise<void>
}

const CLIENT_ID = 'shop app:1'
const PUBLIC_CLIENT_ID = 'public-app'
const CLIENT_SECRET = 'Canary-oauth/+ &=%_1'
const SCOPE = 'openid offline_access orders'

/** Signs ID tokens. Made once: it takes a while. */
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

/**
 * Starts a server.
 * @param redirectUris where its clients may send a browser back to after consent; none: consent can't be given
 */
export async function startOAuthServer({ redirectUris = [] as string[] } = {}): Promise<OAuthServer> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const consent =
    redirectUris.length > 0
      ? { redirect_uris: redirectUris, response_types: ['code'], grant: ['authorization_code'] }
      : { redirect_uris: [], response_types: [], grant: [] }
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let lifetimeSeconds = 3600
  let requests = 0
  const answers: Record<number, number> = {}
  const stored = new Map<string, Stored>()
  let interference: Interference | null = null

  const lifetime = () => lifetimeSeconds
  const provider = new OAuthProvider(issuer, {
    adapter: memoryAdapter(stored),
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        grant_types: ['client_credentials', 'refresh_token', ...consent.grant],
        redirect_uris: consent.redirect_uris,
        response_types: consent.response_types,
        token_endpoint_auth_method: 'client_secret_basic',
      },
      {
        client_id: PUBLIC_CLIENT_ID,
        grant_types: ['refresh_token', ...consent.grant],
        redirect_uris: consent.redirect_uris,
        response_types: consent.response_types,
        token_endpoint_auth_method: 'none',
      },
    ],
    cookies: { keys: ['test'] },
    expiresWithSession: async () => false,
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      revocation: { enabled: true },
    },
    findAccount: async (_: unknown, accountId: string) => ({ accountId, claims: async () => ({ sub: accountId }) }),
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    issueRefreshToken: async () => true,
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig' }] },
    pkce: { methods: ['S256'], required: () => true },
    rotateRefreshToken: true,
    scopes: SCOPE.split(' '),
    ttl: {
      AccessToken: lifetime,
      ClientCredentials: lifetime,
      Grant: 86_400,
      IdToken: 600,
      Interaction: 600,
      RefreshToken: 86_400,
      Session: 600,
    },
  })
  const answer = provider.callback()
  server.on('request', async (request, response) => {
    if (request.url === '/token') {
      requests += 1
      if (await interference?.(request, response)) return
      response.on('finish', () => {
        answers[response.statusCode] = (answers[response.statusCode] ?? 0) + 1
      })
    }
    if (request.url?.startsWith('/interaction/')) return answerConsent(provider, SCOPE, request, response)
    // Who comes is asked anew each time.
    if (request.url?.startsWith('/auth?')) delete request.headers.cookie
    answer(request, response)
  })

  return {
    issuer,
    authorizationUrl: `${issuer}/auth`,
    revocationUrl: `${issuer}/token/revocation`,
    publicClientId: PUBLIC_CLIENT_ID,
    tokenUrl: `${issuer}/token`,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    get lifetimeSeconds() {
      return lifetimeSeconds
    },
    set lifetimeSeconds(seconds) {
      lifetimeSeconds = seconds
    },
    requests: () => requests,
    answers: () => ({ ...answers }),
    interfere(how) {
      interference = how
    },
    revokeGrants() {
      for (const key of stored.keys()) if (/^(Grant|RefreshToken|AccessToken) /.test(key)) stored.delete(key)
    },
    async mintRefreshToken() {
      const client = await provider.Client.find(CLIENT_ID)
      const grant = new provider.Grant({ accountId: 'merchant', clientId: CLIENT_ID })
      grant.addOIDCScope(SCOPE)
      const grantId = await grant.save()
      const token = { accountId: 'merchant', client, grantId, gty: 'authorization_code', scope: SCOPE }
      return new provider.RefreshToken(token).save()
    },
    async accepts(accessToken) {
      const found =
        (await provider.AccessToken.find(accessToken)) ?? (await provider.ClientCredentials.find(accessToken))
      return found !== undefined
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

interface Stored {
  grantId?: string
  consumed?: number
  uid?: string
}

/** A store of one server alone: the one that comes with it is shared by all in the process. */
function memoryAdapter(stored: Map<string, Stored>) {
  return class {
    readonly #model: string

    constructor(model: string) {
      this.#model = model
    }

    async upsert(id: string, payload: Stored) {
      stored.set(this.#key(id), payload)
    }

    async find(id: string) {
      return stored.get(this.#key(id))
    }

    async findByUid(uid: string) {
      return [...stored.values()].find((payload) => payload.uid === uid)
    }

    async findByUserCode() {}

    async consume(id: string) {
      const found = stored.get(this.#key(id))
      if (found) found.consumed = Math.floor(Date.now() / 1000)
    }

    async destroy(id: string) {
      stored.delete(this.#key(id))
    }

    async revokeByGrantId(grantId: string) {
      for (const [key, payload] of stored) if (payload.grantId === grantId) stored.delete(key)
    }

    #key(id: string) {
      return `${this.#model} ${id}`
    }
  }
}
