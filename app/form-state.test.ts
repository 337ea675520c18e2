import { expect, it } from 'vitest'
import { refusedForm, textFields } from './form-state'

it('puts a rule at its field, as a sentence of its own', () => {
  const refusal = {
    ok: false,
    code: 'invalid',
    message: 'name must not be empty; email must be …',
    fields: [
      { field: 'name', code: 'invalid_value', message: 'must not be empty' },
      { field: 'days', code: 'invalid_value', message: 'must be a whole number from 1 to 9, or null' },
      { field: 'email', code: 'invalid_value', message: 'Somebody has it. Sign in instead.' },
    ],
  } as const
  expect(refusedForm({ ...refusal, fields: [...refusal.fields] }, { name: '', email: 'a@b.example' })).toEqual({
    message: undefined,
    errors: {
      name: 'Must not be empty.',
      days: 'Must be a whole number from 1 to 9.',
      email: 'Somebody has it. Sign in instead.',
    },
    values: { name: '', email: 'a@b.example' },
  })
})

it('puts what is about no field above all of them', () => {
  const refusal = { ok: false, code: 'too_many_attempts', message: 'Try again in 9 seconds.', fields: [] } as const
  expect(refusedForm({ ...refusal, fields: [] })).toEqual({
    message: 'Try again in 9 seconds.',
    code: 'too_many_attempts',
    errors: {},
    values: {},
  })
})

it('reads text fields, and nothing that is not text', () => {
  const data = new FormData()
  data.append('name', ' Hanna ')
  data.append('file', new Blob(['x']), 'x.txt')
  expect(textFields(data, 'name', 'file', 'missing')).toEqual({ name: ' Hanna ', file: '', missing: '' })
})
