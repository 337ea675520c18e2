import type { APIResponse, Browser, BrowserContext, Locator, Page } from '@playwright/test'
import { openCommands, toBeAlive } from './alive'
import { expectFitToUse } from './fit-to-use'
import { expect, runProduct, test } from './fixtures'
import { chooseAction, keyRow, OWNER, signIn } from './people'
import { seedKeys, seedMember } from './seed'

// A manager sees keys and changes none; staff see none of it. What a page does not offer, the server refuses too.

const MANAGER = { email: 'manager@example.com', begins: '/settings/api-keys' }
const STAFF = { email: 'staff@example.com', begins: '/settings/account' }

const product = runProduct('account', {}, async (place) => {
  await seedKeys(place, [
    {
      name: 'ERP Integration',
      usedMinutesAgo: 3,
      address: '203.0.113.7',
      userAgent: 'python-requests/2.31',
      expiresInDays: 300,
    },
    { name: 'Nobody’s', createdDaysAgo: 40 },
  ])
  await seedMember(place, 'manager', MANAGER.email)
  await seedMember(place, 'staff', STAFF.email)
  await place.withDatabase(async (query) => {
    const crowd = "(select 'usr_' || md5(n::text) as id, n from generate_series(1, 57) as n) as crowd"
    await query(
      `insert into users (id, email, name, password_hash) select id, 'person-' || n || '@example.com', 'Person ' || n, '' from ${crowd}`,
    )
    await query(
      `insert into members (account_id, user_id, role) select account_id, id, 'staff' from members, ${crowd} where role = 'owner'`,
    )
  })
})
const address = (path: string) => `${product.url}/settings/${path}`

test('a manager sees the keys and what became of them, and nothing that would change one', async ({ page }) => {
  await signIn(page, product.url, MANAGER)
  await expect(keyRow(page, 'ERP Integration')).toContainText('203.0.113.7')
  await expect(page.getByRole('button', { name: 'Generate new key' })).toHaveCount(0)
  await expect(page.getByRole('button', { name: /^Actions/ })).toHaveCount(0)
  await expectFitToUse(page, 'list of a manager')
  await openCommands(page)
  await expect(page.getByRole('option', { name: 'API Keys' })).toBeVisible()
  await expect(page.getByRole('option', { name: 'Generate new key' })).toHaveCount(0)
  await page.keyboard.press('Escape')
  // The address by which the form opens for others.
  await page.goto(address('api-keys?new=1'))
  await expect(keyRow(page, 'ERP Integration')).toBeVisible()
  await expect(page.getByRole('dialog')).toHaveCount(0)

  await page.goto(address('api-keys'))
  await page.getByRole('link', { name: 'Review', exact: true }).click()
  await expect(page.getByRole('table', { name: 'Keys to review' }).getByRole('row')).toHaveCount(2)
  await expect(page.getByRole('checkbox')).toHaveCount(0)
  await expect(page.getByRole('button', { name: /Revoke/ })).toHaveCount(0)
  await expectFitToUse(page, 'review of a manager')

  await page.getByRole('link', { name: 'Nobody’s' }).click()
  await expect(page.getByRole('heading', { name: 'Nobody’s', level: 1 })).toBeVisible()
  await expect(page.getByRole('button', { name: /Rename|Regenerate|Revoke/ })).toHaveCount(0)
  await page.goto(`${page.url()}?rename=1`)
  await expect(page.getByRole('heading', { name: 'Nobody’s', level: 1 })).toBeVisible()
  await expect(page.getByRole('textbox')).toHaveCount(0)
})

test('staff begin at their account, find no keys in the settings, and are told so at their address', async ({
  page,
  context,
}) => {
  await signIn(page, product.url, STAFF)
  await expect(page.getByText(`You are on the staff of ${OWNER.accountName}.`)).toBeVisible()
  // They get mails too, such as of a sign-in.
  await toBeAlive(page.getByLabel('Language of e-mails'))
  await page.getByLabel('Language of e-mails').selectOption('Español')
  await page.getByRole('button', { name: 'Save language' }).click()
  await expect(page.getByText('Language saved.')).toBeVisible()
  await expect(page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'API Keys' })).toHaveCount(
    0,
  )
  for (const path of ['api-keys', 'api-keys/review', 'credentials/review']) {
    await page.goto(address(path))
    await expect(page.getByRole('heading', { name: 'Your role does not allow this' })).toBeVisible()
    expect(await page.content()).not.toContain('ERP Integration')
  }
  await expectFitToUse(page, 'not for staff')
  for (const path of ['/keys', '/keys?status=review', '/review/keys']) {
    const answer = await context.request.get(`${product.url}/api/v1${path}`)
    expect(answer.status()).toBe(403)
    expect(await answer.text()).not.toContain('ERP Integration')
  }
})

/** A request by which the owner's pages ask for a change, caught before it was sent. */
interface Caught {
  what: string
  url: string
  headers: Record<string, string>
  body: Buffer
}

/** Has a page ask for every change there is, and lets none of them through. */
async function catchActions(page: Page): Promise<Caught[]> {
  const caught: Caught[] = []
  const press = async (what: string, button: string, within: Page | Locator = page.locator('dialog')) => {
    const before = caught.length
    await page.route('**/settings/**', async (route) => {
      const request = route.request()
      const { cookie: _, ...headers } = await request.allHeaders()
      if (!headers['next-action']) return route.fallback()
      const sent = Object.entries(headers).filter(([name]) => !name.startsWith(':') && name !== 'content-length')
      caught.push({
        what,
        url: request.url(),
        headers: Object.fromEntries(sent),
        body: request.postDataBuffer() ?? Buffer.alloc(0),
      })
      await route.abort()
    })
    await within.getByRole('button', { name: button, exact: true }).click()
    await expect.poll(() => caught.length).toBe(before + 1)
    await page.unroute('**/settings/**')
    await page.goto(address('api-keys'))
  }
  const row = () => keyRow(page, 'ERP Integration')
  await row().getByRole('link').click()
  await page.getByRole('button', { name: 'Rename', exact: true }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Renamed')
  await press('rename', 'Save name', page)
  await page.getByRole('button', { name: 'Generate new key' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Made')
  await page.getByRole('checkbox', { name: 'orders:read', exact: true }).check()
  await press('generate', 'Generate key')
  await row().getByRole('link').click()
  await press('rehearse', 'Start the rehearsal', page)
  await page.goto(address('api-keys/review'))
  await page.getByRole('button', { name: 'Keep Nobody’s' }).click()
  await page.getByRole('dialog').getByLabel('Reason').fill('Needed')
  await press('keep', 'Keep')
  await page.goto(address('api-keys/review'))
  await page.getByRole('checkbox', { name: 'Select Nobody’s' }).check()
  await page.getByRole('button', { name: 'Revoke 1 key' }).click()
  await press('revoke several', 'Revoke 1 key')
  await page.goto(address('api-keys/review'))
  await page.getByRole('button', { name: 'Select all 1' }).click()
  await page.getByRole('button', { name: 'Revoke 1 key' }).click()
  await press('revoke all under review', 'Revoke 1 key')
  await chooseAction(row(), 'Regenerate key')
  await press('regenerate', 'Regenerate key')
  await chooseAction(row(), 'Revoke key')
  await press('revoke', 'Revoke key')
  return caught
}

function send(context: BrowserContext, { url, headers, body }: Caught): Promise<APIResponse> {
  return context.request.post(url, { headers, data: body, maxRedirects: 0 })
}

async function signedIn(browser: Browser, who: { email?: string; begins?: string }): Promise<BrowserContext> {
  const context = await browser.newContext()
  await signIn(await context.newPage(), product.url, who)
  return context
}

/** All that can be known of the keys of the account. */
async function keysAsTheyAre(owner: BrowserContext): Promise<string> {
  return (await owner.request.get(`${product.url}/api/v1/keys?status=all&limit=100`)).text()
}

async function statusOf(owner: BrowserContext, name: string): Promise<string | undefined> {
  const { data } = JSON.parse(await keysAsTheyAre(owner)) as { data: { name: string; status: string }[] }
  return data.find((key) => key.name === name)?.status
}

test('every change that a page asks for is refused to those whose role does not allow it', async ({ browser }) => {
  const owner = await signedIn(browser, {})
  const [page] = owner.pages()
  if (!page) throw new Error('The owner has no page')
  const actions = await catchActions(page)
  expect(actions).toHaveLength(8)
  const before = await keysAsTheyAre(owner)

  for (const [role, who] of [
    ['manager', MANAGER],
    ['staff', STAFF],
  ] as const) {
    const context = await signedIn(browser, who)
    for (const action of actions) {
      const text = await (await send(context, action)).text()
      expect(text, action.what).toContain(`Your role in ${OWNER.accountName}, ${role}, does not allow this.`)
      expect(text, action.what).not.toMatch(/fn_(live|test)_/)
    }
    await context.close()
  }
  const stranger = await browser.newContext()
  for (const action of actions) expect(await (await send(stranger, action)).text()).toContain('not_signed_in')
  await stranger.close()
  expect(await keysAsTheyAre(owner)).toBe(before)

  // The same requests do all that they say when the owner sends them; otherwise the refusals would prove nothing.
  for (const action of actions) {
    const text = await (await send(owner, action)).text()
    // By then nothing is left of what comes up for review.
    expect(text, action.what).toContain(action.what === 'revoke all under review' ? '"ok":false' : '"ok":true')
    if (action.what === 'revoke several') {
      await expect.poll(() => statusOf(owner, 'Nobody’s')).toBe('revoked')
    }
  }
  await owner.close()
})

test('one of many members is found by their name, or by turning pages, and comes with all that can be done', async ({
  page,
}) => {
  await signIn(page, product.url)
  const answer = await page.goto(address('members'))
  const members = page.getByRole('table', { name: 'Members' })
  const rows = members.getByRole('row')
  const pages = page.getByRole('navigation', { name: 'Pages' })
  await expect(pages).toContainText('1–25 of 60 members')
  await expect(rows).toHaveCount(26)
  // Each row may hand things over to everybody else, who are in the page once nevertheless.
  expect((await answer?.text())?.match(/Person 57/g)?.length).toBeLessThan(20)
  await expectFitToUse(page, 'many members')
  const next = pages.getByRole('button', { name: 'Next' })
  await toBeAlive(next)
  await next.click()
  await next.click()
  await expect(pages).toContainText('51–60 of 60 members')
  await expect(page).toHaveURL(address('members?page=3'))
  await page.reload()
  await expect(pages).toContainText('51–60 of 60 members')
  const search = page.getByRole('searchbox', { name: 'Search members' })
  await toBeAlive(search)
  await search.fill('person 40')
  await expect(rows).toHaveCount(2)
  await expect(page).toHaveURL(address('members?q=person+40'))
  await chooseAction(rows.filter({ hasText: 'person-40@' }), 'Remove member')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove member' }).click()
  await expect(page.getByText('No member matches “person 40”')).toBeVisible()
  await expectFitToUse(page, 'no member is found')
  await page.getByRole('button', { name: 'Clear search' }).click()
  await expect(pages).toContainText('1–25 of 59 members')
})

test('what was typed stays where the session has ended meanwhile, beside the way back in', async ({
  page,
  context,
}) => {
  for (const [path, label, typed, verb, done] of [
    ['members', 'E-mail', 'barca@example.com', 'Send invitation', 'An invitation is on its way'],
    ['members/roles/new', 'Name', 'Bookkeeper', 'Add role', 'Role added'],
    ['policies', 'Longest lifetime, in days', '90', 'Save rules', 'Rules for API keys saved'],
    ['account', 'Account name', 'Cedar & Sons', 'Save account name', 'Account name saved'],
  ] as const) {
    await context.clearCookies()
    await signIn(page, product.url)
    await page.goto(address(path))
    // Below is a form for another account.
    const field = page.getByLabel(label).first()
    await toBeAlive(field)
    await field.fill(typed)
    await context.clearCookies()
    await page.getByRole('button', { name: verb }).click()
    const alert = page.getByRole('alert').filter({ hasText: 'You are no longer signed in' })
    const signInAgain = alert.getByRole('link', { name: 'Sign in in another tab' })
    await expect(signInAgain).toBeInViewport()
    const opened = context.waitForEvent('page')
    await signInAgain.click()
    const tab = await opened
    await signIn(tab, product.url)
    await tab.close()
    await expect(page).toHaveURL(address(path))
    await expect(field).toHaveValue(typed)
    await page.getByRole('button', { name: verb }).click()
    await expect(page.getByRole('status').filter({ hasText: done })).toBeAttached()
  }
})

test('one is asked before a form is left with what was typed in it, and not once that is saved', async ({ page }) => {
  await signIn(page, product.url)
  const asked: string[] = []
  let leaves = false
  page.on('dialog', (dialog) => {
    asked.push(dialog.type())
    void (leaves ? dialog.accept() : dialog.dismiss())
  })
  const leave = () => page.evaluate(() => location.reload())
  for (const [path, label] of [
    ['members/roles/new', 'Name'],
    ['integrations/new', 'Name'],
    ['webhooks/new', 'Name'],
    ['policies', 'Longest lifetime, in days'],
  ] as const) {
    await page.goto(address(path))
    const field = page.getByLabel(label).first()
    await toBeAlive(field)
    await field.fill('365')
    asked.length = 0
    await leave()
    await expect.poll(() => asked, path).toEqual(['beforeunload'])
    await expect(field).toHaveValue('365')
    if (path === 'policies') continue
    const cancel = page.getByRole('link', { name: 'Cancel' })
    await cancel.click()
    expect(asked).toEqual(['beforeunload', 'confirm'])
    await expect(field).toHaveValue('365')
    leaves = true
    await cancel.click()
    await expect(page).not.toHaveURL(address(path))
    leaves = false
  }
  await page.getByRole('button', { name: 'Save rules' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Rules for API keys saved' })).toBeAttached()
  asked.length = 0
  await Promise.all([page.waitForEvent('load'), leave()])
  expect(asked).toEqual([])
})
