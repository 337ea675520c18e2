import { expect, test } from 'vitest'
import { allCommands, findCommands } from './commands'

const visited: string[] = []
const commands = allCommands({
  places: [
    { href: '/settings/api-keys', label: 'API Keys' },
    { href: '/settings/account', label: 'Account' },
  ],
  actions: [{ href: '/settings/api-keys?new=1', label: 'Generate new key' }],
  accounts: [{ id: 'acc_2', name: 'Tyre Trade', role: 'Manager' }],
  enter: (id) => visited.push(id),
  goTo: (href) => visited.push(href),
  signOut: () => visited.push('out'),
})

test.each([
  ['', commands.map(({ label }) => label)],
  ['gen', ['Generate new key']],
  ['NEW key', ['Generate new key']],
  ['dark', ['Dark theme']],
  ['go acc', ['Account', 'Go to Tyre Trade']],
  ['out', ['Sign out']],
  ['ount', []],
  ['tyre', ['Go to Tyre Trade']],
  ['(', []],
])('typing "%s" leaves %j', (query, labels) => {
  expect(findCommands(commands, query).map(({ label }) => label)).toEqual(labels)
})

test('a command of a place goes there', () => {
  for (const command of commands) if (command.group !== 'Theme') command.run()
  expect(visited).toEqual([
    '/settings/api-keys?new=1',
    '/settings/api-keys',
    '/settings/account',
    '/docs/api',
    'acc_2',
    'out',
  ])
})
