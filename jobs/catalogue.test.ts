import { readFileSync } from 'node:fs'
import { Cron } from 'croner'
import { expect, it } from 'vitest'
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
