import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { Page, Request } from '@playwright/test'
import { openCommands, toBeAlive } from './alive'
import { expectFitToUse, faults } from './fit-to-use'
import { expect, runProduct, test } from './fixtures'

const running = runProduct('tables')

/** Asks for a target as it is, which `fetch` would take for an address of its own kind. */
async function ask(method: string, path: string): Promise<IncomingMessage> {
  const { hostname, port } = new URL(running.url)
  const [answer] = (await once(request({ hostname, port, method, path }).end(), 'response')) as [IncomingMessage]
  return answer.resume()
}

test.describe('the API reference', () => {
  test('tells every call, object and error code of the document, to whoever comes', async ({ page, request }) => {
    const document = await (await request.get(`${running.url}/api/v1/openapi.json`)).json()
    // As one writes it from memory.
    await page.goto(`${running.url}/docs`)
    await expect(page).toHaveURL(`${running.url}/docs/api`)

    const calls = Object.values<Record<string, { operationId: string }>>(document.paths).flatMap(Object.values)
    expect(calls.length).toBeGreaterThan(5)
    for (const { operationId } of calls) await expect(page.locator(`#${operationId}`)).toBeVisible()
    const codes: string[] = document.components.schemas.Problem.properties.code.enum
    for (const code of codes) await expect(page.locator(`[id="${code.replace(':', '-')}"]`)).toContainText(code)
    await expect(page.getByText(`curl ${running.url}/api/v1/me`).first()).toBeVisible()
  })

  test('has its document for whoever asks for a whole address, as clients of a proxy do', async () => {
    const answer = await ask('GET', `${new URL(running.url).origin}/api/v1/openapi.json`)
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/json'])
  })

  test('is no failure of the server for whoever asks what no page can answer', async () => {
    expect((await ask('TRACE', '/docs/api')).statusCode).toBe(501)
    expect((await ask('OPTIONS', '*')).statusCode).toBe(204)
  })

  test('has no link that leads nowhere in it', async ({ page }) => {
    await page.goto(`${running.url}/docs/api`)
    const dangling = await page.evaluate(() =>
      [...document.querySelectorAll('a[href^="#"]')]
        .map((link) => decodeURIComponent(link.getAttribute('href')?.slice(1) ?? ''))
        .filter((id) => !document.getElementById(id)),
    )
    expect(dangling).toEqual([])
  })

  test('folds its contents on a small screen', async ({ page }) => {
    await page.setViewportSize({ width: 375, height: 800 })
    await page.goto(`${running.url}/docs/api`)
    const contents = page.getByRole('navigation', { name: 'On this page' })
    await expect(contents).toBeHidden()
    await page.getByText('On this page').click()
    await contents.getByRole('link', { name: 'Paging' }).click()
    await expect(page).toHaveURL(/#paging$/)
  })
})

test.describe('the frame of the settings', () => {
  test.describe.configure({ mode: 'serial' })
  let page: Page
  const errors: string[] = []

  test.beforeAll(async ({ browser }) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    page = await context.newPage()
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().startsWith('Failed to load')) errors.push(message.text())
    })
    page.on('pageerror', (error) => errors.push(String(error.stack)))
    await page.goto(`${running.url}/`)
    await page.getByLabel('Account name').fill('Northwind Traders')
    await page.getByLabel('Your name').fill('Ana Costa')
    await page.getByLabel('E-mail').fill('ana@northwind.example')
    await page.getByLabel('Password', { exact: true }).fill('murex shells on the quay')
    await page.getByRole('button', { name: 'Create account' }).click()
    await expect(page).toHaveURL(/\/settings\/api-keys$/)
  })
  test.afterAll(() => page.context().close())
  test.beforeEach(() => page.goto(`${running.url}/settings/account`))
  // A policy that something here breaks tells so on the console.
  test.afterEach(() => expect(errors).toEqual([]))

  const commandMenu = () => page.getByRole('dialog', { name: 'Commands' })

  test('names the account and the person, and says which place this is', async () => {
    await expect(page.getByRole('banner')).toContainText('Northwind Traders')
    await expect(page.getByRole('link', { name: 'Account', exact: true })).toHaveAttribute('aria-current', 'page')
    await expect(page.getByRole('link', { name: 'API Keys' })).not.toHaveAttribute('aria-current')
  })

  test('fetches another place ahead once the pointer comes to its link, and none before', async () => {
    const ahead: string[] = []
    const note = (request: Request) => {
      if (request.headers()['next-router-prefetch']) ahead.push(new URL(request.url()).pathname)
    }
    page.on('request', note)
    await page.goto(`${running.url}/settings/api-keys`, { waitUntil: 'networkidle' })
    expect(ahead).toEqual([])
    await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Webhooks' }).hover()
    await expect.poll(() => ahead).toContain('/settings/webhooks')
    page.off('request', note)
  })

  test('begins with a link past itself', async () => {
    await page.keyboard.press('Tab')
    const skip = page.getByRole('link', { name: 'Skip to content' })
    await expect(skip).toBeFocused()
    await expect(skip).toBeInViewport()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('main')).toBeFocused()
  })

  test('has a command menu that goes places by the keyboard alone', async () => {
    await openCommands(page)
    await expect(page.getByRole('combobox', { name: 'Find a command' })).toBeFocused()
    await page.keyboard.type('api')
    await expect(commandMenu().getByRole('option')).toHaveText(['API Keys', 'API reference'])
    await expect(commandMenu().getByRole('option', { selected: true })).toHaveText('API Keys')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/\/docs\/api$/)
  })

  test('has a command menu that Esc closes, giving the focus back', async () => {
    const button = page.getByRole('button', { name: 'Commands' })
    await button.click()
    expect(await faults(page)).toEqual([])
    await page.keyboard.press('Escape')
    await expect(commandMenu()).toBeHidden()
    await expect(button).toBeFocused()
  })

  test('remembers the chosen theme, from the first paint on', async () => {
    await page.emulateMedia({ colorScheme: 'light' })
    await page.getByRole('button', { name: 'Ana Costa' }).click()
    await page.getByRole('menuitemradio', { name: 'Dark theme' }).click()
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
    const html = await (await page.request.get(`${running.url}/settings/account`)).text()
    expect(html).toMatch(/<html[^>]*data-theme="dark"/)
    await page.reload()
    await expect(page.locator('html')).toHaveCSS('color-scheme', 'dark')
    await page.getByRole('button', { name: 'Ana Costa' }).click()
    await expect(page.getByRole('menuitemradio', { name: 'Dark theme' })).toBeChecked()
    await page.getByRole('menuitemradio', { name: 'System theme' }).click()
    await expect(page.locator('html')).not.toHaveAttribute('data-theme')
  })

  test('has a menu that works by arrows, letters and Esc', async () => {
    const trigger = page.getByRole('button', { name: 'Ana Costa' })
    await trigger.focus()
    await page.keyboard.press('ArrowDown')
    await expect(page.getByRole('menuitem', { name: 'Account' })).toBeFocused()
    expect(await faults(page)).toEqual([])
    await page.keyboard.press('s')
    await expect(page.getByRole('menuitemradio', { name: 'System theme' })).toBeFocused()
    await page.keyboard.press('End')
    await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('menu')).toBeHidden()
    await expect(trigger).toBeFocused()
  })

  test('puts its column into a menu on a small screen', async () => {
    await page.setViewportSize({ width: 375, height: 800 })
    const link = page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'API reference' })
    await expect(link).toBeHidden()
    await page.getByRole('button', { name: 'Menu' }).click()
    expect(await faults(page)).toEqual([])
    await link.click()
    await expect(page).toHaveURL(/\/docs\/api$/)
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  test('is fit to use in both themes and at both widths', async () => {
    await expectFitToUse(page)
  })

  test('says so where there is nothing', async () => {
    const answer = await page.goto(`${running.url}/settings/nothing`)
    expect(answer?.status()).toBe(404)
    await expect(page.getByRole('heading', { name: 'There is nothing at this address' })).toBeVisible()
    await expectFitToUse(page)
    await page.getByRole('link', { name: 'Go to the settings' }).click()
    await expect(page).toHaveURL(/\/settings\/api-keys$/)
  })

  test('says that no e-mail leaves the server, wherever somebody would count on one', async () => {
    for (const path of ['/settings/members', '/settings/notifications', '/forgot-password']) {
      await page.goto(running.url + path)
      await expect(page.getByText('No e-mail leaves this server')).toBeVisible()
    }
  })

  test('names the account anew once it is renamed', async () => {
    const name = page.getByRole('region', { name: 'This account' }).getByLabel('Account name')
    await toBeAlive(name)
    await name.fill(' ')
    await page.getByRole('button', { name: 'Save account name' }).click()
    await expect(name).toHaveAccessibleDescription('Must not be empty.')
    await name.fill('Southwind Traders')
    await page.getByRole('button', { name: 'Save account name' }).click()
    await expect(page.getByRole('banner')).toContainText('Southwind Traders')
    await page.goto(`${running.url}/settings/audit?action=account.renamed`)
    await expect(page.getByText('renamed the account from “Northwind Traders” to “Southwind Traders”')).toBeVisible()
  })

  test('lets the person out', async () => {
    await page.getByRole('button', { name: 'Ana Costa' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await expect(page).toHaveURL(/\/sign-in$/)
    await page.goto(`${running.url}/settings/account`)
    await expect(page).toHaveURL(/\/sign-in\?next=/)
  })
})
