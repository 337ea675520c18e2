import { expect, it } from 'vitest'
import { auditActions } from '@/lib/audit'
import { actionNames, happenedText, kindNames, readDetails } from './words'

it('every action is offered once, under the kind of thing that it happens to', () => {
  expect(actionNames.map(({ action }) => action).sort()).toEqual(Object.keys(auditActions).sort())
  for (const { action, kind } of actionNames) expect(kind).toBe(auditActions[action])
  expect(new Set(actionNames.map(({ name }) => name)).size).toBe(actionNames.length)
  expect(Object.keys(kindNames).sort()).toEqual([...new Set(Object.values(auditActions))].sort())
})

it.each([
  ['api_key.created', { name: 'ERP' }, 'generated the API key “ERP”'],
  [
    'api_key.renamed',
    { before: { name: 'ERP' }, after: { name: 'ERP 2' } },
    'renamed an API key from “ERP” to “ERP 2”',
  ],
  [
    'account.renamed',
    { before: { name: 'Cedar' }, after: { name: 'Murex' } },
    'renamed the account from “Cedar” to “Murex”',
  ],
  ['user.signed_in', { known_browser: true }, 'signed in'],
  ['user.signed_in', { known_browser: false }, 'signed in with a browser that was not known'],
  ['user.sign_in_refused', { reason: 'wrong_password' }, 'refused a sign-in (wrong password)'],
  ['user.sign_in_refused', { reason: 'too_many_attempts' }, 'stopped attempts to sign in: there were too many'],
  ['user.permission_refused', { permission: 'keys:create' }, 'tried what their role does not allow: keys:create'],
  ['invitation.created', { email: 'bea@example.com', role: 'staff' }, 'invited bea@example.com as staff'],
  ['account.audit_cut', { events: 1_204 }, 'removed 1,204 events that the account’s policy no longer keeps'],
  // Of an earlier version, which kept less of it.
  ['credential.updated', {}, 'changed the credential'],
] as const)('%s %j: “%s”', (action, details, words) => {
  expect(happenedText({ action, details })).toBe(words)
})

it('an action of another version is told by its own name', () => {
  expect(happenedText({ action: 'ship.sunk' as 'api_key.created', details: {} })).toBe('ship.sunk')
})

it.each<[object, object]>([
  [
    { before: { name: 'A', keyMaxDays: null }, after: { name: 'B', keyMaxDays: 30 } },
    {
      changes: [
        { field: 'Name', before: 'A', after: 'B' },
        { field: 'Key max days', before: '–', after: '30' },
      ],
      facts: [],
    },
  ],
  [
    { base_url: { from: 'https://a', to: 'https://b' }, secrets_replaced: [], tested: null },
    {
      changes: [{ field: 'Base url', before: 'https://a', after: 'https://b' }],
      facts: [
        { name: 'Secrets replaced', value: '–' },
        { name: 'Tested', value: '–' },
      ],
    },
  ],
  [
    {
      reason: 'other_account',
      before: 'Shop 1',
      now: 'Shop 2',
      ok: false,
      scopes: ['a', 'b'],
      rule: { a_b: 1, c: false },
    },
    {
      changes: [],
      facts: [
        { name: 'Before', value: 'Shop 1' },
        { name: 'Reason', value: 'other_account' },
        { name: 'Now', value: 'Shop 2' },
        { name: 'Ok', value: 'no' },
        { name: 'Scopes', value: 'a, b' },
        { name: 'Rule', value: 'a b: 1, c: no' },
      ],
    },
  ],
])('the details %j are told', (details, told) => {
  expect(readDetails(details as Record<string, unknown>)).toEqual(told)
})
