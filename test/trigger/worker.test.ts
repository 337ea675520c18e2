import { randomBytes } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenDatabase, openDatabase } from '@/db/client'
import { apiKeys } from '@/db/schema'
import { catalogue } from '@/jobs/catalogue'
import { triggerRunner } from '@/jobs/trigger/runner'
import { requestBulkRevocation } from '@/lib/api-keys'
import { createTestAccount, createTestKey } from '../account'
import { type MailServer, startMailServer } from '../mail-server'
import { addBrokenCredentials, addMember, happens, REFUSED } from '../notifications'
import { startPostgres, type TestPostgres } from '../postgres'
import { STAND_IN_KEY, TriggerStandIn } from './stand-in'
import { startTriggerWorker, type TriggerWorker } from './worker'

let postgres: TestPostgres
let mails: MailServer
let database: OpenDatabase
let standIn: TriggerStandIn
let worker: TriggerWorker
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
      AUTH_SECRET: randomBytes(33).toString('base64'),
      FENICIA_MASTER_KEYS: `test:${randomBytes(32).toString('base64')}`,
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
  const actor = await createTestAccount(db)
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

it('jobs are run at their times, each of them, with nothing to do', async () => {
  const runs = await Promise.all(catalogue.map(({ id }) => standIn.runScheduled(id)))
  expect(runs.map(({ task, status, attempts }) => ({ task, status, attempts: attempts.length }))).toEqual(
    catalogue.map(({ id }) => ({ task: id, status: 'completed', attempts: 1 })),
  )
  expect(runs.find(({ task }) => task === 'credentials.renew-due')?.attempts[0]?.output).toBe(
    JSON.stringify({ json: { renewed: 0, failed: 0 } }),
  )
})
