import { expect, type Locator, type Page } from '@playwright/test'
import { toBeAlive } from './alive'

// What a person does on the pages of credentials, in the words that stand on the screen.

/** Opens the form for a service that is not in the catalogue and chooses a type. */
export async function openForm(page: Page, url: string, type: string): Promise<void> {
  await page.goto(`${url}/settings/credentials`)
  await page.getByRole('link', { name: 'Add credential' }).click()
  await page.getByRole('link', { name: 'Other service' }).click()
  const radio = page.getByRole('radio', { name: type, exact: true })
  await toBeAlive(radio)
  await radio.check()
}

/** A text control of the form by its whole label. */
export const field = (page: Page, label: string): Locator => page.getByRole('main').getByLabel(label, { exact: true })

/** Presses Test and waits until it is over; answers what the page then says of it. */
export async function testForm(page: Page, result: string): Promise<Locator> {
  await page.getByRole('button', { name: 'Test', exact: true }).click()
  const region = page.getByRole('region', { name: 'Test', exact: true })
  await expect(region.getByRole('status')).toContainText(`The test is over: ${result}.`)
  return region
}

/** What a stage of a test shows: its word, and how long it took. */
export const stage = (within: Locator, name: string): Locator => within.getByRole('listitem').filter({ hasText: name })

/** Saves the form for a new credential; answers the credential's id once its page is there. */
export async function saveNew(page: Page, name: string): Promise<string> {
  await page.getByRole('button', { name: 'Save credential' }).click()
  await expect(page).toHaveURL(/\/settings\/credentials\/cred_[0-9a-f]+$/)
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
  return new URL(page.url()).pathname.split('/').at(-1) as string
}

/** The row of a credential in the list. */
export function credentialRow(page: Page, name: string): Locator {
  const row = page.getByRole('table', { name: 'Credentials' }).getByRole('row')
  return row.filter({ has: page.getByRole('link', { name, exact: true }) })
}

/** Pastes a text into a control, as a person does who copied it elsewhere. */
export async function paste(control: Locator, text: string): Promise<void> {
  await control.focus()
  await control.evaluate((element, pasted) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', pasted)
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  }, text)
}

/** Keeps all that the page's own requests are answered, whatever the page makes of it. Before its first page is opened. */
export async function keepAnswers(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const answers: Promise<string>[] = []
    const { fetch } = window
    window.fetch = async (...request) => {
      const response = await fetch(...request)
      const copy = response.clone()
      answers.push(copy.text().catch(() => ''))
      return response
    }
    Object.assign(window, { keptAnswers: answers })
  })
  return () => page.evaluate(() => Promise.all(Reflect.get(window, 'keptAnswers') as Promise<string>[]))
}
