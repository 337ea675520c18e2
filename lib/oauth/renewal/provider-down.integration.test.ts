import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Answer } from '@/test/api'
import { breakOff, haltAnswers } from '@/test/faults'
import { type Connected, type Fleet, type Member, startFleet } from '@/test/fleet'

// Token endpoints that misbehave, and clocks that are wrong, with twenty renewals at once. The provider revokes the family of
// a refresh token that is used twice.

const COUNT = 20
/** With `npm run test:stress`. */
const isFull = process.env.TEST_LENGTH === 'full'
// Twice as long as a token call may take.
const itTakesLong = isFull ? it : undefined

let fleet: Fleet
let member: Member

beforeAll(async () => {
  fleet = await startFleet()
  member = await fleet.start()
}, 60_000)
afterAll(() => fleet?.close())
beforeEach(() => fleet.provider.interfere(null))

const each = <T>(value: T) => Array.from({ length: COUNT }, () => value)
const callAll = (all: readonly Connected[], by = member): Promise<Answer[]> =>
  Promise.all(all.map((one) => fleet.call(by, one)))
const statuses = async (answers: Promise<Answer[]>) => (await answers).map(({ status }) => status)
const codes = async (answers: Promise<Answer[]>) => (await answers).map(({ body }) => (body as { code: string }).code)
const told = async (all: readonly Connected[]) =>
  (await fleet.attempts(all)).map((attempts) => attempts.map(({ result, status, error }) => [result, status ?? error]))

/** What it answers instead of tokens; nothing is done for who asks. */
const instead = (answer: (response: ServerResponse) => void) => () =>
  fleet.provider.interfere((_request, response) => {
    answer(response)
    return true
  })
const html = (status: number) =>
  instead((response) =>
    response.writeHead(status, { 'content-type': 'text/html' }).end('<html>Down for maintenance</html>'),
  )

describe('a token endpoint that', () => {
  it.each<[what: string, how: () => void, code: string, told: unknown]>([
    ['answers 500', instead((response) => response.writeHead(500).end()), 'CREDENTIAL_BUSY', ['retrying', 500]],
    [
      'answers 503 and when to come back',
      instead((response) => response.writeHead(503, { 'retry-after': '30' }).end()),
      'CREDENTIAL_BUSY',
      ['retrying', 503],
    ],
    ['answers 502 with a page', html(502), 'CREDENTIAL_BUSY', ['retrying', 502]],
    ['answers 200 with a page', html(200), 'CREDENTIAL_REFUSED', ['retrying', 200]],
    [
      'gives half an answer, of nothing that it has done',
      instead((response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': 500 })
        response.write('{"access_token":"at-', () => response.destroy())
      }),
      'CREDENTIAL_BUSY',
      ['unknown', 'protocol'],
    ],
    [
      'closes the connection',
      instead((response) => response.destroy()),
      'CREDENTIAL_BUSY',
      ['unknown', 'connection_reset'],
    ],
  ])('%s takes nothing with it', async (_, how, code, first) => {
    const all = await fleet.connect(member, COUNT)
    how()
    expect(await codes(callAll(all))).toEqual(each(code))
    const asked = fleet.provider.requests()
    // Calls that come at once don't ask it again.
    await fleet.lingers()
    expect(await codes(callAll(all))).toEqual(each('CREDENTIAL_BUSY'))
    expect(fleet.provider.requests()).toBe(asked)
    fleet.provider.interfere(null)
    await fleet.cool()
    expect(await statuses(callAll(all))).toEqual(each(200))
    expect(await told(all)).toEqual(each([first, ['renewed', null]]))
    expect(await fleet.rows(all)).toEqual(
      each(expect.objectContaining({ version: 2, refusedError: null, failingSince: null, leaseUntil: null })),
    )
    expect(fleet.provider.revoked()).toBe(0)
    expect(member.spooled()).toEqual([])
  })

  it('is slow is waited for', async () => {
    const all = await fleet.connect(member, COUNT)
    const halt = haltAnswers(fleet.provider)
    const answers = callAll(all)
    await halt.reached(COUNT)
    setTimeout(halt.proceed, isFull ? 20_000 : 1_500)
    expect(await statuses(answers)).toEqual(each(200))
    expect(await told(all)).toEqual(each([['renewed', null]]))
  }, 60_000)

  itTakesLong?.(
    'hangs is waited for no longer than a lease lasts',
    async () => {
      const all = await fleet.connect(member, COUNT)
      instead(() => {})()
      expect(await statuses(callAll(all))).toEqual(each(503))
      expect(await told(all)).toEqual(each([['unknown', 'timeout_headers']]))
      fleet.provider.interfere(null)
      await fleet.cool()
      expect(await statuses(callAll(all))).toEqual(each(200))
    },
    90_000,
  )
})

describe('a clock that is wrong by five minutes', () => {
  it('ahead or behind, makes no difference to who renews, and when', async () => {
    fleet.provider.lifetimeSeconds = 60
    const [ahead, behind] = await Promise.all([fleet.start({ clockMs: 300_000 }), fleet.start({ clockMs: -300_000 })])
    for (const [first, second] of [
      [ahead, behind],
      [behind, ahead],
    ] as const) {
      const all = await fleet.connect(first, COUNT)
      const granted = fleet.provider.refreshes.length
      const halt = haltAnswers(fleet.provider)
      const answers = [callAll(all, first), callAll(all, second), callAll(all, member)]
      await halt.reached(COUNT)
      // Nobody takes the lease of who holds it for one that has ended.
      setTimeout(halt.proceed, 1_000)
      for (const each200 of answers) expect(await statuses(each200)).toEqual(each(200))
      for (const by of [first, second, member]) expect(await statuses(callAll(all, by))).toEqual(each(200))
      expect(fleet.provider.refreshes).toHaveLength(granted + COUNT)
      for (const { obtainedAt, expiresAt } of await fleet.rows(all)) {
        const leftMs = (expiresAt?.getTime() ?? 0) - Date.now()
        expect(leftMs).toBeGreaterThan(30_000)
        expect(leftMs).toBeLessThanOrEqual(60_000)
        expect(Math.abs((expiresAt?.getTime() ?? 0) - (obtainedAt?.getTime() ?? 0) - 60_000)).toBeLessThan(5_000)
      }
      expect(await told(all)).toEqual(each([['renewed', null]]))
    }
    expect(fleet.provider.revoked()).toBe(0)
    fleet.provider.lifetimeSeconds = 3_600
  }, 60_000)
})

// The last test: the families are lost. No client can do better where a refresh token is used once.
it('a token endpoint that gives half an answer of what it has done is told as it was', async () => {
  const all = await fleet.connect(member, COUNT)
  breakOff(fleet.provider)
  expect(await codes(callAll(all))).toEqual(each('CREDENTIAL_BUSY'))
  fleet.provider.interfere(null)
  await fleet.cool()
  expect(await codes(callAll(all))).toEqual(each('CREDENTIAL_REFUSED'))
  for (const [lost, refused] of await fleet.attempts(all)) {
    expect([lost?.result, refused?.result]).toEqual(['unknown', 'refused'])
    expect(refused?.detail).toContain(`The answer to the renewal of ${lost?.startedAt.toISOString()} was lost`)
  }
  expect(fleet.provider.revoked()).toBe(COUNT)
})
