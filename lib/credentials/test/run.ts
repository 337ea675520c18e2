import { and, eq } from 'drizzle-orm'
import { credentials } from '@/db/schema'
import { type Actor, recordAuditEvent } from '../../audit'
import { isEgressError } from '../../egress/errors'
import { environmentToMake } from '../../environments'
import { invalidField, Refusal } from '../../errors'
import { recordEvent } from '../../notifications/outbox'
import { isOAuthError, type KeptTokens, OAuthError, obtainTokens, type RenewalOptions } from '../../oauth'
import { isVaultError } from '../../vault'
import { blank } from '../../vault/blank'
import type { Secret } from '../../vault/secret'
import type { Secrets } from '../../vault/vault'
import {
  type Base,
  baseOfCredential,
  baseOfDraft,
  type CredentialRow,
  type DraftRow,
  findCredential,
  findDraft,
  requireDraftWithin,
  settingsOfRow,
  testOfRow,
} from '../base'
import { checkConnection, checkForm } from '../check'
import { isConnected, keepDraft, noteDraftTest, type TestedDraft, versionOfDraft } from '../drafts'
import { oauthClientOf, renewableOf, renewalGrantOf } from '../oauth'
import { placeCredential } from '../place'
import { writeReceipt } from '../receipts'
import { changedForm } from '../save'
import { type CredentialChanges, type CredentialForm, type OAuth2Form, settingsOf } from '../schemas'
import { meantSecrets, typedSecrets } from '../secrets'
import type { CredentialStore } from '../store'
import { countTest } from '../test-limit'
import type { CredentialSettings, OAuth2Settings, TestRequest } from '../types'
import { adviceOnDamagedTokens, adviceOnFailure, adviceOnOAuth } from './advice'
import { type Probed, probe } from './probe'
import type { StageReport, TestEvent, TestReport } from './report'

export interface TestOptions {
  /** Told of each stage as it is over. */
  onEvent?: (event: TestEvent) => void
  signal?: AbortSignal
}

/** A test of a form, with what its save needs of it. */
export type FormTestReport = TestReport & {
  /** Proves to the save what was found of this very form. */
  receipt: string
  /** Keeps tokens that the test has got, for the save; null: there are none that would be lost. */
  draftId: string | null
}

/**
 * Tests a form that is not saved, exactly as it is: what was typed, and for fields that say “unchanged” what is stored.
 * @param credentialId what is edited; null: a new one
 * @throws {Refusal} `invalid`, with the fields; `not_found`, `environment_mismatch`; `too_many_requests`
 */
export async function testForm(
  store: CredentialStore,
  actor: Actor & { id: string },
  given: CredentialForm,
  credentialId: string | null = null,
  options: TestOptions = {},
): Promise<FormTestReport> {
  const { db, vault, egress, tokens: keeper, authSecret } = store
  const { accountId } = actor
  const environment = environmentToMake(actor, given.environment)
  const form = { ...given, environment }
  // Read under a lock: a secret that is saved for another host meanwhile must not be taken along with this one's.
  const { row, draft, base, secrets } = await db.transaction(async (tx) => {
    const row = credentialId === null ? null : await findCredential(tx, actor, credentialId, { lock: true })
    const draft =
      form.draft_id === null ? null : await findDraft(tx, actor, form.draft_id, { lock: true, credentialId })
    requireDraftWithin(draft, environment)
    if (row && row.type !== form.type) throw new Refusal('not_found', 'There is no such credential of this type.')
    const base = draft ? baseOfDraft(draft) : row && baseOfCredential(row)
    checkForm(form, base, egress.policy)
    requireTestable(form)
    return { row, draft, base, secrets: await meantSecrets(tx, vault, form, base) }
  })
  await countTest(db, accountId)

  const settings = settingsOf(form)
  let kept: TestedDraft | null = null
  let tokens: Tokens | null = null
  if (settings.type === 'oauth2') {
    const ofWhom = await ownerOfTokens(store, actor, form as OAuth2Form, secrets, { base, draft, row })
    kept = ofWhom.draft
    if (kept) options.onEvent?.({ kind: 'draft', draftId: kept.id })
    const { ownerId } = ofWhom
    const client = oauthClientOf(settings, secrets, form.provider)
    const ownerVersion = row !== null && ownerId === row.id ? row.version : null
    const renewable = { client, grant: renewalGrantOf(settings.grant), ownerVersion }
    const keepAccessToken = kept !== null
    if (ownerId) {
      const owner = { accountId, ownerId }
      tokens = orAsTheyAre(
        { settings, ownerVersion },
        (call) => keeper.trial(owner, renewable, { keepAccessToken, ...call }),
        (call) => keeper.valid(owner, async () => renewable, call),
      )
    }
  }
  const spent = kept && (await vault.open(db, { accountId, ownerId: kept.id, field: 'secret' }))
  const known = [...Object.values(typedSecrets(form)), ...Object.values(spent ?? {})]
  const { provider, test } = form
  const report = await run(store, { settings, provider, test, secrets, known, tokens }, options)
  if (kept) await noteDraftTest(db, accountId, kept, report)

  const found = { result: report.result, detail: report.detail, at: report.testedAt, by: actor.name }
  const unchanged = kept
    ? { id: kept.id, version: versionOfDraft(kept) }
    : base && { id: base.id, version: draft ? versionOfDraft(draft) : (row?.version ?? 0) }
  const receipt = await writeReceipt(authSecret, accountId, form, unchanged, found)
  return { ...report, receipt, draftId: kept?.id ?? null }
}

/**
 * Tests a stored credential and keeps what was found with it.
 * @throws {Refusal} `not_found`; `invalid` when it has no test request; `too_many_requests`
 */
export async function testCredential(
  store: CredentialStore,
  actor: Actor,
  id: string,
  options: TestOptions = {},
): Promise<TestReport> {
  const { db, vault } = store
  const { accountId } = actor
  // Read under a lock: a secret that is saved for another host meanwhile must not go to this one.
  const { row, secrets } = await db.transaction(async (tx) => {
    const row = await findCredential(tx, actor, id, { lock: true })
    requireTestable({ type: row.type, test: testOfRow(row) })
    return { row, secrets: await vault.openIfIntact(tx, { accountId, ownerId: id, field: 'secret' }) }
  })
  await countTest(db, accountId)
  const settings = settingsOfRow(row)
  const test = testOfRow(row)
  const load = () => renewableOf(db, vault, accountId, id)
  const owner = { accountId, ownerId: id }
  const tokens = orAsTheyAre(
    { settings, ownerVersion: row.version },
    (call) => store.tokens.renew(owner, load, { reason: 'test', ...call }),
    (call) => store.tokens.valid(owner, load, call),
  )
  const { provider } = row
  const report = secrets
    ? await run(store, { settings, provider, test, secrets, known: [], tokens }, options)
    : { ...unreadable('secret', 'Edit the credential and enter it again.'), stages: [], testedAt: new Date() }
  await db.transaction(async (tx) => {
    const noted = await tx
      .update(credentials)
      .set({
        testResult: report.result,
        testDetail: report.detail,
        testedAt: report.testedAt,
        testedByName: actor.name,
      })
      // Of what was changed meanwhile, the test says nothing.
      .where(and(eq(credentials.accountId, accountId), eq(credentials.id, id), eq(credentials.version, row.version)))
      .returning({ id: credentials.id })
    await recordAuditEvent(tx, actor, 'credential.tested', id, { name: row.name, result: report.result })
    // Nor is anybody told that something is bad which is not there any more.
    if (report.result !== 'good' && noted.length > 0) {
      const { result } = report
      await recordEvent(tx, accountId, 'credential.tested_bad', id, {
        name: row.name,
        environment: row.environment,
        provider,
        result,
        by: actor.name,
      })
    }
  })
  return report
}

/**
 * Tests a credential as it would be after changes that are not saved.
 * @throws {Refusal} as `testForm`
 */
export async function testChanges(
  store: CredentialStore,
  actor: Actor & { id: string },
  id: string,
  changes: CredentialChanges,
  options: TestOptions = {},
): Promise<FormTestReport> {
  const row = await findCredential(store.db, actor, id)
  return testForm(store, actor, changedForm(row, changes), id, options)
}

/** What a test finds where it can't open what it needs. */
function unreadable(what: string, mend: string): Probed {
  return {
    result: 'failed',
    detail: `The stored ${what} can’t be opened any more, so nothing was sent.`,
    advice: `${mend} Whoever runs this server can find out more with “npm run vault check”.`,
    answer: null,
  }
}

function requireTestable({ type, test }: { type: CredentialForm['type']; test: TestRequest | null }): void {
  if (test !== null || type === 'oauth2') return
  const message = 'Name an address to test with: one that answers only who is let in, and changes nothing'
  throw new Refusal('invalid', `${message}.`, [{ field: 'test.url', code: 'missing_field', message }])
}

/** How a test gets its tokens, where they are anybody's. */
interface Tokens {
  renew(call: RenewalOptions): Promise<KeptTokens>
}

/**
 * Tokens that a consent has brought may have come without a refresh token: what can be tested then is the access token, as
 * long as it lasts. Those of a credential that was changed since the test has read it may not be meant for where it goes.
 */
function orAsTheyAre(
  { settings, ownerVersion }: { settings: CredentialSettings; ownerVersion: number | null },
  renew: Tokens['renew'],
  valid: (call: RenewalOptions) => Promise<KeptTokens>,
): Tokens {
  const isConsent = settings.type === 'oauth2' && settings.grant === 'authorization_code'
  return {
    renew: async (call) => {
      const kept = await renew(call).catch((error: unknown) => {
        if (isConsent && isOAuthError(error) && error.code === 'no_refresh_token') return valid(call)
        throw error
      })
      if (kept.ownerVersion !== ownerVersion) throw new OAuthError('busy')
      return kept
    },
  }
}

/**
 * A refresh token that was typed is kept in a draft before the test spends it. One that is stored stays where it is: what
 * the test gets for it is then what the credential goes on with.
 */
async function ownerOfTokens(
  { db, vault }: CredentialStore,
  actor: Actor & { id: string },
  form: OAuth2Form,
  secrets: Secrets,
  from: { base: Base | null; draft: DraftRow | null; row: CredentialRow | null },
): Promise<{ ownerId: string | null; draft: TestedDraft | null }> {
  const { base, draft, row } = from
  // A token of the client's own can be had again at any time: what a form gets is nobody's.
  if (form.grant === 'client_credentials') return { ownerId: null, draft: null }
  if (form.grant === 'authorization_code' && !(draft && isConnected(draft))) {
    if (!row?.secretSetAt.refresh_token) {
      throw invalidField('connection', 'Connect the service first: a test needs the tokens that this brings')
    }
    checkConnection(form, baseOfCredential(row))
    return { ownerId: row.id, draft: null }
  }
  if (!draft && form.secret.refresh_token === undefined) return { ownerId: base?.id ?? null, draft: null }
  const written = await db.transaction(async (tx) => {
    // It may have been deleted since it was read; and before the draft, as whoever deletes it locks them.
    const edited = row && (await findCredential(tx, actor, row.id, { lock: true }))
    const kept = draft && (await findDraft(tx, actor, draft.id, { lock: true }))
    return keepDraft(tx, vault, actor, form, secrets, { kept, edited }, row?.secretSetAt)
  })
  return { ownerId: written.id, draft: written }
}

interface Subject {
  settings: CredentialSettings
  provider: string | null
  test: TestRequest | null
  secrets: Secrets
  /** What else must not be shown, such as tokens that were spent. */
  known: readonly Secret[]
  tokens: Tokens | null
}

async function run(store: CredentialStore, subject: Subject, { onEvent, signal }: TestOptions): Promise<TestReport> {
  const { settings, test, secrets } = subject
  const known = [...subject.known, ...Object.values(secrets)]
  const stages: StageReport[] = []
  const onStage = (stage: StageReport) => {
    stages.push(stage)
    onEvent?.({ kind: 'stage', ...stage })
  }
  const finish = (probed: Probed): TestReport => ({ ...probed, stages, testedAt: new Date() })

  let all: Secrets = secrets
  let until: Date | null = null
  if (settings.type === 'oauth2') {
    onEvent?.(serverEvent('token', settings.token_url))
    const obtained = await obtain(store, { ...subject, settings, known }, onStage, signal)
    if ('result' in obtained) return finish(obtained)
    all = { ...secrets, access_token: obtained.accessToken }
    until = obtained.expiresAt
  }
  if (test === null) {
    const lasts = until ? `, which lasts until ${until.toISOString().slice(0, 16).replace('T', ' ')} UTC` : ''
    return finish({
      result: 'good',
      detail: `The token endpoint gave an access token${lasts}.`,
      advice: null,
      answer: null,
    })
  }
  onEvent?.(serverEvent('service', test.url))
  const placed = placeCredential(settings, all)
  const unshown = [...placed.secrets, ...Object.values(all), ...known].filter((secret) => secret.reveal() !== '')
  return finish(await probe(store.egress, test, placed, unshown, onStage, signal))
}

async function obtain(
  { egress }: CredentialStore,
  { settings, provider, secrets, tokens, known }: Subject & { settings: OAuth2Settings },
  onStage: (stage: StageReport) => void,
  signal?: AbortSignal,
): Promise<{ accessToken: Secret; expiresAt: Date | null } | Probed> {
  const passed = ({ stage, ms }: { stage: StageReport['stage']; ms: number }) =>
    onStage({ server: 'token', stage, outcome: 'passed', ms: Math.round(ms) })
  try {
    const got = await (tokens
      ? tokens.renew({ onStage: passed, signal })
      : obtainTokens(
          egress,
          oauthClientOf(settings, secrets, provider),
          { kind: 'client_credentials' },
          { onStage: passed, signal },
        ))
    onStage({ server: 'token', stage: 'authentication', outcome: 'passed', ms: null })
    return got
  } catch (error) {
    if (isEgressError(error)) {
      onStage({ server: 'token', stage: error.stage, outcome: 'failed', ms: null })
      const detail = `No access token: ${lowerFirst(error.message)}`
      return { result: 'failed', detail, advice: adviceOnFailure[error.code], answer: null }
    }
    if (isVaultError(error)) {
      return unreadable('tokens', adviceOnDamagedTokens[settings.grant])
    }
    if (!isOAuthError(error)) throw error
    onStage({
      server: 'token',
      stage: 'authentication',
      outcome: error.code === 'refused' ? 'failed' : 'unproven',
      ms: null,
    })
    return {
      result: error.code === 'refused' ? 'refused' : 'failed',
      // The provider may name what it got earlier, which this call has not sent.
      detail: blank(error.message, known),
      advice: adviceOnOAuth(error),
      answer: null,
    }
  }
}

function serverEvent(server: 'token' | 'service', url: string): TestEvent {
  const { host, protocol } = new URL(url)
  return { kind: 'server', server, host, isSecure: protocol === 'https:' }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
