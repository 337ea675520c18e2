import { and, eq, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { credentialDrafts, credentials } from '@/db/schema'
import { type Actor, recordAuditEvent } from '../../audit'
import { isRefusal } from '../../errors'
import { recordEvent } from '../../notifications/outbox'
import { putTokens } from '../../oauth'
import { putConnection, readConnection } from '../../oauth/connect/connections'
import type { Identity } from '../../oauth/connect/identity'
import { recordConnection } from '../../oauth/renewal/record-connection'
import type { ObtainedTokens, TokenSet } from '../../oauth/token-endpoint'
import { type CredentialRow, type DraftRow, findCredential, findDraft } from '../base'
import { UNTESTED } from '../drafts'
import type { CredentialStore } from '../store'
import { type ConsentRow, endConsent } from './consents'

type Person = Actor & { id: string }

/** What a consent connects, as it is now; null: it is gone. */
export async function findOwner(
  tx: Database,
  person: Person,
  { accountId, ownerId, credentialId }: Pick<ConsentRow, 'accountId' | 'ownerId' | 'credentialId'>,
  { lock = false } = {},
): Promise<CredentialRow | DraftRow | null> {
  try {
    return ownerId === credentialId
      ? await findCredential(tx, { accountId }, ownerId, { lock })
      : await findDraft(tx, person, ownerId, { lock, credentialId })
  } catch (error) {
    if (isRefusal(error)) return null
    throw error
  }
}

/**
 * Stores tokens that a consent has brought, with whose they are, instead of what there was. Id, uses and history stay; that they
 * were tested does not.
 */
export async function keepTokens(
  tx: Database,
  { vault }: Pick<CredentialStore, 'vault'>,
  person: Person,
  { accountId, ownerId, credentialId }: Pick<ConsentRow, 'accountId' | 'ownerId' | 'credentialId'>,
  owner: CredentialRow | DraftRow,
  tokens: TokenSet & { refreshExpiresAt?: Date | null },
  identity: Identity,
): Promise<void> {
  const place = { accountId, ownerId }
  const before = await readConnection(tx, place)
  // Before the tokens: who connects is told that it is over, where it was in trouble.
  await putConnection(tx, place, identity, person)
  await putTokens(tx, vault, place, { ...tokens, refreshEndsAt: tokens.refreshExpiresAt ?? null })
  await recordConnection(tx, place, tokens.expiresAt)
  const secretSetAt = { ...owner.secretSetAt, refresh_token: new Date().toISOString() }
  if ('settings' in owner) {
    await tx
      .update(credentials)
      // Another version: what a test finds that is under way was found of the tokens before.
      .set({ secretSetAt, version: sql`${credentials.version} + 1`, ...UNTESTED, testedByName: null })
      .where(and(eq(credentials.accountId, accountId), eq(credentials.id, ownerId)))
  } else {
    await tx
      .update(credentialDrafts)
      .set({ secretSetAt, ...UNTESTED })
      .where(and(eq(credentialDrafts.accountId, accountId), eq(credentialDrafts.id, ownerId)))
  }
  await recordAuditEvent(tx, person, 'credential.connected', credentialId ?? ownerId, {
    account: identity.label,
    before: before?.label ?? null,
    ...(ownerId === credentialId ? {} : { draft: ownerId }),
  })
  if ('name' in owner && ownerId === credentialId) {
    const { name, environment, provider } = owner
    await recordEvent(tx, accountId, 'credential.connected', ownerId, { name, environment, provider, by: person.name })
  }
}

/** Keeps tokens of another account sealed under the consent's id, where nothing uses or renews them, until somebody decides. */
export async function keepWaiting(
  tx: Database,
  { vault }: Pick<CredentialStore, 'vault'>,
  row: ConsentRow,
  { accessToken, refreshToken, expiresAt, refreshExpiresAt, scope }: ObtainedTokens,
  identity: Identity,
): Promise<void> {
  const [ends, refreshEnds] = [expiresAt, refreshExpiresAt].map((at) => at?.toISOString() ?? null)
  const waiting = { ...identity, expiresAt: ends ?? null, refreshExpiresAt: refreshEnds, scope }
  await endConsent(tx, vault, row, 'other_account', { waiting })
  await vault.put(
    tx,
    { accountId: row.accountId, ownerId: row.id, field: 'tokens' },
    { access_token: accessToken, ...(refreshToken && { refresh_token: refreshToken }) },
  )
}
