import type { Locator, Page } from '@playwright/test'
import { addPasskeyDevice, codeOf } from './authenticators'
import { expectFitToUse } from './fit-to-use'
import { expect, runProduct, test } from './fixtures'
import { OWNER, signIn } from './people'
import { seedKeys, seedMember } from './seed'
import { agePassword } from './session'

// Second factors as a person meets them: an authenticator app, recovery codes, a passkey, and an account that asks for one.

const MANAGER = { email: 'manager@example.com', begins: '/settings/api-keys' }

const product = runProduct('account', {}, async (place) => {
  await seedKeys(place, [{ name: 'ERP Integration' }])
  await seedMember(place, 'manager', MANAGER.email)
})
// Each goes on where the one before has left its owner.
test.describe.configure({ mode: 'serial' })
/** The owner's recovery codes that nobody has used. */
let ownersCodes: string[] = []

const address = (path: string) => `${product.url}${path}`

async function givePassword(page: Page, email = OWNER.email): Promise<void> {
  await page.goto(address('/sign-in'))
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill(OWNER.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(/\/sign-in\/second-factor/)
}

async function giveCode(page: Page, code: string): Promise<void> {
  await page.getByRole('textbox').fill(code)
  await page.getByRole('button', { name: 'Continue' }).click()
}

async function signOut(page: Page): Promise<void> {
  await page.context().clearCookies({ name: 'fenicia_session' })
}

/** Sets up an authenticator app on the page; answers its key, and the code that it was added by. */
async function setUpApp(page: Page, look?: (dialog: Locator) => Promise<void>): Promise<{ key: string; used: string }> {
  await page.getByRole('button', { name: 'Set up app' }).click()
  const dialog = page.getByRole('dialog', { name: 'Set up your authenticator app' })
  const key = (await dialog.getByLabel('Key', { exact: true }).textContent()) ?? ''
  await look?.(dialog)
  await dialog.getByRole('textbox', { name: 'Code' }).fill('000000')
  await dialog.getByRole('button', { name: 'Add app' }).click()
  await expect(dialog.getByText('This is not the code that the app shows now.')).toBeVisible()
  await expect(dialog.getByRole('textbox', { name: 'Code' })).toBeFocused()
  const used = codeOf(key)
  await dialog.getByRole('textbox', { name: 'Code' }).fill(used)
  await dialog.getByRole('button', { name: 'Add app' }).click()
  return { key, used }
}

/** Stores the recovery codes that are shown; answers them. */
async function storeCodes(page: Page, look?: () => Promise<void>): Promise<string[]> {
  const dialog = page.getByRole('dialog', { name: 'Store your recovery codes' })
  await expect(dialog.getByRole('listitem')).toHaveCount(10)
  const codes = await dialog.getByRole('listitem').allTextContents()
  await look?.()
  await dialog.getByRole('checkbox', { name: 'I have stored these codes' }).check()
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(dialog).toBeHidden()
  return codes
}

test('an authenticator app is asked for after the password; a recovery code stands in for it, once', async ({
  page,
}) => {
  await signIn(page, product.url)
  await page.goto(address('/settings/account'))
  const { key, used } = await setUpApp(page, () => expectFitToUse(page, 'set-up of an app'))
  const codes = await storeCodes(page, () => expectFitToUse(page, 'recovery codes'))
  await expect(page.getByRole('button', { name: 'Remove app' })).toBeVisible()

  await signOut(page)
  await givePassword(page)
  await expectFitToUse(page, 'second step')
  // Nothing of the account is shown yet.
  await page.goto(address('/settings/api-keys'))
  await expect(page).toHaveURL(/\/sign-in\?next=/)
  await givePassword(page)
  // The code by which the app was added is used up; the next is taken ahead of its time.
  await giveCode(page, used)
  await expect(page.getByText('This code is not right, or was used already.')).toBeVisible()
  await giveCode(page, codeOf(key, 1))
  await expect(page).toHaveURL(address('/settings/api-keys'))

  await signOut(page)
  await givePassword(page)
  await giveCode(page, codes[0] ?? '')
  await expect(page).toHaveURL(address('/settings/api-keys'))
  await page.goto(address('/settings/account'))
  await expect(page.getByText('9 of 10 left.')).toBeVisible()
  await signOut(page)
  await givePassword(page)
  await giveCode(page, codes[0] ?? '')
  await expect(page.getByText('This code is not right, or was used already.')).toBeVisible()
  await giveCode(page, codes[1] ?? '')
  await expect(page).toHaveURL(address('/settings/api-keys'))

  await page.goto(address('/settings/account'))
  await page.getByRole('button', { name: 'Remove app' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove app' }).click()
  await expect(page.getByRole('button', { name: 'Set up app' })).toBeVisible()
})

test('a passkey signs in alone, stands in for the password, and is asked for as a second factor', async ({
  page,
  context,
}) => {
  await addPasskeyDevice(page)
  await signIn(page, product.url)
  await page.goto(address('/settings/account'))
  await page.getByRole('button', { name: 'Add passkey' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a passkey' })
  await dialog.getByRole('button', { name: 'Add passkey' }).click()
  await expect(dialog.getByLabel('Name')).toHaveAccessibleDescription(/Give the passkey a name first\./)
  await expect(dialog.getByLabel('Name')).toBeFocused()
  await dialog.getByLabel('Name').fill('Work laptop')
  await dialog.getByRole('button', { name: 'Add passkey' }).click()
  await storeCodes(page)
  await expect(page.getByRole('button', { name: 'Remove the passkey Work laptop' })).toBeVisible()
  await expect(page.getByText('never used')).toBeVisible()

  await signOut(page)
  await page.goto(address('/sign-in?next=/settings/account'))
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await expect(page).toHaveURL(address('/settings/account'))
  await expect(page.getByText('with a passkey.')).toBeVisible()
  await expect(page.getByText('This browser')).toBeVisible()
  await expectFitToUse(page, 'account with a passkey')

  await agePassword(product.place, context, 61)
  await page.reload()
  await page.getByRole('button', { name: 'Make new codes' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Make new codes' }).click()
  const confirmation = page.getByRole('dialog', { name: 'Confirm it is you' })
  await confirmation.getByRole('button', { name: 'Use a passkey instead' }).click()
  ownersCodes = await storeCodes(page)

  await signOut(page)
  await givePassword(page)
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await expect(page).toHaveURL(address('/settings/api-keys'))
})

test('an account that asks for a second factor lets nobody without one see anything from the next request on', async ({
  page,
  browser,
}) => {
  const context = await browser.newContext()
  const theirs = await context.newPage()
  await signIn(theirs, product.url, MANAGER)
  await theirs.goto(address('/second-factor'))
  await expect(theirs.getByRole('heading', { level: 1 })).toHaveText('Set up a second factor')
  await expect(theirs.getByText(`${OWNER.accountName} does not ask for one.`)).toBeVisible()
  await theirs.goto(address('/settings/api-keys'))
  // The owner's passkey was in a browser that is gone.
  await givePassword(page)
  await giveCode(page, ownersCodes[0] ?? '')
  await expect(page).toHaveURL(address('/settings/api-keys'))
  await page.goto(address('/settings/policies'))
  await page.getByRole('button', { name: 'Ask for a second factor' }).click()
  const dialog = page.getByRole('alertdialog')
  await expect(dialog).toContainText('1 person has none')
  await dialog.getByRole('button', { name: 'Ask for it' }).click()
  await expect(page.getByText('Asked for', { exact: true })).toBeVisible()

  expect((await context.request.get(address('/api/v1/keys'))).status()).toBe(403)
  await theirs.getByRole('link', { name: 'Account' }).click()
  await expect(theirs).toHaveURL(address('/second-factor'))
  await theirs.goto(address('/settings/api-keys'))
  await expect(theirs).toHaveURL(address('/second-factor'))
  await expectFitToUse(theirs, 'a second factor is asked for')
  await setUpApp(theirs)
  await storeCodes(theirs)
  await theirs.getByRole('link', { name: `Continue to ${OWNER.accountName}` }).click()
  await expect(theirs).toHaveURL(address('/settings/api-keys'))
  await context.close()
})
