import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { log } from '@/lib/log'
import type { JobRunner, Runtime } from '@/lib/runtime'
import type { Job } from './catalogue'
import { startEmbeddedRunner } from './embedded-runner'

const runtime = {} as Runtime
let runner: JobRunner | undefined

beforeEach(() => void vi.useFakeTimers({ now: new Date('2026-03-01T09:00:30Z') }))
afterEach(async () => {
  await runner?.stop()
  runner = undefined
  vi.useRealTimers()
})

function runs(run: Job['run'], cron = '* * * * *'): void {
  runner = startEmbeddedRunner(runtime, [{ id: 'a-job', cron, run }])
}

/** A job that lasts until it is told to end. */
function lasting() {
  const ends: (() => void)[] = []
  const run = vi.fn(() => new Promise<void>((resolve) => ends.push(resolve)))
  return { run, end: () => ends.shift()?.() }
}

const settled = () => vi.advanceTimersByTimeAsync(0)

describe('the embedded runner', () => {
  it('runs a job at its times, with the runtime', async () => {
    const run = vi.fn(async () => {})
    runs(run, '*/5 * * * *')
    await vi.advanceTimersByTimeAsync(4 * 60_000)
    expect(run).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(run).toHaveBeenCalledExactlyOnceWith(runtime, expect.any(AbortSignal))
    await vi.advanceTimersByTimeAsync(10 * 60_000)
    expect(run).toHaveBeenCalledTimes(3)
  })

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
  ] satisfies [string, Job['run']][])(
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
    const [, signal] = run.mock.calls[0] as unknown as [Runtime, AbortSignal]
    expect(signal.aborted).toBe(true)
    expect(stopped).toBe(false)
    end()
    await stopping
    runner?.trigger('a-job')
    await vi.advanceTimersByTimeAsync(5 * 60_000)
    expect(run).toHaveBeenCalledTimes(1)
  })
})
