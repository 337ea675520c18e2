import { and, eq } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { credentialDrafts, credentials, integrations, renewalAttempts, tokenSets } from '@/db/schema'
import { type Actor, recordAuditEvent } from '../audit'
import { Refusal } from '../errors'
import { closeEpisodesOf } from '../notifications/episodes'
import { removeConnection } from '../oauth/connect/connections'
import { findCredential } from './base'
import { removeConsents } from './connect/consents'
import { removeDraft } from './drafts'
import type { CredentialStore } from './store'

/**
 * Deletes a credential with its secrets and tokens. Integrations that used it stay, without one, and refuse every call.
 * @param evenIfUsed false: refused while an integration uses it
 * @throws {Refusal} `not_found`; `credential_in_use`, naming the integrations
 */
export async function deleteCredential(
  { db, vault }: Pick<CredentialStore, 'db' | 'vault'>,
  actor: Actor,
  id: string,
  { evenIfUsed = false } = {},
): Promise<void> {
  while (!(await db.transaction((tx) => deleteUnlessUsedAnew(tx, vault, actor, id, evenIfUsed)))) {
    // An integration was given it in between: begin anew, with that one among them.
  }
}

/** @returns false when nothing was done: an integration was given the credential before it was locked */
async function deleteUnlessUsedAnew(
  tx: Database,
  vault: CredentialStore['vault'],
  actor: Actor,
  id: string,
  evenIfUsed: boolean,
): Promise<boolean> {
  const { accountId } = actor
  const using = and(eq(integrations.accountId, accountId), eq(integrations.credentialId, id))
  const uses = () =>
    tx.select({ id: integrations.id, name: integrations.name }).from(integrations).where(using).orderBy(integrations.id)
  // Before the credential, as whoever saves an integration locks them: else the two could wait for each other.
  const locked = new Set((await uses().for('update')).map((one) => one.id))
  const { name, environment, type } = await findCredential(tx, actor, id, { lock: true })
  const used = await uses()
  if (used.length > 0 && !evenIfUsed) throw inUse(used)
  if (used.some((one) => !locked.has(one.id))) return false
  await tx.update(integrations).set({ credentialId: null }).where(using)
  const drafts = await tx
    .select({ id: credentialDrafts.id, accountId: credentialDrafts.accountId })
    .from(credentialDrafts)
    .where(and(eq(credentialDrafts.accountId, accountId), eq(credentialDrafts.credentialId, id)))
  await removeConsents(tx, vault, accountId, id)
  for (const draft of drafts) await removeDraft(tx, vault, draft)
  await tx.delete(renewalAttempts).where(and(eq(renewalAttempts.accountId, accountId), eq(renewalAttempts.ownerId, id)))
  await tx.delete(tokenSets).where(and(eq(tokenSets.accountId, accountId), eq(tokenSets.ownerId, id)))
  await vault.remove(tx, { accountId, ownerId: id })
  await removeConnection(tx, { accountId, ownerId: id })
  await tx.delete(credentials).where(and(eq(credentials.accountId, accountId), eq(credentials.id, id)))
  await closeEpisodesOf(tx, accountId, id)
  await recordAuditEvent(tx, actor, 'credential.deleted', id, {
    name,
    environment,
    type,
    integrations: used.map((one) => one.id),
  })
  return true
}

function inUse(used: { name: string }[]): Refusal {
  const names = used.map(({ name }) => `“${name}”`)
  const shown = names.length > 5 ? [...names.slice(0, 5), `${names.length - 5} more`] : names
  const those = used.length === 1 ? 'integration uses' : 'integrations use'
  return new Refusal(
    'credential_in_use',
    `${used.length} ${those} this credential and would stop working: ${shown.join(', ')}. Give them another credential first, or delete it nevertheless (even_if_used=true).`,
  )
}
