import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { FinalFailure } from '@/lib/jobs'
import { log } from '@/lib/log'
import type { Runtime } from '@/lib/runtime'
import { startEmbeddedRunner } from './embedded-runner'
import { type DispatchedJob, NO_RETRY, type Retry, type ScheduledJob } from './job'
import { untilNextRunMs } from './until-next-run'

const runtime = {} as Runtime
let runner: ReturnType<typeof startEmbeddedRunner> | undefined

beforeEach(() => void vi.useFakeTimers({ now: new Date('2026-03-01T09:00:30Z') }))
afterEach(async () => {
  const stopped = runner?.stop()
  for (const end of open.splice(0)) end()
  await stopped
  runner = undefined
  vi.useRealTimers()
})

function runs(run: ScheduledJob['run'], { cron = '* * * * *', retry = NO_RETRY, maxDurationSeconds = 60 } = {}): void {
  runner = startEmbeddedRunner(runtime, [{ id: 'a-job', cron, retry, maxDurationSeconds, run }])
}

const TRY_THREE_TIMES: Retry = { maxAttempts: 3, minDelayMs: 1_000, maxDelayMs: 10_000 }

/** Dispatched jobs `one` and `two` of one queue, which may run two at a time of each shop. */
function takes(run: DispatchedJob['run'], options: Partial<DispatchedJob> = {}) {
  const job = {
    input: z.object({ shop: z.string(), order: z.number() }),
    queue: { name: 'orders', concurrencyLimit: 2, keyOf: ({ shop }: { shop: string }) => shop },
    retry: TRY_THREE_TIMES,
    maxDurationSeconds: 60,
    run,
    ...options,
  }
  const started = startEmbeddedRunner(runtime, [
    { id: 'one', ...job },
    { id: 'two', ...job },
  ])
  runner = started
  return started
}

/** Ends what a test leaves running. */
const open: (() => void)[] = []

/** A job that lasts until it is told to end. */
function lasting() {
  const ends: (() => void)[] = []
  const run = vi.fn(
    (..._: Parameters<DispatchedJob['run']>) =>
      new Promise<void>((resolve) => {
        ends.push(resolve)
        open.push(resolve)
      }),
  )
  const payloads = () => run.mock.calls.map(([, payload]) => payload)
  return { run, payloads, end: () => ends.shift()?.() }
}

const settled = () => vi.advanceTimersByTimeAsync(0)

describe('the embedded runner', () => {
  it('runs a job at its times, with the runtime', async () => {
    const run = vi.fn(async () => {})
    runs(run, { cron: '*/5 * * * *' })
    await vi.advanceTimersByTimeAsync(4 * 60_000)
    expect(run).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(run).toHaveBeenCalledExactlyOnceWith(runtime, undefined, {
      signal: expect.any(AbortSignal),
      attempt: 1,
      log: expect.objectContaining({ warn: expect.any(Function) }),
    })
    await vi.advanceTimersByTimeAsync(10 * 60_000)
    expect(run).toHaveBeenCalledTimes(3)
  })

  it.each(['00:00:30', '00:00:59.990', '00:00:00', '00:00:57.900', '00:00:01'])(
    'always has a run of a job that lasts until the next one, triggered at %s',
    async (at) => {
      vi.setSystemTime(`2026-03-01T${at}Z`)
      let running = 0
      const run = async () => {
        running += 1
        await new Promise((resolve) => setTimeout(resolve, untilNextRunMs()))
        running -= 1
      }
      runs(run, { maxDurationSeconds: 120 })
      runner?.trigger('a-job')
      for (let tenths = 0; tenths < 6_000; tenths++) {
        await vi.advanceTimersByTimeAsync(100)
        expect(running, new Date().toISOString()).toBe(1)
      }
      open.push(() => void vi.advanceTimersByTimeAsync(70_000))
    },
  )

  it('runs a job when it is triggered, and knows no other', async () => {
    const run = vi.fn(async () => {})
    runs(run)
    runner?.trigger('a-job')
    await settled()
    expect(run).toHaveBeenCalledTimes(1)
    expect(() => runner?.trigger('b-job')).toThrow('b-job')
  })

  it('never runs a job twice at a time, and once more for all who asked meanwhile', async () => {
    const { run, end } = lasting()
    runs(run)
    runner?.trigger('a-job')
    await settled()
    runner?.trigger('a-job')
    runner?.trigger('a-job')
    await settled()
    expect(run).toHaveBeenCalledTimes(1)
    end()
    await settled()
    expect(run).toHaveBeenCalledTimes(2)
    end()
    await settled()
    expect(run).toHaveBeenCalledTimes(2)
  })

  it.each([
    [
      'at once',
      () => {
        throw new Error('no')
      },
    ],
    ['later', () => Promise.reject(new Error('no'))],
  ] satisfies [string, ScheduledJob['run']][])(
    'logs a job that fails %s, and runs it again at its next time',
    async (_when, fail) => {
      const error = vi.spyOn(log, 'error').mockImplementation(() => {})
      const run = vi.fn(fail)
      runs(run)
      await vi.advanceTimersByTimeAsync(60_000)
      expect(error).toHaveBeenCalledExactlyOnceWith(
        expect.objectContaining({ job: 'a-job', err: expect.objectContaining({ message: 'no' }) }),
        expect.any(String),
      )
      await vi.advanceTimersByTimeAsync(60_000)
      expect(run).toHaveBeenCalledTimes(2)
    },
  )

  it('stops: tells the running job, waits for it, and starts nothing more', async () => {
    const { run, end } = lasting()
    runs(run)
    runner?.trigger('a-job')
    await settled()
    runner?.trigger('a-job')
    let stopped = false
    const stopping = runner?.stop().then(() => {
      stopped = true
    })
    await settled()
    expect(run.mock.calls[0]?.[2].signal.aborted).toBe(true)
    expect(stopped).toBe(false)
    end()
    await stopping
    runner?.trigger('a-job')
    await vi.advanceTimersByTimeAsync(5 * 60_000)
    expect(run).toHaveBeenCalledTimes(1)
  })
})

describe('a scheduled job whose time came while no process was there', () => {
  it.each([
    ['each day', '23 3 * * *', 1],
    ['on some days, the last of which was less than a day ago', '0 8 1-7 * *', 1],
    ['on some days, none of which was in the last day', '0 8 10-12 * *', 0],
    ['each hour', '17 * * * *', 0],
  ])('is made up for soon after the start where it is %s', async (_when, cron, times) => {
    const run = vi.fn(async () => {})
    runs(run, { cron })
    await vi.advanceTimersByTimeAsync(5 * 60_000 - 1)
    expect(run).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(run).toHaveBeenCalledTimes(times)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(run).toHaveBeenCalledTimes(times)
  })

  it('is not when the process stops before', async () => {
    const run = vi.fn(async () => {})
    runs(run, { cron: '23 3 * * *' })
    await runner?.stop()
    await vi.advanceTimersByTimeAsync(10 * 60_000)
    expect(run).not.toHaveBeenCalled()
  })

  it('waits for the others that are made up for', async () => {
    const { run, end } = lasting()
    const nightly = { cron: '23 3 * * *', retry: NO_RETRY, maxDurationSeconds: 600, run }
    runner = startEmbeddedRunner(runtime, [
      { id: 'a-job', ...nightly },
      { id: 'b-job', ...nightly },
    ])
    await vi.advanceTimersByTimeAsync(5 * 60_000)
    expect(run).toHaveBeenCalledTimes(1)
    end()
    await settled()
    expect(run).toHaveBeenCalledTimes(2)
  })
})

describe('a scheduled job that fails', () => {
  it('is tried again before its next time where it says so, and meanwhile counts as running', async () => {
    vi.spyOn(log, 'warn').mockImplementation(() => {})
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const run = vi.fn(async (..._: Parameters<ScheduledJob['run']>): Promise<void> => Promise.reject(new Error('no')))
    run.mockRejectedValueOnce(new Error('no')).mockResolvedValue()
    runs(run, { cron: '0 3 * * *', retry: TRY_THREE_TIMES })
    runner?.trigger('a-job')
    await settled()
    runner?.trigger('a-job')
    await vi.advanceTimersByTimeAsync(999)
    expect(run).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(run.mock.calls.map(([, , { attempt }]) => attempt)).toEqual([1, 2, 1])
  })
})

describe('a dispatched job', () => {
  it('is run with what it is told, however often', async () => {
    const run = vi.fn(async () => {})
    const { dispatch } = takes(run)
    await dispatch('one', { shop: 'a', order: 1 })
    await dispatch('one', { shop: 'a', order: 1 })
    await settled()
    expect(run).toHaveBeenCalledTimes(2)
    expect(run).toHaveBeenCalledWith(runtime, { shop: 'a', order: 1 }, expect.objectContaining({ attempt: 1 }))
  })

  it.each([
    ['what is missing', { shop: 'a' }, 'order'],
    ['what is wrong', { shop: 'a', order: 'hush' }, 'order'],
    ['what it is not', 'hush', 'payload'],
  ])('is refused with %s, by name and without the value', async (_case, payload, field) => {
    const run = vi.fn(async () => {})
    const refused = takes(run).dispatch('one', payload)
    await expect(refused).rejects.toThrow(TypeError)
    await expect(refused).rejects.toThrow(`${field}: `)
    await expect(refused).rejects.not.toThrow('hush')
    expect(run).not.toHaveBeenCalled()
  })

  it('is known by its id, and is not one with a schedule', async () => {
    const { dispatch, trigger } = takes(async () => {})
    await expect(dispatch('three', { shop: 'a', order: 1 })).rejects.toThrow('three')
    expect(() => trigger('one')).toThrow('one')
    await runner?.stop()
    runs(async () => {})
    await expect(runner?.dispatch('a-job', {})).rejects.toThrow('a-job')
  })

  it('waits for room in its queue, in order, with the other jobs of it', async () => {
    const { run, payloads, end } = lasting()
    const { dispatch } = takes(run)
    for (const order of [1, 2, 3]) await dispatch('one', { shop: 'a', order })
    await dispatch('two', { shop: 'a', order: 4 })
    await settled()
    expect(run).toHaveBeenCalledTimes(2)
    end()
    await settled()
    expect(run).toHaveBeenCalledTimes(3)
    end()
    await settled()
    expect(payloads().map(({ order }) => order)).toEqual([1, 2, 3, 4])
  })

  it('waits for none of another key', async () => {
    const { payloads, run } = lasting()
    const { dispatch } = takes(run)
    for (const order of [1, 2, 3]) await dispatch('one', { shop: 'a', order })
    await dispatch('one', { shop: 'b', order: 4 })
    await settled()
    expect(payloads()).toEqual([
      { shop: 'a', order: 1 },
      { shop: 'a', order: 2 },
      { shop: 'b', order: 4 },
    ])
  })

  it('that fails is tried again, later each time, and logged for good after its last attempt', async () => {
    const warn = vi.spyOn(log, 'warn').mockImplementation(() => {})
    const error = vi.spyOn(log, 'error').mockImplementation(() => {})
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const attempts: [number, number][] = []
    const began = Date.now()
    await takes(async (_runtime, _payload, { attempt }) => {
      attempts.push([attempt, Date.now() - began])
      throw new Error('no')
    }).dispatch('one', { shop: 'a', order: 1 })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(attempts).toEqual([
      [1, 0],
      [2, 1_500],
      [3, 4_500],
    ])
    expect(warn).toHaveBeenCalledTimes(2)
    expect(error).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ job: 'one', attempt: 3 }),
      expect.any(String),
    )
  })

  it('that waits for its next attempt leaves its place to others', async () => {
    vi.spyOn(log, 'warn').mockImplementation(() => {})
    const done: number[] = []
    const { dispatch } = takes(async (_runtime, { order }, { attempt }) => {
      if (order < 3 && attempt === 1) throw new Error('no')
      done.push(order)
    })
    for (const order of [1, 2, 3]) await dispatch('one', { shop: 'a', order })
    await settled()
    expect(done).toEqual([3])
    await vi.advanceTimersByTimeAsync(2_000)
    expect(done.sort()).toEqual([1, 2, 3])
  })

  it('that fails for good is not tried again', async () => {
    const error = vi.spyOn(log, 'error').mockImplementation(() => {})
    const run = vi.fn(async () => Promise.reject(new FinalFailure('gone')))
    await takes(run).dispatch('one', { shop: 'a', order: 1 })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(run).toHaveBeenCalledTimes(1)
    expect(error).toHaveBeenCalledTimes(1)
  })

  it('that lasts too long is told to end, keeps its place until it has, and is not tried again', async () => {
    vi.spyOn(log, 'warn').mockImplementation(() => {})
    vi.spyOn(log, 'error').mockImplementation(() => {})
    const { run, payloads, end } = lasting()
    const { dispatch } = takes(
      async (...args) => {
        await run(...args)
        args[2].signal.throwIfAborted()
      },
      { queue: { name: 'orders', concurrencyLimit: 1 } },
    )
    await dispatch('one', { shop: 'a', order: 1 })
    await dispatch('one', { shop: 'b', order: 2 })
    await vi.advanceTimersByTimeAsync(59_999)
    const signal = run.mock.calls[0]?.[2].signal
    expect(signal?.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(signal?.reason).toMatchObject({ name: 'TimeoutError' })
    expect(run).toHaveBeenCalledTimes(1)
    end()
    await vi.advanceTimersByTimeAsync(30_000)
    end()
    await vi.advanceTimersByTimeAsync(30_000)
    expect(payloads().map(({ order }) => order)).toEqual([1, 2])
  })

  it('is run once of all with the same key within five minutes, and again after them', async () => {
    const run = vi.fn(async () => {})
    const { dispatch } = takes(run)
    const ask = (id: string, idempotencyKey: string) => dispatch(id, { shop: 'a', order: 1 }, { idempotencyKey })
    await ask('one', 'k')
    await ask('one', 'k')
    await vi.advanceTimersByTimeAsync(299_999)
    await ask('one', 'k')
    expect(run).toHaveBeenCalledTimes(1)
    await ask('one', 'other')
    await ask('two', 'k')
    await settled()
    expect(run).toHaveBeenCalledTimes(3)
    await vi.advanceTimersByTimeAsync(1)
    await ask('one', 'k')
    await settled()
    expect(run).toHaveBeenCalledTimes(4)
  })

  it('waits for as long as it was told', async () => {
    const run = vi.fn(async () => {})
    await takes(run).dispatch('one', { shop: 'a', order: 1 }, { delayMs: 5_000 })
    await vi.advanceTimersByTimeAsync(4_999)
    expect(run).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(run).toHaveBeenCalledTimes(1)
  })

  it('is told of a stop and waited for; what waits is not begun, and nothing more is taken', async () => {
    vi.spyOn(log, 'info').mockImplementation(() => {})
    const { run, end } = lasting()
    const { dispatch, stop } = takes(run)
    for (const order of [1, 2, 3]) await dispatch('one', { shop: 'a', order })
    await dispatch('one', { shop: 'a', order: 4 }, { delayMs: 1_000 })
    await settled()
    let stopped = false
    const stopping = stop().then(() => {
      stopped = true
    })
    await settled()
    expect(run.mock.calls.map(([, , { signal }]) => signal.aborted)).toEqual([true, true])
    end()
    await settled()
    expect(stopped).toBe(false)
    end()
    await stopping
    await vi.advanceTimersByTimeAsync(60_000)
    expect(run).toHaveBeenCalledTimes(2)
    await expect(dispatch('one', { shop: 'a', order: 5 })).rejects.toThrow('stops')
  })
})
