import { Readable } from 'node:stream'
import { and, eq } from 'drizzle-orm'
import { credentials, vaultItems } from '@/db/schema'
import { credentialNotFound } from '../credentials/base'
import { renewableOf } from '../credentials/oauth'
import { type Placed, placeCredential, withQuery } from '../credentials/place'
import type { CredentialStore } from '../credentials/store'
import { EgressError, isEgressError } from '../egress/errors'
import { log } from '../log'
import { type KeptTokens, OAuthError } from '../oauth'
import { isVaultError } from '../vault'
import type { Secret } from '../vault/secret'
import type { Secrets } from '../vault/vault'
import { lookForExpiredToken } from './expired-token'
import { type ForwardedAnswer, forward } from './forward'
import { requestHeaders } from './headers'
import { requireLength } from './path'
import type { Target } from './proxy'
import type { ProxyRequest } from './proxy-request'

/** A body up to so many bytes is kept until the service has taken the token, so that it can be sent a second time. */
const REPEATABLE_BYTES = 64 * 1024

/** The service's answer, and what must not be in its headers. */
interface Called {
  answer: ForwardedAnswer
  secrets: readonly Secret[]
}

/**
 * Puts the credential on a call and sends it. Where an OAuth2 token turns out to be expired, it is renewed once, for all who
 * find it so, and the call is repeated once if its body can be. What is refused then too is not renewed again for a while.
 * @param onSent told how many bytes of the body were sent
 * @throws {EgressError}, {OAuthError}, {VaultError}; {PathRefusedError} when its address is too long with the credential in
 * it; {Refusal} `not_found` when the credential was deleted meanwhile
 */
export async function callService(
  store: CredentialStore,
  target: Target,
  request: ProxyRequest,
  onSent: (bytes: number) => void,
): Promise<Called> {
  const { settings } = target.credential
  const secrets = await openSecrets(store, target)
  if (settings.type !== 'oauth2') {
    const placed = placeCredential(settings, secrets)
    const answer = await sendOn(store, target, request, placed, request.body, onSent)
    return { answer, secrets: placed.secrets }
  }

  const send = async (all: Secrets, body: Readable | null): Promise<Called> => {
    const placed = placeCredential(settings, all)
    return { answer: await sendOn(store, target, request, placed, body, onSent), secrets: placed.secrets }
  }
  const owner = { accountId: target.use.accountId, ownerId: target.credential.id }
  const load = () => renewableOf(store.db, store.vault, owner.accountId, owner.ownerId)
  const sendWith = ({ accessToken, ownerVersion }: KeptTokens, body: Readable | null) => {
    // Changed since it was looked up for this call: these tokens may not be meant for the host that it goes to.
    if (ownerVersion !== target.credential.version) throw new OAuthError('busy')
    return send({ ...secrets, access_token: accessToken }, body)
  }

  const tokens = await store.tokens.valid(owner, load, { signal: request.signal }).catch(asTokenFailure)
  const body = await repeatable(request)
  const first = await sendWith(tokens, body.stream())
  const { isExpired, answer } = await lookForExpiredToken(first.answer, target.use.expiredToken)
  // Not at every call, where a service says so for another reason: each renewal may spend a refresh token.
  if (!isExpired || store.tokens.wereRefusedAtOnce(owner, tokens)) return { ...first, answer }
  const renewal = store.tokens
    .renew(owner, load, { reason: 'rejected', unlessNewerThan: tokens.version, signal: request.signal })
    .catch(asTokenFailure)
  if (!body.isRepeatable) {
    // The caller has to send it again, and will find the new token.
    renewal.catch((error) => log.warn({ err: error, credential: owner.ownerId }, 'An expired token was not renewed'))
    return { ...first, answer }
  }
  answer.body.destroy()
  const renewed = await renewal
  const second = await sendWith(renewed, body.stream())
  const looked = await lookForExpiredToken(second.answer, target.use.expiredToken)
  if (looked.isExpired) store.tokens.noteRefusedAtOnce(owner, renewed)
  return { ...second, answer: looked.answer }
}

/** Failures that say as much of a token endpoint as of a service. */
const SAID_OF_BOTH = new Set<string>(['url_refused', 'scheme_refused', 'address_refused', 'request_refused', 'aborted'])

/** A token endpoint that did not answer is not the service: that one was sent nothing which it may have done. */
function asTokenFailure(error: unknown): never {
  if (isEgressError(error) && !SAID_OF_BOTH.has(error.code)) throw new OAuthError('unavailable', { error: error.code })
  throw error
}

function openSecrets(store: CredentialStore, { use, credential }: Target): Promise<Secrets> {
  if (!credential.sealed) return Promise.resolve({})
  const place = { accountId: use.accountId, ownerId: credential.id, field: 'secret' } as const
  return store.vault.openSealed(store.db, place, credential.sealed).catch((error) => {
    // Sealed anew since it was looked up for this call, and the key that sealed it before is gone.
    if (!isVaultError(error) || error.code !== 'data_key_missing') throw error
    return openAnew(store, place, credential.version)
  })
}

/**
 * Opens a credential's secret as it is sealed now.
 * @param version that it must still have
 * @throws {OAuthError} `busy`; {Refusal} `not_found`; {VaultError}
 */
async function openAnew(
  { vault, db }: CredentialStore,
  place: { accountId: string; ownerId: string; field: 'secret' },
  version: number,
): Promise<Secrets> {
  const { accountId, ownerId, field } = place
  // In one statement: the secret must be of the version that it is read with.
  const [row] = await db
    .select({ version: credentials.version, dataKeyId: vaultItems.dataKeyId, sealed: vaultItems.sealed })
    .from(credentials)
    .innerJoin(
      vaultItems,
      and(eq(vaultItems.accountId, accountId), eq(vaultItems.ownerId, ownerId), eq(vaultItems.field, field)),
    )
    .where(and(eq(credentials.accountId, accountId), eq(credentials.id, ownerId)))
  if (!row) throw credentialNotFound()
  // Changed since it was looked up for this call: this secret may not be meant for the host that it goes to.
  if (row.version !== version) throw new OAuthError('busy')
  return vault.openSealed(db, place, row)
}

function sendOn(
  { egress }: CredentialStore,
  { url, use }: Target,
  { method, rawHeaders, bodyBytes, inspect, signal }: ProxyRequest,
  placed: Placed,
  body: Readable | null,
  onSent: (bytes: number) => void,
): Promise<ForwardedAnswer> {
  const address = withQuery(url, placed.query)
  requireLength(address)
  return forward(egress, {
    pool: use.accountId,
    method,
    url: address,
    headers: requestHeaders(rawHeaders, {
      fixed: use.headers,
      credential: placed.headers,
      plain: Boolean(use.expiredToken?.json),
    }),
    body,
    bodyBytes,
    inspect,
    timeoutMs: use.timeoutMs,
    signal,
    onSent,
  })
}

/**
 * A body that can be read twice, where it is small and its length is known; where there is none, so it can.
 * @throws {EgressError} `aborted` when it is the caller who breaks off
 */
async function repeatable({
  body,
  bodyBytes,
}: ProxyRequest): Promise<{ isRepeatable: boolean; stream(): Readable | null }> {
  if (body === null) return { isRepeatable: true, stream: () => null }
  if (bodyBytes === undefined || bodyBytes > REPEATABLE_BYTES) return { isRepeatable: false, stream: () => body }
  const chunks: Buffer[] = []
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk)
  } catch {
    throw new EgressError('aborted', 'request')
  }
  const bytes = Buffer.concat(chunks)
  return { isRepeatable: true, stream: () => Readable.from([bytes]) }
}
