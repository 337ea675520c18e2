import { expect, it } from 'vitest'
import { keyRulesInput } from '@/lib/api-keys'
import { draftOf, type RulesDraft, rulesInput } from './key-rules-draft'

it.each([
  { keyExpiryRequired: false, keyMaxDays: null, keyIdleDays: null, keyAddresses: null },
  { keyExpiryRequired: true, keyMaxDays: 30, keyIdleDays: 90, keyAddresses: ['10.0.0.0/8', '::1'] },
])('are the same after an edit of all that changes nothing: %o', (policy) => {
  expect(keyRulesInput.parse(rulesInput(draftOf(policy)))).toEqual({
    expiry_required: policy.keyExpiryRequired,
    max_days: policy.keyMaxDays,
    idle_days: policy.keyIdleDays,
    addresses: policy.keyAddresses,
  })
})

it.each<[Partial<RulesDraft>, object]>([
  [{}, {}],
  [{ expiryRequired: false }, { expiry_required: false }],
  [{ maxDays: '' }, { max_days: null }],
  [{ idleDays: 'soon' }, { idle_days: 0 }],
  [{ addresses: ' \n' }, { addresses: null }],
])('send what was changed, and nothing of what was only shown: %o', (edits, expected) => {
  expect(rulesInput(edits)).toEqual(expected)
})
