import { eq, sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { OpenDatabase } from '@/db/client'
import { accounts, proxyCalls, proxyOutcomes } from '@/db/schema'
import { createTestAccount } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import { eventually } from '@/test/eventually'
import { createToken } from '../api-keys/token'
import { isId, newId } from '../ids'
import { log } from '../log'
import { CallRecorder, type ProxyCall, pruneProxyCalls } from './call-recorder'

const away = () => Object.assign(new Error('gone for a moment'), { code: 'ECONNREFUSED' })

forEachDatabase('the record of calls', (open) => {
  let database: OpenDatabase
  let accountId: string
  beforeAll(async () => {
    database = await open()
    accountId = (await createTestAccount(database.db)).accountId
  })

  /** A call of an integration that no other test has. */
  function makeCall(over: Partial<ProxyCall> = {}): ProxyCall {
    return {
      accountId,
      keyId: newId('apiKey'),
      userId: null,
      integrationId: newId('integration'),
      credentialId: newId('credential'),
      host: 'api.example.com',
      method: 'POST',
      path: '/orders/1',
      outcome: 'answered',
      status: 201,
      latencyMs: 12,
      totalMs: 34,
      requestBytes: 2 ** 40,
      responseBytes: 0,
      requestId: 'req_1',
      ...over,
    }
  }
  const written = ({ integrationId }: ProxyCall) =>
    database.db.select().from(proxyCalls).where(eq(proxyCalls.integrationId, integrationId)).orderBy(proxyCalls.id)

  it('has each call with all that is told of it, at the time when it was made', async () => {
    const recorder = new CallRecorder(database.db)
    const calls = [...proxyOutcomes].map((outcome) => makeCall({ outcome }))
    calls.push(makeCall({ keyId: null, userId: newId('user') }))
    const at = Date.now() - 60_000
    for (const call of calls) recorder.record(call, at)
    await recorder.flush()
    for (const call of calls) {
      const [row, ...others] = await written(call)
      expect(others).toEqual([])
      expect(row).toMatchObject(call)
      expect(isId('proxyCall', row?.id ?? '')).toBe(true)
      expect(Math.abs((row?.at.getTime() ?? 0) - at)).toBeLessThan(10_000)
    }
  })

  it('has a path without its query and without tokens, and no more than 512 characters of it', async () => {
    const recorder = new CallRecorder(database.db)
    const { token } = createToken('live')
    const paths: [path: string, stored: string][] = [
      ['/orders?key=secret', '/orders'],
      ['/orders#x', '/orders'],
      ['/a%20b/%3F', '/a%20b/%3F'],
      [`/keys/${token}/x`, '/keys/fn_live_[removed]/x'],
      [`/keys/${token.replaceAll('_', '%5F').replace('l', '%6c')}/x`, '/keys/fn_live_[removed]/x'],
      [`/${'x'.repeat(511 - 10)}${token}`, `/${'x'.repeat(501)}fn_live_[r`],
      ['/a\0b\ud800', '/a\ufffdb\ufffd'],
      ['', ''],
    ]
    const calls = paths.map(([path]) => makeCall({ path }))
    for (const call of calls) recorder.record(call)
    await recorder.flush()
    for (const [index, call] of calls.entries()) expect((await written(call))[0]?.path).toBe(paths[index]?.[1])
  })

  it('takes whatever a call is told to have been', async () => {
    const recorder = new CallRecorder(database.db)
    const odd = makeCall({ host: 'h\0'.repeat(500), method: 'M'.repeat(100), requestId: '\ud800', latencyMs: 1.6 })
    Object.assign(odd, { totalMs: 1e12, requestBytes: Number.NaN, responseBytes: -1 })
    recorder.record(odd, Date.now() + 60_000.5)
    await recorder.flush()
    const [row] = await written(odd)
    expect(row).toMatchObject({ latencyMs: 2, totalMs: 2_147_483_647, requestBytes: 0, responseBytes: 0 })
    expect([row?.host.length, row?.method.length, row?.requestId]).toEqual([255, 32, '\ufffd'])
    expect(row?.at.getTime()).toBeLessThan(Date.now() + 10_000)
  })

  it('is written in statements of a bounded size', async () => {
    const recorder = new CallRecorder(database.db)
    const statements = vi.spyOn(database.db, 'execute')
    const call = makeCall()
    for (let n = 0; n < CallRecorder.MAX_CALLS_PER_STATEMENT * 2 + 1; n++) recorder.record({ ...call, status: n })
    await recorder.flush()
    expect(statements).toHaveBeenCalledTimes(3)
    expect((await written(call)).map(({ status }) => status)).toEqual([...Array(1_001).keys()])
  })

  it('has nothing of an account that is gone, and all of the others', async () => {
    const recorder = new CallRecorder(database.db)
    const gone = makeCall({ accountId: (await createTestAccount(database.db)).accountId })
    const kept = makeCall()
    recorder.record(gone)
    recorder.record(kept)
    await database.db.delete(accounts).where(eq(accounts.id, gone.accountId))
    await recorder.flush()
    expect(await written(gone)).toEqual([])
    expect(await written(kept)).toHaveLength(1)
  })

  it('has in the end what the database did not take at first, once, and what came meanwhile', async () => {
    const recorder = new CallRecorder(database.db)
    const warn = vi.spyOn(log, 'warn').mockImplementation(() => {})
    const [first, second] = [makeCall(), makeCall()]
    const execute = database.db.execute.bind(database.db)
    // Written, but the answer is lost.
    const failing = vi.spyOn(database.db, 'execute').mockImplementationOnce((async (query: never) => {
      await execute(query)
      throw away()
    }) as never)
    recorder.record(first)
    const flushing = recorder.flush()
    await eventually(() => expect(failing).toHaveBeenCalled())
    recorder.record(second)
    await flushing
    await recorder.flush()
    expect(warn).toHaveBeenCalledOnce()
    failing.mockRestore()
    expect(await written(first)).toHaveLength(1)
    expect(await written(second)).toHaveLength(1)
  })

  it('is not held up as a whole by a batch that the database refuses', async () => {
    const recorder = new CallRecorder(database.db)
    vi.spyOn(log, 'warn').mockImplementation(() => {})
    const [refused, fine] = [makeCall(), makeCall()]
    for (let n = 0; n < CallRecorder.MAX_CALLS_PER_STATEMENT; n++) recorder.record(refused)
    recorder.record(fine)
    const failing = vi.spyOn(database.db, 'execute').mockRejectedValueOnce(new Error('refused'))
    await recorder.flush()
    failing.mockRestore()
    expect(await written(refused)).toEqual([])
    expect(await written(fine)).toHaveLength(1)
    await recorder.flush()
    expect(await written(refused)).toHaveLength(CallRecorder.MAX_CALLS_PER_STATEMENT)
  })

  it('is written by itself within five seconds, and never after the recorder was stopped', async () => {
    const [early, pending, late] = [makeCall(), makeCall(), makeCall()]
    const recorder = new CallRecorder(database.db)
    recorder.record(early)
    await eventually(async () => expect(await written(early)).toHaveLength(1))
    recorder.record(pending)
    await recorder.stop()
    expect(await written(pending)).toHaveLength(1)
    const flush = vi.spyOn(recorder, 'flush')
    vi.useFakeTimers()
    recorder.record(late)
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
    expect(flush).not.toHaveBeenCalled()
    expect(CallRecorder.FLUSH_INTERVAL_MS).toBeLessThan(5_000)
  })

  it('goes back 30 days and no further', async () => {
    const call = makeCall()
    await database.db.execute(sql`
      insert into proxy_calls (id, account_id, at, integration_id, credential_id, host, method, path, outcome, status,
        latency_ms, total_ms, request_bytes, response_bytes, request_id)
      select 'call_old_' || n, ${accountId}, now() - n * interval '1 day' / 200, ${call.integrationId}, 'cred_1', 'h',
        'GET', '/', 'answered', 200, 1, 1, 0, 0, 'req_1' from generate_series(1, 30000) n`)
    const aborted = AbortSignal.abort()
    expect(await pruneProxyCalls(database.db, aborted)).toBe(0)
    // Two instances at a time; what one holds the other leaves.
    await Promise.all([pruneProxyCalls(database.db), pruneProxyCalls(database.db)])
    await pruneProxyCalls(database.db)
    const left = await written(call)
    expect(left.length).toBeGreaterThanOrEqual(30 * 200 - 1)
    expect(left.length).toBeLessThanOrEqual(30 * 200)
    expect(Math.min(...left.map(({ at }) => at.getTime()))).toBeGreaterThan(Date.now() - 30 * 86_400_000 - 60_000)
    expect(await pruneProxyCalls(database.db)).toBe(0)
  })
})

describe('a call', () => {
  const call = { accountId: 'acc_1', host: 'h', method: 'GET', path: '/', requestId: 'req_1' } as ProxyCall

  it('never throws and never waits, whatever the database does', async () => {
    const asked = vi.fn(() => expect.fail('asked at once'))
    const recorder = new CallRecorder(new Proxy({}, { get: asked }) as never)
    expect(recorder.record(call)).toBeUndefined()
    expect(asked).not.toHaveBeenCalled()
    vi.spyOn(log, 'warn').mockImplementation(() => {})
    await recorder.stop()
  })

  it('is dropped once 20,000 later ones wait, which one warning tells with how many it were', async () => {
    const warn = vi.spyOn(log, 'warn').mockImplementation(() => {})
    let isAway = true
    const statements: number[] = []
    const execute = vi.fn(async (query: { queryChunks: { value: unknown }[] }) => {
      if (isAway) throw away()
      const ids = query.queryChunks.find(({ value }) => Array.isArray(value) && String(value[0]).startsWith('call_'))
      statements.push((ids?.value as string[] | undefined)?.length ?? 0)
    })
    const recorder = new CallRecorder({ execute } as never)
    for (let n = 0; n < 45_000; n++) recorder.record({ ...call, status: n })
    await recorder.flush()
    // Half full, and at the end: of a database that is away, one statement is enough each time.
    expect(execute).toHaveBeenCalledTimes(2)
    for (let n = 0; n < 100; n++) recorder.record({ ...call, status: n })
    isAway = false
    await recorder.stop()
    const kept = statements.reduce((sum, length) => sum + length, 0)
    expect(kept).toBeLessThanOrEqual(CallRecorder.MAX_PENDING)
    expect(kept).toBeGreaterThan(CallRecorder.MAX_PENDING - CallRecorder.MAX_CALLS_PER_STATEMENT)
    const told = warn.mock.calls.filter(([, message]) => String(message).includes('dropped'))
    expect(told.reduce((sum, [details]) => sum + (details as { calls: number }).calls, 0)).toBe(45_100 - kept)
    expect(told.length).toBeLessThanOrEqual(2)
  })

  it('is dropped too when what could not be written comes back to as many that wait', async () => {
    vi.spyOn(log, 'warn').mockImplementation(() => {})
    let fail = (_: Error) => {}
    const execute = vi.fn().mockImplementationOnce(() => new Promise((_, reject) => (fail = reject)))
    const recorder = new CallRecorder({ execute } as never)
    for (let n = 0; n < 400; n++) recorder.record(call)
    const flushing = recorder.flush()
    await eventually(() => expect(execute).toHaveBeenCalled())
    for (let n = 0; n < CallRecorder.MAX_PENDING; n++) recorder.record(call)
    execute.mockRejectedValueOnce(away())
    fail(away())
    await flushing
    execute.mockClear()
    await recorder.stop()
    expect(execute.mock.calls.length).toBeLessThanOrEqual(
      CallRecorder.MAX_PENDING / CallRecorder.MAX_CALLS_PER_STATEMENT,
    )
  })
})
