import { expect, it } from 'vitest'
import type { FieldProblem } from '@/lib/errors'
import { fieldProblems } from '@/lib/input'
import { integrationForm } from '@/lib/integrations'
import { errorOf, fieldSentence, fieldSentences, NOT_SAVED, problemOf } from './form-words'

const problem = (field: string, message: string): FieldProblem => ({ field, code: 'invalid_value', message })

it.each([
  [problem('name', 'must not be empty'), 'The name must not be empty.'],
  [problem('headers.2.name', 'must not be empty'), 'The name must not be empty.'],
  [problem('timeout_ms', 'must be 1000 or more'), 'Enter seconds from 1 to 120.'],
  [problem('expired_token.statuses.0', 'must be a status'), 'Enter statuses from 200 to 599, such as 403 or 419.'],
  [problem('base_url', 'The secret of “Shippo” was not saved for it'), 'The secret of “Shippo” was not saved for it.'],
  [
    problem('slug', 'An integration is already called by “erp”. Choose another one.'),
    'An integration is already called by “erp”. Choose another one.',
  ],
])('%j', (given, sentence) => expect(fieldSentence(given)).toBe(sentence))

it('has words for every field that the schema refuses', () => {
  const result = integrationForm.safeParse(
    {
      name: '',
      slug: 'No slug',
      credential_id: '',
      base_url: 'shop',
      methods: [],
      paths: ['orders'],
      headers: [{ name: '', value: '' }],
      timeout_ms: Number.NaN,
      state: 'gone',
      expired_token: { statuses: [Number.NaN], json: { path: '', equals: '' } },
    },
    { reportInput: true },
  )
  const sentences = fieldSentences(result.success ? [] : fieldProblems(result.error))
  expect(Object.keys(sentences)).toHaveLength(13)
  for (const sentence of Object.values(sentences)) expect(sentence).toMatch(/^[A-Z].*\.$/)
})

it('says of a whole group what is wrong with any part of it', () => {
  const fields = { 'expired_token.statuses.1': 'No.', headers: 'Twice.' }
  expect(errorOf(fields, 'expired_token.statuses')).toBe('No.')
  expect(errorOf(fields, 'headers')).toBe('Twice.')
  expect(errorOf(fields, 'head')).toBeUndefined()
})

it('puts a refusal at its fields, or says it above the form when no field is there for it', () => {
  const refusal = { ok: false, code: 'invalid', message: 'x must not be.' } as const
  expect(problemOf({ ...refusal, fields: [problem('slug', 'must be short')] })).toMatchObject({
    message: NOT_SAVED,
    fields: { slug: 'The slug must be short.' },
  })
  expect(problemOf({ ...refusal, fields: [problem('x', 'must not be')] }).message).toBe('x must not be.')
})
