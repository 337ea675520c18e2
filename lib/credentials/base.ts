import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { credentialDrafts, credentials } from '@/db/schema'
import type { Environment } from '../api-keys/token'
import type { Actor } from '../audit'
import { environmentMismatch, otherEnvironment, type Reach } from '../environments'
import { invalidField, Refusal } from '../errors'
import { isId } from '../ids'
import type { SavedFor } from './hosts'
import { endpointOriginsOf } from './hosts'
import type { CredentialSettings, TestRequest } from './types'

export type CredentialRow = typeof credentials.$inferSelect
export type DraftRow = typeof credentialDrafts.$inferSelect

/** What a form starts from: a stored credential or a draft, whose secrets fill the fields that say “unchanged”. */
export interface Base {
  kind: 'credential' | 'draft'
  accountId: string
  /** Owner of its items in the vault. */
  id: string
  stored: ReadonlySet<string>
  savedFor: SavedFor
}

export function settingsOfRow(row: Pick<CredentialRow, 'settings'>): CredentialSettings {
  return row.settings as unknown as CredentialSettings
}

export function testOfRow(row: Pick<CredentialRow, 'test'>): TestRequest | null {
  return row.test as TestRequest | null
}

export function baseOfCredential(row: CredentialRow): Base {
  return {
    kind: 'credential',
    accountId: row.accountId,
    id: row.id,
    stored: new Set(Object.keys(row.secretSetAt)),
    savedFor: { hosts: row.hosts, ...endpointOriginsOf(settingsOfRow(row)) },
  }
}

export function baseOfDraft(row: DraftRow): Base {
  return {
    kind: 'draft',
    accountId: row.accountId,
    id: row.id,
    stored: new Set(Object.keys(row.secretSetAt)),
    savedFor: { hosts: row.hosts, ...endpointOriginsOf(row.form as { type: CredentialSettings['type'] }) },
  }
}

/** The environment of a form that is kept; one from before there were two is live. */
export function environmentOfDraft({ form }: Pick<DraftRow, 'form'>): Environment {
  return form.environment === 'test' ? 'test' : 'live'
}

/**
 * What a draft keeps, such as the tokens of an account that was connected, stays in the environment that it was got for.
 * @throws {Refusal} `invalid` on `environment`
 */
export function requireDraftWithin(draft: DraftRow | null, environment: Environment): void {
  if (!draft || environmentOfDraft(draft) === environment) return
  throw invalidField(
    'environment',
    `What was tested or connected so far is ${environmentOfDraft(draft)}: begin a new credential for the other environment`,
  )
}

export function credentialNotFound(): Refusal {
  return new Refusal('not_found', 'There is no such credential.')
}

export function draftNotFound(): Refusal {
  return new Refusal('not_found', 'There is no such draft: it was saved, discarded, or a day has gone by.')
}

/** The credentials that somebody has a way to. */
export function credentialsWithin({ accountId, environment }: Reach): SQL | undefined {
  return and(eq(credentials.accountId, accountId), environment && eq(credentials.environment, environment))
}

/**
 * One credential's row.
 * @param lock until the transaction ends
 * @throws {Refusal} `not_found` – also for another account's, in the same words; `environment_mismatch` for a key of the other
 *   environment
 */
export async function findCredential(
  db: Database,
  reach: Reach,
  id: string,
  { lock = false } = {},
): Promise<CredentialRow> {
  if (!isId('credential', id)) throw credentialNotFound()
  const query = db
    .select()
    .from(credentials)
    .where(and(credentialsWithin(reach), eq(credentials.id, id)))
  const [row] = await (lock ? query.for('update') : query)
  if (row) return row
  const { accountId, environment } = reach
  if (environment) {
    const other = otherEnvironment(environment)
    const elsewhere = and(credentialsWithin({ accountId, environment: other }), eq(credentials.id, id))
    if ((await db.$count(credentials, elsewhere)) > 0) throw environmentMismatch('This credential', other)
  }
  throw credentialNotFound()
}

/**
 * A draft that the actor made and that has not ended.
 * @param of `credentialId`: what is edited, or null for a new credential; the draft of anything else is not found
 * @throws {Refusal} `not_found`
 */
export async function findDraft(
  db: Database,
  actor: Pick<Actor, 'accountId' | 'id'>,
  id: string,
  { lock = false, credentialId }: { lock?: boolean; credentialId?: string | null } = {},
): Promise<DraftRow> {
  if (!isId('credentialDraft', id) || actor.id === null) throw draftNotFound()
  const query = db
    .select()
    .from(credentialDrafts)
    .where(
      and(
        eq(credentialDrafts.accountId, actor.accountId),
        eq(credentialDrafts.id, id),
        eq(credentialDrafts.createdById, actor.id),
        sql`${credentialDrafts.expiresAt} > statement_timestamp()`,
      ),
    )
  const [row] = await (lock ? query.for('update') : query)
  if (!row || (credentialId !== undefined && row.credentialId !== credentialId)) throw draftNotFound()
  return row
}
