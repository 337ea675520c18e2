import { randomBytes } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { auditEvents, credentials, integrations } from '@/db/schema'
import { type Answer, startTestApi, type TestApi, type TestKey } from '@/test/api'
import { Contract, checkEveryAnswer } from '@/test/api-contract'
import { createTestDatabase, type TestDatabase } from '@/test/databases'
import { startUpstream, type Upstream } from '@/test/upstream'
import { type Environment, requestBulkRevocation } from '../api-keys'
import { operatorActor } from '../audit'
import { createIntegration, integrationForm, updateIntegration } from '../integrations'
import { openApiDocument } from '.'

const SECRETS = { live: 'canary-Live4kT9qWz', test: 'canary-Test7mB2xVr' } as const
const OTHER = { live: 'test', test: 'live' } as const
const scopes = ['credentials:*', 'integrations:*', 'keys:*', 'audit:read']

/** What each environment has: made by a key of its own, and of the same slug. */
interface Side {
  key: TestKey
  credential: string
  integration: string
  /** Of an integration that the other environment has none like. */
  onlyHere: string
}

/** How an operation that names one is asked; what is not here fails the test that reads them from the document. */
const bodies: Record<string, unknown> = {
  updateCredential: { name: 'Taken over' },
  testCredential: {},
  updateIntegration: { name: 'Taken over' },
}

describe.each(['pglite', 'pg'] as const)('live and test (%s)', (driver) => {
  let source: TestDatabase | null
  let api: TestApi
  let upstream: Upstream
  let account: string
  let contract: Contract
  let sides: Record<Environment, Side>

  const call = async (of: TestKey | Environment, method: string, path: string, body?: unknown): Promise<Answer> => {
    const { token } = typeof of === 'string' ? sides[of].key : of
    const answer = await api.call(method, path, { token, body })
    checkEveryAnswer(answer)
    for (const secret of Object.values(SECRETS)) expect(answer.text).not.toContain(secret)
    return answer
  }
  const made = async (key: TestKey, path: string, body: unknown) => {
    const answer = await call(key, 'POST', path, body)
    expect(answer.status, answer.text).toBe(201)
    return answer.body as { id: string; environment: Environment }
  }
  const bearer = (name: string, of: Environment) => ({
    type: 'bearer',
    name,
    hosts: [upstream.url],
    test: { method: 'GET', url: `${upstream.url}/me` },
    secret: { token: SECRETS[of] },
  })

  beforeAll(async () => {
    upstream = await startUpstream()
    source = driver === 'pg' ? await createTestDatabase('pg') : null
    const ofPostgres: Record<string, string> =
      source && 'url' in source.config
        ? {
            DATABASE_URL: source.config.url,
            AUTH_SECRET: randomBytes(32).toString('base64url'),
            FENICIA_MASTER_KEYS: `test:${randomBytes(32).toString('base64')}`,
          }
        : {}
    api = await startTestApi({ FENICIA_EGRESS_ALLOW: '127.0.0.1', ...ofPostgres })
    contract = new Contract(openApiDocument())
    account = await api.makeAccount('Tyre Trade')
    const side = async (environment: Environment): Promise<Side> => {
      const key = await api.makeKey(account, { environment, scopes })
      const { id: credential } = await made(key, '/credentials', bearer('Shop', environment))
      const of = (slug: string) => ({
        name: slug,
        slug,
        credential_id: credential,
        base_url: `${upstream.url}/${environment}`,
      })
      const { id: integration } = await made(key, '/integrations', of('orders'))
      await made(key, '/integrations', of(`only-${environment}`))
      return { key, credential, integration, onlyHere: `only-${environment}` }
    }
    sides = { live: await side('live'), test: await side('test') }
  })
  afterAll(async () => {
    await api.stop()
    await upstream.close()
    await source?.drop()
  })
  beforeEach(() => upstream.forget())

  describe.each(['live', 'test'] as const)('a %s key', (own) => {
    const other = OTHER[own]

    it('makes what is of its own environment, and nothing of the other one', async () => {
      for (const id of [sides[own].credential, sides[own].integration]) {
        const path = id.startsWith('cred_') ? '/credentials' : '/integrations'
        expect((await call(own, 'GET', `${path}/${id}`)).body).toMatchObject({ id, environment: own })
      }
      const form = { ...bearer('Never', other), environment: other }
      const integration = {
        environment: other,
        name: 'N',
        slug: 'never',
        credential_id: sides[other].credential,
        base_url: upstream.url,
      }
      for (const [operation, path, body] of [
        ['createCredential', '/credentials', form],
        ['testCredentialForm', '/credentials/test', form],
        ['createIntegration', '/integrations', integration],
        // Said by the credential alone.
        ['createIntegration', '/integrations', { ...integration, environment: own }],
      ] as const) {
        const answer = await call(own, 'POST', path, body)
        expect(answer, operation).toMatchObject({ status: 403, body: { code: 'ENVIRONMENT_MISMATCH' } })
        contract.check(operation, answer)
      }
      expect(upstream.connections()).toBe(0)
    })

    it('lists and counts its own only, whatever it asks for', async () => {
      const ids = (answer: Answer) =>
        (answer.body as { data: { id: string }[]; total: number }).data.map(({ id }) => id)
      const listed = await call(own, 'GET', '/credentials')
      expect(listed.body).toMatchObject({ total: 1 })
      expect(ids(listed)).toEqual([sides[own].credential])
      const used = await call(own, 'GET', '/integrations?sort=name')
      expect(used.body).toMatchObject({ total: 2 })
      expect(ids(used)).not.toContain(sides[other].integration)
      for (const path of ['/credentials', '/integrations']) {
        for (const query of [
          `environment=${other}`,
          `q=${sides[other][path === '/credentials' ? 'credential' : 'integration']}`,
        ]) {
          expect((await call(own, 'GET', `${path}?${query}`)).body).toMatchObject({ data: [], total: 0 })
        }
      }
      const byCredential = await call(own, 'GET', `/integrations?credential=${sides[other].credential}`)
      expect(byCredential.body).toMatchObject({ data: [], total: 0 })
      expect((await call(own, 'GET', '/credential-drafts')).body).toEqual({ data: [] })
    })

    it('is told by every operation that names one of the other environment which key it takes', async () => {
      const ofOne = contract.operations.filter(({ path }) => /^\/(credentials|integrations)\/\{id\}/.test(path))
      expect(ofOne.length).toBeGreaterThan(9)
      const { db } = api.runtime.database
      const rows = () =>
        Promise.all([
          db.select().from(credentials).where(eq(credentials.id, sides[other].credential)),
          db.select().from(integrations).where(eq(integrations.id, sides[other].integration)),
        ])
      const before = await rows()
      const stranger = await api.makeKey(await api.makeAccount('Stranger'), { environment: own, scopes })
      for (const { operationId, method, path } of ofOne) {
        const [what, id] = path.startsWith('/credentials')
          ? ['This credential', sides[other].credential]
          : ['This integration', sides[other].integration]
        const asked = (key: TestKey | Environment) => call(key, method, path.replace('{id}', id), bodies[operationId])
        const answer = await asked(own)
        expect(answer, operationId).toMatchObject({ status: 403, body: { code: 'ENVIRONMENT_MISMATCH' } })
        contract.check(operationId, answer)
        const { detail } = answer.body as { detail: string }
        expect(detail).toBe(
          other === 'test'
            ? `${what} is of the test environment, and this is a live key: use a test key (fn_test_…).`
            : `${what} is live, and this is a test key: use a live key (fn_live_…).`,
        )
        // Of another account nothing is said.
        expect(await asked(stranger), operationId).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
      }
      expect(await rows()).toEqual(before)
      expect(upstream.connections()).toBe(0)
    })

    it('calls its own integration of a slug that both have, with its own secret', async () => {
      const answer = await call(own, 'GET', '/integrations/orders/proxy/list')
      expect(answer.status, answer.text).toBe(200)
      expect(upstream.received).toMatchObject([
        { target: `/${own}/list`, headers: { authorization: `Bearer ${SECRETS[own]}` } },
      ])
      await api.runtime.calls.flush()
      const calls = await call(own, 'GET', `/integrations/${sides[own].integration}/calls`)
      expect(calls.body).toMatchObject({ stats: { calls: 1 }, data: [{ key: { id: sides[own].key.id } }] })
      const reach = await call(own, 'GET', `/keys/${sides[own].key.id}/reach`)
      expect(reach.body).toMatchObject({ data: [{ integration: { id: sides[own].integration } }] })
      // A test key does not even see that there is a live one.
      const foreign = await call(own, 'GET', `/keys/${sides[other].key.id}/reach`)
      contract.check('getKeyReach', foreign)
      expect(foreign).toMatchObject(
        own === 'test'
          ? { status: 404, body: { code: 'NOT_FOUND' } }
          : { status: 403, body: { code: 'ENVIRONMENT_MISMATCH' } },
      )
    })

    it('is told of an integration that only the other environment has, and nothing goes out', async () => {
      const slug = sides[other].onlyHere
      const answer = await call(own, 'GET', `/integrations/${slug}/proxy/list`)
      expect(answer).toMatchObject({ status: 403, body: { code: 'ENVIRONMENT_MISMATCH' } })
      expect(answer.headers.get('fenicia-error')).toBe('ENVIRONMENT_MISMATCH')
      expect((answer.body as { detail: string }).detail).toContain(`The integration “${slug}” is`)
      contract.check('proxyGet', answer)
      const stranger = await api.makeKey(await api.makeAccount('Stranger'), { environment: own, scopes })
      expect(await call(stranger, 'GET', `/integrations/${slug}/proxy/list`)).toMatchObject({
        status: 404,
        body: { code: 'NOT_FOUND' },
      })
      expect(upstream.connections()).toBe(0)
    })

    it('can’t be bound to an integration of the other environment', async () => {
      const body = {
        name: `Bound ${own}`,
        environment: own,
        scopes: ['integrations:use'],
        integrations: [sides[other].integration],
      }
      const answer = await call(own, 'POST', '/keys', body)
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'validation:invalid_value', errors: [{ field: 'integrations' }] },
      })
      expect((answer.body as { detail: string }).detail).toContain(`One of these is a ${other} integration`)
      expect((await call(own, 'POST', '/keys', { ...body, integrations: [sides[own].integration] })).status).toBe(201)
    })
  })

  it('an environment stays as it was made', async () => {
    for (const path of [`/credentials/${sides.live.credential}`, `/integrations/${sides.live.integration}`]) {
      const answer = await call('live', 'PATCH', path, { environment: 'test' })
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation:unknown_field' } })
    }
  })

  it('an integration uses a credential of its own environment, whoever asks for another one', async () => {
    const actor = operatorActor(account)
    const store = { db: api.runtime.database.db, policy: api.runtime.egress.policy }
    const form = (environment: Environment, credential: string) =>
      integrationForm.parse({
        environment,
        name: 'Mixed',
        slug: 'mixed',
        credential_id: credential,
        base_url: upstream.url,
      })
    for (const own of ['live', 'test'] as const) {
      const mixed = { code: 'invalid', fields: [{ field: 'credential_id' }] }
      await expect(createIntegration(store, actor, form(own, sides[OTHER[own]].credential))).rejects.toMatchObject(
        mixed,
      )
      const change = { credential_id: sides[OTHER[own]].credential }
      await expect(updateIntegration(store, actor, sides[own].integration, change)).rejects.toMatchObject(mixed)
      // Nor does the schema itself let it be.
      await expect(
        store.db
          .update(integrations)
          .set({ credentialId: sides[OTHER[own]].credential })
          .where(eq(integrations.id, sides[own].integration)),
      ).rejects.toThrow()
    }
  })

  it('the audit log, which is of the whole account, takes a live key', async () => {
    const answer = await call('test', 'GET', '/audit-events')
    expect(answer).toMatchObject({ status: 403, body: { code: 'ENVIRONMENT_MISMATCH' } })
    contract.check('listAuditEvents', answer)
    expect((await call('live', 'GET', '/audit-events')).status).toBe(200)
    const events = await api.runtime.database.db
      .select()
      .from(auditEvents)
      .where(eq(auditEvents.targetId, sides.test.credential))
    expect(events).toMatchObject([{ action: 'credential.created', details: { environment: 'test' } }])
  })

  it('a bulk revocation shows to a test key only where all of its keys are test keys', async () => {
    const { db } = api.runtime.database
    const ask = (...keys: string[]) => requestBulkRevocation(db, operatorActor(account), keys, null)
    const of = async (environment: Environment) => (await api.makeKey(account, { environment, scopes })).id
    const [live, test] = [await of('live'), await of('test')]
    const works = {
      live: await ask(live),
      mixed: await ask(test, live),
      unknown: await ask('key_1'),
      test: await ask(test),
    }
    for (const [of, work] of Object.entries(works)) {
      const answer = await call('test', 'GET', `/bulk-revocations/${work}`)
      contract.check('getBulkRevocation', answer)
      // In the words for what there is not, as of keys.
      const none = { status: 404, body: { code: 'NOT_FOUND', detail: 'There is no such revocation.' } }
      expect(answer).toMatchObject(of === 'test' ? { status: 200, body: { total: 1 } } : none)
      expect((await call('live', 'GET', `/bulk-revocations/${work}`)).status).toBe(200)
    }
  })

  it('the review of a key finds credentials of its own environment', async () => {
    const { db } = api.runtime.database
    await db.update(credentials).set({ testResult: 'refused', testedAt: new Date() })
    for (const own of ['live', 'test'] as const) {
      const answer = await call(own, 'GET', '/review/credentials')
      expect(answer.body).toMatchObject({
        total: 1,
        all: 1,
        counts: { failing: 1 },
        data: [{ credential: { id: sides[own].credential } }],
      })
    }
  })
})
