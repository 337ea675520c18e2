import { expect, it } from 'vitest'
import { isRefusal } from '../errors'
import { parseInput } from '../input'
import { keepCredentialsInput, keepKeysInput } from './keep'

const decision = { reason: 'Needed', days: 90 }

function refusalOf(parse: () => unknown): string {
  try {
    parse()
  } catch (error) {
    if (isRefusal(error)) return error.message
    throw error
  }
  return 'none'
}

it('is refused in words that name the field', () => {
  const keys = Array(1_001).fill(`key_${'0'.repeat(32)}`)
  const kept = { ...decision, keys, findings: ['idle'] }
  expect(refusalOf(() => parseInput(keepKeysInput, kept))).toBe('keys must be 1,000 or fewer.')
  expect(refusalOf(() => parseInput(keepKeysInput, { ...kept, keys: [keys[0]], findings: ['gone'] }))).toBe(
    'findings.0 must be what a review finds of keys.',
  )
  const credentials = [`cred_${'0'.repeat(32)}`]
  expect(refusalOf(() => parseInput(keepCredentialsInput, { ...decision, credentials, findings: ['gone'] }))).toBe(
    'findings.0 must be what a review finds of credentials.',
  )
})
