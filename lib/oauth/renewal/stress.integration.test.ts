import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Connected, type Fleet, type Member, startFleet } from '@/test/fleet'

// Four processes on one Postgres renew tokens of five seconds, while apps call through them. The provider revokes the family
// of a refresh token that is used twice.

/** Three minutes of 200 credentials with `npm run test:stress`; else so much as tells of a mistake soon. */
const isFull = process.env.TEST_LENGTH === 'full'
const CREDENTIALS = isFull ? 200 : 40
const DURATION_MS = isFull ? 180_000 : 15_000
const LIFETIME_MS = 5_000
/** Renewed at the earliest with two fifths of the lifetime left; less what a busy machine's clocks differ by. */
const SOONEST_MS = LIFETIME_MS * 0.6 - 500
const CALLS_PER_SECOND = 40

let fleet: Fleet
let members: Member[]
let all: Connected[]

beforeAll(async () => {
  fleet = await startFleet()
  members = await Promise.all([1, 2, 3, 4].map(() => fleet.start()))
  fleet.provider.lifetimeSeconds = LIFETIME_MS / 1000
  all = await fleet.connect(members[0] as Member, CREDENTIALS, { renewAhead: true })
}, 120_000)
afterAll(() => fleet?.close())

const pick = <T>(list: readonly T[]) => list[Math.floor(Math.random() * list.length)] as T

/** Calls through any member with any credential, so many times a second, whether or not earlier ones have been answered. */
async function callFor(ms: number) {
  const answers: Record<string, number> = {}
  let worstMs = 0
  const calls: Promise<void>[] = []
  const call = async () => {
    const startedAt = performance.now()
    const { status, body } = await fleet.call(pick(members), pick(all))
    const what =
      status === 200 ? '200' : `${status} ${(body as { code?: string } | undefined)?.code ?? 'of the service'}`
    answers[what] = (answers[what] ?? 0) + 1
    worstMs = Math.max(worstMs, performance.now() - startedAt)
  }
  const end = performance.now() + ms
  while (performance.now() < end) {
    calls.push(call())
    await sleep(1000 / CALLS_PER_SECOND)
  }
  await Promise.all(calls)
  return { answers, calls: calls.length, worstMs: Math.round(worstMs) }
}

/** Every pause between two refreshes of one family. */
function pausesMs(): number[] {
  const lastMs = new Map<string, number>()
  return fleet.provider.refreshes.flatMap(({ grantId, atMs }) => {
    const before = lastMs.get(grantId)
    lastMs.set(grantId, atMs)
    return before === undefined ? [] : [atMs - before]
  })
}

it(
  'one refresh a lifetime, no family revoked, no call refused',
  async () => {
    for (const member of members) member.trigger('credentials.renew-due')
    const { answers, calls, worstMs } = await callFor(DURATION_MS)
    const { provider } = fleet
    const pauses = pausesMs()
    const figures = {
      calls,
      answers,
      worstMs,
      refreshes: provider.refreshes.length,
      answersOfProvider: provider.answers(),
      revoked: provider.revoked(),
      shortestPauseMs: Math.round(Math.min(...pauses)),
      longestPauseMs: Math.round(Math.max(...pauses)),
      families: new Set(provider.refreshes.map(({ grantId }) => grantId)).size,
    }
    if (isFull) process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`)
    expect(figures).toMatchObject({ revoked: 0, families: CREDENTIALS })
    // On a machine that is too busy a call may be told to come again. None is told that a key or a token is not good.
    const refused = Object.keys(answers).filter(
      (what) => !/^(200|503 (CREDENTIAL_BUSY|SERVICE_UNAVAILABLE))$/.test(what),
    )
    expect(refused, JSON.stringify(figures)).toEqual([])
    expect(Object.keys(figures.answersOfProvider)).toEqual(['200'])
    expect(figures.shortestPauseMs, JSON.stringify(figures)).toBeGreaterThan(SOONEST_MS)
    // With the time that a quiet machine has, none is late either: exactly one a lifetime.
    if (isFull) expect(figures.longestPauseMs, JSON.stringify(figures)).toBeLessThan(LIFETIME_MS)
    expect(provider.refreshes.length).toBeGreaterThan((CREDENTIALS * DURATION_MS) / (LIFETIME_MS * 2))
    // What is under way comes to its end when they stop.
    await Promise.all(members.map((member) => member.stop()))
    expect(members.map((member) => member.spooled())).toEqual([[], [], [], []])
    expect(provider.revoked()).toBe(0)
  },
  DURATION_MS + 60_000,
)
