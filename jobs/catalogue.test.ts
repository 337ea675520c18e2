import { readFileSync } from 'node:fs'
import { Cron } from 'croner'
import { expect, it, vi } from 'vitest'
import type { Runtime } from '@/lib/runtime'
import { catalogue } from './catalogue'
import { isScheduled } from './job'

it.each(catalogue.filter(isScheduled).map(({ id, cron }) => [id, cron]))(
  '%s has a schedule of five fields that comes: %s',
  (_id, cron) => {
    expect(new Cron(cron, { mode: '5-part', timezone: 'UTC', paused: true }).nextRun()).toBeInstanceOf(Date)
  },
)

it.each(catalogue.map((job) => [job.id, job] as const))(
  '%s is named after its domain, and has limits that Trigger.dev takes',
  (id, job) => {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/)
    expect(job.maxDurationSeconds).toBeGreaterThanOrEqual(5)
    expect(job.retry.maxAttempts).toBeGreaterThanOrEqual(1)
  },
)

it('are all told of in the documentation, and no others', () => {
  const told = readFileSync('docs/jobs.md', 'utf8').matchAll(/^\| `([a-z-]+\.[a-z-]+)` \|/gm)
  expect([...told].map(([, id]) => id).sort()).toEqual(catalogue.map(({ id }) => id).sort())
})

it('jobs that share a queue agree on its limit', () => {
  const limits = new Map<string, number>()
  for (const job of catalogue) {
    if (isScheduled(job)) continue
    const { name, concurrencyLimit } = job.queue
    expect(limits.get(name) ?? concurrencyLimit).toBe(concurrencyLimit)
    limits.set(name, concurrencyLimit)
  }
})

it('the digest of a month comes though nothing runs on its first day', () => {
  const digest = catalogue.find(({ id }) => id === 'review.digest')
  if (!digest || !isScheduled(digest)) throw new Error('There is no such job')
  const next = new Cron(digest.cron, { mode: '5-part', timezone: 'UTC', paused: true }).nextRun('2027-03-01T09:00:00Z')
  expect(next?.toISOString()).toBe('2027-03-02T08:00:00.000Z')
})

it('a renewal that is still due is asked of Trigger.dev once a minute: a run may have met the lease of a dead worker', async () => {
  const due = { accountId: 'acc_1', ownerId: 'cred_1', endpoint: null, renewAt: '2026-01-01 00:00:00+00', overdueMs: 0 }
  const dispatch = vi.fn(async (_id: string, _payload: unknown, _options: { idempotencyKey: string }) => {})
  const runtime = {
    config: { trigger: {} },
    database: { db: { execute: async () => ({ rows: [due] }) } },
    activity: { isBusy: () => false },
    jobs: { dispatch },
  } as unknown as Runtime
  const sweep = catalogue.find(({ id }) => id === 'credentials.renew-due')
  if (!sweep || !isScheduled(sweep)) throw new Error('There is no such job')
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    for (const at of ['00:00:01', '00:00:59', '00:01:00']) {
      vi.setSystemTime(`2026-01-01T${at}Z`)
      await sweep.run(runtime, undefined, { signal: new AbortController().signal, attempt: 1, log: vi.fn() as never })
    }
  } finally {
    vi.useRealTimers()
  }
  const [first, again, next] = dispatch.mock.calls.map(([, , { idempotencyKey }]) => idempotencyKey)
  expect(again).toBe(first)
  expect(next).not.toBe(first)
})
