import {
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  type Client,
  clientCredentialsGrantRequest,
  customFetch,
  nopkce,
  processAuthorizationCodeResponse,
  processClientCredentialsResponse,
  processRefreshTokenResponse,
  ResponseBodyError,
  refreshTokenGrantRequest,
} from 'oauth4webapi'
import type { ClientAuthentication } from '../credentials/types'
import type { Egress } from '../egress'
import { EgressError } from '../egress/errors'
import { parseUrl } from '../parse-url'
import { blank, canBlank } from '../vault/blank'
import { Secret } from '../vault/secret'
import { authenticate, userPass } from './client-authentication'
import { descriptionOf, errorOf, toConformingResponse } from './conforming'
import { type Reading, read, type TokenDialect, word } from './dialect'
import { isOAuthError, OAuthError, type OAuthErrorCode } from './errors'
import { type CallOptions, fetchThrough, LIMITS } from './fetch'
import { clockOf, refreshLifetimeOf } from './lifetime'
import { parseRetryAfter } from './retry-after'

/** A client of a token endpoint. */
export interface OAuthClient {
  tokenUrl: string
  clientId: string
  clientSecret: Secret | null
  /** Its successor, while both are there: tried when the first is refused. */
  nextClientSecret?: Secret | null
  authentication: ClientAuthentication
  /** None: no `scope` is sent. */
  scopes: string[]
  audience: string | null
  /** What else is sent. What the flow itself sets can't be changed by it. */
  parameters: { name: string; value: string }[]
  /** How the endpoint differs from RFC 6749, if it does. */
  dialect?: TokenDialect
}

export type Grant = { kind: 'client_credentials' } | { kind: 'refresh_token'; refreshToken: Secret } | AuthorizationCode

/** What a person's consent has brought (RFC 6749, 4.1.3; RFC 7636, 4.5). */
export interface AuthorizationCode {
  kind: 'authorization_code'
  /** As `readResponse` found them to be the answer to our request. */
  parameters: URLSearchParams
  redirectUri: string
  codeVerifier: Secret
}

export interface TokenSet {
  accessToken: Secret
  refreshToken: Secret | null
  /** Null: not known. */
  expiresAt: Date | null
  /** What was granted; null: not told. */
  scope: string | null
}

/** Tokens as a token endpoint gave them. */
export interface ObtainedTokens extends TokenSet {
  /** Of an authorization code, and not checked yet; null: there came none. */
  idToken: Secret | null
  /** When the refresh token ends. Null: not told, so that what is known of one that stays the same still holds. */
  refreshExpiresAt: Date | null
  /** Whose tokens they are, as the dialect finds it in the answer; null: not told. */
  identity: string | null
  /** The client was known by its next secret only: the first is of no use any more. */
  usedNextSecret: boolean
}

const USER_AGENT = 'Fenicia'
const MAX_DESCRIPTION = 300

/** What the flow sets: a parameter of these names is not sent. */
const OWN_PARAMETERS = new Set([
  'grant_type',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'refresh_token',
  'code',
  'code_verifier',
  'redirect_uri',
])

/** Error codes that are no verdict: the server is overloaded or out of order (RFC 6749, 4.1.2.1). */
const TEMPORARY = new Set(['temporarily_unavailable', 'server_error'])

/**
 * Gets tokens from a token endpoint: by client credentials (RFC 6749, 4.4), a refresh token (6) or an authorization code
 * (4.1.3). It is called once, and once more with the client's next secret when it does not know the first; a refresh
 * token or a code may be spent even when this throws.
 * @param options their limits hold for both calls together; of stages, only the first call's are told
 * @returns the tokens; of a refresh, with the refresh token that was sent when no other came
 * @throws {OAuthError} `refused`, `unavailable`, `unusable_answer`
 * @throws {EgressError} when there was no answer, or only a part of one
 */
export async function obtainTokens(
  egress: Pick<Egress, 'request'>,
  client: OAuthClient,
  grant: Grant,
  options: CallOptions = {},
): Promise<ObtainedTokens> {
  const startedAt = performance.now()
  try {
    return { ...(await callOnce(egress, client, grant, options)), usedNextSecret: false }
  } catch (error) {
    const { clientSecret, nextClientSecret, authentication } = client
    if (!nextClientSecret || authentication === 'none' || !isOfClient(error)) throw error
    const totalMs = (options.limits?.totalMs ?? LIMITS.totalMs) - (performance.now() - startedAt)
    const limits = { ...options.limits, totalMs: Math.max(1, totalMs) }
    // Each is kept out of the other's errors.
    const next = { ...client, clientSecret: nextClientSecret, nextClientSecret: clientSecret }
    const tokens = await callOnce(egress, next, grant, { ...options, limits, onStage: undefined })
    return { ...tokens, usedNextSecret: true }
  }
}

/** Whether the client was refused, and not what it asked for: no refresh token is spent by that (RFC 6749, 5.2). */
function isOfClient(error: unknown): boolean {
  if (!isOAuthError(error)) return false
  return error.error === 'invalid_client' || (error.error === null && error.status === 401)
}

async function callOnce(
  egress: Pick<Egress, 'request'>,
  client: OAuthClient,
  grant: Grant,
  options: CallOptions,
): Promise<Omit<ObtainedTokens, 'usedNextSecret'>> {
  // The library would throw errors of its own for these.
  if (!/^https?:/i.test(client.tokenUrl) || !parseUrl(client.tokenUrl)) {
    throw new EgressError('url_refused', 'address')
  }
  const { dialect = {} } = client
  const secrets = secretsSent(client, grant)
  const sentAt = new Date()
  let answer: Heard | undefined
  const fetch = fetchThrough(
    egress,
    client.tokenUrl,
    options,
    (form, headers) => word(form, headers, dialect),
    (received) => {
      answer = { ...read(received, dialect), clock: clockOf(received.headers.date, sentAt) }
      return toConformingResponse(answer, answer.clock)
    },
  )
  try {
    const response = await request(client, grant, fetch)
    return tokenSetOf(response, answer as Heard, { grant, dialect, sentAt, secrets })
  } catch (error) {
    // There was none, or not all of it: the error is one of `Egress`.
    if (!answer) throw error
    // Only whether the library found an error code is taken over: its errors hold the whole answer.
    throw judge(answer, error instanceof ResponseBodyError, secrets)
  }
}

/** An answer, and what time it was for who gave it. */
type Heard = Reading & { clock: Date }

type TokenResponse = Awaited<ReturnType<typeof processRefreshTokenResponse>>

async function request(
  { tokenUrl, clientId, clientSecret, authentication, ...client }: OAuthClient,
  grant: Grant,
  fetch: ReturnType<typeof fetchThrough>,
): Promise<TokenResponse> {
  const as = { issuer: new URL(tokenUrl).origin, token_endpoint: tokenUrl }
  const identity: Client = { client_id: clientId }
  const proof = authenticate(authentication, clientSecret)
  const parameters = parametersOf(client)
  const options = {
    // http:// too: `Egress` judges where it may be used.
    [allowInsecureRequests]: true,
    [customFetch]: fetch,
    headers: { 'user-agent': USER_AGENT },
  }
  if (grant.kind === 'client_credentials') {
    const response = await clientCredentialsGrantRequest(as, identity, proof, parameters, options)
    return processClientCredentialsResponse(as, identity, response)
  }
  if (grant.kind === 'authorization_code') {
    const { parameters: answer, redirectUri, codeVerifier } = grant
    const more = { ...options, additionalParameters: parameters }
    const verifier = client.dialect?.authorization?.pkce === false ? nopkce : codeVerifier.reveal()
    const response = await authorizationCodeGrantRequest(as, identity, proof, answer, redirectUri, verifier, more)
    return processAuthorizationCodeResponse(as, identity, response)
  }
  const response = await refreshTokenGrantRequest(as, identity, proof, grant.refreshToken.reveal(), {
    ...options,
    additionalParameters: parameters,
  })
  return processRefreshTokenResponse(as, identity, response)
}

function parametersOf({
  scopes,
  audience,
  parameters,
}: Pick<OAuthClient, 'scopes' | 'audience' | 'parameters'>): URLSearchParams {
  const all = new URLSearchParams()
  for (const { name, value } of parameters) if (!OWN_PARAMETERS.has(name)) all.append(name, value)
  if (scopes.length > 0) all.set('scope', scopes.join(' '))
  if (audience !== null) all.set('audience', audience)
  return all
}

function tokenSetOf(
  { access_token, token_type, expires_in, refresh_token, scope }: TokenResponse,
  { body, identity, clock }: Heard,
  { grant, dialect, sentAt, secrets }: { grant: Grant; dialect: TokenDialect; sentAt: Date; secrets: Secret[] },
): Omit<ObtainedTokens, 'usedNextSecret'> {
  if (token_type !== 'bearer') throw new TypeError('The token needs a key')
  const after = (seconds: number | null) => (seconds === null ? null : new Date(sentAt.getTime() + seconds * 1000))
  const accessToken = new Secret(access_token)
  const expiresAt = after(expires_in ?? null)
  const got = refresh_token === undefined ? null : new Secret(refresh_token)
  const idToken = typeof body.id_token === 'string' && body.id_token !== '' ? body.id_token : null
  const isEcho = identity !== null && blank(identity, [...secrets, accessToken, ...(got ? [got] : [])]) !== identity
  return {
    accessToken,
    expiresAt,
    scope: scope ?? null,
    identity: isEcho ? null : identity,
    idToken: grant.kind === 'authorization_code' && idToken !== null ? new Secret(idToken) : null,
    ...renewedWith(),
  }

  /** What the next renewal needs, and until when. */
  function renewedWith(): Pick<ObtainedTokens, 'refreshToken' | 'refreshExpiresAt'> {
    // With client credentials there is nothing to refresh (RFC 6749, 4.4.3).
    if (grant.kind === 'client_credentials') return { refreshToken: null, refreshExpiresAt: null }
    if (dialect.exchange) return { refreshToken: accessToken, refreshExpiresAt: expiresAt }
    const kept = grant.kind === 'refresh_token' ? grant.refreshToken : null
    return { refreshToken: got ?? kept, refreshExpiresAt: after(refreshLifetimeOf(body, clock)) }
  }
}

/** Says what an answer without tokens means. */
function judge(
  { status, headers, body, clock }: Heard,
  isOAuthAnswer: boolean,
  secrets: readonly Secret[],
): OAuthError {
  const said = isOAuthAnswer ? errorOf(body) : null
  // A secret of such letters could stand there too.
  const error = said !== null && blank(said, secrets) === said ? said : null
  const code = codeOf(status, error)
  return new OAuthError(code, {
    status,
    error,
    description: printable(descriptionOf(body), secrets),
    retryAfterMs: code === 'unavailable' ? parseRetryAfter(headers['retry-after'], clock.getTime()) : null,
  })
}

function codeOf(status: number, error: string | null): OAuthErrorCode {
  if (status === 429 || status >= 500) return 'unavailable'
  if (error === null || (status >= 300 && status < 400)) return 'unusable_answer'
  return TEMPORARY.has(error) ? 'unavailable' : 'refused'
}

/** The provider's words as they may be shown; null when a secret is too short to be found in them. */
function printable(words: string | null, secrets: readonly Secret[]): string | null {
  if (words === null || !canBlank(secrets)) return null
  // Blanked before it is cut: a cut would else leave the beginning of a secret.
  const shown = blank(words, secrets).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
  return [...shown.trim()].slice(0, MAX_DESCRIPTION).join('') || null
}

/** All that was sent, or would be next, and must not come back. */
function secretsSent(client: OAuthClient, grant: Grant): Secret[] {
  const { clientId, clientSecret, nextClientSecret = null, authentication } = client
  const ofClient = authentication === 'none' ? [] : [clientSecret, nextClientSecret]
  return [
    ...ofClient.flatMap((secret) =>
      secret === null || secret.reveal() === '' ? [] : [secret, new Secret(userPass(clientId, secret))],
    ),
    ...(grant.kind === 'refresh_token' ? [grant.refreshToken] : []),
    ...(grant.kind === 'authorization_code'
      ? [new Secret(grant.parameters.get('code') ?? ''), grant.codeVerifier]
      : []),
  ]
}
