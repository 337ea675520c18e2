import { encode } from '@auth/core/jwt'
import { eq, sql } from 'drizzle-orm'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { Database } from '@/db/client'
import { accounts, members, sessions, users } from '@/db/schema'
import { forEachDatabase } from '@/test/databases'
import { auditLog, claimsOf, SOMEWHERE, tokenOf } from '@/test/people'
import { useRuntime } from '@/test/runtime'
import { getRuntime } from '../runtime'
import { permissionsOf } from './permissions'
import { findSession, isPasswordRecent, pruneSessions, sessionFromCookies } from './session'
import { decodeSession, encodeSession, renewedSession, sessionCookie } from './session-claims'
import { endSession, listSessions, signOut } from './signed-in'

const HOUR = 3_600_000
const START = new Date('2026-05-03T10:00:00Z').getTime()
const person = { userId: 'usr_1', accountId: 'acc_1' }

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
    const token = await tokenOf(db, person)
    expect(await find(token)).toEqual({
      id: expect.any(String),
      user: { id: 'usr_1', name: 'Ana', email: 'ana@example.com' },
      account: { id: 'acc_1', name: 'Ana’s shop' },
      role: 'admin',
      customRole: null,
      permissions: permissionsOf('admin'),
      method: 'password',
      passwordGivenAt: new Date(START),
      lacksSecondFactor: false,
    })
  })

  it('ends after 12 hours without use', async () => {
    const token = await tokenOf(db, person)
    later(12 * HOUR - 1000)
    expect(await find(token)).not.toBeNull()
    later(12 * HOUR)
    expect(await find(token)).toBeNull()
  })

  it('goes on for 12 hours after each use, but never beyond 30 days', async () => {
    let token = await tokenOf(db, person)
    for (let hours = 11; hours < 30 * 24; hours += 11) {
      later(hours * HOUR)
      token = (await renewedSession(token, true)) ?? expect.fail(`not renewed after ${hours} hours`)
    }
    later(30 * 24 * HOUR - 1000)
    expect(await find(token)).not.toBeNull()
    later(30 * 24 * HOUR)
    expect(await find(token)).toBeNull()
    expect(await renewedSession(token, true)).toBeNull()
  })

  it('is made anew only when it is older than five minutes', async () => {
    const token = await tokenOf(db, person)
    later(299_000)
    expect(await renewedSession(token, true)).toBeNull()
    later(300_000)
    expect(await renewedSession(token, true)).not.toBeNull()
  })

  it('does not count as a password given when it is made anew', async () => {
    const token = await tokenOf(db, person)
    later(HOUR - 1000)
    const before = await find((await renewedSession(token, true)) ?? '')
    expect(before && isPasswordRecent(before)).toBe(true)
    later(HOUR)
    const after = await find((await renewedSession(token, true)) ?? '')
    expect(after && isPasswordRecent(after)).toBe(false)
  })

  it('ends at once when the session version is raised', async () => {
    const token = await tokenOf(db, person)
    await db.update(users).set({ sessionVersion: sql`session_version + 1` })
    expect(await find(token)).toBeNull()
  })

  it('ends at once when the person is no longer a member', async () => {
    const token = await tokenOf(db, person)
    await db.delete(members).where(eq(members.userId, 'usr_1'))
    expect(await find(token)).toBeNull()
    await db.insert(members).values({ accountId: 'acc_1', userId: 'usr_1', role: 'admin' })
  })

  it('is for the account that was signed in to', async () => {
    expect(await find(await tokenOf(db, { ...person, accountId: 'acc_2' }))).toBeNull()
  })

  const sessionOf = async (token: string) => (await find(token)) ?? expect.fail('There is no session')

  it('stays ended when it was signed out, while others go on', async () => {
    const token = await tokenOf(db, person)
    const elsewhere = await tokenOf(db, person)
    const claims = (await decodeSession(token)) ?? expect.fail('There is no session')
    await signOut(db, claims, SOMEWHERE)
    await signOut(db, claims, SOMEWHERE)
    expect(await find(token)).toBeNull()
    later(HOUR)
    expect(await find((await renewedSession(token, true)) ?? '')).toBeNull()
    expect(await find(elsewhere)).not.toBeNull()
    const events = (await auditLog(db, 'acc_1')).filter(({ action }) => action === 'user.signed_out')
    expect(events).toMatchObject([{ actorId: 'usr_1', targetId: 'usr_1' }])
  })

  it('is ended by its cookie though its person is no longer a member, and by no cookie of another’s', async () => {
    const claims = await claimsOf(db, person)
    await db.delete(members).where(eq(members.userId, 'usr_1'))
    const endedAt = async () => (await db.select().from(sessions).where(eq(sessions.id, claims.sid)))[0]?.endedAt
    await signOut(db, { ...claims, sub: 'usr_2' }, SOMEWHERE)
    expect(await endedAt()).toBeNull()
    await signOut(db, claims, SOMEWHERE)
    expect(await endedAt()).not.toBeNull()
    await db.insert(members).values({ accountId: 'acc_1', userId: 'usr_1', role: 'admin' })
    // Invited again, nobody gets in with a copy of it.
    expect(await find(await encodeSession(claims))).toBeNull()
  })

  it('is none without its row, such as one that was made before there were rows', async () => {
    const claims = await claimsOf(db, person)
    await db.delete(sessions).where(eq(sessions.id, claims.sid))
    expect(await find(await encodeSession(claims))).toBeNull()
  })

  it('is listed with where and how it began, until it ends, is idle or over', async () => {
    await db.delete(sessions)
    const token = await tokenOf(db, person, 'password_code')
    const other = await claimsOf(db, person)
    await db
      .update(sessions)
      .set({ startedAt: sql`now() - interval '1 hour'`, lastSeenAt: sql`now() - interval '1 hour'` })
      .where(eq(sessions.id, other.sid))
    for (const change of [
      { endedAt: sql`now()` },
      { lastSeenAt: sql`now() - interval '13 hours'` },
      { startedAt: sql`now() - interval '31 days'` },
    ]) {
      await db
        .update(sessions)
        .set(change)
        .where(eq(sessions.id, (await claimsOf(db, person)).sid))
    }
    const session = await sessionOf(token)
    expect(await listSessions(db, session)).toMatchObject([
      { id: session.id, isThis: true, method: 'password_code', address: '203.0.113.7', browser: null },
      { id: other.sid, isThis: false, method: 'password' },
    ])
  })

  it('is ended by its person from another one, and by nobody else', async () => {
    await db.insert(users).values({ id: 'usr_2', email: 'ben@example.com', name: 'Ben', passwordHash: '-' })
    await db.insert(members).values({ accountId: 'acc_1', userId: 'usr_2', role: 'owner' })
    const token = await tokenOf(db, person)
    const { id } = await sessionOf(token)
    const ben = await sessionOf(await tokenOf(db, { ...person, userId: 'usr_2' }))
    await expect(endSession(db, ben, id, SOMEWHERE)).rejects.toMatchObject({ code: 'not_found' })
    expect((await listSessions(db, ben)).map((place) => place.id)).toEqual([ben.id])
    const here = await sessionOf(await tokenOf(db, person))
    await endSession(db, here, id, SOMEWHERE)
    expect(await find(token)).toBeNull()
    await expect(endSession(db, here, id, SOMEWHERE)).rejects.toMatchObject({ code: 'not_found' })
    const events = (await auditLog(db, 'acc_1')).filter(({ action }) => action === 'user.session_ended')
    expect(events).toMatchObject([{ actorId: 'usr_1', details: { address: '203.0.113.7' } }])
  })

  it('notes its last use every five minutes at most', async () => {
    const claims = await claimsOf(db, person)
    const seenAgo = async (minutes: number) => {
      await db
        .update(sessions)
        .set({ lastSeenAt: sql`now() - ${minutes} * interval '1 minute'` })
        .where(eq(sessions.id, claims.sid))
      await findSession(db, claims)
      const [row] = await db
        .select({ age: sql<number>`extract(epoch from now() - ${sessions.lastSeenAt})::int` })
        .from(sessions)
        .where(eq(sessions.id, claims.sid))
      return row?.age ?? 0
    }
    expect(await seenAgo(4)).toBeGreaterThanOrEqual(240)
    expect(await seenAgo(6)).toBeLessThan(60)
  })

  it('is forgotten a day after it ended, or when its cookie has expired', async () => {
    await db.delete(sessions)
    const changed = async (change: Record<string, unknown>) => {
      const { sid } = await claimsOf(db, person)
      await db.update(sessions).set(change).where(eq(sessions.id, sid))
      return sid
    }
    const kept = [await changed({ startedAt: sql`now() - interval '29 days'` }), await changed({ endedAt: sql`now()` })]
    await changed({ startedAt: sql`now() - interval '31 days'` })
    await changed({ endedAt: sql`now() - interval '25 hours'` })
    await pruneSessions(db)
    expect((await db.select().from(sessions)).map(({ id }) => id).sort()).toEqual(kept.sort())
  })

  it('believes no cookie that it did not make', async () => {
    const claims = await claimsOf(db, person)
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
