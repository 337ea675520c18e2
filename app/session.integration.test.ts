import { eq } from 'drizzle-orm'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { accountPolicies, members, type roles } from '@/db/schema'
import { sessionCookie } from '@/lib/accounts'
import { getRuntime } from '@/lib/runtime'
import { forEachDatabase } from '@/test/databases'
import { makeOwner, tokenOf } from '@/test/people'
import { useRuntime } from '@/test/runtime'
import { getSession, requireActor, requirePerson, requireSession } from './session'

const request = vi.hoisted(() => ({ cookies: new Map<string, string>(), headers: new Headers() }))

vi.mock('next/headers', () => ({
  headers: async () => request.headers,
  cookies: async () => ({
    get: (name: string) => {
      const value = request.cookies.get(name)
      return value === undefined ? undefined : { name, value }
    },
  }),
}))
// Next ends a page by throwing.
vi.mock('next/navigation', () => ({
  redirect: (path: string) => {
    throw new Error(`redirect to ${path}`)
  },
  forbidden: () => {
    throw new Error('forbidden')
  },
}))

const START = Date.UTC(2026, 4, 3)
const HOUR = 3_600_000

forEachDatabase('who asks', (open) => {
  let owner: Awaited<ReturnType<typeof makeOwner>>

  beforeAll(async () => {
    const database = await open()
    useRuntime(database)
    owner = await makeOwner(database.db)
  })
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: START })
    request.headers = new Headers({
      'user-agent': 'Browser/1.0',
      'x-request-id': 'req_1',
      'x-fenicia-path': '/settings/api-keys?q=a&status=review',
    })
    request.cookies.clear()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  async function signIn(role: (typeof roles)[number] = 'owner') {
    const { db } = getRuntime().database
    await db.update(members).set({ role }).where(eq(members.userId, owner.userId))
    request.cookies.set(sessionCookie().name, await tokenOf(db, owner))
  }

  describe('a page', () => {
    it('asks whoever is not signed in to sign in, and comes back', async () => {
      expect(await getSession()).toBeNull()
      await expect(requireSession()).rejects.toThrow(
        'redirect to /sign-in?next=%2Fsettings%2Fapi-keys%3Fq%3Da%26status%3Dreview',
      )
    })

    it('knows who is signed in', async () => {
      await signIn()
      expect(await requireSession('keys:manage')).toMatchObject({
        user: { id: owner.userId, name: owner.name, email: owner.email },
        account: { id: owner.accountId, name: owner.account_name },
        role: 'owner',
      })
    })

    it('that takes one of several permissions is for roles that have one', async () => {
      await signIn('manager')
      expect(await requireSession(['webhooks:read', 'keys:read'])).toMatchObject({ role: 'manager' })
      await expect(requireSession(['webhooks:read', 'audit:read'])).rejects.toThrow('forbidden')
    })

    it('is not for roles that lack its permission', async () => {
      await signIn('staff')
      await expect(requireSession('keys:read')).rejects.toThrow('forbidden')
      expect((await requireSession()).role).toBe('staff')
      await signIn('manager')
      expect((await requireSession('keys:read')).role).toBe('manager')
    })
  })

  describe('an action', () => {
    it('has an actor, with where they are', async () => {
      await signIn()
      expect(await requireActor('keys:create')).toEqual({
        kind: 'user',
        id: owner.userId,
        name: owner.name,
        permissions: expect.arrayContaining(['keys:create', 'members:manage']),
        accountId: owner.accountId,
        address: null,
        userAgent: 'Browser/1.0',
        requestId: 'req_1',
      })
    })

    it('is refused to whoever is not signed in, or whose role does not allow it', async () => {
      await expect(requireActor('keys:create')).rejects.toMatchObject({ code: 'not_signed_in' })
      await signIn('manager')
      await expect(requireActor('keys:create')).rejects.toMatchObject({ code: 'forbidden' })
      await expect(requireActor('keys:manage')).rejects.toMatchObject({ code: 'forbidden' })
    })

    it('is refused to a page that was made for another account or person than the session is of', async () => {
      await signIn()
      for (const page of [`${owner.userId} acc_other`, `usr_other ${owner.accountId}`]) {
        request.headers.set('x-fenicia-page-of', page)
        await expect(requireActor('keys:create')).rejects.toMatchObject({ code: 'session_elsewhere' })
        await expect(requirePerson({ evenWithoutSecondFactor: true })).rejects.toMatchObject({
          code: 'session_elsewhere',
          message: expect.stringContaining('Nothing was changed'),
        })
        // By which the person goes back to the account of their page.
        expect(await requirePerson({ fromAnyPage: true })).toMatchObject({ user: { id: owner.userId } })
      }
      request.headers.set('x-fenicia-page-of', `${owner.userId} ${owner.accountId}`)
      expect(await requireActor('keys:create')).toMatchObject({ accountId: owner.accountId })
    })

    it('that asks for the password again does so an hour after it was given', async () => {
      await signIn()
      vi.setSystemTime(START + HOUR - 1000)
      await requireActor('keys:create', { recentPassword: true })
      vi.setSystemTime(START + HOUR)
      await expect(requireActor('keys:create', { recentPassword: true })).rejects.toMatchObject({
        code: 'password_required',
      })
      await requireActor('keys:create')
    })

    it('says who may not, before it asks for a password', async () => {
      await signIn('manager')
      vi.setSystemTime(START + HOUR)
      await expect(requireActor('keys:create', { recentPassword: true })).rejects.toMatchObject({ code: 'forbidden' })
    })
  })

  describe('an account that asks for a second factor', () => {
    const setRequired = (secondFactorRequired: boolean) =>
      getRuntime()
        .database.db.insert(accountPolicies)
        .values({ accountId: owner.accountId, secondFactorRequired })
        .onConflictDoUpdate({ target: accountPolicies.accountId, set: { secondFactorRequired } })
    beforeEach(async () => {
      await signIn()
      await setRequired(true)
    })
    afterEach(() => setRequired(false))

    it('leads every page of whoever has none to where one is set up, and does nothing for them', async () => {
      await expect(requireSession()).rejects.toThrow('redirect to /second-factor')
      await expect(requireSession('keys:read')).rejects.toThrow('redirect to /second-factor')
      expect(await getSession()).toBeNull()
      await expect(requireActor('keys:create')).rejects.toMatchObject({ code: 'second_factor_required' })
      await expect(requirePerson()).rejects.toMatchObject({ code: 'second_factor_required' })
    })

    it('lets them do what gets them one, but for what asks for the password again', async () => {
      expect(await requirePerson({ evenWithoutSecondFactor: true })).toMatchObject({ user: { id: owner.userId } })
      vi.setSystemTime(START + HOUR)
      await expect(requirePerson({ evenWithoutSecondFactor: true, recentPassword: true })).rejects.toMatchObject({
        code: 'password_required',
      })
    })
  })
})
