import { expect, test } from 'vitest'
import { permissionsOf } from '@/lib/accounts'
import { actionsFor, homeOf, placesFor } from './places'

test.each([
  [
    'owner',
    ['API Keys', 'Credentials', 'Integrations', 'Webhooks', 'Notifications', 'Members', 'Policies', 'Audit', 'Account'],
    ['Generate new key', 'Add credential', 'Add integration', 'Add webhook', 'Invite somebody', 'Add role'],
    '/settings/api-keys',
  ],
  [
    'admin',
    ['API Keys', 'Credentials', 'Integrations', 'Webhooks', 'Notifications', 'Members', 'Policies', 'Audit', 'Account'],
    ['Generate new key', 'Add credential', 'Add integration', 'Add webhook', 'Invite somebody', 'Add role'],
    '/settings/api-keys',
  ],
  ['manager', ['API Keys', 'Credentials', 'Integrations', 'Notifications', 'Account'], [], '/settings/api-keys'],
  ['staff', ['Account'], [], '/settings/account'],
] as const)('a person who is %s is shown %j, is offered %j, and begins at %s', (role, places, actions, home) => {
  const holder = { permissions: permissionsOf(role) }
  expect(placesFor(holder).map(({ label }) => label)).toEqual(places)
  expect(actionsFor(holder).map(({ label }) => label)).toEqual(actions)
  expect(homeOf(holder)).toBe(home)
})

test.each([
  [['keys:read'], ['API Keys', 'Notifications', 'Account']],
  [['webhooks:read'], ['Webhooks', 'Notifications', 'Account']],
  [
    ['credentials:read', 'audit:read'],
    ['Credentials', 'Notifications', 'Audit', 'Account'],
  ],
  [
    ['integrations:read', 'audit:read'],
    ['Integrations', 'Notifications', 'Audit', 'Account'],
  ],
  [['audit:read'], ['Audit', 'Account']],
] as const)('whoever holds %j, and may be told of it, is shown %j', (permissions, places) => {
  expect(placesFor({ permissions }).map(({ label }) => label)).toEqual(places)
})
