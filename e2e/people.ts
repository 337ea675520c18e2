import { expect, type Locator, type Page } from '@playwright/test'
import { toBeAlive } from './alive'

/** The person of the suites: owner of the first account. */
export const OWNER = {
  accountName: 'Cedar & Murex',
  name: 'Hanna Barca',
  email: 'hanna@example.com',
  password: 'purple-cedar-ships-9',
}

/** What a person does in the browser, in the words that stand on the screen. */
export async function signUp(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/sign-up`)
  await page.getByLabel('Account name').fill(OWNER.accountName)
  await page.getByLabel('Your name').fill(OWNER.name)
  await page.getByLabel('E-mail').fill(OWNER.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(OWNER.password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page).toHaveURL(`${url}/settings/api-keys`)
}

/** Signs the person of the suites in, who must have signed up, or another with the same password; ends where they begin. */
export async function signIn(
  page: Page,
  url: string,
  { email = OWNER.email, begins = '/settings/api-keys' } = {},
): Promise<void> {
  await page.goto(`${url}/sign-in`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill(OWNER.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(url + begins)
}

/** Generates a key that never expires on the page of API keys; answers the dialog that shows its token, which stays open. */
export async function generateKey(page: Page, name: string, scopes: string[]): Promise<Locator> {
  await page.getByRole('button', { name: 'Generate new key' }).first().click()
  const form = page.getByRole('dialog', { name: 'Generate new key' })
  await form.getByLabel('Name').fill(name)
  for (const scope of scopes) await form.getByRole('checkbox', { name: scope, exact: true }).check()
  await form.getByLabel('Expires').selectOption('Never')
  await form.getByRole('button', { name: 'Generate key' }).click()
  return page.getByRole('dialog', { name: 'API key generated' })
}

/** The token that a dialog shows once. */
export async function readToken(dialog: Locator): Promise<string> {
  await dialog.getByRole('button', { name: 'Show', exact: true }).click()
  const shown = dialog.getByLabel('Token', { exact: true })
  await expect(shown).toHaveText(/^fn_(live|test)_[0-9A-Za-z]{38}$/)
  return (await shown.textContent()) ?? ''
}

/** Closes that dialog, as is only possible after the promise that it is stored. */
export async function closeToken(dialog: Locator): Promise<void> {
  await dialog.getByRole('checkbox', { name: 'I have stored this key' }).check()
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(dialog).toBeHidden()
}

/** The row of a key in the list; among several of one name, the one that shows `text` too. */
export function keyRow(page: Page, name: string, text: string | RegExp = ''): Locator {
  const row = page.getByRole('table', { name: 'API keys' }).getByRole('row')
  return row.filter({ has: page.getByRole('link', { name, exact: true }) }).filter({ hasText: text })
}

/** Opens the menu of a row and chooses an action. */
export async function chooseAction(row: Locator, action: string): Promise<void> {
  await row.getByRole('button', { name: /^Actions for / }).click()
  await row.page().getByRole('menuitem', { name: action }).click()
}

/** Adds a webhook on its page; answers its id and its signing secret. */
export async function addWebhook(
  page: Page,
  url: string,
  address = 'https://hooks.example.com/fenicia',
): Promise<{ id: string; secret: string }> {
  await page.goto(`${url}/settings/webhooks/new`)
  await page.getByLabel('Name').fill('ERP events')
  await page.getByLabel('Address').fill(address)
  await page.getByRole('button', { name: 'Add webhook' }).click()
  const secret = await page.getByRole('status', { name: 'Signing secret' }).locator('code').textContent()
  await page.getByRole('link', { name: /open the webhook$/ }).click()
  await expect(page).toHaveURL(/\/settings\/webhooks\/whk_/)
  return { id: new URL(page.url()).pathname.split('/').at(-1) ?? '', secret: secret ?? '' }
}

/** Adds a role on its page, which may see the audit log; answers its id. */
export async function addRole(page: Page, url: string, name = 'Auditor'): Promise<string> {
  await page.goto(`${url}/settings/members/roles/new`)
  await toBeAlive(page.getByLabel('Name'))
  await page.getByLabel('Name').fill(name)
  await page.getByRole('checkbox', { name: 'See and export the audit log' }).check()
  await page.getByRole('button', { name: 'Add role' }).click()
  const link = page.getByRole('region', { name }).getByRole('link').first()
  return (await link.getAttribute('href'))?.split('/').at(-1) ?? ''
}
