import { expect, test } from 'vitest'
import { allCommands, findCommands } from './commands'

const commands = allCommands(
  () => undefined,
  () => undefined,
)

test.each([
  ['', commands.map(({ label }) => label)],
  ['gen', ['Generate new key']],
  ['NEW key', ['Generate new key']],
  ['dark', ['Dark theme']],
  ['go acc', ['Account']],
  ['out', ['Sign out']],
  ['ount', []],
  ['(', []],
])('typing "%s" leaves %j', (query, labels) => {
  expect(findCommands(commands, query).map(({ label }) => label)).toEqual(labels)
})

test('a command of a place goes there', () => {
  const visited: string[] = []
  const all = allCommands(
    (href) => visited.push(href),
    () => undefined,
  )
  for (const command of all) if (command.group === 'Go to') command.run()
  expect(visited).toEqual(['/settings/api-keys', '/settings/account', '/docs/api'])
})
