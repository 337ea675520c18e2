import type { BrowserContext, Locator, Page } from '@playwright/test'
import { toBeAlive } from './alive'
import { call } from './external-app'
import { expectFitToUse } from './fit-to-use'
import { expect, runProduct, test } from './fixtures'
import { chooseAction, closeToken, keyRow, OWNER, readToken, signIn } from './people'
import { seedKeys } from './seed'
import { agePassword } from './session'

// What does not go as one hopes: the password is wanted again, the network or the session is gone, somebody else was first.
// Each time the page says what happened and what to do, keeps what was typed, and nothing is done by half.

/** A key for each test that ends it. */
const NAMES = ['Regenerated', 'Revoked', 'Throttled', 'Cut off', 'Ended elsewhere', 'Renamed too late', 'Outdated page']

const product = runProduct('account', {}, (place) =>
  seedKeys(
    place,
    NAMES.map((name) => ({ name, usedMinutesAgo: 2, address: '203.0.113.7', userAgent: 'python-requests/2.31' })),
  ),
)
const listUrl = () => `${product.url}/settings/api-keys`

const password = (page: Page) => page.getByRole('dialog', { name: 'Confirm it is you' })

async function answerPassword(page: Page, text: string): Promise<void> {
  await password(page).getByRole('textbox', { name: 'Password' }).fill(text)
  await password(page).getByRole('button', { name: 'Continue' }).click()
}

/** Opens the form for a new key and fills it in. */
async function fillForm(page: Page, name: string): Promise<Locator> {
  await page.getByRole('button', { name: 'Generate new key' }).click()
  const form = page.getByRole('dialog', { name: 'Generate new key' })
  await form.getByLabel('Name').fill(name)
  await form.getByRole('radio', { name: 'Test' }).check()
  await form.getByRole('checkbox', { name: 'orders:read', exact: true }).check()
  await form.getByLabel('Expires').selectOption('Never')
  return form
}

/** What was typed into that form is still there. */
async function expectFilled(form: Locator, name: string): Promise<void> {
  await expect(form.getByLabel('Name')).toHaveValue(name)
  await expect(form.getByRole('radio', { name: 'Test' })).toBeChecked()
  await expect(form.getByRole('checkbox', { name: 'orders:read', exact: true })).toBeChecked()
  await expect(form.getByLabel('Expires')).toHaveValue('never')
}

const submit = (dialog: Locator, verb: string) => dialog.getByRole('button', { name: verb, exact: true }).click()

async function openRevocation(page: Page, name: string): Promise<Locator> {
  await chooseAction(keyRow(page, name), 'Revoke key')
  return page.getByRole('alertdialog', { name: `Revoke “${name}”?` })
}

async function openRegeneration(page: Page, name: string): Promise<Locator> {
  await chooseAction(keyRow(page, name), 'Regenerate key')
  return page.getByRole('dialog', { name: `Regenerate “${name}”` })
}

/** Signs out in another tab of the same browser. */
async function signOutElsewhere(context: BrowserContext): Promise<void> {
  const tab = await context.newPage()
  await tab.goto(`${product.url}/settings/account`)
  await tab.getByRole('banner').getByRole('button', { name: 'hanna' }).click()
  await tab.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(tab).toHaveURL(`${product.url}/sign-in`)
  await tab.close()
}

/** The requests by which a page asks for a change. */
const isAction = (url: URL) => url.pathname.startsWith('/settings/api-keys')

/** One session for all, but for the tests that end it. */
let cookies: Parameters<BrowserContext['addCookies']>[0]

test.beforeAll(async ({ browser }) => {
  const page = await browser.newPage()
  await signIn(page, product.url)
  cookies = await page.context().cookies()
  await page.close()
})
test.beforeEach(async ({ page, context }) => {
  await context.addCookies(cookies)
  await page.goto(listUrl())
})

test.describe('a password that was given over an hour ago', () => {
  test.beforeEach(({ context }) => agePassword(product.place, context, 61))

  test('is asked for before a key is generated, and what was typed stays', async ({ page }) => {
    const form = await fillForm(page, 'Asked first')
    await submit(form, 'Generate key')
    await expect(password(page).getByRole('textbox', { name: 'Password' })).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(password(page)).toBeHidden()
    await expect(form.getByRole('button', { name: 'Generate key' })).toBeFocused()
    await expect(form.getByRole('alert')).toHaveCount(0)
    await expectFilled(form, 'Asked first')

    await submit(form, 'Generate key')
    await answerPassword(page, 'not-the-password-1')
    const field = password(page).getByRole('textbox', { name: 'Password' })
    await expect(field).toHaveAccessibleDescription('This is not your password.')
    await expect(field).toHaveAttribute('aria-invalid', 'true')
    await expect(field).toBeFocused()
    await expectFitToUse(page, 'password, refused')

    await answerPassword(page, OWNER.password)
    const dialog = page.getByRole('dialog', { name: 'API key generated' })
    const token = await readToken(dialog)
    expect(token).toMatch(/^fn_test_/)
    const { status, body } = await call(product.url, token, '/me')
    expect(status).toBe(200)
    expect(body.key).toMatchObject({ name: 'Asked first', scopes: ['orders:read'], expires_at: null })
    await closeToken(dialog)
    // Once Escape, once a wrong password, once the right one: one key.
    await expect(keyRow(page, 'Asked first')).toHaveCount(1)
  })

  test('is asked for before a key is regenerated, as was chosen, and then not again for an hour', async ({ page }) => {
    const form = await openRegeneration(page, 'Regenerated')
    await form.getByRole('radio', { name: 'After 7 days' }).check()
    await submit(form, 'Regenerate key')
    await answerPassword(page, OWNER.password)
    const dialog = page.getByRole('dialog', { name: 'API key regenerated' })
    await readToken(dialog)
    await closeToken(dialog)
    const old = keyRow(page, 'Regenerated', 'Retiring')
    await expect(old).toContainText(/Stops in (6|7) days/)

    await chooseAction(old, 'Revoke key')
    await submit(page.getByRole('alertdialog'), 'Revoke key')
    await expect(page.getByText('“Regenerated” is revoked').first()).toBeVisible()
  })

  test('is asked for before a key is revoked, and the reason stays', async ({ page }) => {
    const dialog = await openRevocation(page, 'Revoked')
    await dialog.getByLabel('Reason').fill('The laptop is gone')
    await submit(dialog, 'Revoke key')
    await password(page).getByRole('button', { name: 'Cancel' }).click()
    await expect(password(page)).toBeHidden()
    await expect(dialog.getByLabel('Reason')).toHaveValue('The laptop is gone')
    await submit(dialog, 'Revoke key')
    await answerPassword(page, OWNER.password)
    await expect(dialog).toBeHidden()
    await page.goto(`${listUrl()}?status=revoked`)
    await keyRow(page, 'Revoked').getByRole('link').click()
    await expect(page.getByText('The laptop is gone').first()).toBeVisible()
  })

  test('cannot be guessed without end: one is told how long to wait, and can leave', async ({ page, context }) => {
    // As a browser of its own: the others must not have to wait for what is guessed here.
    await context.clearCookies()
    await signIn(page, product.url)
    await agePassword(product.place, context, 61)
    await page.reload()
    const dialog = await openRevocation(page, 'Throttled')
    await submit(dialog, 'Revoke key')
    const tooMany = password(page).getByRole('alert').filter({ hasText: 'Too many attempts. Try again in ' })
    for (let attempts = 0; attempts < 20 && !(await tooMany.isVisible()); attempts++) {
      await answerPassword(page, 'not-the-password-1')
      const button = password(page).getByRole('button', { name: 'Continue' })
      await expect.poll(() => button.getAttribute('aria-busy'), { intervals: [20] }).toBeNull()
    }
    await expect(tooMany).toBeVisible()
    await answerPassword(page, OWNER.password)
    await expect(tooMany).toBeVisible()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
    await page.reload()
    await expect(keyRow(page, 'Throttled')).toContainText('Active')
  })

  test('loses nothing when the network fails under it', async ({ page, context }) => {
    const form = await fillForm(page, 'No network')
    await submit(form, 'Generate key')
    await context.setOffline(true)
    await answerPassword(page, OWNER.password)
    await expect(password(page).getByRole('alert')).toContainText('nothing was changed. Check your connection')
    await context.setOffline(false)
    await answerPassword(page, OWNER.password)
    await expect(page.getByRole('dialog', { name: 'API key generated' })).toBeVisible()
  })
})

test.describe('the network is gone', () => {
  test('while the list is read: Retry reads it', async ({ page, context }) => {
    await expect(keyRow(page, 'Cut off')).toBeVisible()
    // What reads lists is loaded after the page; without it the page says so instead.
    await page.waitForLoadState('networkidle')
    await context.setOffline(true)
    await page.getByLabel('Search API keys').fill('cut')
    const failure = page.getByRole('alert').filter({ hasText: 'The API keys could not be read' })
    await expect(failure).toContainText('The server could not be reached.')
    await expect(failure).toContainText('Your keys go on working as they are.')
    await context.setOffline(false)
    await failure.getByRole('button', { name: 'Retry' }).click()
    await expect(keyRow(page, 'Cut off')).toBeVisible()
    await expect(failure).toHaveCount(0)
  })

  test('while a key is revoked: nothing is, and the same dialog does it afterwards', async ({ page, context }) => {
    const dialog = await openRevocation(page, 'Cut off')
    await dialog.getByLabel('Reason').fill('Not needed')
    await context.setOffline(true)
    await submit(dialog, 'Revoke key')
    await expect(dialog.getByRole('alert')).toContainText('it is not known whether the change was made')
    await context.setOffline(false)
    await expect(dialog.getByLabel('Reason')).toHaveValue('Not needed')
    await submit(dialog, 'Revoke key')
    await expect(page.getByText('“Cut off” is revoked').first()).toBeVisible()
  })

  test('after a key was made: the person is told to look, finds it, and cannot make it twice', async ({ page }) => {
    const form = await fillForm(page, 'Made unseen')
    // At the lower end of the form, from where its head is out of sight.
    await form.getByLabel('Expires').scrollIntoViewIfNeeded()
    await page.route(isAction, async (route) => {
      if (route.request().method() !== 'POST') return route.fallback()
      await route.fetch()
      await route.abort()
    })
    await submit(form, 'Generate key')
    await expect(form.getByRole('alert')).toContainText('the key may have been made. If it is in the list, revoke it')
    await expect(form.getByRole('alert')).toBeInViewport()
    await expectFilled(form, 'Made unseen')
    // The list behind the dialog has been read again.
    await expect(page.getByRole('row', { includeHidden: true }).filter({ hasText: 'Made unseen' })).toHaveCount(1)

    await page.unroute(isAction)
    await submit(form, 'Generate key')
    await expect(form.getByLabel('Name')).toHaveAccessibleDescription(/^An active key is already called “Made unseen”/)
    await page.keyboard.press('Escape')
    await expect(keyRow(page, 'Made unseen')).toHaveCount(1)
  })
})

test('what is said of a field goes once it is mended, and with the last of it what is said above', async ({ page }) => {
  const form = await fillForm(page, '')
  await form.getByRole('checkbox', { name: 'orders:read', exact: true }).uncheck()
  await submit(form, 'Generate key')
  const above = form.getByText('look at the marked fields')
  await expect(form.getByLabel('Name')).toBeFocused()
  await form.getByLabel('Name').fill('Mended')
  await expect(form.getByText('The name must not be empty.')).toHaveCount(0)
  await expect(form.getByLabel('Name')).not.toHaveAttribute('aria-invalid')
  await expect(above).toBeVisible()
  await form.getByRole('checkbox', { name: 'orders:read', exact: true }).check()
  await expect(form.getByText('Choose at least one scope.')).toHaveCount(0)
  await expect(above).toHaveCount(0)
})

test('a press beside a dialog takes nothing away that was typed into it; Escape does', async ({ page }) => {
  const form = await fillForm(page, 'Pressed beside')
  await page.mouse.click(3, 300)
  await expectFilled(form, 'Pressed beside')
  await page.keyboard.press('Escape')
  await expect(form).toBeHidden()

  const dialog = await openRevocation(page, 'Throttled')
  await dialog.getByLabel('Reason').fill('Typed at length')
  await page.mouse.click(3, 300)
  await expect(dialog.getByLabel('Reason')).toHaveValue('Typed at length')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
})

test('nothing takes the dialog away while a key is being made: not Escape, not Cancel, not Back', async ({ page }) => {
  const form = await fillForm(page, 'Slow to come')
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route(isAction, async (route) => {
    if (route.request().method() === 'POST') await held
    await route.continue()
  })
  await submit(form, 'Generate key')
  await expect(form.getByRole('button', { name: 'Generate key' })).toHaveAttribute('aria-busy', 'true')
  await page.keyboard.press('Escape')
  await form.getByRole('button', { name: 'Cancel' }).click({ force: true })
  await page.goBack()
  await expect(page).toHaveURL(listUrl())
  await expect(form).toBeVisible()
  release()
  const dialog = page.getByRole('dialog', { name: 'API key generated' })
  expect((await call(product.url, await readToken(dialog), '/me')).status).toBe(200)
  await closeToken(dialog)
})

test.describe('the session was ended in another tab', () => {
  test.beforeEach(async ({ page, context }) => {
    await context.clearCookies()
    await signIn(page, product.url)
  })

  test('while a form was filled in: one signs in there, and the form does its work', async ({ page, context }) => {
    const form = await fillForm(page, 'Signed in again')
    await signOutElsewhere(context)
    await submit(form, 'Generate key')
    const alert = form.getByRole('alert')
    await expect(alert).toContainText('You are no longer signed in, and nothing was changed.')
    await expectFilled(form, 'Signed in again')
    await page.setViewportSize({ width: 375, height: 700 })
    await expect(alert).toBeInViewport()
    await page.setViewportSize({ width: 1280, height: 800 })

    const opened = context.waitForEvent('page')
    await alert.getByRole('link', { name: 'Sign in in another tab' }).click()
    await signIn(await opened, product.url)
    await submit(form, 'Generate key')
    await expect(page.getByRole('dialog', { name: 'API key generated' })).toBeVisible()
  })

  test('while the password is asked for: the form says so, not the password', async ({ page, context }) => {
    await agePassword(product.place, context, 61)
    const form = await fillForm(page, 'Signed out meanwhile')
    await submit(form, 'Generate key')
    await expect(password(page)).toBeVisible()
    await signOutElsewhere(context)
    await answerPassword(page, OWNER.password)
    await expect(password(page)).toBeHidden()
    await expect(form.getByRole('alert')).toContainText('You are no longer signed in, and nothing was changed.')
    await expectFilled(form, 'Signed out meanwhile')
  })

  test('while the list was looked at: signing in leads back to the same list', async ({ page, context }) => {
    await expect(keyRow(page, 'Throttled')).toBeVisible()
    await signOutElsewhere(context)
    await page.getByLabel('Status', { exact: true }).selectOption('All statuses')
    const failure = page.getByRole('alert').filter({ hasText: 'You are no longer signed in' })
    await expectFitToUse(page, 'list, signed out')
    await failure.getByRole('link', { name: 'Sign in again' }).click()
    await page.getByLabel('E-mail').fill(OWNER.email)
    await page.getByRole('textbox', { name: 'Password' }).fill(OWNER.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page).toHaveURL(`${listUrl()}?status=all`)
    await expect(keyRow(page, 'Throttled')).toBeVisible()
  })
})

test('a key that somebody else revoked meanwhile cannot be regenerated, and the page shows it as it is', async ({
  page,
  context,
}) => {
  const form = await openRegeneration(page, 'Ended elsewhere')
  const other = await context.newPage()
  await other.goto(listUrl())
  const theirs = await openRevocation(other, 'Ended elsewhere')
  await submit(theirs, 'Revoke key')
  await expect(theirs).toBeHidden()

  await submit(form, 'Regenerate key')
  await expect(form.getByRole('alert')).toContainText('this one is revoked. Generate a new key.')
  await page.keyboard.press('Escape')
  // At once: by itself the list is read again every 20 seconds only.
  await expect(keyRow(page, 'Ended elsewhere')).toHaveCount(0, { timeout: 5_000 })
  await page.goto(`${listUrl()}?status=all`)
  await expect(keyRow(page, 'Ended elsewhere')).toHaveCount(1)
  await expect(keyRow(page, 'Ended elsewhere')).toContainText('Revoked')
})

test('a key’s page follows what somebody else does to the key, in its history too', async ({ page, context }) => {
  await keyRow(page, 'Renamed too late').getByRole('link').click()
  const rename = page.getByRole('button', { name: 'Rename', exact: true })
  await toBeAlive(rename)
  await rename.click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Another name')
  const other = await context.newPage()
  await other.goto(listUrl())
  const theirs = await openRevocation(other, 'Renamed too late')
  await theirs.getByLabel('Reason').fill('By somebody else')
  await submit(theirs, 'Revoke key')
  await expect(theirs).toBeHidden()

  await page.getByRole('button', { name: 'Save name' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'this one is revoked' })).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('Another name')
  await expect(page.getByRole('region', { name: 'Details' })).toContainText('Revoked')
  await expect(page.getByRole('region', { name: 'History' })).toContainText('By somebody else')
})

test('a page that is older than the server says so, and reloads', async ({ page }) => {
  const form = await openRegeneration(page, 'Outdated page')
  // The server no longer knows the action, as after an update.
  await page.route(isAction, (route) => {
    const headers = route.request().headers()
    return route.continue({ headers: headers['next-action'] ? { ...headers, 'next-action': '0'.repeat(42) } : headers })
  })
  await submit(form, 'Regenerate key')
  await expect(form.getByRole('alert')).toContainText('Fenicia was updated since you opened this page')
  await page.unroute(isAction)
  await form.getByRole('button', { name: 'Reload the page' }).click()
  await expect(form).toBeHidden()
  await expect(keyRow(page, 'Outdated page')).toHaveCount(1)
  await expect(keyRow(page, 'Outdated page')).toContainText('Active')
})
