import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { is, Param, type SQL } from 'drizzle-orm'
import { expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { RehearsalCalls, type RehearsedCall } from './rehearsal-calls'

const KEY = { id: 'key_1', accountId: 'acc_1', rehearsedAt: new Date() }
const CALL: RehearsedCall = { address: '203.0.113.7', userAgent: 'curl/8', method: 'GET', path: '', integration: null }

/** A database that takes nothing, or says how many rows it was given, and of how many calls. */
function database(takes: boolean): { db: Database; given: { rows: number; calls: number } } {
  const given = { rows: 0, calls: 0 }
  const execute = async (query: SQL) => {
    if (!takes) throw new Error('The database is down')
    const columns = query.queryChunks.flatMap((chunk) => (is(chunk, Param) ? [chunk.value as unknown[]] : []))
    given.rows = columns[0]?.length ?? 0
    given.calls = (columns[8] as number[]).reduce((sum, one) => sum + one, 0)
  }
  return { db: { execute } as unknown as Database, given }
}

it('keeps a bounded number apart while the database takes nothing, and counts all', async () => {
  const calls = new RehearsalCalls()
  let made = 0
  const callAll = (many: number) => {
    for (let n = 0; n < many; n += 1) calls.add(KEY, { ...CALL, path: `/orders/${made++}` }, made)
  }
  callAll(6_000)
  for (let failed = 0; failed < 4; failed += 1) {
    const { db } = database(false)
    const written = calls.write(db)
    // While it is being written.
    callAll(6_000)
    await expect(written).rejects.toThrow('down')
  }
  const { db, given } = database(true)
  await calls.write(db)
  expect(given).toEqual({ rows: expect.any(Number), calls: made })
  // Those that are told apart, and the row of the others.
  expect(given.rows).toBeLessThanOrEqual(5_001)
})

it('tells the calls of a rehearsal from those of one before, which was stopped moments ago', async () => {
  const calls = new RehearsalCalls()
  calls.add(KEY, CALL, 1)
  calls.add({ ...KEY, rehearsedAt: new Date(KEY.rehearsedAt.getTime() + 1_000) }, CALL, 2)
  const { db, given } = database(true)
  await calls.write(db)
  expect(given).toEqual({ rows: 2, calls: 2 })
})

it('holds no more of long texts than what it keeps of them', () => {
  setFlagsFromString('--expose_gc')
  const collect = runInNewContext('gc') as () => void
  const heap = () => {
    collect()
    return process.memoryUsage().heapUsed
  }
  const calls = new RehearsalCalls()
  const before = heap()
  for (let n = 0; n < 5_000; n += 1) {
    // As they come of a socket: one piece, of nobody else's.
    const long = (start: string) => Buffer.from(`${start}${n}`.padEnd(7_000, 'x')).toString('latin1')
    const call = { path: `${long('/orders/')}?q=${n}`, userAgent: long('app/') }
    // Pieces of the request's line and of a header.
    const pieces = { integration: long('/api/v1/integrations/').slice(4, 40), address: long('2001:db8:').slice(0, 20) }
    calls.add(KEY, { ...CALL, ...call, ...pieces }, n)
  }
  expect((heap() - before) / 1024 ** 2).toBeLessThan(15)
  expect(calls).toBeDefined()
})
