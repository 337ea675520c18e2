import { DrizzleQueryError } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { FinalFailure } from '@/lib/jobs'
import type { Runtime } from '@/lib/runtime'
import { executeTask, installCatalog, registeredTask, registering } from '@/test/trigger/executor'
import { type DispatchedJob, NO_RETRY, type ScheduledJob } from '../job'
import { registerTask, type WithRuntime } from './register'

const runtime = {} as Runtime
const withRuntime: WithRuntime = (work) => work(runtime)

const order = {
  id: 'orders.send',
  input: z.object({ shop: z.string(), order: z.number() }),
  queue: { name: 'orders', concurrencyLimit: 2, keyOf: ({ shop }: { shop: string }) => shop },
  retry: { maxAttempts: 3, minDelayMs: 1_000, maxDelayMs: 10_000 },
  maxDurationSeconds: 90,
}
const sweep = { id: 'orders.sweep', cron: '*/5 * * * *', retry: NO_RETRY, maxDurationSeconds: 60 }

/** The lines that were logged, by level. */
let logged: { warn: unknown[]; error: unknown[] }
beforeAll(installCatalog)
beforeEach(() => {
  logged = { warn: [], error: [] }
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    const { level, ...facts } = JSON.parse(`${line}`)
    logged[level >= 50 ? 'error' : 'warn'].push(facts)
    return true
  })
})

function register(run: DispatchedJob['run'], as: typeof withRuntime = withRuntime): void {
  registering(() => registerTask({ ...order, run }, as))
}

function registerSweep(run: ScheduledJob['run']): void {
  registering(() => registerTask({ ...sweep, run }, withRuntime))
}

const PAYLOAD = { shop: 'a', order: 1 }

describe('a job that is dispatched', () => {
  it('is registered with its queue, retries, limit and input', () => {
    register(async () => {})
    expect(registeredTask('orders.send')).toMatchObject({
      queue: { name: 'orders', concurrencyLimit: 2 },
      retry: { maxAttempts: 3, factor: 2, minTimeoutInMs: 1_000, maxTimeoutInMs: 10_000, randomize: true },
      maxDuration: 90,
    })
  })

  it('gets the runtime, its payload, the signal, the attempt and a log', async () => {
    const run = vi.fn(async () => {})
    register(run)
    const { result } = await executeTask('orders.send', PAYLOAD)
    expect(result.ok).toBe(true)
    expect(run).toHaveBeenCalledExactlyOnceWith(runtime, PAYLOAD, {
      signal: expect.any(AbortSignal),
      attempt: 1,
      log: expect.objectContaining({ warn: expect.any(Function) }),
    })
  })

  it('that fails is tried again, as late as in this process, and logged for good after its last attempt', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const run = vi.fn(async () => Promise.reject(new Error('no')))
    register(run)
    const { result, delaysMs } = await executeTask('orders.send', PAYLOAD)
    expect(result).toMatchObject({ ok: false, error: { message: 'no' } })
    expect(delaysMs).toEqual([1_500, 3_000])
    expect(run).toHaveBeenCalledTimes(3)
    expect(logged.warn).toHaveLength(3)
    expect(logged.error).toEqual([
      expect.objectContaining({ job: 'orders.send', attempt: 3, err: expect.objectContaining({ message: 'no' }) }),
    ])
  })

  it('that fails at first and not again has not failed', async () => {
    register(async (_runtime, _payload, { attempt }) => {
      if (attempt === 1) throw new Error('no')
      return { sent: 1 }
    })
    const { result, delaysMs } = await executeTask('orders.send', PAYLOAD)
    expect(result).toMatchObject({ ok: true, output: JSON.stringify({ json: { sent: 1 } }) })
    expect(delaysMs).toHaveLength(1)
    expect(logged.error).toEqual([])
  })

  it('that fails for good is not tried again', async () => {
    const run = vi.fn(async () => Promise.reject(new FinalFailure('The shop is gone')))
    register(run)
    const { result } = await executeTask('orders.send', PAYLOAD)
    expect(result).toMatchObject({ ok: false, skippedRetrying: true, error: { message: 'The shop is gone' } })
    expect(run).toHaveBeenCalledTimes(1)
    expect(logged.error).toHaveLength(1)
  })

  it('is not run with what it does not take', async () => {
    const run = vi.fn(async () => {})
    register(run)
    const { result } = await executeTask('orders.send', { shop: 'a' })
    expect(result).toMatchObject({ ok: false, error: { type: 'INTERNAL_ERROR', code: 'TASK_INPUT_ERROR' } })
    expect(run).not.toHaveBeenCalled()
  })

  it('tells Trigger.dev nothing of the parameters of a failed query', async () => {
    register(async () => {
      throw new DrizzleQueryError('select $1', ['hush'], Object.assign(new Error('"hush"'), { severity: 'ERROR' }))
    })
    const { result } = await executeTask('orders.send', PAYLOAD)
    expect(result).toMatchObject({ ok: false, error: { message: 'A query of the database failed' } })
    expect(JSON.stringify([result, logged])).not.toContain('hush')
  })

  it('tells Trigger.dev of what it returns the numbers only', async () => {
    register(async () => ({ sent: 2, failed: 1, token: 'hush', rows: ['hush'] }))
    const { result } = await executeTask('orders.send', PAYLOAD)
    expect(result).toMatchObject({ ok: true, output: JSON.stringify({ json: { sent: 2, failed: 1 } }) })
  })

  it('fails when its runtime does not start, and starts it anew at the next attempt', async () => {
    const run = vi.fn(async () => {})
    let starts = 0
    register(run, async (work) => {
      starts += 1
      if (starts === 1) throw new Error('The database is away')
      return work(runtime)
    })
    const { result } = await executeTask('orders.send', PAYLOAD)
    expect(result.ok).toBe(true)
    expect(run).toHaveBeenCalledTimes(1)
  })
})

describe('a job with a schedule', () => {
  it('is registered with it, in UTC, one run at a time, and none that waits until the next is due', () => {
    registerSweep(async () => {})
    expect(registeredTask('orders.sweep')).toMatchObject({
      triggerSource: 'schedule',
      schedule: { cron: '*/5 * * * *', timezone: 'UTC' },
      queue: { name: 'orders.sweep', concurrencyLimit: 1 },
      ttl: 300,
    })
  })

  it('that fails waits for its next time', async () => {
    const run = vi.fn(async () => Promise.reject(new Error('no')))
    registerSweep(run)
    const { result, delaysMs } = await executeTask('orders.sweep', { timestamp: new Date(), timezone: 'UTC' })
    expect(result.ok).toBe(false)
    expect(delaysMs).toEqual([])
    expect(run).toHaveBeenCalledExactlyOnceWith(runtime, undefined, expect.anything())
  })
})
