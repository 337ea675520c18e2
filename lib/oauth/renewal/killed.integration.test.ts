import { and, eq, inArray } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { outboxEvents } from '@/db/schema'
import { haltAnswers, haltClaimed, haltRequests, haltStoring } from '@/test/faults'
import { type Connected, type Fleet, type Member, startFleet } from '@/test/fleet'

// A process that is killed while it renews, at each point of a renewal. Twenty are at that point each time; the provider
// revokes the family of a refresh token that is used twice.

const COUNT = 20

let fleet: Fleet
let member: Member

beforeAll(async () => {
  fleet = await startFleet()
  await start()
}, 60_000)
afterAll(() => fleet?.close())

/** The process that is killed next, with what the last one left on its disk. */
async function start(): Promise<void> {
  member = await fleet.start({ name: 'data', pool: COUNT + 10 })
}

/** What a kill leaves behind is undone by whatever this answers. */
type Kill = (all: readonly Connected[]) => Promise<(() => Promise<void> | void) | undefined>

/** Has all renewed at once, kills the process at the point, and starts the next one. */
async function killAt(kill: Kill): Promise<Connected[]> {
  const all = await fleet.connect(member, COUNT)
  const before = fleet.provider.revoked()
  const undo = await kill(all)
  await member.kill()
  fleet.provider.interfere(null)
  await undo?.()
  await start()
  expect(fleet.provider.revoked()).toBe(before)
  return all
}

const beginRenewing = (all: readonly Connected[]) => {
  for (const one of all) fleet.call(member, one).catch(() => {})
}
const statuses = (all: readonly Connected[]) =>
  Promise.all(all.map(async (one) => (await fleet.call(member, one)).status))
const each = <T>(value: T) => Array.from({ length: COUNT }, () => value)
const told = async (all: readonly Connected[]) =>
  (await fleet.attempts(all)).map((attempts) => attempts.map(({ result }) => result))

it.each<[string, Kill]>([
  [
    'after the claim, before the provider was asked',
    async (all) => {
      const halt = await haltClaimed(fleet, all)
      beginRenewing(all)
      await halt.reached()
      return halt.proceed
    },
  ],
  [
    'while the provider has done nothing yet',
    async (all) => {
      const halt = haltRequests(fleet.provider)
      beginRenewing(all)
      await halt.reached(COUNT)
      return halt.drop
    },
  ],
])('killed %s, nothing is lost', async (_, kill) => {
  const granted = fleet.provider.refreshes.length
  const all = await killAt(kill)
  expect(fleet.provider.refreshes).toHaveLength(granted)
  await fleet.endLeases()
  expect(await statuses(all)).toEqual(each(200))
  expect(fleet.provider.refreshes).toHaveLength(granted + COUNT)
  expect(await told(all)).toEqual(each(['unknown', 'renewed']))
  expect(fleet.provider.revoked()).toBe(0)
})

it.each<[string, Kill]>([
  [
    'after the answer, which the database did not take',
    async (all) => {
      const halt = haltAnswers(fleet.provider)
      beginRenewing(all)
      await halt.reached(COUNT)
      member.gate.shut()
      halt.proceed()
      await member.holds(COUNT)
      return member.gate.cut
    },
  ],
  [
    'in the middle of the transaction that stores the answer',
    async (all) => {
      const halt = await haltStoring(fleet)
      beginRenewing(all)
      await halt.reached(COUNT)
      await member.holds(COUNT)
      return halt.proceed
    },
  ],
])('killed %s, the next process brings what was got', async (_, kill) => {
  const granted = fleet.provider.refreshes.length
  const all = await killAt(kill)
  expect(member.spooled()).toEqual([])
  expect(await fleet.rows(all)).toEqual(each(expect.objectContaining({ version: 2, leaseUntil: null })))
  expect(await statuses(all)).toEqual(each(200))
  expect(fleet.provider.refreshes).toHaveLength(granted + COUNT)
  expect(await told(all)).toEqual(each(['renewed']))
  expect(fleet.provider.revoked()).toBe(0)
})

// The one window that no client can close. The last test: the families are lost.
it('killed after the provider has replaced the refresh token, before its answer came, people are told so', async () => {
  const all = await killAt(async (them) => {
    const halt = haltAnswers(fleet.provider)
    beginRenewing(them)
    await halt.reached(COUNT)
    return undefined
  })
  await fleet.endLeases()
  expect(await statuses(all)).toEqual(each(502))
  expect(await fleet.rows(all)).toEqual(
    each(expect.objectContaining({ version: 1, refusedError: 'invalid_grant', renewAt: null, leaseUntil: null })),
  )
  expect(await told(all)).toEqual(each(['unknown', 'refused']))
  for (const [cutOff, refused] of await fleet.attempts(all)) {
    expect(refused?.detail).toContain(`The renewal of ${cutOff?.startedAt.toISOString()} was cut off`)
  }
  const events = and(
    inArray(
      outboxEvents.subjectId,
      all.map(({ id }) => id),
    ),
    eq(outboxEvents.kind, 'credential.reauthorization_required'),
  )
  expect(await fleet.db.$count(outboxEvents, events)).toBe(COUNT)
  expect(fleet.provider.revoked()).toBe(COUNT)
  expect(member.spooled()).toEqual([])
})
