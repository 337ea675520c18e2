import type { Browser, Page } from '@playwright/test'
import { type MailServer, startMailServer } from '../test/mail-server'
import { toBeAlive } from './alive'
import { expectFitToUse } from './fit-to-use'
import { expect, runProduct, test } from './fixtures'
import { OWNER, signIn } from './people'

// The mails that a person gets of themselves: a forgotten password, a sign-in with another browser, an invitation. Each as it
// arrives in a real mail server, with its one button pressed.

const NEXT_PASSWORD = 'new-purple-ships-10'
const GUEST = { name: 'Abdi Melqart', email: 'abdi@example.com', password: 'amber-tyre-harbour-4' }

/** As the operator's command calls whom it gives no other name. */
const INVITER = 'hanna'

let mails: MailServer

const product = (() => {
  const env: Record<string, string> = { MAIL_FROM: 'Fenicia <fenicia@shop.example>' }
  test.beforeAll(async () => {
    mails = await startMailServer()
    env.SMTP_URL = `smtp://localhost:${mails.port}?tls=optional`
  })
  return runProduct('account', env)
})()
test.afterAll(() => mails.close())

/** The next mail with this subject, and where its one button leads. */
async function nextMail(subject: string): Promise<{ to: string[]; text: string; href: string }> {
  const found = () => mails.received.findIndex(({ mail }) => mail.subject === subject)
  await expect.poll(found, { message: subject }).toBeGreaterThan(-1)
  const [{ to, mail } = { to: [], mail: null }] = mails.received.splice(found(), 1)
  const hrefs = [...`${mail?.html}`.matchAll(/href="([^"]+)"/g)].map(([, href]) => href as string)
  expect(hrefs).toHaveLength(1)
  return { to, text: mail?.text ?? '', href: hrefs[0] as string }
}

async function enter(page: Page, password: string, email = OWNER.email): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** A page of a browser that nobody has used, whose every request is noted. */
async function freshPage(browser: Browser): Promise<{ page: Page; asked: string[]; close: () => Promise<void> }> {
  const context = await browser.newContext()
  const asked: string[] = []
  context.on('request', (request) => asked.push(`${request.url()} ${request.headers().referer ?? ''}`))
  return { page: await context.newPage(), asked, close: () => context.close() }
}

test('a sign-in with a browser that is not known is told by mail, once', async ({ page: first, browser }) => {
  await signIn(first, product.url)
  const { page, close } = await freshPage(browser)
  await page.goto(`${product.url}/sign-in`)
  await enter(page, OWNER.password)
  await expect(page).toHaveURL(`${product.url}/settings/api-keys`)
  const { to, text, href } = await nextMail('New sign-in to your account')
  expect(to).toEqual([OWNER.email])
  for (const fact of ['127.0.0.1', 'Chrome, ', 'UTC', 'sign out everywhere']) expect(text).toContain(fact)
  expect(href).toBe(`${product.url}/settings/account`)

  await page.context().clearCookies({ name: 'fenicia_session' })
  await page.goto(href)
  await enter(page, OWNER.password)
  await expect(page).toHaveURL(href)
  // A mail that comes after all others.
  await page.getByLabel('Current password').fill(OWNER.password)
  await page.getByLabel('New password').fill(NEXT_PASSWORD)
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByText('Password changed.')).toBeVisible()
  await nextMail('Your password was changed')
  expect(mails.received).toEqual([])
  await page.getByLabel('Current password').fill(NEXT_PASSWORD)
  await page.getByLabel('New password').fill(OWNER.password)
  await page.getByRole('button', { name: 'Change password' }).click()
  await nextMail('Your password was changed')
  await close()
})

test('somebody who is invited gets a mail, and is a member after one page', async ({ page, browser }) => {
  await signIn(page, product.url)
  await page.goto(`${product.url}/settings/members`)
  await expectFitToUse(page, 'members')
  const invite = page.getByRole('region', { name: 'Invite somebody' })
  await toBeAlive(invite.getByLabel('E-mail'))
  await invite.getByLabel('E-mail').fill(OWNER.email)
  await invite.getByRole('button', { name: 'Send invitation' }).click()
  await expect(invite.getByText('is a member already')).toBeVisible()
  await expect(invite.getByLabel('E-mail')).toBeFocused()
  await invite.getByLabel('E-mail').fill(GUEST.email)
  await invite.getByLabel('Role').selectOption('manager')
  await invite.getByRole('button', { name: 'Send invitation' }).click()
  const open = page.getByRole('table', { name: 'Open invitations' }).getByRole('row').filter({ hasText: GUEST.email })
  await expect(open).toContainText('Waiting')
  await expectFitToUse(page, 'members, one invited')
  const subject = `${INVITER} invites you to ${OWNER.accountName}`
  const first = await nextMail(subject)
  expect(first.to).toEqual([GUEST.email])
  for (const fact of ['Manager', INVITER, OWNER.accountName]) expect(first.text).toContain(fact)

  await open.getByRole('button', { name: /^Send again/ }).click()
  const second = await nextMail(subject)
  const guest = await freshPage(browser)
  await guest.page.goto(first.href)
  await expect(guest.page.getByText('This is no link of this Fenicia')).toBeVisible()
  // Whoever reads the mail in the browser of somebody else is told so.
  await page.goto(second.href)
  await expect(page.getByText(`This invitation is for ${GUEST.email}, and you are signed in as`)).toBeVisible()

  await guest.page.goto(second.href)
  await expect(guest.page.getByText(`invites ${GUEST.email} to be a manager of`)).toBeVisible()
  await expect(guest.page).toHaveURL(`${product.url}/invitation`)
  await expectFitToUse(guest.page, 'invitation')
  await guest.page.getByLabel('Your name').fill(GUEST.name)
  await guest.page.getByRole('textbox', { name: 'Password' }).fill(GUEST.password)
  await guest.page.getByRole('button', { name: 'Join' }).click()
  await expect(guest.page).toHaveURL(`${product.url}/settings/api-keys`)
  // What their role does not allow is not offered, and refused at its address.
  await expect(guest.page.getByRole('link', { name: 'Members' })).toHaveCount(0)
  await guest.page.goto(`${product.url}/settings/members`)
  await expect(guest.page.getByRole('heading', { name: 'Your role does not allow this' })).toBeVisible()
  const [, secret = ''] = second.href.split('#')
  expect(guest.asked.filter((request) => request.includes(secret))).toEqual([])
  expect(product.product.log()).not.toContain(secret)
  await guest.close()

  await page.goto(`${product.url}/settings/members`)
  await expect(
    page.getByRole('table', { name: 'Members' }).getByRole('row').filter({ hasText: GUEST.email }),
  ).toContainText('Manager')
  await expect(page.getByRole('table', { name: 'Open invitations' })).toHaveCount(0)
  await page.goto(`${product.url}/sign-up`)
})

test('an invitation that is revoked leads nowhere', async ({ page, browser }) => {
  await signIn(page, product.url)
  await page.goto(`${product.url}/settings/members`)
  await toBeAlive(page.getByLabel('E-mail'))
  await page.getByLabel('E-mail').fill('late@example.com')
  await page.getByRole('button', { name: 'Send invitation' }).click()
  const { href } = await nextMail(`${INVITER} invites you to ${OWNER.accountName}`)
  await page.getByRole('button', { name: 'Revoke the invitation of late@example.com' }).click()
  const dialog = page.getByRole('alertdialog')
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await expectFitToUse(page, 'revoking an invitation')
  await dialog.getByRole('button', { name: 'Revoke invitation' }).click()
  await expect(page.getByText('late@example.com', { exact: true })).toHaveCount(0)
  await expect(page.getByRole('group', { name: 'Members and invitations' })).toBeFocused()
  const guest = await freshPage(browser)
  await guest.page.goto(href)
  await expect(guest.page.getByText(`This invitation was taken back. Ask ${INVITER} for another one.`)).toBeVisible()
  await expectFitToUse(guest.page, 'invitation, revoked')
  await guest.close()
})

test('a forgotten password is replaced by a mail, whose link works once and stands in no address', async ({
  browser,
}) => {
  mails.received.length = 0
  const { page, asked, close } = await freshPage(browser)
  await page.goto(`${product.url}/sign-in`)
  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await expect(page.getByRole('heading', { name: 'Forgot your password?' })).toBeVisible()
  await expectFitToUse(page, 'forgot password')
  const send = async (email: string) => {
    await page.getByLabel('E-mail').fill(email)
    await page.getByRole('button', { name: 'Send the link' }).click()
    const status = page.getByRole('status').filter({ hasText: 'an e-mail with a link is on its way' })
    await expect(status).toBeVisible()
    return status.textContent()
  }
  const words = await send('nobody@example.com')
  await page.reload()
  await toBeAlive(page.getByLabel('E-mail'))
  expect(await send(OWNER.email)).toBe(words)
  await expectFitToUse(page, 'forgot password, sent')

  const { to, text, href } = await nextMail('Set a new password')
  expect(to).toEqual([OWNER.email])
  expect(text).toContain('Chrome, ')
  const [, secret = ''] = href.split('#')
  expect(href).toBe(`${product.url}/reset-password#${secret}`)

  await page.goto(href)
  await expect(page.getByText(`For ${OWNER.email}.`)).toBeVisible()
  await expect(page).toHaveURL(`${product.url}/reset-password`)
  await expectFitToUse(page, 'reset password')
  await page.getByLabel('New password').fill('short')
  await page.getByRole('button', { name: 'Set password' }).click()
  await expect(page.getByText('Must be 12 characters or more.')).toBeVisible()
  await page.getByLabel('New password').fill(NEXT_PASSWORD)
  await page.getByRole('button', { name: 'Set password' }).click()
  await expect(page).toHaveURL(`${product.url}/sign-in?password=set`)
  await expect(page.getByText('Your new password is set')).toBeVisible()
  await expectFitToUse(page, 'sign in with a new password')
  expect((await nextMail('Your password was changed')).to).toEqual([OWNER.email])
  await enter(page, NEXT_PASSWORD)
  await expect(page).toHaveURL(`${product.url}/settings/api-keys`)

  await page.goto(href)
  await expect(page.getByRole('alert').filter({ hasText: 'This link was used already' })).toBeVisible()
  await expectFitToUse(page, 'reset password, used')
  await page.getByRole('link', { name: 'Send me a new link' }).click()
  await expect(page).toHaveURL(`${product.url}/forgot-password`)
  await page.goto(`${product.url}/reset-password`)
  await expect(page.getByText('This is no link of this Fenicia')).toBeVisible()

  expect(asked.filter((request) => request.includes(secret))).toEqual([])
  expect(product.product.log()).not.toContain(secret)
  expect(mails.received).toEqual([])
  await close()
})
