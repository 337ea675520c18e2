import { can, type Holder } from '../../accounts/permissions'
import { type Actor, recordAuditEvent, systemActor } from '../../audit'
import { isEgressError } from '../../egress/errors'
import { isId } from '../../ids'
import { isOAuthError, obtainTokens } from '../../oauth'
import { readConnection } from '../../oauth/connect/connections'
import { type Identity, identityOf, mayBeOther, readIdToken } from '../../oauth/connect/identity'
import { readResponse } from '../../oauth/connect/response'
import { browserOf, openState, type StateClaims } from '../../oauth/connect/state'
import { identityOfConsent, isSigned, readAuthorization } from '../../oauth/dialect'
import type { ObtainedTokens } from '../../oauth/token-endpoint'
import { Secret } from '../../vault'
import type { Secrets } from '../../vault/vault'
import { dialectOf, oauthClientOf } from '../oauth'
import type { CredentialStore } from '../store'
import {
  type ConsentOutcome,
  type ConsentRow,
  consume,
  endConsent,
  isSameSubject,
  readConsent,
  SECRET_UNREADABLE,
  type Subject,
} from './consents'
import { findOwner, keepTokens, keepWaiting } from './keep'

/** What has come back from a provider, and who brings it. */
export interface Callback {
  parameters: URLSearchParams
  /** What the browser keeps in its cookie. */
  browserKey: string | undefined
  /** Who is signed in there; null: nobody. */
  person: (Actor & { id: string } & Holder) | null
  origin: Pick<Actor, 'address' | 'userAgent' | 'requestId'>
  redirectUri: string
}

/**
 * Why a callback is none. forged: its state is not ours. expired: it came after its time. replayed: it was used before.
 * foreign: another person or another browser began it. not_signed_in, forbidden: who brings it may not.
 */
export type CallbackRefusal = 'forged' | 'expired' | 'replayed' | 'foreign' | 'not_signed_in' | 'forbidden'

export type Finished =
  | { kind: 'refused'; reason: CallbackRefusal }
  | { kind: 'ended'; consent: Pick<ConsentRow, 'id' | 'ownerId' | 'credentialId' | 'display'>; outcome: ConsentOutcome }

/** How a consent ended, before it is noted. */
type End = { outcome: ConsentOutcome; detail?: string }

/**
 * Takes the answer of a provider (RFC 6749, 4.1.2): checks that it is the one answer to what this person began in this
 * browser, of the server that was asked, exchanges its code, and stores the tokens. Whatever is wrong leaves the credential
 * as it was, and an audit event.
 */
export async function finishConsent(store: CredentialStore, callback: Callback): Promise<Finished> {
  const states = callback.parameters.getAll('state')
  const state = states.length === 1 ? (states[0] ?? '') : ''
  const opened = await openState(store.authSecret, state)
  if (!opened) return refuse(store, callback, null, 'forged')
  const { claims, isExpired } = opened
  const { person, browserKey } = callback
  if (!person) return refuse(store, callback, claims, 'not_signed_in')
  const isTheirs = person.accountId === claims.aid && person.id === claims.uid
  const isHere = browserKey !== undefined && browserOf(browserKey) === claims.bro
  if (!isTheirs || !isHere) return refuse(store, callback, claims, 'foreign')
  if (!can(person, permissionFor(claims.own))) return refuse(store, callback, claims, 'forbidden')
  if (isExpired) return refuse(store, callback, claims, 'expired')
  const { aid: accountId, sid: id, uid: userId, bro: browser } = claims
  const row = await consume(store.db, { accountId, id, userId, browser })
  if (!row) return unusable(store, callback, claims)
  try {
    return { kind: 'ended', consent: row, outcome: await answer(store, person, row, callback, state) }
  } catch (error) {
    // It is used up: whoever waits for it must not wait in vain.
    await endConsent(store.db, store.vault, row, 'failed', { detail: 'Something went wrong on our side.' }).catch(
      () => {},
    )
    throw error
  }
}

/** What connecting takes: a stored credential is re-authorized; a form is of one that is added or changed. */
function permissionFor(ownerId: string): Parameters<typeof can>[1] {
  return isId('credential', ownerId) ? 'credentials:reauthorize' : ['credentials:create', 'credentials:update']
}

/** A state that is ours, but there is nothing to use up: says why. */
async function unusable(store: CredentialStore, callback: Callback, claims: StateClaims): Promise<Finished> {
  const row = await readConsent(store.db, claims.aid, claims.sid)
  if (row && (row.outcome === 'superseded' || row.outcome === 'cancelled')) {
    await refuse(store, callback, claims, row.outcome)
    return { kind: 'ended', consent: row, outcome: row.outcome }
  }
  return refuse(store, callback, claims, row?.consumedAt ? 'replayed' : 'expired')
}

/** Notes that a callback was refused, in the account that it was brought to. One without account and without state is nobody's. */
async function refuse<Reason extends string>(
  { db }: CredentialStore,
  { person, origin }: Callback,
  claims: StateClaims | null,
  reason: Reason,
): Promise<{ kind: 'refused'; reason: Reason }> {
  const accountId = person?.accountId ?? claims?.aid
  if (accountId !== undefined) {
    const actor: Actor = person ?? { ...systemActor(accountId), ...origin }
    // What a state says of another account is not this one's to know.
    const target = claims?.aid === accountId ? claims.own : null
    if (target) await recordAuditEvent(db, actor, 'credential.connect_refused', target, { reason })
    else await recordAuditEvent(db, actor, 'account.callback_refused', accountId, { reason })
  }
  return { kind: 'refused', reason }
}

/** Works on an answer that is ours, and notes how it ended. */
async function answer(
  store: CredentialStore,
  person: Actor & { id: string },
  row: ConsentRow,
  { parameters, redirectUri }: Callback,
  state: string,
): Promise<ConsentOutcome> {
  const { db, vault } = store
  const subject = row.subject as unknown as Subject
  const said = readAuthorization(parameters, dialectOf(subject.provider) ?? {})
  const response = readResponse(subject.settings, said, state, row.namesIssuer)
  const got =
    response.kind === 'code'
      ? await exchange(store, person, row, { parameters: response.parameters, redirectUri, as: parameters })
      : endOf(response)
  if ('tokens' in got) {
    const kept = await keep(store, person, row, got)
    if (kept) return kept
  }
  const end: End = 'tokens' in got ? CHANGED : got
  await db.transaction(async (tx) => {
    await endConsent(tx, vault, row, end.outcome, { detail: end.detail })
    const details = { reason: end.outcome, ...(end.detail ? { detail: end.detail } : {}) }
    await recordAuditEvent(tx, person, 'credential.connect_refused', row.credentialId ?? row.ownerId, details)
  })
  return end.outcome
}

const CHANGED: End = { outcome: 'changed' }

const UNREADABLE: End = { outcome: 'failed', detail: SECRET_UNREADABLE }

const UNSIGNED: End = {
  outcome: 'failed',
  detail:
    'What came back is not signed with this client secret: enter the one of the app whose client ID this is. If it is that one, the answer was not the service’s.',
}

function endOf(response: Exclude<ReturnType<typeof readResponse>, { kind: 'code' }>): End {
  switch (response.kind) {
    case 'mixed_up':
      return { outcome: 'mixed_up' }
    case 'unusable':
      return { outcome: 'failed', detail: 'The service came back without a code.' }
    case 'error': {
      const { error, description } = response
      const said = description ? `${error}: “${description}”` : error
      return error === 'access_denied' ? { outcome: 'denied', detail: said } : { outcome: 'failed', detail: said }
    }
  }
}

interface Got {
  tokens: ObtainedTokens
  identity: Identity
}

/**
 * Spends the code, at the token endpoint that the consent was begun for and no other.
 * @param answer its parameters under the names that RFC 6749 gives them, and `as` they came
 */
async function exchange(
  { db, vault, egress }: CredentialStore,
  person: Actor & { id: string },
  row: ConsentRow,
  { parameters, redirectUri, as }: { parameters: URLSearchParams; redirectUri: string; as: URLSearchParams },
): Promise<Got | End> {
  const { settings, provider } = row.subject as unknown as Subject
  const { accountId, ownerId } = row
  // Under a lock: a secret that is saved for another token endpoint meanwhile must not go to this one.
  const read = await db.transaction(async (tx) => {
    const owner = await findOwner(tx, person, row, { lock: true })
    if (!owner || !isSameSubject(row, owner)) return null
    return {
      secrets: await vault.openIfIntact(tx, { accountId, ownerId, field: 'secret' }),
      own: await vault.openIfIntact(tx, { accountId, ownerId: row.id, field: 'secret' }),
    }
  })
  if (read && !read.secrets) return UNREADABLE
  if (!read?.own?.code_verifier) return CHANGED
  const { secrets, own } = read as { secrets: Secrets; own: Secrets }
  const grant = {
    kind: 'authorization_code',
    parameters,
    redirectUri,
    codeVerifier: own.code_verifier ?? new Secret(''),
  } as const
  const client = oauthClientOf(settings, secrets, provider)
  if (!isSigned(as, client.dialect ?? {}, [client.clientSecret, client.nextClientSecret])) return UNSIGNED
  let tokens: ObtainedTokens
  try {
    tokens = await obtainTokens(egress, client, grant)
  } catch (error) {
    if (isOAuthError(error) || isEgressError(error)) return { outcome: 'failed', detail: error.message }
    throw error
  }
  const { issuer } = settings
  const told = tokens.identity ?? identityOfConsent(parameters, dialectOf(provider) ?? {})
  if (!tokens.idToken || !issuer) return { tokens, identity: identityOf(provider, told) }
  const identity = await readIdToken({ ...settings, issuer }, tokens.idToken, own.nonce?.reveal() ?? null)
  return identity ? { tokens, identity } : { outcome: 'mixed_up', detail: 'The ID token is not of this authorization.' }
}

/**
 * Stores the tokens, or keeps them apart when they are, or may be, of another account of the provider than before.
 * @returns null when what was connected is gone, or was changed
 */
async function keep(
  store: CredentialStore,
  person: Actor & { id: string },
  row: ConsentRow,
  got: Got,
): Promise<ConsentOutcome | null> {
  return store.db.transaction(async (tx) => {
    const owner = await findOwner(tx, person, row, { lock: true })
    if (!owner || !isSameSubject(row, owner)) return null
    const before = await readConnection(tx, row)
    if (row.ownerId === row.credentialId && mayBeOther(before, got.identity)) {
      await keepWaiting(tx, store, row, got.tokens, got.identity)
      await recordAuditEvent(tx, person, 'credential.connect_refused', row.ownerId, {
        reason: 'other_account',
        before: before?.label ?? null,
        now: got.identity.label,
      })
      return 'other_account'
    }
    await keepTokens(tx, store, person, row, owner, got.tokens, got.identity)
    await endConsent(tx, store.vault, row, 'connected')
    return 'connected'
  })
}
