import { and, eq, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { accounts, webhooks } from '@/db/schema'
import { answerForMade } from '../accounts/made'
import { requireActorNow } from '../api-keys/grantor-now'
import { type Actor, recordAuditEvent } from '../audit'
import { addressProblems } from '../credentials/addresses'
import type { EgressPolicy } from '../egress/policy'
import { Refusal } from '../errors'
import { isId, newId } from '../ids'
import { readWhatIsMended } from '../notifications/read'
import { isVaultError } from '../vault/errors'
import type { Secret } from '../vault/secret'
import type { Vault } from '../vault/vault'
import type { WebhookChanges, WebhookForm } from './schemas'
import { newWebhookSecret } from './secret'
import { sendWaitingNow } from './waiting'

/** What webhooks are kept with. */
export interface WebhookStore {
  db: Database
  vault: Vault
  policy: EgressPolicy
}

/** Webhooks of one account: each event is sent to every one of them. */
const MAX_WEBHOOKS = 20

type Row = typeof webhooks.$inferSelect

/**
 * Makes a webhook.
 * @returns its id and its signing secret, which nothing gives out again
 * @throws {Refusal} `invalid`, with the fields; `forbidden` to who may not any more
 */
export async function createWebhook(
  { db, vault, policy }: WebhookStore,
  actor: Actor,
  form: WebhookForm,
): Promise<{ id: string; secret: Secret }> {
  checkAddress(form.url, policy)
  const { accountId } = actor
  const id = newId('webhook')
  const secret = newWebhookSecret()
  await db.transaction(async (tx) => {
    // One after the other: two who count at once would both find room.
    await tx.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, accountId)).for('no key update')
    // After the account, in the order of those who tell its people: they lock it, then members by what they write for each.
    await requireActorNow(tx, actor, 'webhooks:manage')
    if ((await tx.$count(webhooks, eq(webhooks.accountId, accountId))) >= MAX_WEBHOOKS) {
      throw new Refusal('invalid', `An account has ${MAX_WEBHOOKS} webhooks at most. Delete one that is not needed.`)
    }
    await tx.insert(webhooks).values({
      id,
      accountId,
      ...columnsOf(form),
      createdByKind: actor.kind,
      createdById: actor.id,
      createdByName: actor.name,
    })
    await answerForMade(tx, actor, id)
    await vault.put(tx, { accountId, ownerId: id, field: 'secret' }, { current: secret })
    await recordAuditEvent(tx, actor, 'webhook.created', id, { ...form, url: withoutPath(form.url) })
  })
  return { id, secret }
}

/**
 * Changes the fields that are given, and the state. What is on its way already goes to the new address.
 * @throws {Refusal} `not_found`; `invalid`, with the fields; `forbidden` to who may not any more
 */
export async function updateWebhook(
  { db, policy }: Pick<WebhookStore, 'db' | 'policy'>,
  actor: Actor,
  id: string,
  { state, ...changes }: WebhookChanges,
): Promise<void> {
  if (changes.url !== undefined) checkAddress(changes.url, policy)
  await change(db, actor, id, async (tx, row) => {
    await setForm(tx, actor, row, changes)
    if (state) await setState(tx, actor, row, state)
  })
}

async function setForm(tx: Database, actor: Actor, row: Row, changes: Partial<WebhookForm>): Promise<void> {
  const before = { name: row.name, url: row.url, event_types: row.eventTypes }
  const form = { ...before, ...changes }
  const changed = (Object.keys(before) as (keyof typeof before)[]).filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(form[field]),
  )
  if (changed.length === 0) return
  await set(tx, row, { ...columnsOf(form), ...(row.url !== form.url && { failingSince: null }) })
  // What the one before did not take says nothing of this one.
  if (row.url !== form.url) await sendWaitingNow(tx, row.accountId, row.id)
  const only = (of: typeof form) => {
    const told = { ...of, url: withoutPath(of.url) }
    return Object.fromEntries(Object.entries(told).filter(([field]) => changed.includes(field as never)))
  }
  await recordAuditEvent(tx, actor, 'webhook.updated', row.id, { before: only(before), after: only(form) })
}

/**
 * Puts a new signing secret in the place of the present one, which signs too for so many hours.
 * @returns the new secret, which nothing gives out again
 * @throws {Refusal} `not_found`; `forbidden` to who may not any more
 */
export async function rotateWebhookSecret(
  { db, vault }: Pick<WebhookStore, 'db' | 'vault'>,
  actor: Actor,
  id: string,
  overlapHours: number,
): Promise<Secret> {
  const secret = newWebhookSecret()
  await change(db, actor, id, async (tx, row) => {
    const place = { accountId: actor.accountId, ownerId: id, field: 'secret' } as const
    const previous = overlapHours > 0 ? await presentSecret(vault, tx, place) : undefined
    await vault.put(tx, place, { current: secret, ...(previous && { previous }) })
    await set(tx, row, {
      previousSecretUntil: previous ? sql`now() + ${overlapHours}::int * interval '1 hour'` : null,
    })
    await recordAuditEvent(tx, actor, 'webhook.secret_rotated', id, { name: row.name, overlap_hours: overlapHours })
  })
  return secret
}

/**
 * Stops what is sent to a webhook, or has it go on, with what has come together meanwhile.
 * @throws {Refusal} `not_found`; `forbidden` to who may not any more
 */
export async function setWebhookState(
  db: Database,
  actor: Actor,
  id: string,
  state: 'enabled' | 'paused',
): Promise<void> {
  await change(db, actor, id, (tx, row) => setState(tx, actor, row, state))
}

async function setState(tx: Database, actor: Actor, row: Row, state: 'enabled' | 'paused'): Promise<void> {
  if (row.state === state) return
  await set(tx, row, { state, stateReason: null, stateSince: sql`now()`, failingSince: null })
  if (state === 'enabled') await sendWaitingNow(tx, row.accountId, row.id)
  await readWhatIsMended(tx, row.accountId, 'webhook.disabled', [row.id])
  await recordAuditEvent(tx, actor, state === 'paused' ? 'webhook.paused' : 'webhook.resumed', row.id, {
    name: row.name,
    before: { state: row.state },
  })
}

/**
 * Deletes a webhook with its secret and all that was sent to it.
 * @throws {Refusal} `not_found`; `forbidden` to who may not any more
 */
export async function deleteWebhook(
  { db, vault }: Pick<WebhookStore, 'db' | 'vault'>,
  actor: Actor,
  id: string,
): Promise<void> {
  await change(db, actor, id, async (tx, row) => {
    await vault.remove(tx, { accountId: actor.accountId, ownerId: id })
    await tx.delete(webhooks).where(and(eq(webhooks.accountId, actor.accountId), eq(webhooks.id, id)))
    await readWhatIsMended(tx, actor.accountId, 'webhook.disabled', [id])
    await recordAuditEvent(tx, actor, 'webhook.deleted', id, { name: row.name, url: withoutPath(row.url) })
  })
}

/** @returns undefined: there is none that can be opened, which another in its place mends */
async function presentSecret(vault: Vault, tx: Database, place: Parameters<Vault['open']>[1]) {
  try {
    return (await vault.open(tx, place))?.current
  } catch (error) {
    if (!isVaultError(error)) throw error
  }
}

/**
 * Locks a webhook for a change.
 * @throws {Refusal} `not_found`; `forbidden` to who may not any more
 */
async function change(
  db: Database,
  actor: Actor,
  id: string,
  work: (tx: Database, row: Row) => Promise<void>,
): Promise<void> {
  if (!isId('webhook', id)) throw webhookNotFound()
  const { accountId } = actor
  await db.transaction(async (tx) => {
    await requireActorNow(tx, actor, 'webhooks:manage')
    const [row] = await tx
      .select()
      .from(webhooks)
      .where(and(eq(webhooks.accountId, accountId), eq(webhooks.id, id)))
      .for('update')
    if (!row) throw webhookNotFound()
    await work(tx, row)
  })
}

function set(tx: Database, { accountId, id }: Row, values: Parameters<ReturnType<Database['update']>['set']>[0]) {
  return tx
    .update(webhooks)
    .set(values)
    .where(and(eq(webhooks.accountId, accountId), eq(webhooks.id, id)))
}

export function webhookNotFound(): Refusal {
  return new Refusal('not_found', 'There is no such webhook.')
}

function columnsOf({ name, url, event_types }: WebhookForm) {
  return { name, url, eventTypes: event_types }
}

/**
 * An address as events tell it: whose it is. Its path or query is often all that lets somebody call it, and events are read by
 * more people than webhooks are, sent elsewhere, and can't be changed when a token in them is.
 */
function withoutPath(url: string): string {
  const { origin, pathname, search } = new URL(url)
  return pathname === '/' && search === '' ? origin : `${origin}/…`
}

function checkAddress(url: string, policy: EgressPolicy): void {
  const problems = addressProblems([{ field: 'url', url }], policy)
  const [first] = problems
  if (first) throw new Refusal('invalid', first.message, problems)
}
