import { and, eq } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { isUniqueViolation } from '@/db/errors'
import { integrations } from '@/db/schema'
import { answerForMade } from '../accounts/made'
import type { Environment } from '../api-keys/token'
import { type Actor, recordAuditEvent } from '../audit'
import { addressProblems } from '../credentials/addresses'
import { findCredential, settingsOfRow } from '../credentials/base'
import { comparable } from '../credentials/comparable'
import { placesOf } from '../credentials/place'
import type { EgressPolicy } from '../egress/policy'
import { environmentToMake } from '../environments'
import { type FieldProblem, invalidField, isRefusal, Refusal } from '../errors'
import { plainName } from '../header-name'
import { newId } from '../ids'
import { readWhatIsMended } from '../notifications/read'
import { findIntegration, type IntegrationRow } from './base'
import type { IntegrationChanges, IntegrationForm } from './schemas'

export interface IntegrationStore {
  db: Database
  policy: EgressPolicy
}

/**
 * Makes an integration.
 * @returns its id
 * @throws {Refusal} `invalid`, with the fields: also when the base address is on a host that the credential was not saved for
 */
export async function createIntegration(
  { db, policy }: IntegrationStore,
  actor: Actor,
  form: IntegrationForm,
): Promise<string> {
  const id = newId('integration')
  const environment = environmentToMake(actor, form.environment)
  await db
    .transaction(async (tx) => {
      await checkForm(tx, actor, { ...form, environment }, policy)
      await tx.insert(integrations).values({
        id,
        accountId: actor.accountId,
        environment,
        ...columnsOf(form),
        createdByKind: actor.kind,
        createdById: actor.id,
        createdByName: actor.name,
      })
      await answerForMade(tx, actor, id)
      await recordAuditEvent(tx, actor, 'integration.created', id, {
        name: form.name,
        environment,
        slug: form.slug,
        credential_id: form.credential_id,
        base_url: form.base_url,
      })
    })
    .catch(asRefusal(form.slug))
  return id
}

/**
 * Changes an integration: the fields that are given. Where it has them already, nothing is changed or recorded.
 * @throws {Refusal} `not_found`; `invalid`, with the fields
 */
export async function updateIntegration(
  { db, policy }: IntegrationStore,
  actor: Actor,
  id: string,
  changes: IntegrationChanges,
): Promise<void> {
  const { accountId } = actor
  await db
    .transaction(async (tx) => {
      const row = await findIntegration(tx, actor, id, { lock: true })
      const form = changedForm(row, changes)
      const columns = columnsOf(form)
      const changed = changesOf(row, columns)
      // Whoever sends all that it is, again and again, has changed nothing: calls before are calls of it as it is now.
      if (Object.keys(changed).length === 0) return
      const isTakenBack = form.state === 'paused' && Object.keys(changed).every((name) => HARMLESS.has(name))
      // Pausing must be possible also where a rule has become stricter, or the credential other than it was.
      if (!isTakenBack) await checkForm(tx, actor, form, policy)
      const isElsewhere = Object.keys(changed).some((name) => OF_CALLS.has(name))
      const isOtherwise = Object.keys(changed).some((name) => !OF_CALLERS.has(name))
      const now = new Date()
      await tx
        .update(integrations)
        .set({
          ...columns,
          ...(isOtherwise && { calledAsSince: now }),
          ...(isElsewhere && { failingSince: null }),
          updatedAt: now,
        })
        .where(and(eq(integrations.accountId, accountId), eq(integrations.id, id)))
      if (isElsewhere) await readWhatIsMended(tx, accountId, 'integration.failing', [id])
      await recordAuditEvent(tx, actor, 'integration.updated', id, changed)
    })
    .catch(asRefusal(changes.slug ?? ''))
}

/**
 * Deletes an integration: calls through it are refused from then on. Its credential stays.
 * @throws {Refusal} `not_found`
 */
export async function deleteIntegration(db: Database, actor: Actor, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const { name, environment, slug } = await findIntegration(tx, actor, id, { lock: true })
    await tx.delete(integrations).where(and(eq(integrations.accountId, actor.accountId), eq(integrations.id, id)))
    await readWhatIsMended(tx, actor.accountId, 'integration.failing', [id])
    await recordAuditEvent(tx, actor, 'integration.deleted', id, { name, environment, slug })
  })
}

/** What a paused integration may be given whatever its other fields say. */
const HARMLESS: ReadonlySet<string> = new Set(['name', 'slug', 'state'])
/** What its calls to the service have nothing of. */
const OF_CALLERS: ReadonlySet<string> = new Set(['name', 'slug'])
/** What makes another thing of its calls: that those before have failed says nothing of the next ones. */
const OF_CALLS: ReadonlySet<string> = new Set(['baseUrl', 'credentialId', 'state'])

type Columns = ReturnType<typeof columnsOf>

function changesOf(row: IntegrationRow, columns: Columns): Record<string, { from: unknown; to: unknown }> {
  const changed = Object.entries(columns).flatMap(([name, to]) => {
    const from = row[name as keyof Columns]
    return comparable(from) === comparable(to) ? [] : [[name, { from, to }] as const]
  })
  return Object.fromEntries(changed)
}

/** An integration as it may be stored: without a credential, once that was deleted. */
type StoredForm = Omit<IntegrationForm, 'credential_id' | 'environment'> & {
  environment: Environment
  credential_id: string | null
}

function changedForm(row: IntegrationRow, changes: IntegrationChanges): StoredForm {
  return {
    environment: row.environment,
    name: row.name,
    slug: row.slug,
    base_url: row.baseUrl,
    methods: row.methods as IntegrationForm['methods'],
    paths: row.paths,
    headers: row.headers,
    timeout_ms: row.timeoutMs,
    state: row.state,
    expired_token: row.expiredToken as IntegrationForm['expired_token'],
    ...changes,
    credential_id: changes.credential_id ?? row.credentialId,
  }
}

function columnsOf(form: Omit<StoredForm, 'environment'>) {
  return {
    name: form.name,
    slug: form.slug,
    credentialId: form.credential_id,
    baseUrl: form.base_url,
    methods: form.methods as string[],
    paths: form.paths,
    headers: form.headers,
    timeoutMs: form.timeout_ms,
    state: form.state,
    expiredToken: form.expired_token as Record<string, unknown> | null,
  }
}

/** The rules that hold between an integration and its credential, which stays as it is until the transaction ends. */
async function checkForm(tx: Database, actor: Actor, form: StoredForm, policy: EgressPolicy): Promise<void> {
  // Its credential was deleted: until it has another one, it can be paused and named, and answers no call.
  if (form.credential_id === null) return
  const problems = addressProblems([{ field: 'base_url', url: form.base_url }], policy)
  const credential = await findCredential(tx, actor, form.credential_id, { lock: true }).catch((error) => {
    if (!isRefusal(error) || error.code === 'environment_mismatch') throw error
    throw invalidField('credential_id', 'There is no such credential')
  })
  if (credential.environment !== form.environment) {
    throw invalidField(
      'credential_id',
      `“${credential.name}” is a ${credential.environment} credential, and this is a ${form.environment} integration: choose one of its own environment`,
    )
  }
  const { origin, host } = new URL(form.base_url)
  if (!credential.hosts.includes(origin)) {
    problems.push({
      field: 'base_url',
      code: 'invalid_value',
      message: `The secret of “${credential.name}” was not saved for ${host}, only for ${credential.hosts.map(hostOf).join(', ')}. To use it here, add the host to the credential, which asks for its secret again`,
    })
  }
  const places = placesOf(settingsOfRow(credential))
  form.headers.forEach(({ name }, index) => {
    if (places.headers.some((place) => plainName(place) === plainName(name))) {
      problems.push({
        field: `headers.${index}.name`,
        code: 'invalid_value',
        message: 'The credential itself sets this header',
      })
    }
  })
  if (form.expired_token && credential.type !== 'oauth2') {
    problems.push({
      field: 'expired_token',
      code: 'invalid_value',
      message: 'Only tokens of OAuth2 credentials expire and are renewed: leave it out',
    })
  }
  if (problems.length > 0) throw refusalOf(problems)
}

function hostOf(origin: string): string {
  return new URL(origin).host
}

function refusalOf(problems: FieldProblem[]): Refusal {
  return new Refusal('invalid', `${problems.map(({ message }) => message.replace(/\.$/, '')).join('; ')}.`, problems)
}

function asRefusal(slug: string) {
  return (error: unknown): never => {
    if (!isUniqueViolation(error, 'integrations_slug_idx')) throw error
    throw invalidField('slug', `An integration is already called by “${slug}”. Choose another one.`)
  }
}
