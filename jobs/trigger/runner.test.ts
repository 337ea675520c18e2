import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { log } from '@/lib/log'
import { eventually } from '@/test/eventually'
import { type Recorder, startRecorder } from '@/test/trigger/recorder'
import { type Job, NO_RETRY } from '../job'
import { triggerRunner } from './runner'

const jobs: Job[] = [
  { id: 'orders.sweep', cron: '* * * * *', retry: NO_RETRY, maxDurationSeconds: 60, run: async () => {} },
  {
    id: 'orders.send',
    input: z.object({ shop: z.string(), order: z.number() }),
    queue: { name: 'orders', concurrencyLimit: 2, keyOf: ({ shop }: { shop: string }) => shop },
    retry: NO_RETRY,
    maxDurationSeconds: 60,
    run: async () => {},
  },
]

let trigger: Recorder
let runner: ReturnType<typeof triggerRunner>
beforeEach(async () => {
  trigger = await startRecorder()
  runner = triggerRunner({ secretKey: 'tr_prod_only_for_tests', apiUrl: trigger.url }, jobs)
})
afterEach(() => trigger.close())

const PAYLOAD = { shop: 'a', order: 1 }

describe('a job that is dispatched', () => {
  it('is asked for by one request in Trigger.dev’s own format', async () => {
    await runner.dispatch('orders.send', PAYLOAD, { idempotencyKey: 'k', delayMs: 1_500 })
    expect(trigger.requests).toEqual([
      {
        method: 'POST',
        url: '/api/v1/tasks/orders.send/trigger',
        headers: expect.objectContaining({
          authorization: 'Bearer tr_prod_only_for_tests',
          'content-type': 'application/json',
          'trigger-version': '4.8.3',
          'x-trigger-api-version': '2025-07-16',
          'x-trigger-source': 'sdk',
          'x-trigger-request-idempotency-key': expect.stringMatching(/^[\da-f-]{36}$/),
        }),
        body: {
          payload: JSON.stringify({ json: PAYLOAD }),
          options: {
            concurrencyKey: 'a',
            delay: '2s',
            idempotencyKey: createHash('sha256').update('orders.send-k').digest('hex'),
            idempotencyKeyOptions: { key: 'orders.send-k', scope: 'global' },
            idempotencyKeyTTL: '300s',
            payloadSize: JSON.stringify({ json: PAYLOAD }).length,
            payloadType: 'application/super+json',
          },
        },
      },
    ])
  })

  it('is refused before anything is sent when it does not take its payload, or is not there', async () => {
    await expect(runner.dispatch('orders.send', { shop: 'a' })).rejects.toThrow(TypeError)
    await expect(runner.dispatch('orders.sweep', {})).rejects.toThrow('orders.sweep')
    expect(() => runner.trigger('orders.send')).toThrow('orders.send')
    expect(trigger.requests).toEqual([])
  })

  it('that Trigger.dev refuses is not asked for again', async () => {
    trigger.answer = { status: 401, body: { error: 'Invalid key' } }
    await expect(runner.dispatch('orders.send', PAYLOAD)).rejects.toMatchObject({ status: 401 })
    expect(trigger.requests).toHaveLength(1)
  })

  it('that Trigger.dev has no time for is asked for twice, as the same request', async () => {
    trigger.answer = { status: 503, body: {} }
    await expect(runner.dispatch('orders.send', PAYLOAD)).rejects.toMatchObject({ status: 503 })
    const ids = trigger.requests.map(({ headers }) => headers['x-trigger-request-idempotency-key'])
    expect(ids).toHaveLength(2)
    expect(new Set(ids).size).toBe(1)
  })

  it('fails when Trigger.dev is not there, or does not answer in time', async () => {
    trigger.answer = null
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const unanswered = runner.dispatch('orders.send', PAYLOAD)
    const refused = expect(unanswered).rejects.toThrow('did not say in time')
    await eventually(() => expect(trigger.requests.length).toBeGreaterThan(0))
    await vi.advanceTimersByTimeAsync(10_000)
    await refused
    vi.useRealTimers()
    await trigger.close()
    await expect(runner.dispatch('orders.send', PAYLOAD)).rejects.toThrow()
    trigger = await startRecorder()
  })
})

describe('a job with a schedule', () => {
  it('is asked for at once, together with those who ask within the second', async () => {
    runner.trigger('orders.sweep')
    await eventually(() => expect(trigger.requests.length).toBeGreaterThan(0))
    expect(trigger.requests).toMatchObject([
      {
        url: '/api/v1/tasks/orders.sweep/trigger',
        body: { options: { debounce: { key: 'orders.sweep', delay: '1s', maxDelay: '5s' } } },
      },
    ])
  })

  it('that Trigger.dev does not take is logged: it has its next time', async () => {
    const warn = vi.spyOn(log, 'warn').mockImplementation(() => {})
    trigger.answer = { status: 401, body: {} }
    runner.trigger('orders.sweep')
    await eventually(() => expect(warn.mock.calls.length).toBeGreaterThan(0))
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ job: 'orders.sweep' }), expect.any(String))
  })
})

it('a stop waits for what is being asked', async () => {
  const dispatched = runner.dispatch('orders.send', PAYLOAD)
  await runner.stop()
  expect(trigger.requests).toHaveLength(1)
  await dispatched
})
