import { type MailServer, startMailServer } from '../test/mail-server'
import { openCommands, toBeAlive } from './alive'
import { expectFitToUse } from './fit-to-use'
import { expect, runProduct, test } from './fixtures'
import { chooseAction, keyRow, OWNER, signIn } from './people'
import { admin } from './product'
import { seedKeys, seedMember } from './seed'

// How people come, go from one account to another, and go: a role that the account made, an invitation to somebody who has an
// account already, the switch, and the end.

const GUEST = 'elissa@example.com'
/** Has made keys. */
const MAKER = 'maker@example.com'
/** Is removed in two tabs. */
const LEAVER = 'leaver@example.com'
const TYRE = 'Tyre Trade'

let mails: MailServer
const product = (() => {
  const env: Record<string, string> = { MAIL_FROM: 'Fenicia <fenicia@shop.example>', FENICIA_SIGN_UP: 'open' }
  test.beforeAll(async () => {
    mails = await startMailServer()
    env.SMTP_URL = `smtp://localhost:${mails.port}?tls=optional`
  })
  return runProduct('account', env, async (place) => {
    await seedMember(place, 'admin', MAKER)
    await seedMember(place, 'staff', LEAVER)
    await seedKeys(place, [{ name: 'أمان', usedMinutesAgo: 5 }, { name: 'Sync script' }])
    await place.withDatabase((query) =>
      query('update api_keys set created_by_id = (select id from users where email = $1)', [MAKER]),
    )
    const args = ['create-account', '--name', TYRE, '--email', GUEST, '--password-stdin']
    expect((await admin(place, args, OWNER.password)).code).toBe(0)
  })
})()
test.afterAll(() => mails.close())

test('somebody of another account joins with a role of this one, goes to and fro, and is removed', async ({
  page,
  browser,
}) => {
  await signIn(page, product.url)
  await page.goto(`${product.url}/settings/members`)
  await page.getByRole('link', { name: 'Roles', exact: true }).click()
  await expect(page.getByRole('region', { name: 'Admin' })).toContainText('Make, change and delete roles')
  await page.getByRole('link', { name: 'Add role' }).click()
  await toBeAlive(page.getByLabel('Name'))
  await page.getByLabel('Name').fill('Auditor')
  await page.getByRole('checkbox', { name: 'Generate them' }).check()
  await page.getByRole('button', { name: 'Add role' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'keys:create is of no use without keys:read' })).toBeVisible()
  await expectFitToUse(page, 'a role that is refused')
  await page.getByRole('checkbox', { name: 'Generate them' }).uncheck()
  await page.getByRole('checkbox', { name: 'See and export the audit log' }).check()
  await page.context().setOffline(true)
  await page.getByRole('button', { name: 'Add role' }).click()
  // Where the press was: above the long form nobody would see it.
  await expect(page.getByRole('alert').filter({ hasText: 'No answer came from the server' })).toBeInViewport()
  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Add role' }).click()
  await expect(page.getByRole('region', { name: 'Auditor' })).toContainText('Nobody has it.')
  await expectFitToUse(page, 'roles')

  await page.goto(`${product.url}/settings/members`)
  const invite = page.getByRole('region', { name: 'Invite somebody' })
  await expect(page.getByText('No e-mail leaves this server')).toHaveCount(0)
  await toBeAlive(invite.getByLabel('E-mail'))
  await invite.getByLabel('E-mail').fill(GUEST)
  await invite.getByLabel('Role').selectOption('Auditor')
  await invite.getByRole('button', { name: 'Send invitation' }).click()
  const mailed = () => mails.received.find(({ mail }) => mail.subject?.includes('invites you to'))?.mail
  await expect.poll(() => mailed()?.text).toContain('Auditor')

  // A change of size closes a menu: this one is looked at, too.
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const guest = await context.newPage()
  await signIn(guest, product.url, { email: GUEST })
  await guest.goto(/href="([^"]+)"/.exec(`${mailed()?.html}`)?.[1] ?? '')
  await guest.getByRole('button', { name: 'Join' }).click()
  // Their role begins where it may see something.
  await expect(guest).toHaveURL(`${product.url}/settings/audit`)
  await expect(guest.getByRole('navigation', { name: 'Settings' }).getByRole('link')).toHaveText([
    'Audit',
    'Account',
    'API reference',
  ])

  await guest.getByRole('button', { name: 'elissa' }).click()
  await expectFitToUse(guest, 'the menu of accounts')
  await guest.getByRole('button', { name: 'elissa' }).click()
  await guest.getByRole('menuitem', { name: TYRE }).click()
  await expect(guest).toHaveURL(`${product.url}/settings/api-keys`)
  await expect(guest.getByRole('banner')).toContainText(TYRE)
  await openCommands(guest)
  await guest.getByRole('combobox', { name: 'Find a command' }).fill('cedar')
  await guest.keyboard.press('Enter')
  await expect(guest.getByRole('banner')).toContainText(OWNER.accountName)
  await expect(guest).toHaveURL(`${product.url}/settings/audit`)

  const tab = await context.newPage()
  await tab.goto(`${product.url}/settings/account`)
  await toBeAlive(tab.getByRole('button', { name: `Go to ${TYRE}` }))
  await expect(guest.getByRole('alertdialog')).toHaveCount(0)
  await tab.getByRole('button', { name: `Go to ${TYRE}` }).click()
  await expect(tab.getByRole('banner')).toContainText(TYRE)
  // The page of before would act in the account that the browser is in now.
  const stopped = guest.getByRole('alertdialog', { name: `This browser is in ${TYRE} now` })
  await expect(stopped).toBeVisible()
  await expectFitToUse(guest, 'another tab is in another account')
  await guest.keyboard.press('Escape')
  await stopped.getByRole('button', { name: 'Back to this account' }).click()
  await expect(guest.getByRole('banner')).toContainText(OWNER.accountName)
  const alsoStopped = tab.getByRole('alertdialog', { name: `This browser is in ${OWNER.accountName} now` })
  await alsoStopped.getByRole('button', { name: 'Go on there' }).click()
  await expect(tab.getByRole('banner')).toContainText(OWNER.accountName)
  await expect(tab.getByRole('alertdialog')).toHaveCount(0)
  await tab.close()

  await guest.goto(`${product.url}/settings/account`)
  const go = guest.getByRole('button', { name: `Go to ${TYRE}` })
  await toBeAlive(go)
  await context.setOffline(true)
  await go.click()
  await expect(guest.getByRole('alert').filter({ hasText: 'No answer came from the server' })).toBeVisible()
  await context.setOffline(false)

  await page.goto(`${product.url}/settings/members`)
  const row = page.getByRole('table', { name: 'Members' }).getByRole('row').filter({ hasText: GUEST })
  await expect(row).toContainText('Auditor')
  // Going through the roles by their keys gives none of them.
  const menu = row.getByRole('button', { name: /^Actions for/ })
  const choose = async (action: string) => {
    await toBeAlive(menu)
    await menu.click()
    await page.getByRole('menuitem', { name: action }).click()
  }
  const change = page.getByRole('dialog', { name: /^Change the role of/ })
  const role = change.getByLabel('Role')
  await toBeAlive(menu)
  await menu.click()
  await expect(page.getByRole('menuitem')).toHaveText([
    'Audit events',
    'Change role',
    'Hand over the account',
    'Remove member',
  ])
  await expectFitToUse(page, 'the menu of a member')
  await choose('Change role')
  await role.selectOption('Staff')
  await role.selectOption('Admin')
  await expect(change).toContainText('Everything but to own the account.')
  await expect(change).not.toContainText('invitation')
  await expectFitToUse(page, 'another role is chosen')
  await expect(row).toContainText('Auditor')
  await change.getByRole('button', { name: 'Change role' }).click()
  await expect(row.getByRole('cell', { name: 'Admin', exact: true })).toBeVisible()
  await expect(change).toHaveCount(0)
  await expect(menu).toBeFocused()
  await guest.goto(`${product.url}/settings/members`)
  await toBeAlive(guest.getByLabel('E-mail'))
  await guest.getByLabel('E-mail').fill('barca@example.com')
  await guest.getByRole('button', { name: 'Send invitation' }).click()
  const invited = page.getByRole('row').filter({ hasText: 'barca@example.com' })
  await expect(guest.getByRole('row').filter({ hasText: 'barca@example.com' })).toBeVisible()
  await page.reload()
  await expect(invited).toBeVisible()
  await choose('Change role')
  await role.selectOption('Staff')
  await expect(change.getByText('Their open invitation ends')).toBeVisible()
  await change.getByRole('button', { name: 'Change role' }).click()
  await expect(row.getByRole('cell', { name: 'Staff', exact: true })).toBeVisible()
  await expect(invited).toHaveCount(0)

  await choose('Remove member')
  const dialog = page.getByRole('alertdialog')
  await expect(dialog).toContainText('They made nothing that goes on without them.')
  await expectFitToUse(page, 'removing a member')
  // The server no longer knows the action, as after an update.
  await page.route('**/settings/members', (route) =>
    route.continue({ headers: { ...route.request().headers(), 'next-action': '0'.repeat(42) } }),
  )
  await dialog.getByRole('button', { name: 'Remove member' }).click()
  await expect(dialog.getByRole('alert')).toContainText('Fenicia was updated since you opened this page')
  await expect(dialog.getByRole('button', { name: 'Reload the page' })).toBeVisible()
  await page.unroute('**/settings/members')
  await dialog.getByRole('button', { name: 'Remove member' }).click()
  await expect(row).toHaveCount(0)
  await expect(page.getByRole('group', { name: 'Members and invitations' })).toBeFocused()
  await guest.reload()
  await expect(guest).toHaveURL(/\/sign-in/)
  await expect
    .poll(() => mails.received.map(({ mail }) => mail.subject))
    .toContain(`You are no member of ${OWNER.accountName} any more`)
  await signIn(guest, product.url, { email: GUEST })
  await expect(guest.getByRole('banner')).toContainText(TYRE)
  await context.close()
})

test('whoever removes a member with keys decides anew each time what becomes of them', async ({ page }) => {
  await signIn(page, product.url)
  await page.goto(`${product.url}/settings/members`)
  const row = page.getByRole('table', { name: 'Members' }).getByRole('row').filter({ hasText: MAKER })
  const dialog = page.getByRole('alertdialog')
  const revoke = dialog.getByRole('radio', { name: /^Are revoked/ })
  await toBeAlive(row.getByRole('button', { name: /^Actions for/ }))
  await chooseAction(row, 'Remove member')
  await expect(dialog.getByRole('status')).toContainText(/2 API keys: .*Sync script \(never used\)/)
  await revoke.check()
  await dialog.getByRole('radio', { name: /another member answers/ }).check()
  await expect(dialog.getByLabel('Who answers for them')).toBeVisible()
  await expectFitToUse(page, 'removing a member who made keys')
  await revoke.check()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(row.getByRole('button', { name: /^Actions for/ })).toBeFocused()
  await chooseAction(row, 'Remove member')
  await expect(dialog.getByRole('radio', { name: /come up for review$/ })).toBeChecked()
  await expect(revoke).not.toBeChecked()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
})

test('whoever removes a member whom another tab has removed is told so', async ({ page, context }) => {
  await signIn(page, product.url)
  const tab = await context.newPage()
  const rowIn = (one: typeof page) =>
    one.getByRole('table', { name: 'Members' }).getByRole('row').filter({ hasText: LEAVER })
  for (const one of [page, tab]) {
    await one.goto(`${product.url}/settings/members`)
    await toBeAlive(rowIn(one).getByRole('button', { name: /^Actions for/ }))
    await chooseAction(rowIn(one), 'Remove member')
    await expect(one.getByRole('alertdialog')).toContainText('They made nothing')
  }
  await tab.getByRole('button', { name: 'Remove member' }).click()
  await expect(rowIn(tab)).toHaveCount(0)
  await page.getByRole('button', { name: 'Remove member' }).click()
  await expect(rowIn(page)).toHaveCount(0)
  await expect(page.getByRole('region', { name: 'Confirmations' })).toContainText('There is no such member.')
  await expect(page.getByRole('group', { name: 'Members and invitations' })).toBeFocused()
})

test('a page that heard nothing of the browser’s session going elsewhere does nothing there', async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  // As where the tab slept, or the message came while it was loaded.
  await context.addInitScript(() => {
    BroadcastChannel.prototype.postMessage = () => undefined
  })
  const page = await context.newPage()
  const generate = async (name: string) => {
    const open = page.getByRole('button', { name: 'Generate new key' }).first()
    await toBeAlive(open)
    await open.click()
    const form = page.getByRole('dialog', { name: 'Generate new key' })
    await form.getByLabel('Name').fill(name)
    await form.getByRole('checkbox', { name: 'orders:read', exact: true }).check()
    return form
  }
  await signIn(page, product.url, { email: GUEST })
  const form = await generate('For Tyre')

  const tab = await context.newPage()
  await tab.goto(`${product.url}/settings/account`)
  await tab.getByLabel('Account name').last().fill('Sidon Glass')
  await toBeAlive(tab.getByRole('button', { name: 'Create account' }))
  // Whoever presses again and again while the next page loads makes one account. In the page: Playwright's own presses wait
  // for the page that loads.
  const created: string[] = []
  tab.on('request', (request) => request.method() === 'POST' && created.push(request.url()))
  await tab.route(`${product.url}/`, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    await route.continue()
  })
  await tab.evaluate(() => {
    const create = [...document.querySelectorAll('button')].find((one) => one.textContent?.includes('Create account'))
    setInterval(() => create?.click(), 50)
  })
  await expect(tab.getByRole('banner')).toContainText('Sidon Glass')
  expect(created).toHaveLength(1)
  await form.getByRole('button', { name: 'Generate key' }).click()
  const stopped = page.getByRole('alertdialog', { name: 'This browser is in another account now' })
  await expect(stopped).toBeVisible()
  await expectFitToUse(page, 'a page of another account was told so by the server')
  await stopped.getByRole('button', { name: 'Back to this account' }).click()
  await expect(page.getByRole('banner')).toContainText(TYRE)
  await expect(page.getByText('No API keys yet')).toBeVisible()

  // What the page reads by itself every 20 seconds finds it as well, before anything is done on it. The cookie changes in one
  // go: without one the page leads to the sign-in, and what it asked before could bring back the one of before.
  await page.waitForLoadState('networkidle')
  await tab.close()
  const elsewhere = await browser.newContext()
  await signIn(await elsewhere.newPage(), product.url)
  await context.addCookies(await elsewhere.cookies())
  await elsewhere.close()
  const other = page.getByRole('alertdialog', { name: 'Somebody else is signed in now' })
  await expect(other).toBeVisible({ timeout: 45_000 })
  await page.getByRole('button', { name: 'Go on there' }).click()
  await expect(page.getByRole('banner')).toContainText(OWNER.accountName)
  await expect(keyRow(page, 'For Tyre')).toHaveCount(0)

  // A file would be of the session, too, whatever the page shows.
  await page.goto(`${product.url}/settings/audit`)
  const file = page.getByRole('link', { name: 'Export as JSON Lines' })
  await toBeAlive(file)
  const guest = await browser.newContext()
  await signIn(await guest.newPage(), product.url, { email: GUEST })
  await context.addCookies(await guest.cookies())
  await guest.close()
  const downloads: string[] = []
  page.on('download', (download) => downloads.push(download.url()))
  await file.click()
  await expect(other).toBeVisible()
  expect(downloads).toEqual([])
  await context.close()
})
