import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { promisify } from 'node:util'
import type { Page } from '@playwright/test'
import { toBeAlive } from './alive'
import { field, openForm, saveNew } from './credential-pages'
import { call } from './external-app'
import { expectFitToUse, expectInSight } from './fit-to-use'
import { expect, runProduct, test } from './fixtures'
import { signIn } from './people'
import { seedKeys, seedMember } from './seed'

// An app calls a service through an integration: it has a Fenicia key and nothing else, the service sees its own secret
// and nothing of Fenicia's, and the person sees who called what.

const SECRET = 'shp-secret-4f9a1c7e2b'
const MANAGER = 'manager@example.com'
const STAFF = 'staff@example.com'

/** What the service got. */
const seen: { method: string; url: string; headers: IncomingHttpHeaders; body: string }[] = []
let service: Server
let serviceUrl: string
/** Of the program that sets things up, and of the app that only calls. */
let setUpKey: string
let appKey: string
/** Of the same app, where it is tried out. */
let appTestKey: string

const product = runProduct('account', { FENICIA_EGRESS_ALLOW: '127.0.0.1/32' }, async (place) => {
  const setUp = ['credentials:read', 'credentials:create', 'integrations:read', 'integrations:create']
  const tokens = await seedKeys(place, [
    { name: 'Set-up script', scopes: setUp },
    { name: 'Warehouse sync', scopes: ['integrations:use'] },
    { name: 'Warehouse sync, test', scopes: ['integrations:use'], environment: 'test' },
  ])
  ;[setUpKey, appKey, appTestKey] = tokens as [string, string, string]
  await seedMember(place, 'manager', MANAGER)
  await seedMember(place, 'staff', STAFF)
})

test.beforeAll(async () => {
  service = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      seen.push({ method, url, headers, body })
      response.writeHead(url.includes('broken') ? 503 : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ orders: [{ id: 1001 }], path: url }))
    })
  }).listen(0, '127.0.0.1')
  await once(service, 'listening')
  serviceUrl = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
})
test.afterAll(() => {
  service.close()
})

const address = (path = '') => `${product.url}/settings/integrations${path}`

/** A key of the service, stored by a program over the API; answers the credential's id. */
async function storeCredential(name: string): Promise<string> {
  const { status, body } = await call(product.url, setUpKey, '/credentials', {
    type: 'api_key',
    name,
    placement: { in: 'header', name: 'X-Api-Key' },
    hosts: [serviceUrl],
    secret: { key: SECRET },
  })
  expect(status, JSON.stringify(body)).toBe(201)
  expect(JSON.stringify(body)).not.toContain(SECRET)
  return body.id
}

async function makeIntegration(slug: string, credentialId: string, more: object = {}): Promise<string> {
  const fields = { name: `Orders by ${slug}`, slug, credential_id: credentialId, base_url: `${serviceUrl}/v1` }
  const { status, body } = await call(product.url, setUpKey, '/integrations', { ...fields, ...more })
  expect(status, JSON.stringify(body)).toBe(201)
  return body.id
}

/** The rows of the last calls; calls are written a few seconds after they were made. */
async function expectCalls(page: Page, ...texts: string[]): Promise<void> {
  const table = page.getByRole('table', { name: 'Last calls' })
  await expect(async () => {
    await page.reload()
    for (const text of texts)
      await expect(table.getByRole('row', { name: text }).first()).toBeVisible({ timeout: 1_000 })
  }).toPass({ timeout: 30_000 })
}

test('from an empty list to an app that calls through an integration, until it is deleted', async ({ page }) => {
  test.setTimeout(240_000)
  const { url } = product
  const callThrough = (path: string, body?: object) =>
    call(url, appKey, `/integrations/shipping-labels/proxy${path}`, body)
  await signIn(page, url)

  await test.step('without a credential, the list sends to that first step', async () => {
    await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Integrations' }).click()
    await expect(page.getByRole('link', { name: 'Add a credential' })).toHaveAttribute(
      'href',
      '/settings/credentials/new',
    )
    await expectFitToUse(page, 'empty list, without a credential')
  })
  const shippo = await storeCredential('Shippo production')

  await test.step('the page of a credential that nothing uses leads to the form, with it chosen', async () => {
    await page.goto(`${url}/settings/credentials/${shippo}`)
    await page.getByRole('link', { name: 'Add integration' }).click()
    await expect(page.getByLabel('Credential', { exact: true })).toHaveValue(shippo)
  })

  await test.step('the form fills in what is known, and says what is wrong at its field', async () => {
    await page.goto(address())
    await page.getByRole('link', { name: 'Add your first integration' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Shipping labels')
    await expect(page.getByLabel('Slug')).toHaveValue('shipping-labels')
    await expect(page.getByText(`${url}/api/v1/integrations/shipping-labels/proxy/…`)).toBeVisible()
    await page.getByLabel('Credential', { exact: true }).selectOption('Shippo production (API key)')
    const baseUrl = page.getByLabel('Base URL')
    await expect(baseUrl).toHaveValue(serviceUrl)

    await baseUrl.fill('https://elsewhere.example.com')
    await page.getByLabel('Timeout in seconds').fill('500')
    await page.getByRole('button', { name: 'Add integration' }).click()
    await expect(baseUrl).toBeFocused()
    await expect(baseUrl).toHaveAccessibleDescription(/was not saved for elsewhere\.example\.com/)
    await expect(page.getByRole('link', { name: 'add the host to the credential' })).toHaveAttribute(
      'href',
      /^\/settings\/credentials\/cred_[0-9a-f]+\/edit$/,
    )
    await expectFitToUse(page, 'form, refused')

    await baseUrl.fill(`${serviceUrl}/v1`)
    await page.getByLabel('Timeout in seconds').fill('10')
    await page.getByRole('button', { name: 'Add pattern' }).click()
    await page.keyboard.type('/orders/**')
    await page.getByRole('button', { name: 'Add header' }).click()
    await page.keyboard.type('Accept-Version')
    await page.getByLabel('Value of header 1').fill('2')
    await page.getByRole('button', { name: 'Add integration' }).click()
    await expect(page.getByRole('heading', { name: 'Shipping labels', level: 1 })).toBeVisible()
    await expect(page.getByText('No calls yet')).toBeVisible()
  })

  await test.step('the app calls with its Fenicia key; the service sees its secret and nothing of Fenicia', async () => {
    const { status, body } = await callThrough('/orders/1001?page=2')
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body).toEqual({ orders: [{ id: 1001 }], path: '/v1/orders/1001?page=2' })
    const [request] = seen
    expect(request?.headers).toMatchObject({ 'x-api-key': SECRET, 'accept-version': '2' })
    expect(request?.headers).not.toHaveProperty('authorization')
    expect(JSON.stringify(seen)).not.toContain(appKey)
    expect((await callThrough('/orders/new', { weight: 3 })).status).toBe(200)
    expect(seen.at(-1)).toMatchObject({ method: 'POST', body: '{"weight":3}' })
    expect((await callThrough('/refunds')).status).toBe(403)
    expect(seen).toHaveLength(2)
    expect((await callThrough('/orders/broken')).status).toBe(503)
  })

  await test.step('the printed request, run unchanged, works', async () => {
    await page.getByRole('tab', { name: 'JavaScript' }).click()
    const code = (await page.getByRole('tabpanel', { name: 'JavaScript' }).locator('pre').textContent()) ?? ''
    const env = { ...process.env, FENICIA_TOKEN: appKey }
    // Elsewhere: what runs must not depend on anything of this repository.
    const { stdout } = await promisify(execFile)(process.execPath, ['--eval', code], { cwd: tmpdir(), env })
    expect(stdout).toContain('{"orders":[{"id":1001}],"path":"/v1/orders"}')
  })

  await test.step('the page tells who called what, and how it went', async () => {
    await expectCalls(page, 'GET /orders/1001', 'POST /orders/new', 'GET /orders/broken')
    const table = page.getByRole('table', { name: 'Last calls' })
    await expect(table.getByRole('link', { name: 'Warehouse sync' }).first()).toBeVisible()
    await expect(page.getByRole('region', { name: 'Last 24 hours' })).toContainText('1 (25 %)')
    await page.getByLabel('Calls shown').selectOption('Failed calls')
    await expect(table.getByRole('row')).toHaveCount(2)
    await expect(table).toContainText('Answered 503')
    await expect(page).toHaveURL(/result=failed/)
    await page.getByLabel('Calls shown').selectOption('All calls')
    await expectFitToUse(page, 'integration')
  })

  await test.step('Try it sends a real call, and shows the answer without the secret', async () => {
    const before = seen.length
    await page.getByRole('button', { name: 'Try a call' }).click()
    await page.getByLabel('Path', { exact: true }).fill('/orders/7?try=1')
    await page.getByRole('button', { name: 'Send GET call' }).click()
    const card = page.getByRole('region', { name: 'Try it' })
    await expect(card.getByText('Answered 200')).toBeVisible()
    await expect(card.getByRole('figure').last()).toContainText('/v1/orders/7?try=1')
    expect(seen.slice(before).map(({ method, url, headers }) => [method, url, headers['x-api-key']])).toEqual([
      ['GET', '/v1/orders/7?try=1', SECRET],
    ])
    await expectFitToUse(page, 'integration, tried')
    await page.getByLabel('Path', { exact: true }).fill('/refunds')
    await page.getByRole('button', { name: 'Send GET call' }).click()
    await expect(card.getByText('PATH_NOT_ALLOWED')).toBeVisible()
    expect(seen).toHaveLength(before + 1)
    await card.getByRole('button', { name: 'Add header' }).click()
    await card.getByLabel('Name of header 1').fill('X-Note')
    await card.getByLabel('Value of header 1').fill('ä')
    await page.getByRole('button', { name: 'Send GET call' }).click()
    await expect(card.getByLabel('Value of header 1')).toBeFocused()
    // What is said of a field goes once it is mended.
    await card.getByLabel('Value of header 1').fill('a')
    await expect(card.getByLabel('Value of header 1')).not.toHaveAttribute('aria-invalid')
    await expect(card.getByRole('alert')).toHaveCount(0)
    expect(await page.content()).not.toContain(SECRET)
    await expectCalls(page, 'Hanna')
  })

  await test.step('while it is paused, calls are refused before they leave', async () => {
    await page.getByRole('button', { name: 'Pause' }).click()
    await expect(page.getByText('This integration is paused')).toBeVisible()
    const before = seen.length
    const refused = await callThrough('/orders/1001')
    expect(refused.status).toBeGreaterThanOrEqual(400)
    expect(refused.body.code).toBe('INTEGRATION_PAUSED')
    expect(seen).toHaveLength(before)
    await expectFitToUse(page, 'integration, paused')
    await page.getByRole('button', { name: 'Resume' }).click()
    await expect(page.getByText('This integration is paused')).toBeHidden()
    expect((await callThrough('/orders/1001')).status).toBe(200)
  })

  await test.step('an edit holds for the next call', async () => {
    await page.getByRole('link', { name: 'Edit', exact: true }).click()
    await expect(page.getByLabel('Pattern 1', { exact: true })).toHaveValue('/orders/**')
    await expectFitToUse(page, 'edit')
    await page.getByRole('button', { name: 'Remove pattern 1' }).click()
    await expect(page.getByRole('button', { name: 'Add pattern' })).toBeFocused()
    await page.getByRole('button', { name: 'Save integration' }).click()
    await expect(page.getByText('Everything below the base URL', { exact: true })).toBeVisible()
    expect((await callThrough('/refunds')).status).toBe(200)
  })

  await test.step('the key’s page tells what it reached', async () => {
    await page.getByRole('table', { name: 'Last calls' }).getByRole('link', { name: 'Warehouse sync' }).first().click()
    await expect(page.getByRole('heading', { name: 'Warehouse sync', level: 1 })).toBeVisible()
    const row = page.getByRole('table', { name: 'What this key reached' }).getByRole('row').last()
    for (const text of ['Shipping labels', 'Shippo production', new URL(serviceUrl).host]) {
      await expect(row).toContainText(text)
    }
    await expectFitToUse(page, 'key with what it reached')
    await row.getByRole('link', { name: 'Shipping labels' }).click()
  })

  await test.step('deleting says who would be cut off, and cuts them off', async () => {
    await page.getByRole('button', { name: 'Delete integration' }).click()
    const dialog = page.getByRole('alertdialog', { name: 'Delete “Shipping labels”?' })
    await expect(dialog).toContainText('Warehouse sync')
    await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
    await expectFitToUse(page, 'deletion')
    await dialog.getByRole('button', { name: 'Delete integration' }).click()
    await expect(page).toHaveURL(address())
    await expect(page.getByText('No integrations yet')).toBeVisible()
    expect((await callThrough('/orders/1001')).status).toBe(404)
  })
})

test('the list is searched, filtered and acted on', async ({ page }) => {
  const credential = await storeCredential('Carrier')
  await makeIntegration('north', credential)
  await makeIntegration('south', credential, { state: 'paused' })
  await signIn(page, product.url)
  await page.goto(address())
  const row = (text: string) => page.getByRole('table', { name: 'Integrations' }).getByRole('row', { name: text })
  await expect(row('Orders by north')).toContainText('Carrier')
  await expectFitToUse(page, 'list')
  await page.getByLabel('State').selectOption('Paused')
  await expect(row('Orders by north')).toHaveCount(0)
  await row('Orders by south').getByRole('button', { name: 'Actions' }).click()
  await page.getByRole('menuitem', { name: 'Resume' }).click()
  await expect(page.getByText('No integration matches this filter')).toBeVisible()
  await page.getByRole('button', { name: 'Clear search and filters' }).click()
  await page.getByLabel('Search integrations').fill('nothing-is-called-this')
  await expect(page.getByText('No integration matches “nothing-is-called-this”')).toBeVisible()
  await expectFitToUse(page, 'list without a result')
  await page.getByLabel('Search integrations').fill('NORTH')
  await expect(row('Orders by north')).toBeVisible()
  await expect(page).toHaveURL(/q=NORTH/)
  await row('Orders by north').getByRole('button', { name: 'Actions' }).click()
  await page.getByRole('menuitem', { name: 'Delete integration' }).click()
  const dialog = page.getByRole('alertdialog')
  await expect(dialog).toContainText('Nothing called through it in the last 30 days.')
  await dialog.getByRole('button', { name: 'Delete integration' }).click()
  await expect(dialog).toBeHidden()
  await expect(row('Orders by north')).toHaveCount(0)
})

test('a save of which no answer comes says so in sight, at the upper end of the form', async ({ page, context }) => {
  const credential = await storeCredential('Of an integration that is cut off')
  await signIn(page, product.url)
  await page.goto(address(`/new?credential=${credential}`))
  await toBeAlive(page.getByLabel('Name', { exact: true }))
  await page.getByLabel('Name', { exact: true }).fill('Cut off')
  await expect(page.getByLabel('Base URL')).toHaveValue(serviceUrl)
  await context.setOffline(true)
  await page.getByRole('button', { name: 'Add integration' }).click()
  await expectInSight(page.getByRole('alert').filter({ hasText: 'it is not known whether the change was made' }))
  await context.setOffline(false)
})

test('a manager sees integrations and changes none; staff see none', async ({ page, context }) => {
  const credential = await storeCredential('Marketplace')
  const id = await makeIntegration('for-managers', credential)
  await signIn(page, product.url, { email: MANAGER })
  await page.goto(address())
  await expect(page.getByRole('link', { name: 'Orders by for-managers' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Add integration' })).toHaveCount(0)
  await expect(page.getByRole('button', { name: /^Actions/ })).toHaveCount(0)
  await page.getByRole('link', { name: 'Orders by for-managers' }).click()
  await expect(page.getByText('No calls yet')).toBeVisible()
  await expect(page.getByRole('button', { name: /Pause|Resume|Delete|Try a call/ })).toHaveCount(0)
  await expectFitToUse(page, 'integration of a manager')
  for (const path of ['/new', `/${id}/edit`]) {
    await page.goto(address(path))
    await expect(page.getByRole('heading', { name: 'Your role does not allow this' })).toBeVisible()
  }

  await context.clearCookies()
  await signIn(page, product.url, { email: STAFF, begins: '/settings/account' })
  for (const path of ['', '/new', `/${id}`, `/${id}/edit`]) {
    await page.goto(address(path))
    await expect(page.getByRole('heading', { name: 'Your role does not allow this' })).toBeVisible()
    expect(await page.content()).not.toContain('Orders by for-managers')
  }
})

test('an app goes from test to live by another key, and by nothing else', async ({ page }) => {
  test.setTimeout(180_000)
  const { url } = product
  const testSecret = 'shp-sandbox-8c1d5e0f3a'
  await signIn(page, url)

  await test.step('a test credential is stored, with Test chosen in its form', async () => {
    await openForm(page, url, 'API key')
    await page.getByRole('radio', { name: 'Test', exact: true }).check()
    await field(page, 'Name').fill('Shippo sandbox')
    await field(page, 'Header name').fill('X-Api-Key')
    await field(page, 'Key').fill(testSecret)
    await field(page, 'URL of the test').fill(`${serviceUrl}/me`)
    await saveNew(page, 'Shippo sandbox')
    await expect(page.getByRole('main').getByText('Test', { exact: true }).first()).toBeVisible()
  })

  await test.step('a test integration takes test credentials only, and the slug that a live one has', async () => {
    await storeCredential('Shippo for orders').then((id) => makeIntegration('two-worlds', id))
    await page.goto(address('/new'))
    const test = page.getByRole('radio', { name: 'Test', exact: true })
    await toBeAlive(test)
    const credential = page.getByLabel('Credential', { exact: true })
    await expect(credential.getByRole('option', { name: 'Shippo for orders (API key)' })).toBeAttached()
    await test.check()
    await expect(credential.getByRole('option', { name: 'Shippo for orders (API key)' })).not.toBeAttached()
    await page.getByLabel('Name', { exact: true }).fill('Two worlds')
    await credential.selectOption('Shippo sandbox (API key)')
    await expect(page.getByLabel('Base URL')).toHaveValue(serviceUrl)
    await page.getByLabel('Base URL').fill(`${serviceUrl}/sandbox`)
    await expectFitToUse(page, 'form, for test')
    await page.getByRole('button', { name: 'Add integration' }).click()
    await expect(page.getByRole('heading', { name: 'Two worlds', level: 1 })).toBeVisible()
    await expect(page.getByText(/the token of a test API key/)).toBeVisible()
    await page.getByRole('link', { name: 'Edit' }).click()
    await expect(page.getByRole('radio', { name: 'Live', exact: true })).toBeDisabled()
  })

  await test.step('what it is to be given is added as a test credential', async () => {
    await page.getByRole('link', { name: 'Add a credential' }).click()
    await page.getByRole('link', { name: /^PayPal/ }).click()
    const form = page.getByRole('main')
    await expect(form.getByRole('radio', { name: 'Test', exact: true })).toBeChecked()
    await expect(form.getByRole('radio', { name: 'Client credentials, sandbox' })).toBeChecked()
    await expect(form.getByLabel('Token URL')).toHaveValue(/sandbox/)
  })

  await test.step('the list tells them apart', async () => {
    await page.goto(address('?q=two-worlds'))
    const rows = page.getByRole('table', { name: 'Integrations' }).getByRole('row')
    await expect(rows).toHaveCount(3)
    const filter = page.getByLabel('Environment')
    await toBeAlive(filter)
    await filter.selectOption('Test')
    await expect(rows).toHaveCount(2)
    await expect(rows.last()).toContainText('Test')
    await expect(page).toHaveURL(/environment=test/)
    await expectFitToUse(page, 'list, of test')
  })

  await test.step('each key reaches its own; what the other has, it is told of', async () => {
    const before = seen.length
    for (const key of [appKey, appTestKey]) {
      expect((await call(url, key, '/integrations/two-worlds/proxy/orders')).status).toBe(200)
    }
    expect(seen.slice(before).map((one) => [one.url, one.headers['x-api-key']])).toEqual([
      ['/v1/orders', SECRET],
      ['/sandbox/orders', testSecret],
    ])
    await makeIntegration('only-live', await storeCredential('Shippo live only'))
    const refused = await call(url, appTestKey, '/integrations/only-live/proxy/orders')
    expect(refused).toMatchObject({ status: 403, body: { code: 'ENVIRONMENT_MISMATCH' } })
    expect(refused.body.detail).toContain('use a live key')
    expect(seen).toHaveLength(before + 2)
  })
})
