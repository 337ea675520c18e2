import { and, desc, eq, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { credentialDrafts, tokenSets } from '@/db/schema'
import { type Actor, recordAuditEvent } from '../audit'
import { newId } from '../ids'
import { putTokens } from '../oauth'
import { type Connection, readConnections, removeConnection } from '../oauth/connect/connections'
import type { Secrets, Vault } from '../vault/vault'
import { baseOfDraft, type CredentialRow, type DraftRow, draftNotFound, findDraft } from './base'
import { addedHosts } from './hosts'
import { type CredentialForm, hostsOf } from './schemas'
import { setTimes, typedSecrets } from './secrets'
import { fieldsChanged } from './stored-form'
import type { TestResult } from './types'

/** Hours that a draft is kept. */
export const DRAFT_HOURS = 24

/** A form without its secrets, and without what its tests have left. */
export type DraftForm = CredentialForm extends infer Form
  ? Form extends unknown
    ? Omit<Form, 'secret' | 'draft_id' | 'receipt'>
    : never
  : never

/** A draft as the person who made it sees it. */
export interface DraftView {
  id: string
  /** Of an edit: what is edited. */
  credentialId: string | null
  /** The form as it was tested, without its secrets. */
  form: DraftForm
  /** Of an edit: the fields that it changes; the others are as they were stored then. Null: not noted. */
  changedFields: string[] | null
  secretSetAt: Record<string, string>
  lastTest: { result: TestResult; detail: string; at: Date } | null
  /** Of authorization in the browser: whose tokens it has; null: none. */
  connection: Connection | null
  expiresAt: Date
}

/** A draft as its test has found it. */
export type TestedDraft = Pick<DraftRow, 'id' | 'form' | 'secretSetAt'>

/** What was found before says nothing of what a draft is from now on. */
export const UNTESTED = { testResult: null, testDetail: null, testedAt: null }

/**
 * Keeps a form with all of its secrets, before its test spends the refresh token in it: what the test gets for that must not
 * be lost when the page is closed.
 * @param of `kept`: the draft that the form came from, which is written anew; `edited`: the credential that the form is an edit of
 * @returns what it is now
 */
export async function keepDraft(
  tx: Database,
  vault: Vault,
  actor: Actor & { id: string },
  form: CredentialForm,
  secrets: Secrets,
  { kept, edited }: { kept: DraftRow | null; edited: CredentialRow | null },
  storedAt: Readonly<Record<string, string>> = {},
): Promise<TestedDraft> {
  const { secret: _, draft_id: _draft, receipt: _receipt, ...shown } = form
  const id = kept?.id ?? newId('credentialDraft')
  const values = {
    form: shown as unknown as Record<string, unknown>,
    secretSetAt: setTimes(form, kept?.secretSetAt ?? storedAt),
    changedFields: edited && fieldsChanged(form, edited),
    hosts: hostsOf(form),
    expiresAt: sql`statement_timestamp() + ${DRAFT_HOURS} * interval '1 hour'`,
  }
  if (kept) {
    await tx
      .update(credentialDrafts)
      .set({ ...values, ...UNTESTED })
      .where(and(eq(credentialDrafts.accountId, actor.accountId), eq(credentialDrafts.id, id)))
  } else {
    await tx.insert(credentialDrafts).values({
      id,
      accountId: actor.accountId,
      credentialId: edited?.id ?? null,
      ...values,
      createdByKind: actor.kind,
      createdById: actor.id,
    })
  }
  const owner = { accountId: actor.accountId, ownerId: id }
  const { refresh_token: typed } = typedSecrets(form)
  // The token that was typed stays beside what it was spent for: the same form, sent again, means the same tokens.
  const before = kept && (await vault.openIfIntact(tx, { ...owner, field: 'secret' }))?.refresh_token
  // Nor do tokens that were got for one server go to another one: for that, the typed token is a new one.
  const isElsewhere = kept !== null && addedHosts(form, baseOfDraft(kept).savedFor).length > 0
  const refreshToken = typed && (isElsewhere || typed.reveal() !== before?.reveal()) ? typed : null
  const spent = refreshToken ?? before
  await vault.put(tx, { ...owner, field: 'secret' }, spent ? { ...secrets, refresh_token: spent } : secrets)
  if (refreshToken) await putTokens(tx, vault, owner, { refreshToken, accessToken: null, expiresAt: null, scope: null })
  return { id, form: values.form, secretSetAt: values.secretSetAt }
}

/** What a draft is at this moment, for receipts: other secrets make another one of it. */
export function versionOfDraft({ secretSetAt }: Pick<DraftRow, 'secretSetAt'>): string {
  return JSON.stringify(Object.entries(secretSetAt).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Notes what the test of a draft has found, unless it has become another one meanwhile, such as by another tab. */
export async function noteDraftTest(
  db: Database,
  accountId: string,
  { id, form, secretSetAt }: TestedDraft,
  { result, detail }: { result: TestResult; detail: string },
): Promise<void> {
  await db
    .update(credentialDrafts)
    .set({ testResult: result, testDetail: detail, testedAt: new Date() })
    .where(
      and(
        eq(credentialDrafts.accountId, accountId),
        eq(credentialDrafts.id, id),
        eq(credentialDrafts.form, form),
        eq(credentialDrafts.secretSetAt, secretSetAt),
      ),
    )
}

/** The drafts that a person made and neither saved nor discarded, the latest first. */
export async function listDrafts(db: Database, actor: Pick<Actor, 'accountId' | 'id'>): Promise<DraftView[]> {
  if (actor.id === null) return []
  const rows = await db
    .select()
    .from(credentialDrafts)
    .where(
      and(
        eq(credentialDrafts.accountId, actor.accountId),
        eq(credentialDrafts.createdById, actor.id),
        sql`${credentialDrafts.expiresAt} > statement_timestamp()`,
      ),
    )
    .orderBy(desc(credentialDrafts.id))
    .limit(20)
  return viewsOf(db, actor.accountId, rows)
}

/**
 * One draft of the actor's.
 * @throws {Refusal} `not_found`
 */
export async function getDraft(db: Database, actor: Pick<Actor, 'accountId' | 'id'>, id: string): Promise<DraftView> {
  const [view] = await viewsOf(db, actor.accountId, [await findDraft(db, actor, id)])
  if (!view) throw draftNotFound()
  return view
}

/**
 * Deletes a draft, with its secrets and tokens.
 * @throws {Refusal} `not_found`
 */
export async function discardDraft(db: Database, vault: Vault, actor: Actor, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const draft = await findDraft(tx, actor, id, { lock: true })
    await removeDraft(tx, vault, draft)
    await recordAuditEvent(tx, actor, 'credential.draft_discarded', draft.credentialId ?? id, {
      name: draft.form.name,
      ...(draft.credentialId === null ? {} : { draft: id }),
    })
  })
}

/** Whether a draft has tokens that somebody's consent has brought. */
export function isConnected({ form, secretSetAt }: Pick<DraftRow, 'form' | 'secretSetAt'>): boolean {
  return form.grant === 'authorization_code' && secretSetAt.refresh_token !== undefined
}

export async function removeDraft(
  tx: Database,
  vault: Vault,
  { accountId, id }: Pick<DraftRow, 'accountId' | 'id'>,
): Promise<void> {
  // In this order everywhere: a renewal that is being stored waits, and is waited for, in one direction.
  await tx.delete(tokenSets).where(and(eq(tokenSets.accountId, accountId), eq(tokenSets.ownerId, id)))
  await vault.remove(tx, { accountId, ownerId: id })
  await removeConnection(tx, { accountId, ownerId: id })
  await tx.delete(credentialDrafts).where(and(eq(credentialDrafts.accountId, accountId), eq(credentialDrafts.id, id)))
}

/**
 * Deletes drafts that have ended. May run anywhere, any number of times.
 * @returns how many were deleted
 */
export async function pruneDrafts(db: Database, vault: Vault, signal?: AbortSignal): Promise<number> {
  let pruned = 0
  while (!signal?.aborted) {
    const found = await db.transaction(async (tx) => {
      const [draft] = await tx
        .select()
        .from(credentialDrafts)
        .where(sql`${credentialDrafts.expiresAt} <= statement_timestamp()`)
        .limit(1)
        .for('update', { skipLocked: true })
      if (draft) await removeDraft(tx, vault, draft)
      return draft !== undefined
    })
    if (!found) break
    pruned += 1
  }
  return pruned
}

async function viewsOf(db: Database, accountId: string, rows: DraftRow[]): Promise<DraftView[]> {
  const ids = rows.map(({ id }) => id)
  const connections = await readConnections(db, accountId, ids)
  return rows.map((row) => viewOf(row, connections.get(row.id) ?? null))
}

function viewOf(row: DraftRow, connection: Connection | null): DraftView {
  const { testResult: result, testDetail, testedAt: at } = row
  return {
    id: row.id,
    credentialId: row.credentialId,
    form: row.form as unknown as DraftView['form'],
    changedFields: row.changedFields,
    secretSetAt: row.secretSetAt,
    lastTest: result && at ? { result, detail: testDetail ?? '', at } : null,
    connection,
    expiresAt: row.expiresAt,
  }
}
