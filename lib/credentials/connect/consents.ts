import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { type consentOutcomes, oauthStates } from '@/db/schema'
import type { Environment } from '../../api-keys/token'
import type { Actor } from '../../audit'
import { Refusal } from '../../errors'
import { isId } from '../../ids'
import { readConnection } from '../../oauth/connect/connections'
import type { Identity } from '../../oauth/connect/identity'
import type { Vault } from '../../vault'
import { type CredentialRow, type DraftRow, environmentOfDraft } from '../base'
import { comparable } from '../comparable'
import { hostsOf, settingsOf } from '../schemas'
import type { OAuth2Settings } from '../types'

// The rows of consents: what somebody has been sent to a provider for, and how it ended.

export type ConsentRow = typeof oauthStates.$inferSelect
export type ConsentOutcome = (typeof consentOutcomes)[number]

/** How long an answer may be worked on, token endpoint and database included: whoever has not ended by then was ended himself. */
const WORK_MS = 2 * 60_000
const CUT_OFF = 'Fenicia was interrupted before it had the tokens. Connect again.'

/** What is said where a code could not be spent for want of the secret. */
export const SECRET_UNREADABLE =
  'The stored client secret can’t be opened any more: edit the credential and enter it again, then connect.'

/** Hours that a consent is kept, so that its end can be shown and decided on. */
const KEPT_HOURS = 24

/** A consent as the person who began it sees it. */
export interface ConsentView {
  id: string
  /** pending: nothing has come yet. expired: nor will it. */
  state: ConsentOutcome | 'pending' | 'expired'
  /** One sentence; null: the state says it all. */
  detail: string | null
  /** What was to be connected: a stored credential, and/or the draft of a form. */
  credentialId: string | null
  draftId: string | null
  /**
   * Which account it is now, as far as the provider tells; of `other_account`, also which one stays until somebody decides.
   */
  accounts: { before: string | null; now: string | null } | null
  /** Of `connected`: whose tokens there are now. */
  connection: Identity | null
}

/** Tokens that wait for a decision are in the vault; of them, this is in the row. */
export interface Waiting extends Identity {
  expiresAt: string | null
  /** Null or missing: not told. */
  refreshExpiresAt?: string | null
  scope: string | null
}

/** What a consent is for, as it was when it was begun. */
export interface Subject {
  settings: { type: 'oauth2' } & OAuth2Settings
  hosts: string[]
  /** The tokens that it brings belong to this one. */
  environment: Environment
  /** In whose words things are said. */
  provider: string | null
}

export function subjectOf(owner: CredentialRow | DraftRow): Subject {
  const settings = 'settings' in owner ? owner.settings : settingsOf(owner.form as never)
  const hosts = 'settings' in owner ? owner.hosts : hostsOf(owner.form as never)
  const provider = 'settings' in owner ? owner.provider : ((owner.form.provider as string | null | undefined) ?? null)
  const environment = 'settings' in owner ? owner.environment : environmentOfDraft(owner)
  return { settings: settings as unknown as Subject['settings'], hosts: [...hosts].sort(), environment, provider }
}

export function isSameSubject(row: ConsentRow, owner: CredentialRow | DraftRow): boolean {
  // One that was begun before there were two environments is live.
  return comparable({ environment: 'live', ...row.subject }) === comparable(subjectOf(owner))
}

const ofAccount = (accountId: string, id: string) => and(eq(oauthStates.accountId, accountId), eq(oauthStates.id, id))

/**
 * Uses a consent up, for whom and where it was begun, in one statement: of two answers, one finds it.
 * @returns null when there is none to use
 */
export async function consume(
  db: Database,
  { accountId, id, userId, browser }: { accountId: string; id: string; userId: string; browser: string },
): Promise<ConsentRow | null> {
  const [row] = await db
    .update(oauthStates)
    .set({ consumedAt: sql`statement_timestamp()` })
    .where(
      and(
        ofAccount(accountId, id),
        eq(oauthStates.userId, userId),
        eq(oauthStates.browser, browser),
        isNull(oauthStates.consumedAt),
        sql`${oauthStates.expiresAt} > statement_timestamp()`,
      ),
    )
    .returning()
  return row ?? null
}

/** Notes how a consent ended. What it kept for its answer goes; what waits for a decision is put by who calls this. */
export async function endConsent(
  tx: Database,
  vault: Vault,
  { accountId, id }: Pick<ConsentRow, 'accountId' | 'id'>,
  outcome: ConsentOutcome,
  { detail = null, waiting = null }: { detail?: string | null; waiting?: Waiting | null } = {},
): Promise<void> {
  await vault.remove(tx, { accountId, ownerId: id })
  await tx
    .update(oauthStates)
    .set({
      outcome,
      detail,
      waiting: waiting as Record<string, unknown> | null,
      consumedAt: sql`coalesce(${oauthStates.consumedAt}, statement_timestamp())`,
    })
    .where(ofAccount(accountId, id))
}

/** Ends what was begun before for the same owner, and what waits there for a decision: it is begun anew. */
export async function supersede(tx: Database, vault: Vault, accountId: string, ownerId: string): Promise<void> {
  const open = await tx
    .select()
    .from(oauthStates)
    .where(
      and(
        eq(oauthStates.accountId, accountId),
        eq(oauthStates.ownerId, ownerId),
        sql`(${oauthStates.consumedAt} is null or ${oauthStates.outcome} = 'other_account')`,
      ),
    )
    .orderBy(oauthStates.id)
    .for('update')
  for (const row of open) {
    await endConsent(tx, vault, row, row.outcome === 'other_account' ? 'discarded' : 'superseded')
  }
}

/** Any consent of an account, whoever began it. */
export async function readConsent(db: Database, accountId: string, id: string): Promise<ConsentRow | null> {
  if (!isId('oauthState', id)) return null
  const [row] = await db.select().from(oauthStates).where(ofAccount(accountId, id))
  return row ?? null
}

/**
 * A consent that the actor began.
 * @throws {Refusal} `not_found`
 */
export async function findConsent(
  db: Database,
  actor: Pick<Actor, 'accountId' | 'id'>,
  id: string,
  { lock = false } = {},
): Promise<ConsentRow> {
  if (!isId('oauthState', id) || actor.id === null) throw consentNotFound()
  const query = db
    .select()
    .from(oauthStates)
    .where(and(ofAccount(actor.accountId, id), eq(oauthStates.userId, actor.id)))
  const [row] = await (lock ? query.for('update') : query)
  if (!row) throw consentNotFound()
  return row
}

/**
 * How a consent that the actor began stands.
 * @throws {Refusal} `not_found`
 */
export async function getConsent(
  db: Database,
  actor: Pick<Actor, 'accountId' | 'id'>,
  id: string,
): Promise<ConsentView> {
  const row = await findConsent(db, actor, id)
  const { accountId, ownerId, credentialId, outcome, detail } = row
  // Used up without an outcome: the answer is being worked on, however late it is by now, or nobody does any more.
  const isOver = row.consumedAt === null && row.expiresAt.getTime() <= Date.now()
  const isCutOff = outcome === null && row.consumedAt !== null && row.consumedAt.getTime() + WORK_MS <= Date.now()
  const waiting = row.waiting as Waiting | null
  const connection = waiting || outcome === 'connected' ? await readConnection(db, { accountId, ownerId }) : null
  return {
    id,
    state: outcome ?? (isCutOff ? 'failed' : isOver ? 'expired' : 'pending'),
    detail: isCutOff ? CUT_OFF : detail,
    credentialId,
    draftId: ownerId === credentialId ? null : ownerId,
    accounts: waiting
      ? { before: connection?.label ?? null, now: waiting.label }
      : connection && { before: null, now: connection.label },
    connection:
      outcome === 'connected' && connection
        ? { issuer: connection.issuer, subject: connection.subject, label: connection.label }
        : null,
  }
}

/** Deletes the consents of a credential that is deleted, those of edits of it that are gone already among them. */
export async function removeConsents(
  tx: Database,
  vault: Vault,
  accountId: string,
  credentialId: string,
): Promise<void> {
  const removed = await tx
    .delete(oauthStates)
    .where(and(eq(oauthStates.accountId, accountId), eq(oauthStates.credentialId, credentialId)))
    .returning({ id: oauthStates.id })
  for (const { id } of removed) await vault.remove(tx, { accountId, ownerId: id })
}

/**
 * Deletes consents that nobody will ask for any more. May run anywhere, any number of times.
 * @returns how many were deleted
 */
export async function pruneConsents(db: Database, vault: Vault, signal?: AbortSignal): Promise<number> {
  let pruned = 0
  while (!signal?.aborted) {
    const found = await db.transaction(async (tx) => {
      const [row] = await tx
        .select()
        .from(oauthStates)
        .where(sql`${oauthStates.expiresAt} <= statement_timestamp() - ${KEPT_HOURS} * interval '1 hour'`)
        .limit(1)
        .for('update', { skipLocked: true })
      if (!row) return false
      await vault.remove(tx, { accountId: row.accountId, ownerId: row.id })
      await tx.delete(oauthStates).where(ofAccount(row.accountId, row.id))
      return true
    })
    if (!found) break
    pruned += 1
  }
  return pruned
}

function consentNotFound(): Refusal {
  return new Refusal('not_found', 'This authorization is not known any more: begin it anew.')
}
