import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Answer } from '@/test/api'
import { haltAnswers, haltClaimed, haltRequests, haltStoring } from '@/test/faults'
import { type Connected, type Fleet, type Member, startFleet } from '@/test/fleet'

// A database that can't be reached for a while, from each point of twenty renewals on. The provider revokes the family of a
// refresh token that is used twice.

const COUNT = 20
/** How long it is down: thirty seconds with `npm run test:stress`. */
const DOWN_MS = process.env.TEST_LENGTH === 'full' ? 30_000 : 1_000

let fleet: Fleet
let member: Member

beforeAll(async () => {
  fleet = await startFleet()
  member = await fleet.start({ pool: COUNT + 10 })
}, 60_000)
afterEach(() => {
  member.gate.open()
  fleet.provider.interfere(null)
})
afterAll(() => fleet?.close())

const each = <T>(value: T) => Array.from({ length: COUNT }, () => value)
const callAll = (all: readonly Connected[], by = member): Promise<Answer[]> =>
  Promise.all(all.map((one) => fleet.call(by, one)))
const statuses = (answers: Answer[]) => answers.map(({ status }) => status)
const told = async (all: readonly Connected[]) =>
  (await fleet.attempts(all)).map((attempts) => attempts.map(({ result }) => result))

/** All is well: the tokens that were got are stored, and they were got once. */
async function expectWell(all: readonly Connected[], story: string[]) {
  await member.holds(0)
  const granted = fleet.provider.refreshes.length
  expect(statuses(await callAll(all))).toEqual(each(200))
  expect(fleet.provider.refreshes).toHaveLength(granted)
  expect(await told(all)).toEqual(each(story))
  expect(await fleet.rows(all)).toEqual(
    each(expect.objectContaining({ version: 2, leaseUntil: null, refusedError: null, failingSince: null })),
  )
  expect(fleet.provider.revoked()).toBe(0)
}

describe('a database that is down', () => {
  it('before renewals are claimed, keeps the provider from being asked', async () => {
    const all = await fleet.connect(member, COUNT)
    const asked = fleet.provider.requests()
    member.gate.refuse()
    expect(statuses(await callAll(all))).toEqual(each(503))
    await sleep(DOWN_MS)
    member.gate.open()
    expect(fleet.provider.requests()).toBe(asked)
    expect(statuses(await callAll(all))).toEqual(each(200))
    await expectWell(all, ['renewed'])
  })

  it('once they are claimed, likewise, and the claims end by themselves', async () => {
    const all = await fleet.connect(member, COUNT)
    const asked = fleet.provider.requests()
    const halt = await haltClaimed(fleet, all)
    const answers = callAll(all)
    await halt.reached()
    member.gate.refuse()
    expect(statuses(await answers)).toEqual(each(503))
    await sleep(DOWN_MS)
    member.gate.open()
    await halt.proceed()
    expect(fleet.provider.requests()).toBe(asked)
    await fleet.endLeases()
    expect(statuses(await callAll(all))).toEqual(each(200))
    await expectWell(all, ['unknown', 'renewed'])
  })

  it('while the provider is asked, keeps no call from its answer', async () => {
    const all = await fleet.connect(member, COUNT)
    const halt = haltRequests(fleet.provider)
    const answers = callAll(all)
    await halt.reached(COUNT)
    member.gate.refuse()
    await halt.proceed()
    expect(statuses(await answers)).toEqual(each(200))
    expect(member.spooled()).toHaveLength(COUNT)
    await sleep(DOWN_MS)
    member.gate.open()
    await expectWell(all, ['renewed'])
  })

  it('once the provider has answered, likewise', async () => {
    const all = await fleet.connect(member, COUNT)
    const halt = haltAnswers(fleet.provider)
    const answers = callAll(all)
    await halt.reached(COUNT)
    member.gate.refuse()
    await halt.proceed()
    expect(statuses(await answers)).toEqual(each(200))
    await sleep(DOWN_MS)
    member.gate.open()
    await expectWell(all, ['renewed'])
  })

  it('while it stores the answers, likewise', async () => {
    const all = await fleet.connect(member, COUNT)
    const halt = await haltStoring(fleet)
    const answers = callAll(all)
    await halt.reached(COUNT)
    member.gate.refuse()
    expect(statuses(await answers)).toEqual(each(200))
    await sleep(DOWN_MS)
    await halt.proceed()
    member.gate.open()
    await expectWell(all, ['renewed'])
  })

  it('that hangs instead, and has the answers on the disk meanwhile', async () => {
    const all = await fleet.connect(member, COUNT)
    const halt = haltAnswers(fleet.provider)
    const answers = callAll(all)
    await halt.reached(COUNT)
    member.gate.shut()
    await halt.proceed()
    await member.holds(COUNT)
    await sleep(DOWN_MS)
    member.gate.open()
    expect(statuses(await answers)).toEqual(each(200))
    await expectWell(all, ['renewed'])
  })
})

it('renewals on one process’s disk are waited for by another that could renew', async () => {
  const other = await fleet.start()
  const all = await fleet.connect(member, COUNT)
  const granted = fleet.provider.refreshes.length
  const halt = haltAnswers(fleet.provider)
  const answers = callAll(all)
  await halt.reached(COUNT)
  member.gate.refuse()
  await halt.proceed()
  expect(statuses(await answers)).toEqual(each(200))
  // Long after: their leases have ended, and the other one finds them so.
  await fleet.endLeases({ isContested: false })
  const elsewhere = callAll(all, other)
  await fleet.contested(all)
  member.gate.open()
  expect(statuses(await elsewhere)).toEqual(each(200))
  expect(fleet.provider.refreshes).toHaveLength(granted + COUNT)
  await expectWell(all, ['renewed'])
})
