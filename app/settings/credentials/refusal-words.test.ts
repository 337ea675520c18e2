import { expect, it } from 'vitest'
import type { FieldProblem } from '@/lib/errors'
import { problemOf, sentencesOf } from './refusal-words'

const problem = (field: string, message: string): FieldProblem => ({ field, code: 'invalid_value', message })

it.each([
  ['name', 'must not be empty', 'The name must not be empty.'],
  ['hosts.2', 'must be a host such as api.example.com', 'A host must be a host such as api.example.com.'],
  ['test.good.0', 'must be a status such as "200"', 'Each status must be a status such as "200".'],
  ['parameters.1.value', 'must not be empty', 'The parameter’s value must not be empty.'],
  ['secret.X-App-Key', 'is required', 'The value is required.'],
  ['secret.key', 'Enter it again: it was not saved for a.example', 'Enter it again: it was not saved for a.example.'],
])('says of %s that it %s in a sentence', (field, message, sentence) => {
  expect(sentencesOf([problem(field, message)])).toEqual({ [field]: sentence })
})

it('says the first rule that a field breaks', () => {
  expect(sentencesOf([problem('name', 'must not be empty'), problem('name', 'must not be long')])).toEqual({
    name: 'The name must not be empty.',
  })
})

it('leads to the marked fields, and says whether something was to be saved or tested', () => {
  const refusal = { ok: false, code: 'invalid', message: 'name must …', fields: [problem('name', 'must …')] } as const
  expect(problemOf({ ...refusal, fields: [...refusal.fields] }).message).toContain('Nothing was saved yet')
  expect(problemOf({ ...refusal, fields: [...refusal.fields] }, 'test').message).toContain('Nothing was tested yet')
})

it('says all of it where there is no form whose fields could be marked', () => {
  const fields = [problem('connection', 'Connect the service again'), problem('grant', 'must be another one')]
  const { message } = problemOf({ ok: false, code: 'invalid', message: '', fields }, 'stored')
  expect(message).toBe('Connect the service again. The grant must be another one.')
})

it('says the message itself where no form has the field', () => {
  const message = 'draft_id must be shorter.'
  const fields = [problem('draft_id', 'must be shorter')]
  expect(problemOf({ ok: false, code: 'invalid', message, fields }).message).toBe(message)
})
