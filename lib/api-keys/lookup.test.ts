import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LookupUnavailableError } from '../coalesced-lookup'
import { KeyLookup, type KeyRecord } from './lookup'

function keyOf(tokenHash: string): KeyRecord {
  return {
    tokenHash,
    id: `key_${tokenHash}`,
    name: tokenHash,
    environment: 'live',
    scopes: [],
    integrationIds: null,
    expiresAt: null,
    retiresAt: null,
    status: 'active',
    accountId: 'acc_1',
    accountName: 'Phoenix Traders',
    accountAddresses: null,
    rehearsedAt: null,
    rate: null,
    monthlyQuota: null,
    addresses: null,
    methods: null,
    allowance: null,
  }
}

/** A database that answers when it is told to. */
class Database {
  readonly statements: { hashes: string[]; answer(): void; fail(error: Error): void }[] = []
  readonly find = (hashes: string[]) =>
    new Promise<KeyRecord[]>((resolve, reject) =>
      this.statements.push({
        hashes,
        answer: () => resolve(hashes.filter((hash) => !hash.startsWith('unknown')).map(keyOf)),
        fail: reject,
      }),
    )

  get asked(): string[][] {
    return this.statements.map(({ hashes }) => hashes)
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** What a promise has come to so far. */
function watch(promise: Promise<KeyRecord | null>): { state: string } {
  const seen = { state: 'waiting' }
  promise.then(
    (key) => {
      seen.state = key ? key.tokenHash : 'none'
    },
    (error) => {
      seen.state = error instanceof LookupUnavailableError ? 'unavailable' : `unexpected ${error}`
    },
  )
  return seen
}

let database: Database
let lookup: KeyLookup
const find = (hash: string) => watch(lookup.find(hash))
const findAll = (hashes: string[]) => hashes.map(find)
const states = (seen: { state: string }[]) => seen.map(({ state }) => state)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  database = new Database()
  lookup = new KeyLookup(database.find, { timeoutMs: 1_000, maxBatch: 32 })
})
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

describe('look-ups', () => {
  it('of one turn of the event loop are one statement, even where the database answers within it', async () => {
    const statements: string[][] = []
    lookup = new KeyLookup(async (hashes) => {
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

  it('get each their own answer, and null when there is none', async () => {
    const seen = findAll(['a', 'unknown', 'b'])
    await turn()
    database.statements[0]?.answer()
    await turn()
    expect(states(seen)).toEqual(['a', 'none', 'b'])
  })

  it('of the same hash share its place in the statement, and all get the answer', async () => {
    const seen = findAll(['a', 'b', 'a', 'a'])
    await turn()
    expect(database.asked).toEqual([['a', 'b']])
    database.statements[0]?.answer()
    await turn()
    expect(states(seen)).toEqual(['a', 'b', 'a', 'a'])
  })

  it('that come while four statements are under way go out together when one of them is done', async () => {
    for (const hash of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) {
      find(hash)
      await turn()
    }
    expect(database.asked).toEqual([['a'], ['b'], ['c'], ['d']])
    database.statements[1]?.answer()
    await turn()
    expect(database.asked).toEqual([['a'], ['b'], ['c'], ['d'], ['e', 'f', 'g']])
    for (const { answer } of database.statements) answer()
    await turn()
  })

  it('are never answered by a statement that was sent before they came', async () => {
    const early = find('a')
    await turn()
    const late = find('a')
    await turn()
    expect(database.asked).toEqual([['a'], ['a']])
    database.statements[0]?.answer()
    await turn()
    expect([early.state, late.state]).toEqual(['a', 'waiting'])
    database.statements[1]?.answer()
    await turn()
    expect(late.state).toBe('a')
  })

  it('are never more in one statement than there may be, and the rest does not wait for it', async () => {
    const hashes = Array.from({ length: 40 }, (_, i) => `${i}`)
    const seen = findAll(hashes)
    await turn()
    expect(database.asked).toEqual([hashes.slice(0, 32), hashes.slice(32)])
    for (const { answer } of database.statements) answer()
    await turn()
    expect(states(seen)).toEqual(hashes)
  })

  it('of any number, in any order of arrivals and answers, are answered by a later statement, with four at most under way', async () => {
    let seed = 7
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed % below
    }
    let clock = 0
    let underWay = 0
    const pending: (() => void)[] = []
    lookup = new KeyLookup((hashes) => {
      const sentAt = ++clock
      expect(++underWay).toBeLessThanOrEqual(4)
      return new Promise((resolve) =>
        pending.push(() => {
          underWay--
          // The name tells when the statement that found it was sent.
          resolve(hashes.map((hash) => ({ ...keyOf(hash), name: `${sentAt}` })))
        }),
      )
    })
    const answers: Promise<void>[] = []
    for (let step = 0; step < 5_000; step++) {
      if (random(3) > 0) {
        const cameAt = ++clock
        const hash = `${random(20)}`
        answers.push(
          lookup.find(hash).then((key) => {
            expect(key?.tokenHash).toBe(hash)
            expect(Number(key?.name)).toBeGreaterThan(cameAt)
          }),
        )
      } else pending.splice(random(pending.length || 1), 1)[0]?.()
      if (random(2) === 0) await turn()
    }
    const all = Promise.all(answers)
    let isDone = false
    all.finally(() => {
      isDone = true
    })
    while (!isDone) {
      await turn()
      pending.shift()?.()
    }
    await all
    expect(answers.length).toBeGreaterThan(3_000)
  })
})

describe('a statement that fails', () => {
  it('fails the look-ups in it, with the cause, and no others', async () => {
    const cause = new Error('connection reset')
    const promise = lookup.find('a')
    await turn()
    const other = find('b')
    await turn()
    database.statements[0]?.fail(cause)
    await expect(promise).rejects.toMatchObject({ name: 'LookupUnavailableError', cause })
    expect(other.state).toBe('waiting')
    const next = find('c')
    await turn()
    for (const { answer } of database.statements) answer()
    await turn()
    expect([other.state, next.state]).toEqual(['b', 'c'])
  })

  it('before it is sent does the same', async () => {
    let broken = true
    lookup = new KeyLookup((hashes) => {
      if (broken) throw new Error('the pool is gone')
      return database.find(hashes)
    })
    const seen = findAll(['a', 'b'])
    await turn()
    expect(states(seen)).toEqual(['unavailable', 'unavailable'])
    broken = false
    const next = find('c')
    await turn()
    database.statements[0]?.answer()
    await turn()
    expect(next.state).toBe('c')
  })
})

describe('a database that hangs', () => {
  /** Four statements that never come back, and one look-up that waits for them. */
  async function hang() {
    const sent: ReturnType<typeof find>[] = []
    for (const hash of ['a', 'b', 'c', 'd']) {
      sent.push(find(hash))
      await turn()
    }
    const unsent = find('e')
    await turn()
    return { sent, unsent }
  }

  it('keeps nobody longer than the time-out, sent or not', async () => {
    const { sent, unsent } = await hang()
    vi.advanceTimersByTime(999)
    await turn()
    expect(states([...sent, unsent])).toEqual(Array(5).fill('waiting'))
    vi.advanceTimersByTime(1)
    await turn()
    expect(states([...sent, unsent])).toEqual(Array(5).fill('unavailable'))
    for (const { answer } of database.statements) answer()
    await turn()
  })

  it('is asked no more while it hangs, whatever comes, and what came is forgotten', async () => {
    await hang()
    for (let second = 0; second < 60; second++) {
      findAll(Array.from({ length: 600 }, (_, i) => `${second}-${i}`))
      await turn()
      vi.advanceTimersByTime(1_000)
    }
    await turn()
    expect(database.statements).toHaveLength(4)
    for (const { answer } of [...database.statements]) answer()
    await turn()
    expect(database.statements).toHaveLength(4)
  })

  it('is asked again as soon as it is back, and answers that come too late harm nothing', async () => {
    await hang()
    vi.advanceTimersByTime(1_000)
    await turn()
    const later = find('f')
    await turn()
    expect(database.statements).toHaveLength(4)
    database.statements[0]?.answer()
    await turn()
    expect(database.asked[4]).toEqual(['f'])
    database.statements[4]?.answer()
    await turn()
    expect(later.state).toBe('f')
    for (const { fail } of database.statements) fail(new Error('at last'))
    await turn()
  })
})
