import { expect, it } from 'vitest'
import { z } from 'zod'
import { isRefusal } from './errors'
import { parseInput } from './input'

const schema = z.strictObject({ name: z.string().min(3, 'must be 3 characters or more').max(5), count: z.number() })

function refusalFor(input: unknown) {
  try {
    parseInput(schema, input)
  } catch (error) {
    if (isRefusal(error)) return error
  }
  return expect.fail('not refused')
}

it('hands on what keeps the rules', () => {
  expect(parseInput(schema, { name: 'abc', count: 1 })).toEqual({ name: 'abc', count: 1 })
})

it.each([
  [{ count: 1 }, 'name', 'missing_field', 'is required'],
  [{ name: 'abc', count: 'two' }, 'count', 'invalid_format', 'must be of type number'],
  [{ name: 'a', count: 1 }, 'name', 'invalid_value', 'must be 3 characters or more'],
  [{ name: 'abc', count: 1, more: 1 }, 'more', 'unknown_field', 'is not a field of this request'],
])('refuses %j, naming the field and the rule', (input, field, code, message) => {
  const refusal = refusalFor(input)
  expect(refusal.code).toBe('invalid')
  expect(refusal.fields).toEqual([{ field, code, message }])
  expect(refusal.message).toBe(`${field} ${message}.`)
})

it('names each field once', () => {
  const twice = z.object({ name: z.string().min(3, 'first').regex(/^x/, 'second') })
  expect(() => parseInput(twice, { name: 'a' })).toThrow('name first.')
})
