import { randomBytes } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenDatabase, openDatabase } from '@/db/client'
import { apiKeys, deliveries } from '@/db/schema'
import { catalogue } from '@/jobs/catalogue'
import { isScheduled } from '@/jobs/job'
import { triggerRunner } from '@/jobs/trigger/runner'
import { requestBulkRevocation } from '@/lib/api-keys'
import { operatorActor } from '@/lib/audit'
import { createCredential, credentialForm } from '@/lib/credentials'
import { latestRenewal } from '@/lib/credentials/renewals'
import { TokenKeeper } from '@/lib/oauth'
import { MasterKeys } from '@/lib/vault/master-keys'
import { Vault } from '@/lib/vault/vault'
import { createTestAccount, createTestKey } from '../account'
import { egressWith } from '../egress'
import { eventually } from '../eventually'
import { type MailServer, startMailServer } from '../mail-server'
import { addBrokenCredentials, addMember, happens, REFUSED } from '../notifications'
import { startOAuthServer } from '../oauth-provider'
import { startPostgres, type TestPostgres } from '../postgres'
import { STAND_IN_KEY, TriggerStandIn } from './stand-in'
import { startTriggerWorker, type TriggerWorker } from './worker'

let postgres: TestPostgres
let mails: MailServer
let database: OpenDatabase
let standIn: TriggerStandIn
let worker: TriggerWorker
const masterKey = { kid: 'test', key: randomBytes(32) }
const vault = new Vault(new MasterKeys([masterKey]))
const AUTH_SECRET = randomBytes(33).toString('base64')
beforeAll(async () => {
  postgres = await startPostgres()
  await postgres.createDatabase('fenicia')
  const url = postgres.url('fenicia')
  database = await openDatabase({ driver: 'pg', url, poolSize: 2 })
  await database.migrate()
  mails = await startMailServer({ disabledCommands: ['STARTTLS'] })
  standIn = await TriggerStandIn.start({
    variables: {
      DATABASE_URL: url,
      FENICIA_URL: 'https://fenicia.example.com',
      SMTP_URL: `smtp://localhost:${mails.port}`,
      MAIL_FROM: 'Fenicia <fenicia@example.com>',
      AUTH_SECRET,
      FENICIA_EGRESS_ALLOW: '127.0.0.1/32',
      FENICIA_MASTER_KEYS: `${masterKey.kid}:${masterKey.key.toString('base64')}`,
    },
  })
  worker = await startTriggerWorker(standIn)
}, 90_000)
afterAll(async () => {
  await worker?.stop()
  await standIn?.close()
  await mails?.close()
  await database?.close()
  await postgres?.stop()
})

it('a worker of Trigger.dev’s own registers every job', () => {
  expect(standIn.tasks.map(({ id }) => id).sort()).toEqual(catalogue.map(({ id }) => id).sort())
})

it('a job that the server asks for is run by the worker, on the server’s database', async () => {
  const { db } = database
  // Of a person it would be asked whether they may revoke keys still.
  const actor = operatorActor((await createTestAccount(db)).accountId)
  const key = await createTestKey(db, actor)
  await requestBulkRevocation(db, actor, [key.id], 'moved')
  const runner = triggerRunner({ secretKey: STAND_IN_KEY, apiUrl: standIn.url })
  runner.trigger('api-keys.bulk-revocations')
  // Whoever asks before the run begins shares it.
  runner.trigger('api-keys.bulk-revocations')
  await runner.stop()
  const [run, ...others] = standIn.runs.all
  expect(others).toEqual([])
  if (!run) throw new Error('Nothing was asked for')
  expect(await standIn.runs.over(run)).toMatchObject({ status: 'completed', attempts: [{ ok: true }] })
  const [row] = await db.select().from(apiKeys).where(eq(apiKeys.id, key.id))
  expect(row?.revokedAt).toBeInstanceOf(Date)
})

it('a mail about a credential leaves from the worker, with its words and its button', async () => {
  const { db } = database
  const { accountId } = await createTestAccount(db)
  const owner = await addMember(db, accountId, 'owner')
  const [id = ''] = await addBrokenCredentials(db, accountId, 1)
  await happens(db, accountId, 'credential.reauthorization_required', id, REFUSED)
  expect(await standIn.runScheduled('notifications.deliver')).toMatchObject({ status: 'completed' })
  expect(mails.received.map(({ to }) => to)).toEqual([[`${owner}@example.com`]])
  expect(mails.received[0]?.mail.html).toContain(`https://fenicia.example.com/settings/credentials/${id}`)
})

it('tokens that are due are renewed by runs of their own; a refusal brings a mail', async () => {
  const { db } = database
  const provider = await startOAuthServer()
  const actor = await createTestAccount(db)
  const owner = await addMember(db, actor.accountId, 'owner')
  const egress = egressWith(['127.0.0.1/32'])
  const store = { db, vault, egress, tokens: new TokenKeeper({ db, vault, egress }), authSecret: AUTH_SECRET }
  const make = async (name: string, refreshToken: string) =>
    createCredential(
      store,
      actor,
      credentialForm.parse({
        type: 'oauth2',
        name,
        hosts: [provider.issuer],
        grant: 'refresh_token',
        token_url: provider.tokenUrl,
        client_id: provider.clientId,
        secret: { client_secret: provider.clientSecret, refresh_token: refreshToken },
      }),
    )
  try {
    const good = await make('Good', await provider.mintRefreshToken())
    const revoked = await make('Revoked', 'a-token-that-was-revoked')
    const before = mails.received.length
    expect(await standIn.runScheduled('credentials.renew-due')).toMatchObject({ status: 'completed' })
    const renewals = standIn.runs.all.filter(({ task }) => task === 'credentials.renew')
    expect(renewals).toHaveLength(2)
    for (const run of renewals) expect(await standIn.runs.over(run)).toMatchObject({ status: 'completed' })
    expect(await latestRenewal(db, actor.accountId, good)).toMatchObject({ reason: 'ahead', result: 'renewed' })
    expect(await latestRenewal(db, actor.accountId, revoked)).toMatchObject({
      result: 'refused',
      error: 'invalid_grant',
    })
    // The worker has news delivered at once; the mail waits a minute for others of its kind.
    const due = () =>
      db.update(deliveries).set({ dueAt: sql`now()` }).where(eq(deliveries.state, 'waiting')).returning()
    await eventually(async () => expect(await due()).not.toEqual([]))
    expect(await standIn.runScheduled('notifications.deliver')).toMatchObject({ status: 'completed' })
    expect(mails.received.length).toBe(before + 1)
    expect(mails.received.at(-1)?.to).toEqual([`${owner}@example.com`])
    expect(mails.received.at(-1)?.mail.html).toContain(`/settings/credentials/${revoked}`)
  } finally {
    await provider.close()
  }
})

it('jobs are run at their times, each of them, with nothing to do', async () => {
  const scheduled = catalogue.filter(isScheduled)
  const runs = await Promise.all(scheduled.map(({ id }) => standIn.runScheduled(id)))
  expect(runs.map(({ task, status, attempts }) => ({ task, status, attempts: attempts.length }))).toEqual(
    scheduled.map(({ id }) => ({ task: id, status: 'completed', attempts: 1 })),
  )
  expect(runs.find(({ task }) => task === 'credentials.renew-due')?.attempts[0]?.output).toBe(
    JSON.stringify({ json: { renewed: 0, failed: 0 } }),
  )
})
