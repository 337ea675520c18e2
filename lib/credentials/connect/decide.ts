import type { Database } from '@/db/client'
import { type Actor, recordAuditEvent } from '../../audit'
import { Refusal } from '../../errors'
import type { CredentialStore } from '../store'
import { type ConsentRow, endConsent, findConsent, isSameSubject, type Waiting } from './consents'
import { findOwner, keepTokens } from './keep'

type Person = Actor & { id: string }

/**
 * Replaces the account that a credential is connected with by the other one that has come back.
 * @throws {Refusal} `not_found` when nothing waits for that any more, or the credential was changed meanwhile
 */
export async function replaceAccount({ db, vault }: CredentialStore, person: Person, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    // Before the consent, as whoever connects it anew or deletes it locks them: else the two could wait for each other.
    const owner = await findOwner(tx, person, await findConsent(tx, person, id), { lock: true })
    const { row, waiting } = await findWaiting(tx, person, id)
    const tokens = await vault.openIfIntact(tx, { accountId: row.accountId, ownerId: id, field: 'tokens' })
    if (!owner || !isSameSubject(row, owner) || !tokens?.access_token) throw nothingWaits()
    const { access_token: accessToken, refresh_token: refreshToken = null } = tokens
    const { expiresAt, refreshExpiresAt = null, scope, ...identity } = waiting
    const toDate = (text: string | null) => (text === null ? null : new Date(text))
    const ends = { expiresAt: toDate(expiresAt), refreshExpiresAt: toDate(refreshExpiresAt) }
    const set = { accessToken, refreshToken, ...ends, scope }
    await keepTokens(tx, { vault }, person, row, owner, set, identity)
    await endConsent(tx, vault, row, 'replaced')
  })
}

/**
 * Leaves a credential with the account that it has; the other one's tokens are forgotten, and not taken back: where a person
 * and an app have but one grant, as at Google, that would end whatever else is connected with that account, too, or this
 * credential itself where nobody told whose they are.
 * @throws {Refusal} `not_found`
 */
export async function discardAccount({ db, vault }: CredentialStore, person: Person, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const { row, waiting } = await findWaiting(tx, person, id)
    await endConsent(tx, vault, row, 'discarded')
    await recordCancelled(tx, person, row, { reason: 'other_account', account: waiting.label })
  })
}

/**
 * Calls a consent off that was begun: an answer that still comes is refused. One that has ended stays as it ended.
 * @throws {Refusal} `not_found`
 */
export async function cancelConsent({ db, vault }: CredentialStore, person: Person, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const row = await findConsent(tx, person, id, { lock: true })
    if (row.consumedAt !== null) return
    await endConsent(tx, vault, row, 'cancelled')
    await recordCancelled(tx, person, row, { reason: 'cancelled' })
  })
}

function recordCancelled(
  tx: Database,
  person: Person,
  { ownerId, credentialId }: ConsentRow,
  details: Record<string, unknown>,
): Promise<void> {
  return recordAuditEvent(tx, person, 'credential.connect_cancelled', credentialId ?? ownerId, details)
}

async function findWaiting(
  tx: Parameters<typeof findConsent>[0],
  person: Person,
  id: string,
): Promise<{ row: ConsentRow; waiting: Waiting }> {
  const row = await findConsent(tx, person, id, { lock: true })
  if (row.outcome !== 'other_account' || row.waiting === null) throw nothingWaits()
  return { row, waiting: row.waiting as unknown as Waiting }
}

function nothingWaits(): Refusal {
  return new Refusal('not_found', 'There is nothing to decide on any more: re-authorize the credential again.')
}
