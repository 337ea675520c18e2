import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '@/db/client'
import { isEgressError } from '../../egress/errors'
import { isRefusal } from '../../errors'
import { log } from '../../log'
import { isOAuthError } from '../errors'
import { type DueRenewal, findDue, nextDueInMs } from './due'

/** Renewals that a sweep has under way at once, in all and at one token endpoint: one that hangs leaves room for others. */
const AT_ONCE = 24
const AT_ONCE_PER_ENDPOINT = 8
/**
 * Renewals that do something here, rather than wait for a token endpoint, when one more is begun: what they do is the
 * database's work and this process's, and more of it at once delays whoever else wants something of them, and nothing is
 * done sooner.
 */
const AT_WORK = 2
/**
 * While others want something of this process, one renewal begins no sooner than so long after the one before: together they
 * take a fiftieth of its time then, and even of a hundred requests that wait for nothing else the slowest is hardly slower.
 */
const PAUSE_MS = 250
/** What has waited for this share of the time that was left until its tokens end is renewed whoever else wants something, ... */
const URGENT_SHARE = 0.5
/** ... as is what ends so soon that a slow token endpoint could be late, ... */
const URGENT_LEFT_MS = 3_000
/** ... and at the latest after so long; where nobody knows their end, after a minute. */
const URGENT_MS = 5 * 60_000
const URGENT_UNKNOWN_MS = 60_000
/** How many are looked up at a time. */
const BATCH = 200
/**
 * What became due since all was looked up is looked up after so long: not whenever one renewal is done, and also while all
 * that was begun hangs.
 */
const LOOK_AGAIN_MS = 500
/** The same while others are left room: what becomes due meanwhile may be more urgent than all that waits. */
const LOOK_WHILE_BUSY_MS = 2_000
/** Tokens that are due soon are waited for, but not longer than this before the database is asked anew what is due. */
const MAX_WAIT_MS = 5_000

export interface SweepOptions {
  db: Database
  /** Renews one, if it is still due; tells when it waits for the token endpoint. */
  renew: (due: DueRenewal, waiting: Waiting) => Promise<boolean>
  signal?: AbortSignal
  /** How long to go on with what becomes due meanwhile. What still waits for others' sake then is left to the next sweep. */
  forMs?: number
  /** Whether others want something of this process, so that they are left room. */
  isBusy?: () => boolean
}

/** What waits for its turn, and from when on it does not wait for others' sake, by this process's clock. */
type Queued = DueRenewal & { urgentAt: number }

/** Told when a renewal begins to wait for a token endpoint, and when it has its answer. */
export interface Waiting {
  begin(): void
  end(): void
}

export interface SweepResult {
  renewed: number
  failed: number
}

/**
 * Renews what is due, and what becomes due within a time: a minute's schedule would come late for tokens that last a minute.
 * May run on any number of instances at the same time. A renewal that fails is written down by itself and keeps no other.
 */
export async function sweepDue({
  db,
  renew,
  signal,
  forMs = 0,
  isBusy = () => false,
}: SweepOptions): Promise<SweepResult> {
  const end = performance.now() + forMs
  const result = { renewed: 0, failed: 0 }
  const done = new Set<string>()
  while (!signal?.aborted) {
    const before = result.renewed
    await renewAll({ db, renew, signal, isBusy, end }, result, done)
    const leftMs = end - performance.now()
    if (leftMs <= 0) break
    const nextMs = await nextDueInMs(db)
    if (nextMs === null || nextMs > leftMs) break
    // What is still due is another instance's, or waits for its endpoint, or can't be renewed: asking at once changes nothing.
    const waitMs = Math.min(MAX_WAIT_MS, result.renewed === before ? Math.max(nextMs, 1_000) : nextMs)
    await sleep(waitMs, undefined, { signal }).catch(() => {})
  }
  return result
}

interface Pacing {
  isBusy: () => boolean
  /** From when on nothing waits here for others' sake, by `performance.now()`. */
  end: number
}

/**
 * Renews all that is due now, in the order in which it is found, passing over those whose endpoint is busy.
 * @param done what was renewed in this sweep: where that is done elsewhere, it stays due for a while
 */
async function renewAll(
  { db, renew, signal, isBusy, end }: Pick<SweepOptions, 'db' | 'renew' | 'signal'> & Pacing,
  result: SweepResult,
  done: Set<string>,
): Promise<void> {
  const running = new Map<string, Promise<void>>()
  const perEndpoint = new Map<string, number>()
  /** With the time that each was due: what has failed is due anew, also while others hang. */
  const seen = new Set<string>()
  let queue: Queued[] = []
  let startedAt = Number.NEGATIVE_INFINITY
  let seenAgain = 0
  let lookAt = 0
  let lookedAt = 0
  let isResting = false
  let atWork = 0
  let wake = () => {}

  const endpointOf = (due: DueRenewal) => due.endpoint ?? keyOf(due)
  const start = (due: DueRenewal) => {
    const key = keyOf(due)
    const endpoint = endpointOf(due)
    perEndpoint.set(endpoint, (perEndpoint.get(endpoint) ?? 0) + 1)
    atWork += 1
    startedAt = performance.now()
    const waiting = {
      begin: () => {
        atWork -= 1
        wake()
      },
      // Whatever is begun meanwhile: an answer is stored at once.
      end: () => {
        atWork += 1
      },
    }
    const work = renewOne((each) => renew(each, waiting), due, result, done).finally(() => {
      atWork -= 1
      running.delete(key)
      perEndpoint.set(endpoint, (perEndpoint.get(endpoint) ?? 1) - 1)
    })
    running.set(key, work)
  }
  const hasRoom = (due: DueRenewal) => (perEndpoint.get(endpointOf(due)) ?? 0) < AT_ONCE_PER_ENDPOINT
  /** What is begun next: the first that is urgent, else the first. */
  const findNext = () => {
    if (running.size >= AT_ONCE || atWork >= AT_WORK || signal?.aborted) return -1
    const now = performance.now()
    const urgent = queue.findIndex((due) => due.urgentAt <= now && hasRoom(due))
    return urgent >= 0 ? urgent : queue.findIndex(hasRoom)
  }
  /** How long it waits for the sake of others. */
  const pauseMs = (at: number) => {
    const now = performance.now()
    if ((queue[at]?.urgentAt ?? 0) <= now || !isBusy()) return 0
    return Math.max(0, startedAt + PAUSE_MS - now)
  }

  for (;;) {
    const mayLook = performance.now() >= lookAt || running.size + queue.length === 0
    const wantsMore =
      queue.length < BATCH / 2 ||
      (isResting && queue.length < BATCH * 2 && performance.now() >= lookedAt + LOOK_WHILE_BUSY_MS)
    if (!signal?.aborted && mayLook && running.size < AT_ONCE && wantsMore) {
      const limit = BATCH + seenAgain
      const found = await findDue(db, limit)
      lookedAt = performance.now()
      lookAt = found.length < limit ? lookedAt + LOOK_AGAIN_MS : 0
      const begun = new Set([...running.keys(), ...queue.map(keyOf)])
      const fresh = found.filter((due) => !seen.has(timeOf(due)) && !done.has(timeOf(due)) && !begun.has(keyOf(due)))
      seenAgain = found.length - fresh.length
      for (const due of fresh) seen.add(timeOf(due))
      queue = queue.concat(fresh.map((due) => ({ ...due, urgentAt: lookedAt + urgentInMs(due) })))
    }
    let at = findNext()
    let pause = 0
    for (; at >= 0; at = findNext()) {
      pause = pauseMs(at)
      if (pause > 0) break
      for (const due of queue.splice(at, 1)) start(due)
    }
    isResting = pause > 0
    if (isResting && performance.now() >= end) queue = []
    if (running.size === 0 && (at < 0 || queue.length === 0)) return
    const woken = new Promise<void>((resolve) => {
      wake = resolve
    })
    const resting = setTimeout(() => wake(), at < 0 ? LOOK_AGAIN_MS : pause)
    await Promise.race([woken, ...running.values()])
    clearTimeout(resting)
  }
}

/** In how many milliseconds a renewal that is due now is not to wait for others' sake any more. */
function urgentInMs({ overdueMs, slackMs }: DueRenewal): number {
  const waitMs =
    slackMs === null ? URGENT_UNKNOWN_MS : Math.min(URGENT_MS, slackMs * URGENT_SHARE, slackMs - URGENT_LEFT_MS)
  return waitMs - overdueMs
}

/** Renews one; what becomes of it is counted, and thrown by none. */
async function renewOne(
  renew: (due: DueRenewal) => Promise<boolean>,
  due: DueRenewal,
  result: SweepResult,
  done: Set<string>,
): Promise<void> {
  try {
    if (!(await renew(due))) return
    result.renewed += 1
    done.add(timeOf(due))
  } catch (error) {
    result.failed += 1
    if (!isExpected(error)) log.error({ err: error, credential: due.ownerId }, 'A renewal failed unexpectedly')
  }
}

function keyOf({ accountId, ownerId }: DueRenewal): string {
  return `${accountId} ${ownerId}`
}

function timeOf(due: DueRenewal): string {
  return `${keyOf(due)} ${due.renewAt}`
}

/** Failures that the attempt's own row tells of, or a credential that is gone. */
function isExpected(error: unknown): boolean {
  return isOAuthError(error) || isEgressError(error) || isRefusal(error)
}
