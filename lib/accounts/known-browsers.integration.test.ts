import { eq, sql } from 'drizzle-orm'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { knownBrowsers, personalMails, signInFailures } from '@/db/schema'
import { forEachDatabase } from '@/test/databases'
import { makeOwner, PASSWORD, SOMEWHERE, sessionOf, signInOnce } from '@/test/people'
import { readMails, recordedMails } from '@/test/personal-mails'
import { useRuntime } from '@/test/runtime'
import type { PersonalContent } from '../notifications'
import { pruneBrowsers } from './known-browsers'
import { changePassword, signOutEverywhere } from './password-change'
import type { SignInOrigin } from './sign-in'

const NEXT = 'new-purple-ships-10'
const ELSEWHERE: SignInOrigin = {
  address: '198.51.100.7',
  userAgent: 'Mozilla/5.0 (Windows NT 10.0; rv:145.0) Gecko/20100101 Firefox/145.0',
  requestId: 'req_2',
}

forEachDatabase('a browser that somebody signs in with', (open) => {
  let db: Database
  let owner: Awaited<ReturnType<typeof makeOwner>>

  beforeAll(async () => {
    const database = await open()
    db = database.db
    useRuntime(database)
  })
  beforeEach(async () => {
    await db.delete(signInFailures)
    await db.delete(personalMails)
    owner = await makeOwner(db)
  })

  const enter = async (from: SignInOrigin, password = PASSWORD, { email } = owner) => {
    const { device } = await signInOnce(db, { email, password }, from)
    return { ...from, device }
  }
  const told = () => recordedMails(db, owner.email)
  const session = () => sessionOf(db, owner)

  it('for the first time ever is told to nobody', async () => {
    await enter(SOMEWHERE)
    expect(await told()).toEqual([])
  })

  it('is told to its person when it is another one: when, from where, and with what', async () => {
    await enter(SOMEWHERE)
    await enter(ELSEWHERE)
    expect(await told()).toEqual(['sign_in.new_browser'])
    const [mail] = await readMails(db, owner.email)
    expect(mail).toMatchObject({
      kind: 'sign_in.new_browser',
      account: owner.account_name,
      to: { name: owner.name, address: owner.email },
      data: { address: '198.51.100.7', browser: 'Firefox, Windows' },
      link: null,
    })
    const { at } = (mail as PersonalContent & { kind: 'sign_in.new_browser' }).data
    expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(60_000)
  })

  it('is told of once: from then on it is known, wherever it is', async () => {
    await enter(SOMEWHERE)
    const known = await enter(ELSEWHERE)
    await enter({ ...known, address: '192.0.2.1' })
    await enter({ ...known, address: '192.0.2.2' })
    expect(await told()).toHaveLength(1)
  })

  it('is told of when its cookie is another person’s', async () => {
    const other = await makeOwner(db)
    const theirs = await enter(SOMEWHERE, PASSWORD, other)
    await enter(ELSEWHERE)
    await enter(theirs)
    expect(await told()).toHaveLength(1)
    expect(await recordedMails(db, other.email)).toEqual([])
  })

  it('is known to each of those who share it', async () => {
    const other = await makeOwner(db)
    let browser = await enter(SOMEWHERE)
    browser = await enter(browser, PASSWORD, other)
    for (let turn = 0; turn < 3; turn++) {
      browser = await enter(browser)
      browser = await enter(browser, PASSWORD, other)
    }
    expect([await told(), await recordedMails(db, other.email)]).toEqual([[], []])
  })

  it('that is refused is told to nobody, and leaves nothing', async () => {
    await enter(SOMEWHERE)
    await expect(enter(ELSEWHERE, 'not-the-password-1')).rejects.toMatchObject({ code: 'wrong_password' })
    expect(await told()).toEqual([])
    expect(await db.$count(knownBrowsers, eq(knownBrowsers.userId, owner.userId))).toBe(1)
  })

  it('is forgotten when its person signs out everywhere, but for the one that they sit before', async () => {
    const mine = await enter(SOMEWHERE)
    const lost = await enter(ELSEWHERE)
    await signOutEverywhere(db, await session(), mine)
    await enter(mine)
    expect(await told()).toHaveLength(1)
    await enter(lost)
    expect(await told()).toHaveLength(2)
  })

  it('is forgotten with a new password, which is told too, but for the one that it was given in', async () => {
    const mine = await enter(SOMEWHERE)
    const lost = await enter(ELSEWHERE)
    await changePassword(db, await session(), { current_password: PASSWORD, new_password: NEXT }, mine)
    await enter(mine, NEXT)
    expect(await told()).toEqual(['sign_in.new_browser', 'password.changed'])
    await enter(lost, NEXT)
    expect(await told()).toHaveLength(3)
  })

  it('that was forgotten is not the first ever, even when none is known any more', async () => {
    await enter(SOMEWHERE)
    await signOutEverywhere(db, await session(), ELSEWHERE)
    await enter(ELSEWHERE)
    expect(await told()).toEqual(['sign_in.new_browser'])
  })

  it('with a cookie from before browsers were kept is known', async () => {
    const mine = await enter(SOMEWHERE)
    await enter(ELSEWHERE)
    await db.delete(knownBrowsers).where(eq(knownBrowsers.userId, owner.userId))
    await enter(ELSEWHERE)
    await enter(mine)
    expect(await told()).toHaveLength(1)
  })

  it('is forgotten when its cookie has expired; never the last of a person', async () => {
    await enter(SOMEWHERE)
    await enter(ELSEWHERE)
    const count = () => db.$count(knownBrowsers, eq(knownBrowsers.userId, owner.userId))
    await pruneBrowsers(db)
    expect(await count()).toBe(2)
    await db.update(knownBrowsers).set({ lastSeenAt: sql`last_seen_at - interval '181 days'` })
    await pruneBrowsers(db)
    expect(await count()).toBe(1)
    await enter({ ...ELSEWHERE, address: '192.0.2.1' })
    expect(await told()).toHaveLength(2)
  })
})
