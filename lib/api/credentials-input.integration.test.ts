import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { credentials, tokenSets, vaultItems } from '@/db/schema'
import { startTestApi, type TestApi } from '@/test/api'
import { type Actor, operatorActor } from '../audit'
import { createCredential, credentialForm, deleteCredential } from '../credentials'
import { credentialStore } from '../credentials/runtime'
import { ALLOWED_INSIDE, type SchemaCase, schemaCases } from '../credentials/schema-cases'
import { type FieldProblem, isRefusal } from '../errors'
import { parseInput } from '../input'

let api: TestApi
let account: string
let token: string
let actor: Actor

beforeAll(async () => {
  api = await startTestApi({ FENICIA_EGRESS_ALLOW: ALLOWED_INSIDE })
  account = await api.makeAccount('Sidon Dyes')
  ;({ token } = await api.makeKey(account, { scopes: ['credentials:*'] }))
  actor = operatorActor(account)
})
afterAll(() => api.stop())
// What one row has stored in spite of its refusal must not fail the others.
afterEach(async () => {
  const { db } = api.runtime.database
  for (const table of [credentials, tokenSets, vaultItems]) await db.delete(table)
})

const accepted = schemaCases.filter(({ refused }) => !refused)
const refused = schemaCases.filter((row) => row.refused)

describe('POST /credentials', () => {
  it.each(accepted)('stores $what', async ({ form }) => {
    const answer = await api.call('POST', '/credentials', { token, body: form })
    expect(answer.status, answer.text).toBe(201)
    const { id, secret_set_at } = answer.body as { id: string; secret_set_at: Record<string, string> }
    expect(Object.keys(secret_set_at).sort()).toEqual(Object.keys(form.secret as object).sort())
    expectNoSecret(answer.text, form)
    expect((await api.call('DELETE', `/credentials/${id}`, { token })).status).toBe(204)
  })

  it.each(refused)('refuses $what', async ({ form, ...row }) => {
    const answer = await api.call('POST', '/credentials', { token, body: form })
    expect(answer.status, answer.text).toBe(400)
    const { errors, code } = answer.body as { errors: FieldProblem[]; code: string }
    expectRefused(errors, row)
    expect(code).toBe(`validation:${errors[0]?.code}`)
    expectNoSecret(answer.text, form)
    await expectNothingStored()
  })

  it.each([
    ['no object', '[]', 400, 'validation:invalid_format'],
    ['null', 'null', 400, 'validation:invalid_format'],
    ['no JSON', '{', 400, 'validation:invalid_format'],
    ['nothing', '{}', 400, 'validation:missing_field'],
  ])('refuses %s', async (_, body, status, code) => {
    const answer = await api.call('POST', '/credentials', { token, body })
    expect(answer).toMatchObject({ status, body: { code } })
  })
})

describe('what a server action does', () => {
  const save = async (form: unknown) => createCredential(credentialStore(), actor, parseInput(credentialForm, form))

  it.each(accepted)('stores $what', async ({ form, becomes = {} }) => {
    const id = await save(form)
    const { hosts, test, name } = becomes
    const [row] = await api.runtime.database.db.select().from(credentials).where(eq(credentials.id, id))
    expect(row).toMatchObject({ ...(hosts ? { hosts } : {}), ...(test ? { test } : {}), ...(name ? { name } : {}) })
    await deleteCredential(credentialStore(), actor, id)
  })

  it.each(refused)('refuses $what', async ({ form, ...row }) => {
    const error = await save(form).then(
      () => expect.fail('was stored'),
      (thrown: unknown) => thrown,
    )
    if (!isRefusal(error)) throw error
    expect(error.code).toBe('invalid')
    expectRefused(error.fields, row)
    expectNoSecret(JSON.stringify([error.message, error.fields]), form)
    await expectNothingStored()
  })
})

function expectRefused(problems: FieldProblem[], row: Pick<SchemaCase, 'refused'>): void {
  const found = problems.find(({ field }) => field === row.refused?.field)
  expect(found, JSON.stringify(problems)).toMatchObject({ code: row.refused?.code })
  expect(found?.message).toMatch(row.refused?.says as RegExp)
}

/** But where the name that is stored has it too, such as a tenant's. */
function expectNoSecret(text: string, { secret, ...shown }: Record<string, unknown>): void {
  const values = typeof secret === 'object' && secret !== null ? Object.values(secret) : []
  for (const value of values) {
    if (typeof value !== 'string' || value.length < 6 || JSON.stringify(shown).includes(value)) continue
    expect(text).not.toContain(value)
  }
}

async function expectNothingStored(): Promise<void> {
  const { db } = api.runtime.database
  expect(await db.select({ id: credentials.id }).from(credentials)).toEqual([])
  expect(await db.select({ id: vaultItems.ownerId }).from(vaultItems)).toEqual([])
}
