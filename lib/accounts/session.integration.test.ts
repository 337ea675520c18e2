import { encode } from '@auth/core/jwt'
import { eq, sql } from 'drizzle-orm'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { Database } from '@/db/client'
import { accounts, endedSessions, members, users } from '@/db/schema'
import { forEachDatabase } from '@/test/databases'
import { useRuntime } from '@/test/runtime'
import { getRuntime } from '../runtime'
import {
  decodeSession,
  encodeSession,
  endSession,
  isPasswordRecent,
  newSessionClaims,
  pruneEndedSessions,
  renewedSession,
  sessionCookie,
  sessionFromCookies,
} from './session'

const HOUR = 3_600_000
const START = new Date('2026-05-03T10:00:00Z').getTime()
const person = { userId: 'usr_1', accountId: 'acc_1', sessionVersion: 1 }

forEachDatabase('sessions', (open) => {
  let db: Database

  beforeAll(async () => {
    const database = await open()
    db = database.db
    useRuntime(database)
    await db.insert(accounts).values([
      { id: 'acc_1', name: 'Ana’s shop' },
      { id: 'acc_2', name: 'Another shop' },
    ])
    await db.insert(users).values({ id: 'usr_1', email: 'ana@example.com', name: 'Ana', passwordHash: '-' })
    await db.insert(members).values({ accountId: 'acc_1', userId: 'usr_1', role: 'admin' })
  })
  beforeEach(() => {
    // Only the clock: timers of the database drivers go on.
    vi.useFakeTimers({ toFake: ['Date'], now: START })
  })
  afterEach(async () => {
    vi.useRealTimers()
    await db.update(users).set({ sessionVersion: 1 })
  })

  const later = (ms: number) => vi.setSystemTime(START + ms)
  const find = (token: string, name = sessionCookie().name) => sessionFromCookies(`other=1; ${name}=${token}; more=2`)

  it('tells who is signed in, with what the database says now', async () => {
    const token = await encodeSession(newSessionClaims(person))
    expect(await find(token)).toEqual({
      id: expect.any(String),
      user: { id: 'usr_1', name: 'Ana', email: 'ana@example.com' },
      account: { id: 'acc_1', name: 'Ana’s shop' },
      role: 'admin',
      passwordGivenAt: new Date(START),
    })
  })

  it('ends after 12 hours without use', async () => {
    const token = await encodeSession(newSessionClaims(person))
    later(12 * HOUR - 1000)
    expect(await find(token)).not.toBeNull()
    later(12 * HOUR)
    expect(await find(token)).toBeNull()
  })

  it('goes on for 12 hours after each use, but never beyond 30 days', async () => {
    let token = await encodeSession(newSessionClaims(person))
    for (let hours = 11; hours < 30 * 24; hours += 11) {
      later(hours * HOUR)
      token = (await renewedSession(token)) ?? expect.fail(`not renewed after ${hours} hours`)
    }
    later(30 * 24 * HOUR - 1000)
    expect(await find(token)).not.toBeNull()
    later(30 * 24 * HOUR)
    expect(await find(token)).toBeNull()
    expect(await renewedSession(token)).toBeNull()
  })

  it('is made anew only when it is older than five minutes', async () => {
    const token = await encodeSession(newSessionClaims(person))
    later(299_000)
    expect(await renewedSession(token)).toBeNull()
    later(300_000)
    expect(await renewedSession(token)).not.toBeNull()
  })

  it('does not count as a password given when it is made anew', async () => {
    const token = await encodeSession(newSessionClaims(person))
    later(HOUR - 1000)
    const before = await find((await renewedSession(token)) ?? '')
    expect(before && isPasswordRecent(before)).toBe(true)
    later(HOUR)
    const after = await find((await renewedSession(token)) ?? '')
    expect(after && isPasswordRecent(after)).toBe(false)
  })

  it('ends at once when the session version is raised', async () => {
    const token = await encodeSession(newSessionClaims(person))
    await db.update(users).set({ sessionVersion: sql`session_version + 1` })
    expect(await find(token)).toBeNull()
  })

  it('ends at once when the person is no longer a member', async () => {
    const token = await encodeSession(newSessionClaims(person))
    await db.delete(members).where(eq(members.userId, 'usr_1'))
    expect(await find(token)).toBeNull()
    await db.insert(members).values({ accountId: 'acc_1', userId: 'usr_1', role: 'admin' })
  })

  it('is for the account that was signed in to', async () => {
    expect(await find(await encodeSession(newSessionClaims({ ...person, accountId: 'acc_2' })))).toBeNull()
  })

  it('stays ended when it was signed out, while others go on', async () => {
    const claims = newSessionClaims(person)
    const token = await encodeSession(claims)
    const elsewhere = await encodeSession(newSessionClaims(person))
    await endSession(db, claims)
    await endSession(db, claims)
    expect(await find(token)).toBeNull()
    later(HOUR)
    expect(await find((await renewedSession(token)) ?? '')).toBeNull()
    expect(await find(elsewhere)).not.toBeNull()
  })

  it('is remembered as ended until its cookie would have expired', async () => {
    await db.delete(endedSessions)
    const day = 24 * HOUR
    vi.useRealTimers()
    // By the database's clock.
    const startedAt = (daysAgo: number) => Math.floor((Date.now() - daysAgo * day) / 1000)
    await endSession(db, { ...newSessionClaims(person), startedAt: startedAt(29) })
    await endSession(db, { ...newSessionClaims(person), startedAt: startedAt(31) })
    await pruneEndedSessions(db)
    expect(await db.$count(endedSessions)).toBe(1)
  })

  it('believes no cookie that it did not make', async () => {
    const claims = newSessionClaims(person)
    const token = await encodeSession(claims)
    const salt = sessionCookie().name
    const secret = getRuntime().authSecret
    const forged = {
      altered: `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`,
      'of another secret': await encode({ token: claims, secret: `${secret}!`, salt }),
      'of another use of the secret': await encode({ token: claims, secret, salt: 'other' }),
      'without claims': await encode({ token: { sub: 'usr_1' }, secret, salt }),
      empty: '',
      'not a token': 'a.b.c',
      'of an algorithm of the sender’s': `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify(claims))}.`,
    }
    for (const [what, value] of Object.entries(forged)) expect(await find(value), what).toBeNull()
    expect(await find(token, 'another')).toBeNull()
    expect(await sessionFromCookies(undefined)).toBeNull()
    expect(await sessionFromCookies('')).toBeNull()
    expect(await decodeSession(token)).toMatchObject(claims)
  })
})

it('has a cookie that only this host can set, over https', () => {
  expect(sessionCookie('https://fenicia.example.com')).toEqual({
    name: '__Host-fenicia_session',
    options: { httpOnly: true, sameSite: 'lax', path: '/', secure: true },
  })
  expect(sessionCookie('http://localhost:3000')).toEqual({
    name: 'fenicia_session',
    options: { httpOnly: true, sameSite: 'lax', path: '/', secure: false },
  })
})
