import { expect, test } from 'vitest'
import { KeyLookup, type KeyRecord } from './lookup'

function keyOf(tokenHash: string): KeyRecord {
  return {
    tokenHash,
    id: `key_${tokenHash}`,
    name: tokenHash,
    environment: 'live',
    scopes: [],
    expiresAt: null,
    retiresAt: null,
    status: 'active',
    accountId: 'acc_1',
    accountName: 'Phoenix Traders',
  }
}

test('requests of one turn of the event loop are one statement, even where the database answers within it', async () => {
  const statements: string[][] = []
  const lookup = new KeyLookup(async (hashes) => {
    statements.push(hashes)
    return hashes.map(keyOf)
  })
  const found: Promise<KeyRecord | null>[] = []
  // As node:http hands requests of several sockets on: one after the other, each with its promises in between.
  for (const hash of ['a', 'b', 'c', 'd', 'e']) {
    found.push(lookup.find(hash))
    for (let promises = 0; promises < 20; promises++) await Promise.resolve()
  }
  expect((await Promise.all(found)).map((key) => key?.tokenHash)).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(statements).toEqual([['a', 'b', 'c', 'd', 'e']])
})

test('a look-up is never answered by a statement that was sent before it came', async () => {
  const statements: (() => void)[] = []
  const lookup = new KeyLookup((hashes) => new Promise((resolve) => statements.push(() => resolve(hashes.map(keyOf)))))
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  const early = lookup.find('a')
  await turn()
  let isAnswered = false
  const late = lookup.find('a').finally(() => {
    isAnswered = true
  })
  await turn()
  expect(statements).toHaveLength(2)

  statements[0]?.()
  await early
  await turn()
  expect(isAnswered).toBe(false)
  statements[1]?.()
  await expect(late).resolves.toMatchObject({ tokenHash: 'a' })
})
