import { and, eq } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { isUniqueViolation } from '@/db/errors'
import { credentials, integrations } from '@/db/schema'
import { answerForMade } from '../accounts/made'
import { comparableName } from '../api-keys/schemas'
import { type Actor, recordAuditEvent } from '../audit'
import { environmentToMake } from '../environments'
import { invalidField, Refusal } from '../errors'
import { newId } from '../ids'
import { parseInput } from '../input'
import { closeEpisodesOf } from '../notifications/episodes'
import {
  expireTokens,
  isOAuthError,
  moveTokens,
  putTokens,
  removeTokens,
  rescheduleTokens,
  type TokenOwner,
} from '../oauth'
import { moveConnection, removeConnection } from '../oauth/connect/connections'
import { openTokensIfIntact } from '../oauth/stored-tokens'
import { isVaultError } from '../vault'
import { AUTHORIZATION_FIELDS } from './authorization-fields'
import {
  baseOfCredential,
  baseOfDraft,
  type CredentialRow,
  type DraftRow,
  environmentOfDraft,
  findCredential,
  findDraft,
  requireDraftWithin,
  settingsOfRow,
} from './base'
import { checkConnection, checkForm } from './check'
import { comparable } from './comparable'
import { isConnected, removeDraft, versionOfDraft } from './drafts'
import { addedHosts } from './hosts'
import { dialectOf } from './oauth'
import { readReceipt, type TestedForm, type Unchanged } from './receipts'
import {
  type CredentialChanges,
  type CredentialForm,
  credentialForm,
  hostsOf,
  secretFieldsOf,
  settingsOf,
} from './schemas'
import { enterAgain, meantSecrets, setTimes, typedSecrets } from './secrets'
import type { CredentialStore } from './store'
import { storedForm } from './stored-form'
import type { CredentialSettings } from './types'

/**
 * Stores a new credential.
 * @throws {Refusal} `invalid`, with the fields; `environment_mismatch`; `not_found` when there is no such draft
 */
export async function createCredential(store: CredentialStore, actor: Actor, given: CredentialForm): Promise<string> {
  const { db, vault, egress } = store
  const { accountId } = actor
  const environment = environmentToMake(actor, given.environment)
  const form = { ...given, environment }
  const id = newId('credential')
  await db
    .transaction(async (tx) => {
      const draft =
        form.draft_id === null ? null : await findDraft(tx, actor, form.draft_id, { lock: true, credentialId: null })
      requireDraftWithin(draft, environment)
      const base = draft && baseOfDraft(draft)
      checkForm(form, base, egress.policy)
      const tested =
        (await testedAs(store, accountId, form, draft && { id: draft.id, version: versionOfDraft(draft) })) ??
        asDraft(actor, form, draft)
      const inserted = await tx
        .insert(credentials)
        .values({
          id,
          accountId,
          environment,
          ...columnsOf(form),
          secretSetAt: setTimes(form, setTimesOf(draft, form)),
          ...testColumns(tested),
          createdByKind: actor.kind,
          createdById: actor.id,
          createdByName: actor.name,
        })
        .onConflictDoNothing({ target: [credentials.accountId, credentials.environment, credentials.nameHeld] })
        .returning({ id: credentials.id })
      if (inserted.length === 0) throw nameTaken(form.name)
      await answerForMade(tx, actor, id)
      const owner = { accountId, ownerId: id }
      await vault.put(tx, { ...owner, field: 'secret' }, await meantSecrets(tx, vault, form, base))
      await saveTokens(tx, store, owner, form, draft)
      if (draft) await removeDraft(tx, vault, draft)
      await recordAuditEvent(tx, actor, 'credential.created', id, {
        name: form.name,
        environment,
        type: form.type,
        provider: form.provider,
        hosts: hostsOf(form),
        tested: tested?.result ?? null,
      })
    })
    .catch((error: unknown) => {
      throw orBusy(error)
    })
  return id
}

/**
 * Changes a credential: the fields that are given, and the secrets that are given anew. Where it has those fields already, and
 * no secret is given, nothing is changed or recorded.
 * @throws {Refusal} `invalid`, with the fields; `not_found`
 */
export async function updateCredential(
  store: CredentialStore,
  actor: Actor,
  id: string,
  changes: CredentialChanges,
): Promise<void> {
  const { db, vault, egress } = store
  const { accountId } = actor
  await db
    .transaction(async (tx) => {
      const row = await findCredential(tx, actor, id, { lock: true })
      const form = changedForm(row, changes)
      const draft =
        form.draft_id === null ? null : await findDraft(tx, actor, form.draft_id, { lock: true, credentialId: id })
      // The draft of an edit has taken over the credential's secrets, and its tokens once it was connected itself.
      const base = draft ? baseOfDraft(draft) : baseOfCredential(row)
      checkForm(form, base, egress.policy)
      if (draft && !isConnected(draft)) checkConnection(form, baseOfCredential(row))
      if (draft) requireLatestSecrets(form, draft, row)
      await checkUses(tx, row, form)
      const unchanged = { id: base.id, version: draft ? versionOfDraft(draft) : row.version }
      const tested = (await testedAs(store, accountId, form, unchanged)) ?? asDraft(actor, form, draft)
      const columns = columnsOf(form)
      const typed = typedSecrets(form)
      const isSent = isOtherRequest(row, form) || Object.keys(typed).length > 0 || draft !== null
      const changed = changeOf(row, form)
      if (!isSent && !tested && Object.keys(changed).length === 0) return
      await tx
        .update(credentials)
        .set({
          ...columns,
          secretSetAt: setTimes(form, { ...row.secretSetAt, ...setTimesOf(draft, form) }),
          updatedAt: new Date(),
          ...(isSent ? { version: row.version + 1 } : {}),
          // Of another end people are warned anew.
          ...(columns.expiresAt?.getTime() === row.expiresAt?.getTime() ? {} : { expiryWarnedDays: null }),
          // What was found of something else says nothing of this.
          ...(isSent || tested ? testColumns(tested) : {}),
        })
        .where(and(eq(credentials.accountId, accountId), eq(credentials.id, id)))
      const owner = { accountId, ownerId: id }
      // As it is, though it can't be opened any more, where nothing of it is changed.
      const areKept = draft === null && Object.keys(typed).length === 0 && keepsSecrets(form, row)
      if (!areKept) await vault.put(tx, { ...owner, field: 'secret' }, await meantSecrets(tx, vault, form, base))
      await saveTokens(tx, store, owner, form, draft, row)
      if (columns.renewAhead !== row.renewAhead) await rescheduleTokens(tx, vault, owner)
      if (draft) await removeDraft(tx, vault, draft)
      await recordAuditEvent(tx, actor, 'credential.updated', id, {
        ...changed,
        secrets_replaced: Object.keys(typed),
        tested: tested?.result ?? null,
      })
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error, 'credentials_name_held_idx') ? nameTaken(changes.name ?? '') : orBusy(error)
    })
}

/**
 * Refuses to put back a secret of which the draft of an edit has a copy, and which was replaced in the credential since. What
 * renewal keeps current is no such copy, nor is a next client secret that has become the client secret by itself.
 * @throws {Refusal} `invalid`, with the fields
 */
function requireLatestSecrets(form: CredentialForm, draft: DraftRow, row: CredentialRow): void {
  const typed = typedSecrets(form)
  const known = new Set(Object.values(draft.secretSetAt))
  const problems = Object.entries(row.secretSetAt)
    .filter(([name, at]) => name !== 'refresh_token' && name !== 'access_token' && !typed[name] && !known.has(at))
    .filter(([name, at]) => at > (draft.secretSetAt[name] ?? draft.createdAt.toISOString()))
    .filter(([name]) => secretFieldsOf(form).some((field) => field.name === name))
    .map(([name]) => ({
      field: `secret.${name}`,
      code: 'missing_field' as const,
      message: 'Enter it again: somebody has replaced it since this was begun',
    }))
  if (problems.length > 0) throw new Refusal('invalid', `${problems[0]?.message}.`, problems)
}

/** Whether a form that types none has all of the secrets that are stored. */
function keepsSecrets(form: CredentialForm, { secretSetAt }: CredentialRow): boolean {
  return Object.keys(setTimes(form, secretSetAt)).length === Object.keys(secretSetAt).length
}

/** Refuses to take a host away that an integration calls. */
async function checkUses(tx: Database, { accountId, id }: CredentialRow, form: CredentialForm): Promise<void> {
  const uses = await tx
    .select({ name: integrations.name, baseUrl: integrations.baseUrl })
    .from(integrations)
    .where(and(eq(integrations.accountId, accountId), eq(integrations.credentialId, id)))
  const hosts = hostsOf(form)
  const cutOff = uses.find(({ baseUrl }) => !hosts.includes(new URL(baseUrl).origin))
  if (!cutOff) return
  const { host } = new URL(cutOff.baseUrl)
  throw invalidField(
    'hosts',
    `The integration “${cutOff.name}” calls ${host} with this credential: leave that host in the list`,
  )
}

/**
 * The form that changes make of what is stored.
 * @throws {Refusal} `invalid`, with the fields, those among them that another type has
 */
export function changedForm(row: CredentialRow, changes: CredentialChanges): CredentialForm {
  const { secret = {}, ...rest } = changes
  const stored = storedForm(row)
  // What is of the grant before is not meant any more.
  if (changes.grant !== undefined && changes.grant !== 'authorization_code') {
    for (const field of AUTHORIZATION_FIELDS) delete stored[field]
  }
  return parseInput(credentialForm, { ...stored, ...rest, secret })
}

function columnsOf(form: CredentialForm) {
  return {
    name: form.name,
    nameHeld: comparableName(form.name),
    type: form.type,
    provider: form.provider,
    settings: settingsOf(form) as unknown as Record<string, unknown>,
    hosts: hostsOf(form),
    test: form.test as unknown as Record<string, unknown> | null,
    expiresAt: form.type === 'api_key' || form.type === 'bearer' ? toDate(form.expires_at) : null,
    renewAhead: form.type === 'oauth2' ? form.renew_ahead : true,
  }
}

/** When a draft's secrets were set. A refresh token that was typed is no connection, which the same name stands for. */
function setTimesOf(draft: DraftRow | null, form: CredentialForm): Record<string, string> {
  const { refresh_token: setAt, ...others } = draft?.secretSetAt ?? {}
  const isGot = form.type === 'oauth2' && form.grant === 'authorization_code'
  return setAt === undefined || (isGot && !(draft && isConnected(draft))) ? others : { ...others, refresh_token: setAt }
}

function testColumns(tested: TestedForm | null) {
  return {
    testResult: tested?.result ?? null,
    testDetail: tested?.detail ?? null,
    testedAt: tested?.at ?? null,
    testedByName: tested?.by ?? null,
  }
}

/** What is known of this very form: by the receipt of its test. */
async function testedAs(
  { authSecret }: CredentialStore,
  accountId: string,
  form: CredentialForm,
  unchanged: Unchanged | null,
): Promise<TestedForm | null> {
  return form.receipt === null ? null : readReceipt(authSecret, accountId, form, unchanged, form.receipt)
}

/** What was found of a draft that is saved as it was tested, such as after its page was closed. */
function asDraft(actor: Actor, form: CredentialForm, draft: DraftRow | null): TestedForm | null {
  if (!draft?.testResult || !draft.testedAt || Object.keys(typedSecrets(form)).length > 0) return null
  const { secret: _, name: _name, provider: _provider, draft_id: _id, receipt: _receipt, ...rest } = form
  const { name: _draftName, provider: _draftProvider, ...draftRest } = draft.form
  const environment = environmentOfDraft(draft)
  const [shown, tested] = [rest, { ...draftRest, environment }].map((each) => ({ ...each, renew_ahead: null }))
  if (
    comparable(shown) !== comparable(tested) ||
    isOtherDialect(form, draft.form as Pick<CredentialForm, 'provider'>)
  ) {
    return null
  }
  return { result: draft.testResult, detail: draft.testDetail ?? '', at: draft.testedAt, by: actor.name }
}

/** Gives a credential the tokens that its form means: the draft's, unless other ones were typed since. */
async function saveTokens(
  tx: Database,
  { vault }: CredentialStore,
  owner: { accountId: string; ownerId: string },
  form: CredentialForm,
  draft: DraftRow | null,
  before?: CredentialRow,
): Promise<void> {
  if (form.type !== 'oauth2') return
  if (before && isOfOtherTokens(before, form)) {
    // They would lie there unseen, and what is asked of a new host is asked of what the form is known to hold.
    await removeTokens(tx, vault, owner)
    await removeConnection(tx, owner)
    await closeEpisodesOf(tx, owner.accountId, owner.ownerId)
  }
  const { refresh_token: refreshToken, access_token: accessToken, ...ofClient } = typedSecrets(form)
  if (form.grant === 'authorization_code') {
    if (draft && isConnected(draft)) {
      const from = { accountId: draft.accountId, ownerId: draft.id }
      await takeTokens(tx, vault, from, owner, 'connection')
      await moveConnection(tx, from, owner)
      if (isOtherClient(draft.form as unknown as CredentialSettings, form)) await expireRenewable(tx, vault, owner)
    } else if (before && (Object.keys(ofClient).length > 0 || isOtherClient(settingsOfRow(before), form))) {
      await expireRenewable(tx, vault, owner)
    }
  } else if (form.grant === 'refresh_token' && draft && !(await isTypedAnew(tx, vault, draft, form))) {
    await takeTokens(tx, vault, { accountId: draft.accountId, ownerId: draft.id }, owner, 'secret.refresh_token')
    if (isOtherForTokens(draft, form)) await expireTokens(tx, owner)
    // Whose a token is that somebody has typed, nobody has told.
    await removeConnection(tx, owner)
  } else if (form.grant === 'refresh_token' && refreshToken) {
    const expiresAt = accessToken ? toDate(form.access_token_expires_at) : null
    await putTokens(tx, vault, owner, { refreshToken, accessToken: accessToken ?? null, expiresAt, scope: null })
    await removeConnection(tx, owner)
  } else if (before && (Object.keys(ofClient).length > 0 || isOtherRequest(before, form))) {
    // Tokens of another client, or for other scopes, are not what this form means; and what was refused was another one. Those
    // that a client gets for itself are had anew, and not in the way where they can't be opened any more.
    const isLost = form.grant === 'client_credentials' && !(await openTokensIfIntact(tx, vault, owner))
    await (isLost ? removeTokens(tx, vault, owner) : expireTokens(tx, owner))
  }
}

/**
 * Gives a credential the tokens of its draft.
 * @param field what brings others
 * @throws {Refusal} `invalid` on this field where they can't be opened any more; {OAuthError} as `moveTokens`
 */
async function takeTokens(
  tx: Database,
  vault: CredentialStore['vault'],
  from: TokenOwner,
  to: TokenOwner,
  field: 'connection' | 'secret.refresh_token',
): Promise<void> {
  try {
    await moveTokens(tx, vault, from, to)
  } catch (error) {
    throw isVaultError(error) ? enterAgain([field]) : error
  }
}

/** Whether the tokens of one grant are no concern of the other: those that the client gets for itself, and those of a person. */
function isOfOtherTokens(row: CredentialRow, { grant }: Extract<CredentialForm, { type: 'oauth2' }>): boolean {
  const before = settingsOfRow(row)
  return before.type === 'oauth2' && (before.grant === 'client_credentials') !== (grant === 'client_credentials')
}

/** Whether tokens are renewed otherwise than those were that there are: what was consented to is no part of that. */
function isOtherClient(before: CredentialSettings, form: CredentialForm): boolean {
  const renewedWith = (settings: CredentialSettings) =>
    settings.type === 'oauth2' ? [settings.token_url, settings.client_id, settings.client_authentication] : []
  return renewedWith(before).join('\n') !== renewedWith(settingsOf(form)).join('\n')
}

/** Whether the tokens that a draft's test has got were asked for otherwise than the form says. */
function isOtherForTokens(draft: DraftRow, form: CredentialForm): boolean {
  const before = draft.form as unknown as CredentialForm
  return comparable(settingsOf(before)) !== comparable(settingsOf(form)) || isOtherDialect(form, before)
}

/** Where consent has brought no refresh token, nothing could take the place of the access token; nor where it can't be read. */
async function expireRenewable(tx: Database, vault: CredentialStore['vault'], owner: TokenOwner): Promise<void> {
  const tokens = await openTokensIfIntact(tx, vault, owner)
  if (tokens?.refreshToken) await expireTokens(tx, owner)
}

/** Whether the form's refresh token is another than the one that the draft's test has spent, or all that is left to go on with. */
async function isTypedAnew(
  tx: Database,
  vault: CredentialStore['vault'],
  draft: DraftRow,
  form: CredentialForm,
): Promise<boolean> {
  const typed = typedSecrets(form).refresh_token
  if (!typed) return false
  // What the test got for it was got for other servers.
  if (addedHosts(form, baseOfDraft(draft).savedFor).length > 0) return true
  const owner = { accountId: draft.accountId, ownerId: draft.id }
  if (!(await openTokensIfIntact(tx, vault, owner))) return true
  const spent = await vault.openIfIntact(tx, { ...owner, field: 'secret' })
  return spent?.refresh_token?.reveal() !== typed.reveal()
}

/** Whether something else is sent than what is stored, or elsewhere. */
function isOtherRequest(row: CredentialRow, form: CredentialForm): boolean {
  const { settings, hosts, test } = columnsOf(form)
  const other = { settings: row.settings, hosts: row.hosts, test: row.test }
  return comparable({ settings, hosts, test }) !== comparable(other) || isOtherDialect(form, row)
}

/** Whether another provider is meant, to whose token endpoint things are said in another way. */
function isOtherDialect(form: CredentialForm, before: { provider: string | null }): boolean {
  return form.type === 'oauth2' && comparable(dialectOf(form.provider)) !== comparable(dialectOf(before.provider))
}

/** The fields that are not secret, before and after, where they differ. */
function changeOf(row: CredentialRow, form: CredentialForm): Record<string, { from: unknown; to: unknown }> {
  const { nameHeld: _, ...after } = columnsOf(form)
  return Object.fromEntries(
    Object.entries(after).flatMap(([name, to]) => {
      const from = row[name as keyof typeof after]
      return comparable(from) === comparable(to) ? [] : [[name, { from, to }]]
    }),
  )
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text)
}

function nameTaken(name: string): Refusal {
  return invalidField('name', `A credential is already called “${name}”. Choose another name.`)
}

/** A draft can't be saved while its tokens are renewed: what that brings would be lost. */
function orBusy(error: unknown): unknown {
  if (!isOAuthError(error) || error.code !== 'busy') return error
  return new Refusal('credential_busy', 'A test of this credential is still running: save it once that is over.', [], 2)
}
