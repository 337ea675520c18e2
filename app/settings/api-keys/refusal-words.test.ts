import { describe, expect, it } from 'vitest'
import type { ActionRefusal } from '@/app/action-answer'
import { createKeyInput, renameKeyInput, revokeKeyInput } from '@/lib/api-keys'
import { isRefusal, Refusal } from '@/lib/errors'
import { parseInput } from '@/lib/input'
import { problemOf } from './refusal-words'

function refusalOf(parse: () => unknown): ActionRefusal {
  try {
    parse()
  } catch (error) {
    if (isRefusal(error)) return refused(error)
    throw error
  }
  throw new Error('It was not refused')
}

function refused({ code, message, fields }: Refusal): ActionRefusal {
  return { ok: false, code, message, fields }
}

const all = ['name', 'scopes', 'expires_at', 'reason', 'monthly_quota'] as const
const good = { name: 'ERP Integration', environment: 'live', scopes: ['orders:read'], expires_at: null }

describe('a refused field', () => {
  it.each([
    ['no name', { ...good, name: '  ' }, { name: 'The name must not be empty.' }],
    ['a long name', { ...good, name: 'x'.repeat(65) }, { name: 'The name must be 64 characters or fewer.' }],
    ['no scope', { ...good, scopes: [] }, { scopes: 'Choose at least one scope.' }],
    ['no date', { ...good, expires_at: '' }, { expires_at: 'Choose a date.' }],
    [
      'a part of a request',
      { ...good, monthly_quota: 2e9 },
      { monthly_quota: 'The number of requests must be a whole number from 1 to 1,000,000,000.' },
    ],
    [
      'a past date',
      { ...good, expires_at: '2020-01-01T00:00:00Z' },
      { expires_at: 'The expiry must be in the future.' },
    ],
    [
      'several at once',
      { ...good, name: '', scopes: [] },
      { name: 'The name must not be empty.', scopes: 'Choose at least one scope.' },
    ],
  ])('%s', (_, input, fields) => {
    const problem = problemOf(
      refusalOf(() => parseInput(createKeyInput, input)),
      all,
    )
    expect(problem.fields).toEqual(fields)
    expect(problem.message).toBe('Nothing was saved yet: look at the marked fields.')
  })

  it('is one of the form, or is named above it', () => {
    const problem = problemOf(
      refusalOf(() => parseInput(renameKeyInput, { name: 'x', colour: 'red' })),
      ['name'],
    )
    expect(problem.message).toContain('colour is not a field of this request')
    expect(problem.fields).toHaveProperty('colour')
  })

  it('is named above a form that does not have it, though another form does', () => {
    const message = 'A key can only lose scopes. This one does not have orders:read.'
    const refusal = new Refusal('invalid', message, [{ field: 'scopes', code: 'invalid_value', message }])
    expect(problemOf(refused(refusal), ['name']).message).toBe(message)
    expect(problemOf(refused(refusal), ['scopes']).message).toBe('Nothing was saved yet: look at the marked fields.')
  })

  it('never repeats what was typed', () => {
    const problem = problemOf(
      refusalOf(() => parseInput(revokeKeyInput, { reason: `fn_live_secret\n${'x'.repeat(300)}` })),
      ['reason'],
    )
    expect(JSON.stringify(problem)).not.toContain('fn_live_secret')
  })

  it("keeps the domain's own sentence", () => {
    const message = 'An active key is already called “ERP”. Choose another name, or revoke that key first.'
    const refusal = new Refusal('invalid', message, [{ field: 'name', code: 'invalid_value', message }])
    expect(problemOf(refused(refusal), all).fields).toEqual({ name: message })
  })
})

it('a refusal without fields says why', () => {
  const unsaid = new Refusal('invalid', 'The account asks that keys expire.')
  expect(problemOf(refused(unsaid), all).message).toBe('The account asks that keys expire.')
  const refusal = new Refusal('already_regenerated', 'This key has been regenerated already.')
  expect(problemOf(refused(refusal), [])).toMatchObject({
    message: 'This key has been regenerated already.',
    fields: {},
  })
})
