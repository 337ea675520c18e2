import { performance } from 'node:perf_hooks'
import type { Page } from '@playwright/test'
import { startTcpGate, type TcpGate } from '../test/tcp-gate'
import { call } from './external-app'
import { expectFitToUse } from './fit-to-use'
import { expect, test } from './fixtures'
import { chooseAction, closeToken, generateKey, keyRow, readToken, signIn } from './people'
import { makePlace, type Place } from './place'
import { type Product, startProduct } from './product'
import { seedKeys } from './seed'

// The database is out of reach while people work: each page says so, with the id of the request, nothing is done by half,
// and what was typed does its work once the database is back.

let place: Place
let gate: TcpGate
let product: Product
let appToken: string

test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  place = await makePlace('account')
  ;[appToken = ''] = await seedKeys(place, [
    { name: 'ERP Integration', usedMinutesAgo: 3, address: '203.0.113.7', userAgent: 'python-requests/2.31' },
    { name: 'Sync script' },
  ])
  const url = new URL(place.env.DATABASE_URL ?? '')
  gate = await startTcpGate(Number(url.port))
  url.port = String(gate.port)
  product = await startProduct(place, { DATABASE_URL: url.href })
})
test.afterAll(async () => {
  gate?.open()
  await product?.stop()
  await gate?.close()
  await place?.remove()
})
test.beforeEach(async ({ page }) => {
  await signIn(page, product.url)
  // A page whose parts are still being read when the database goes is lost with them.
  await page.waitForLoadState('networkidle')
})
test.afterEach(() => gate.open())

const failureOf = (page: Page, title: string) => page.getByRole('alert').filter({ hasText: title })

test('a list that can’t be read says so, and Retry reads it', async ({ page }) => {
  await expect(keyRow(page, 'ERP Integration')).toBeVisible()
  gate.refuse()
  await page.getByLabel('Search API keys').fill('sync')
  const failure = failureOf(page, 'The API keys could not be read')
  await expect(failure).toContainText(
    'The database does not answer. Try again shortly. Your keys go on working as they are.',
  )
  await expect(failure).toContainText(/Request id: req_[0-9a-f]{32}/)
  await expectFitToUse(page, 'list, failed')
  await page.setViewportSize({ width: 375, height: 800 })
  // The id is one long word.
  expect(await failure.evaluate((box) => box.scrollWidth <= box.clientWidth)).toBe(true)
  await page.setViewportSize({ width: 1280, height: 800 })

  gate.open()
  await failure.getByRole('button', { name: 'Retry' }).click()
  await expect(keyRow(page, 'Sync script')).toBeVisible()
  await expect(failure).toHaveCount(0)
})

test('a key is not made by half, and the form makes it when the database is back', async ({ page }) => {
  await page.getByRole('button', { name: 'Generate new key' }).click()
  const form = page.getByRole('dialog', { name: 'Generate new key' })
  await form.getByLabel('Name').fill('After the outage')
  await form.getByRole('checkbox', { name: 'orders:read', exact: true }).check()
  gate.refuse()
  await form.getByRole('button', { name: 'Generate key' }).click()
  await expect(form.getByRole('alert')).toContainText('The database does not answer')
  await expect(form.getByRole('alert')).toContainText(/quote req_[0-9a-f]{32}/)
  await expect(form.getByLabel('Name')).toHaveValue('After the outage')

  gate.open()
  await form.getByRole('button', { name: 'Generate key' }).click()
  const token = await readToken(page.getByRole('dialog', { name: 'API key generated' }))
  expect((await call(product.url, token, '/me')).status).toBe(200)
  const [stored] = await place.withDatabase((query) =>
    query<{ keys: number; events: number }>(
      `select count(distinct key.id)::int as keys, count(event.id)::int as events from api_keys as key
       left join audit_events as event on event.target_id = key.id where key.name = 'After the outage'`,
    ),
  )
  expect(stored).toEqual({ keys: 1, events: 1 })
})

test('a revocation that failed says so and is done by the same dialog afterwards', async ({ page }) => {
  const issued = await generateKey(page, 'To be revoked', ['orders:read'])
  const token = await readToken(issued)
  await closeToken(issued)
  await chooseAction(keyRow(page, 'To be revoked'), 'Revoke key')
  const dialog = page.getByRole('alertdialog')
  await dialog.getByLabel('Reason').fill('Lost')
  gate.refuse()
  await dialog.getByRole('button', { name: 'Revoke key' }).click()
  await expect(dialog.getByRole('alert')).toContainText('The database does not answer')
  // The list behind it was read again, in vain; what it showed is still there.
  await expect(page.getByText('The keys below may be out of date')).toBeVisible()
  await expect(page.getByText('To be revoked', { exact: true }).first()).toBeVisible()
  gate.open()
  expect((await call(product.url, token, '/me')).status).toBe(200)
  await dialog.getByRole('button', { name: 'Revoke key' }).click()
  await expect(dialog).toBeHidden()
  expect((await call(product.url, token, '/me')).status).toBe(401)
})

test('a page that is opened meanwhile says what failed, with a reference, and is shown once it can be', async ({
  page,
  pageErrors,
}) => {
  gate.refuse()
  await page.goto(`${product.url}/settings/api-keys`)
  await expect(page.getByRole('heading', { name: 'This page could not be shown' })).toBeVisible()
  await expect(page.getByText(/quote the reference \S+/)).toBeVisible()
  // React logs errors of the server in the browser too: the page's, and the frame's where that fails as well.
  const logged = pageErrors.splice(0)
  expect(logged.length).toBeGreaterThan(0)
  for (const one of logged) expect(one).toContain('React error #441')
  gate.open()
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(keyRow(page, 'ERP Integration')).toBeVisible()
})

// The last one, of all that the server does.
test('a server whose database hangs is gone before whoever stops it kills it, and says why', async () => {
  gate.shut()
  const waiting = call(product.url, appToken, '/me').catch(() => null)
  const asked = performance.now()
  await product.stop()
  expect(performance.now() - asked).toBeLessThan(9_000)
  await waiting
  expect(product.log()).toMatch(/The database does not answer, and is not waited for while the process stops/)
})
