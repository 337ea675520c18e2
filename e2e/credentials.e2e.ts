import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BrowserContext, Page } from '@playwright/test'
import { toBeAlive } from './alive'
import { credentialRow, field, keepAnswers, openForm, paste, saveNew, stage, testForm } from './credential-pages'
import { call } from './external-app'
import { expectFitToUse, expectInSight } from './fit-to-use'
import { expect, runProduct, test } from './fixtures'
import { chooseAction, signIn } from './people'
import { seedKeys, seedMember } from './seed'
import { agePassword } from './session'

// Secrets of other services: typed once, tested against the service itself, and never seen again.

const SECRET = 'svc-secret-4f9a1c7e2b+/='
const CLIENT = { id: 'fenicia-client', secret: 'client-secret-77aa01' }
const MANAGER = 'manager@example.com'
const STAFF = 'staff@example.com'

let service: Server
let serviceUrl: string
let apiKey: string
/** Access tokens that the token endpoint has given. */
const given = new Set<string>()
/** The refresh token that works; each use gives a new one. */
let refreshToken = 'refresh-token-first-0001'

const product = runProduct('account', { FENICIA_EGRESS_ALLOW: '127.0.0.1/32' }, async (place) => {
  const [token = ''] = await seedKeys(place, [{ name: 'Set-up script', scopes: ['credentials:*', 'integrations:*'] }])
  apiKey = token
  await seedMember(place, 'manager', MANAGER)
  await seedMember(place, 'staff', STAFF)
})

/** Which requests the service lets in, by path. */
const doors: Record<string, (headers: IncomingMessage['headers'], query: URLSearchParams) => boolean> = {
  '/api-key': ({ 'x-api-key': key }) => key === `Key ${SECRET}`,
  '/query': (_, query) => query.get('api_key') === SECRET,
  '/bearer': ({ authorization }) => authorization === `Bearer ${SECRET}`,
  '/basic': ({ authorization }) => authorization === `Basic ${Buffer.from(`merchant:${SECRET}`).toString('base64')}`,
  '/headers': (headers) => headers['x-app-key'] === 'app-key-0001' && headers['x-app-token'] === SECRET,
  '/oauth2': ({ authorization }) => given.has(authorization?.replace('Bearer ', '') ?? ''),
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  const send = (status: number, content: unknown, headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(content))
  }
  const { pathname, searchParams } = new URL(request.url ?? '/', serviceUrl)
  const { headers } = request
  if (pathname === '/token') return send(...tokenAnswer(headers.authorization, new URLSearchParams(body)))
  if (pathname === '/echo') {
    const sent = headers['x-api-key']
    return send(401, { got: headers, url: request.url, again: sent }, { 'www-authenticate': `Key realm="${sent}"` })
  }
  if (pathname === '/redirect') {
    const sent = encodeURIComponent(String(headers['x-api-key']))
    return send(302, { to: sent }, { location: `/next/${sent}?key=${sent}#${sent}` })
  }
  if (pathname === '/never') return
  const isIn = doors[pathname]?.(headers, searchParams)
  send(isIn ? 200 : 401, isIn ? { account: 'Cedar' } : { error: 'This key is unknown here.' })
}

function tokenAnswer(authorization: string | undefined, form: URLSearchParams): [number, object] {
  const proof = `Basic ${Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString('base64')}`
  if (authorization !== proof) return [401, { error: 'invalid_client' }]
  if (form.get('grant_type') === 'refresh_token') {
    if (form.get('refresh_token') !== refreshToken) return [400, { error: 'invalid_grant' }]
    refreshToken = `refresh-token-${randomBytes(8).toString('hex')}`
  }
  const token = `access-token-${randomBytes(8).toString('hex')}`
  given.add(token)
  const renewed = form.get('grant_type') === 'refresh_token' ? { refresh_token: refreshToken } : {}
  return [200, { access_token: token, token_type: 'Bearer', expires_in: 3600, ...renewed }]
}

/** One session for all, since signing in takes its time. */
let cookies: Parameters<BrowserContext['addCookies']>[0]

test.beforeAll(async ({ browser }) => {
  service = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1')
  await once(service, 'listening')
  serviceUrl = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
  const page = await browser.newPage()
  await signIn(page, product.url)
  cookies = await page.context().cookies()
  await page.close()
})
test.afterAll(() => {
  service.close()
  service.closeAllConnections()
})
test.beforeEach(async ({ context }) => {
  await context.addCookies(cookies)
})

const listUrl = () => `${product.url}/settings/credentials`

/** Makes a credential as an app does. */
async function create(name: string, form: object = {}): Promise<string> {
  const whole = {
    type: 'api_key',
    name,
    placement: { in: 'header', name: 'X-Api-Key', prefix: 'Key ' },
    test: { url: `${serviceUrl}/api-key` },
    secret: { key: SECRET },
    ...form,
  }
  const { status, body } = await call(product.url, apiKey, '/credentials', whole)
  expect(status, JSON.stringify(body)).toBe(201)
  return body.id
}

const get = async (id: string) => (await call(product.url, apiKey, `/credentials/${id}`)).body

async function expectNoSecret(page: Page, secret = SECRET): Promise<void> {
  const content = await page.content()
  for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').slice(0, 16)]) {
    expect(content).not.toContain(form)
  }
}

/** Fills in what a type asks for; the service lets in whoever sends it so. */
const TYPES: [type: string, fill: (page: Page) => Promise<void>, path: string][] = [
  [
    'API key',
    async (page) => {
      await field(page, 'Key').fill(SECRET)
      await field(page, 'Header name').fill('X-Api-Key')
      await page.getByLabel('Prefix').fill('Key ')
    },
    '/api-key',
  ],
  [
    'OAuth2',
    async (page) => {
      await field(page, 'Token URL').fill(`${serviceUrl}/token`)
      await field(page, 'Client ID').fill(CLIENT.id)
      await field(page, 'Client secret').fill(CLIENT.secret)
    },
    '/oauth2',
  ],
  ['Bearer token', (page) => field(page, 'Token').fill(SECRET), '/bearer'],
  [
    'Basic auth',
    async (page) => {
      await page.getByLabel('User name').fill('merchant')
      await page.getByRole('textbox', { name: 'Password' }).fill(SECRET)
    },
    '/basic',
  ],
  [
    'Custom headers',
    async (page) => {
      await field(page, 'Header name').fill('X-App-Key')
      await field(page, 'Value').fill('app-key-0001')
      await page.getByRole('button', { name: 'Add header' }).click()
      await expect(field(page, 'Header name').nth(1)).toBeFocused()
      await field(page, 'Header name').nth(1).fill('X-App-Token')
      await field(page, 'Value').nth(1).fill(SECRET)
    },
    '/headers',
  ],
]

for (const [type, fill, path] of TYPES) {
  test(`a credential of the type ${type} is tested, saved, and its secret is not seen again`, async ({ page }) => {
    await openForm(page, product.url, type)
    await field(page, 'Name').fill(`Tested ${type}`)
    await fill(page)
    await page.getByLabel('URL of the test').fill(`${serviceUrl}${path}`)
    await expect(page.getByText('Not tested yet: saved as “Not tested”')).toBeVisible()
    const found = await testForm(page, 'Good')
    await expect(stage(found, 'Authentication')).toHaveText([/Passed/, ...(type === 'OAuth2' ? [/Passed/] : [])])
    await expect(page.getByText('Tested: saved as “Good”')).toBeVisible()
    await expectFitToUse(page, `form, tested, ${type}`)
    await expectNoSecret(page)

    const id = await saveNew(page, `Tested ${type}`)
    await expect(page.getByText('The service accepted the credential (status 200).')).toBeVisible()
    await expectNoSecret(page)
    await expectFitToUse(page, `credential, ${type}`)
    expect(await get(id)).toMatchObject({ last_test: { result: 'good' }, hosts: [serviceUrl] })
    // What is stored is what was tested.
    await page.getByRole('button', { name: 'Test now' }).click()
    await expect(page.getByRole('main').getByRole('status').first()).toContainText('The test is over: Good.')
  })
}

test('a key may stand in the query of the address', async ({ page }) => {
  await openForm(page, product.url, 'API key')
  await field(page, 'Name').fill('In the query')
  await field(page, 'Key').fill(SECRET)
  await page.getByRole('radio', { name: 'In the query of the address' }).check()
  await field(page, 'Parameter name').fill('api_key')
  await page.getByLabel('URL of the test').fill(`${serviceUrl}/query`)
  await testForm(page, 'Good')
  await saveNew(page, 'In the query')
})

test('what is missing or wrong stands at its field, and the first of it has the focus', async ({ page }) => {
  await openForm(page, product.url, 'Bearer token')
  await page.getByRole('button', { name: 'Save credential' }).click()
  await expect(field(page, 'Name')).toBeFocused()
  await expect(field(page, 'Name')).toHaveAccessibleDescription(/The name must not be empty\./)
  await expect(field(page, 'Token')).toHaveAccessibleDescription(/The token is required\./)
  await expectFitToUse(page, 'form, refused')
  await field(page, 'Name').fill('Wrong')
  await field(page, 'Token').fill(`Bearer ${SECRET}`)
  await expect(field(page, 'Token')).toHaveAccessibleDescription(/begins with “Bearer”, which Fenicia adds by itself/)
  await paste(field(page, 'Token'), '')
  await field(page, 'Token').fill('')
  await paste(field(page, 'Token'), ` ${SECRET}\n`)
  await expect(page.getByText('1 space and 1 line break around the secret were removed.')).toBeVisible()
  await expect(field(page, 'Token')).toHaveValue(SECRET)
  await expect(field(page, 'Token')).toHaveAttribute('autocomplete', 'new-password')
  // Only the server knows what may be called.
  await page.getByLabel('URL of the test').fill('http://10.0.0.1/me')
  await page.getByRole('button', { name: 'Test', exact: true }).click()
  await expect(page.getByText('Nothing was tested yet: look at the marked fields.')).toBeVisible()
  await expect(page.getByLabel('URL of the test')).toBeFocused()
  await expect(page.getByLabel('URL of the test')).toHaveAccessibleDescription(/FENICIA_EGRESS_ALLOW/)
  await expect(field(page, 'Token')).toHaveValue(SECRET)
  await page.getByLabel('URL of the test').fill(`${serviceUrl}/bearer`)
  await expect(page.getByLabel('URL of the test')).not.toHaveAttribute('aria-invalid')
})

test('a refused test says so at its stage, and a change afterwards that it is of the earlier state', async ({
  page,
}) => {
  await openForm(page, product.url, 'Bearer token')
  await field(page, 'Name').fill('Refused')
  await field(page, 'Token').fill('wrong-token-000000')
  await page.getByLabel('URL of the test').fill(`${serviceUrl}/bearer`)
  const found = await testForm(page, 'Refused')
  await expect(stage(found, 'Request')).toContainText('Passed')
  await expect(stage(found, 'Authentication')).toContainText('Failed')
  await expect(found).toContainText('The service refused the credential (status 401).')
  await expect(found).toContainText('This key is unknown here.')
  await expectFitToUse(page, 'form, test refused')
  await field(page, 'Token').fill(SECRET)
  await expect(found).toContainText('The form was changed since this test')
  await expect(page.getByText('Changed since its test: saved as “Not tested”')).toBeVisible()
  const id = await saveNew(page, 'Refused')
  expect((await get(id)).last_test).toBeNull()
  await expect(page.getByText('Nobody has tested what is stored now.')).toBeVisible()
})

for (const path of ['/echo', '/redirect']) {
  test(`a service that sends the secret back, by ${path}, gives nothing of it to the page`, async ({ page }) => {
    const answers = await keepAnswers(page)
    await openForm(page, product.url, 'API key')
    await field(page, 'Name').fill(`Sent back by ${path}`)
    await field(page, 'Key').fill(SECRET)
    await field(page, 'Header name').fill('X-Api-Key')
    await page.getByLabel('URL of the test').fill(serviceUrl + path)
    await testForm(page, path === '/echo' ? 'Refused' : 'Good')
    await expect(page.getByText('[secret]').first()).toBeVisible()
    await expectNoSecret(page)
    const all = (await answers()).join('\n')
    expect(all).toContain('"kind":"report"')
    for (const form of [SECRET, encodeURIComponent(SECRET), Buffer.from(SECRET).toString('base64')]) {
      expect(all).not.toContain(form)
    }
  })
}

test('a test that takes long can be cancelled', async ({ page }) => {
  await openForm(page, product.url, 'Bearer token')
  await field(page, 'Name').fill('Slow')
  await field(page, 'Token').fill(SECRET)
  await page.getByLabel('URL of the test').fill(`${serviceUrl}/never`)
  await page.getByRole('button', { name: 'Test', exact: true }).click()
  const region = page.getByRole('region', { name: 'Test', exact: true })
  await expect(stage(region, 'Request')).toContainText('Running')
  await expect(stage(region, 'Authentication')).toContainText('Waiting')
  await page.getByRole('button', { name: 'Cancel test' }).click()
  await expect(region).toContainText('The test was cancelled')
  await expect(stage(region, 'Request')).toContainText('Not reached')
  await expect(page.getByRole('button', { name: 'Save credential' })).toBeEnabled()
})

test('a refresh token that a test has spent is not lost with the page', async ({ page }) => {
  await openForm(page, product.url, 'OAuth2')
  await field(page, 'Name').fill('Marketplace')
  await page.getByRole('radio', { name: 'Refresh token' }).check()
  await field(page, 'Token URL').fill(`${serviceUrl}/token`)
  await field(page, 'Client ID').fill(CLIENT.id)
  await field(page, 'Client secret').fill(CLIENT.secret)
  const first = refreshToken
  await page.getByRole('textbox', { name: 'Refresh token' }).fill(first)
  await page.getByLabel('URL of the test').fill(`${serviceUrl}/oauth2`)
  await testForm(page, 'Good')
  expect(refreshToken).not.toBe(first)
  await expect(page).toHaveURL(/\?draft=draft_/)

  await page.goto(listUrl())
  await expect(page.getByText(/You tested the credential “Marketplace” .* and did not save it/)).toBeVisible()
  await expectFitToUse(page, 'list with a draft')
  await page.getByRole('link', { name: 'Continue' }).click()
  await expect(field(page, 'Name')).toHaveValue('Marketplace')
  await expect(page.getByRole('button', { name: 'Replace refresh token' })).toBeVisible()
  await expectFitToUse(page, 'form of a draft')
  await testForm(page, 'Good')
  const id = await saveNew(page, 'Marketplace')
  expect((await get(id)).tokens).toMatchObject({ refused_error: null })
  await page.goto(listUrl())
  await expect(page.getByText('and did not save it')).toHaveCount(0)
})

test('an edit that is gone on with later leaves what somebody else has saved since', async ({ page }) => {
  const oauth2 = {
    type: 'oauth2',
    placement: undefined,
    grant: 'refresh_token',
    token_url: `${serviceUrl}/token`,
    client_id: CLIENT.id,
    test: { url: `${serviceUrl}/oauth2` },
    secret: { client_secret: CLIENT.secret, refresh_token: 'of-before' },
  }
  const id = await create('To go on with', oauth2)
  await page.goto(`${listUrl()}/${id}/edit`)
  const replace = page.getByRole('button', { name: 'Replace refresh token' })
  await toBeAlive(replace)
  await field(page, 'Name').fill('Gone on with')
  await replace.click()
  await page.getByRole('textbox', { name: 'Refresh token' }).fill(refreshToken)
  await testForm(page, 'Good')
  await expect(page).toHaveURL(/\?draft=draft_/)
  const meanwhile = { audience: 'orders', secret: { client_secret: CLIENT.secret } }
  expect((await call(product.url, apiKey, `/credentials/${id}`, meanwhile, 'PATCH')).status).toBe(200)

  await page.reload()
  await expect(field(page, 'Name')).toHaveValue('Gone on with')
  const save = page.getByRole('button', { name: 'Save changes' })
  await toBeAlive(save)
  await save.click()
  const secret = page.getByRole('textbox', { name: 'Client secret', exact: true })
  await expect(secret).toBeFocused()
  await expect(secret).toHaveAccessibleDescription(/Enter it again: somebody has replaced it since this was begun\./)
  await secret.fill(CLIENT.secret)
  await save.click()
  await expect(page.getByRole('heading', { name: 'Gone on with', level: 1 })).toBeVisible()
  expect(await get(id)).toMatchObject({ name: 'Gone on with', audience: 'orders' })
})

test('a draft can be discarded', async ({ page }) => {
  const form = {
    type: 'oauth2',
    name: 'Given up',
    grant: 'refresh_token',
    token_url: `${serviceUrl}/token`,
    client_id: CLIENT.id,
    hosts: [serviceUrl],
    secret: { client_secret: CLIENT.secret, refresh_token: refreshToken },
  }
  // Drafts are the person's own: this one is made by the page's own way.
  await page.goto(listUrl())
  const lines = await page.evaluate(
    async (body) => (await fetch('/settings/credentials/test', { method: 'POST', body })).text(),
    JSON.stringify({ credential_id: null, form }),
  )
  expect(lines).toContain('"draft_id":"draft_')
  await page.reload()
  await expect(page.getByText(/You tested the credential “Given up”/)).toBeVisible()
  const discard = page.getByRole('button', { name: 'Discard' })
  await toBeAlive(discard)
  await discard.click()
  const question = page.getByRole('alertdialog', { name: 'Discard this draft?' })
  await expect(question).toContainText('You tested the credential “Given up”: the new tokens are forgotten')
  await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await expectFitToUse(page, 'discarding a draft')
  await question.getByRole('button', { name: 'Discard draft' }).click()
  await expect(page.getByText(/You tested the credential “Given up”/)).toHaveCount(0)
  await expect(page.getByRole('region', { name: 'Credentials', exact: true })).toBeFocused()
})

test('on an edit a secret stays unless it is replaced, and is asked for when a host is added', async ({ page }) => {
  const id = await create('To edit')
  await page.goto(`${listUrl()}/${id}/edit`)
  await expect(page.getByText(/^Set on /)).toBeVisible()
  await expectFitToUse(page, 'edit')
  const replace = page.getByRole('button', { name: 'Replace key' })
  await toBeAlive(replace)

  await test.step('a new name alone changes no secret, nor what somebody else has changed meanwhile', async () => {
    await field(page, 'Name').fill('Edited')
    const expires_at = '2099-01-01T00:00:00.000Z'
    expect((await call(product.url, apiKey, `/credentials/${id}`, { expires_at }, 'PATCH')).status).toBe(200)
    await expect(page.getByText('Not tested yet: stays “Not tested”')).toBeVisible()
    await page.getByRole('button', { name: 'Save changes' }).click()
    await expect(page.getByRole('heading', { name: 'Edited', level: 1 })).toBeVisible()
    expect(await get(id)).toMatchObject({ name: 'Edited', expires_at })
    await page.getByRole('button', { name: 'Test now' }).click()
    await expect(page.getByText('The service accepted the credential (status 200).', { exact: true })).toBeVisible()
  })
  await test.step('the stored secret is tested with the form, without being sent to the page', async () => {
    await page.goto(`${listUrl()}/${id}/edit`)
    await toBeAlive(page.getByRole('button', { name: 'Test', exact: true }))
    await testForm(page, 'Good')
    await expectNoSecret(page)
  })
  await test.step('a host that it was not saved for asks for it again', async () => {
    await field(page, 'Another host').fill('evil.example')
    await page.getByRole('button', { name: 'Add host' }).click()
    await expect(field(page, 'Key')).toHaveAccessibleDescription(/Enter it again: it was not saved for evil\.example\./)
    await page.getByRole('button', { name: 'Save changes' }).click()
    await expect(field(page, 'Key')).toBeFocused()
    await expectFitToUse(page, 'edit, host added')
    await page.getByRole('button', { name: 'Remove evil.example' }).click()
    await expect(replace).toBeVisible()
  })
  await test.step('a new one takes its place', async () => {
    await replace.click()
    await expect(field(page, 'Key')).toBeFocused()
    await field(page, 'Key').fill('another-key-00000')
    await testForm(page, 'Refused')
    await page.getByRole('button', { name: 'Keep the stored one' }).click()
    await expect(replace).toBeFocused()
    await testForm(page, 'Good')
    await replace.click()
    await field(page, 'Key').fill('another-key-00000')
    await testForm(page, 'Refused')
    await page.getByRole('button', { name: 'Save changes' }).click()
    await expect(page.getByRole('heading', { name: 'Edited', level: 1 })).toBeVisible()
    expect(await get(id)).toMatchObject({ name: 'Edited', last_test: { result: 'refused' } })
  })
})

test('deleting says which integrations break', async ({ page }) => {
  const id = await create('To delete')
  const integration = { name: 'Shipping labels', slug: 'shipping-labels', credential_id: id, base_url: serviceUrl }
  const made = await call(product.url, apiKey, '/integrations', integration)
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  await page.goto(listUrl())
  await expect(credentialRow(page, 'To delete')).toContainText('Shipping labels')
  await chooseAction(credentialRow(page, 'To delete'), 'Delete credential')
  const dialog = page.getByRole('alertdialog', { name: 'Delete “To delete”?' })
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await expect(dialog).toContainText('Shipping labels')
  await expect(dialog).toContainText('1 integration uses this credential')
  await expectFitToUse(page, 'deletion')
  await dialog.getByRole('button', { name: 'Delete credential' }).click()
  await expect(dialog).toBeHidden()
  await expect(credentialRow(page, 'To delete')).toHaveCount(0)
  expect((await call(product.url, apiKey, `/credentials/${id}`)).status).toBe(404)
  expect((await call(product.url, apiKey, `/integrations/${made.body.id}`)).body.credential_id ?? null).toBeNull()
})

test('the list is searched while one types, and a token that is pasted into the search stays there', async ({
  page,
}) => {
  await create('To be found')
  await page.goto(listUrl())
  const search = page.getByLabel('Search credentials')
  await toBeAlive(search)
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await search.fill('to be f')
  await expect(page).toHaveURL(/\?q=to\+be\+f$/)
  await expect(credentialRow(page, 'To be found')).toBeVisible()
  await search.fill(apiKey)
  await expect(page.getByText('That looked like a secret. It did not leave this page.')).toBeVisible()
  await expect(search).toHaveValue('')
  await expect(page).toHaveURL(listUrl())
  expect(asked.filter((url) => url.includes(apiKey.slice(8, 20)))).toEqual([])
})

test('the row’s menu tests what is stored', async ({ page }) => {
  await create('From the list')
  await page.goto(`${listUrl()}?q=From+the+list`)
  await expect(credentialRow(page, 'From the list')).toContainText('Not tested')
  await chooseAction(credentialRow(page, 'From the list'), 'Test')
  const dialog = page.getByRole('dialog', { name: 'Test “From the list”' })
  await expect(dialog.getByRole('status')).toContainText('The test is over: Good.')
  await expectFitToUse(page, 'test of a row')
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await expect(credentialRow(page, 'From the list')).toContainText('Good')
})

test('a provider fills the form in, and its variables the addresses', async ({ page }) => {
  await page.goto(`${listUrl()}/new`)
  await expectFitToUse(page, 'choice of a service')
  const search = page.getByLabel('Search services')
  await toBeAlive(search)
  await search.fill('shopi')
  await page.getByRole('link', { name: /^Shopify/ }).click()
  await expect(field(page, 'Name')).toHaveValue('Shopify')
  await toBeAlive(field(page, 'Name'))
  await field(page, 'Shop name, before .myshopify.com').fill('cedar')
  await expect(page.getByLabel('URL of the test')).toHaveValue(/^https:\/\/cedar\.myshopify\.com\//)
  await field(page, 'Shop name, before .myshopify.com').fill('cedar/evil.example')
  await page.getByRole('button', { name: 'Save credential' }).click()
  await expect(field(page, 'Shop name, before .myshopify.com')).toBeFocused()
  await expectFitToUse(page, 'form of a provider')
})

test('a look at the other environment while a form is filled in takes nothing away that was typed', async ({
  page,
}) => {
  await page.goto(`${listUrl()}/new?provider=paypal`)
  const choose = (environment: string) => page.getByRole('radio', { name: environment, exact: true }).check()
  await toBeAlive(page.getByRole('radio', { name: 'Test', exact: true }))
  await field(page, 'Name').fill('Payouts')
  await field(page, 'Client ID').fill(CLIENT.id)
  await field(page, 'Client secret').fill(CLIENT.secret)
  await page.getByLabel('Scopes').fill('orders')
  await page.getByLabel('URL of the test').fill('https://api-m.paypal.com/mine')

  await choose('Test')
  await expect(page.getByLabel('Token URL')).toHaveValue(/sandbox/)
  // The sandbox has clients of its own: those of production are not sent there.
  for (const label of ['Client ID', 'Client secret']) await expect(field(page, label)).toHaveValue('')
  await expect(page.getByLabel('URL of the test')).toHaveValue('')
  await expect(page.getByLabel('Scopes')).toHaveValue('orders')
  await field(page, 'Name').fill('Payouts of the week')

  await choose('Live')
  await expect(field(page, 'Client ID')).toHaveValue(CLIENT.id)
  await expect(field(page, 'Client secret')).toHaveValue(CLIENT.secret)
  await expect(page.getByLabel('URL of the test')).toHaveValue('https://api-m.paypal.com/mine')
  await expect(field(page, 'Name')).toHaveValue('Payouts of the week')
})

test('the password is asked for again when it was given long ago, and nothing that was typed is lost', async ({
  page,
  context,
}) => {
  await agePassword(product.place, context, 61)
  await openForm(page, product.url, 'Bearer token')
  await field(page, 'Name').fill('With the password')
  await field(page, 'Token').fill(SECRET)
  await page.getByLabel('URL of the test').fill(`${serviceUrl}/bearer`)
  const dialog = page.getByRole('dialog', { name: 'Confirm it is you' })
  const test = page.getByRole('button', { name: 'Test', exact: true })
  const result = page.getByRole('region', { name: 'Test', exact: true }).getByRole('status')
  const confirm = async () => {
    await dialog.getByRole('textbox', { name: 'Password' }).fill('purple-cedar-ships-9')
    await dialog.getByRole('button', { name: 'Continue' }).click()
  }
  await test.click()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(result).toHaveText('The test was cancelled.')
  await test.click()
  await confirm()
  await expect(result).toContainText('The test is over: Good.')
  await agePassword(product.place, context, 61)
  await page.getByRole('button', { name: 'Save credential' }).click()
  await confirm()
  await expect(page.getByRole('heading', { name: 'With the password', level: 1 })).toBeVisible()
  await agePassword(product.place, context, 61)
  await page.getByRole('button', { name: 'Test now' }).click()
  await confirm()
  await expect(page.getByRole('status').filter({ hasText: 'The test is over: Good.' })).toHaveCount(1)
})

test('a save of which no answer comes says so in sight, and is made once by the same form', async ({
  page,
  context,
}) => {
  await openForm(page, product.url, 'Bearer token')
  await field(page, 'Name').fill('Cut off')
  await field(page, 'Token').fill(SECRET)
  await page.getByLabel('URL of the test').fill(`${serviceUrl}/bearer`)
  const save = page.getByRole('button', { name: 'Save credential' })
  const banner = page.getByRole('alert').filter({ hasText: 'it is not known whether the change was made' })
  await context.setOffline(true)
  await save.click()
  await expectInSight(banner)
  await page.setViewportSize({ width: 375, height: 667 })
  await save.click()
  await expectInSight(banner)
  await page.setViewportSize({ width: 1280, height: 800 })
  await context.setOffline(false)
  await save.dblclick()
  await expect(page.getByRole('heading', { name: 'Cut off', level: 1 })).toBeVisible()
  expect((await call(product.url, apiKey, '/credentials?q=Cut%20off')).body).toMatchObject({ total: 1 })
})

test('a secret that was typed is not left behind by a press of a link unless one says so', async ({ page }) => {
  await openForm(page, product.url, 'Bearer token')
  await field(page, 'Token').fill(SECRET)
  const questions: string[] = []
  const answer = (does: 'accept' | 'dismiss') =>
    page.once('dialog', (dialog) => {
      questions.push(dialog.message())
      void dialog[does]()
    })
  const other = page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Integrations' })
  answer('dismiss')
  await other.click()
  await expect(field(page, 'Token')).toHaveValue(SECRET)
  await expect(page).toHaveURL(/credentials\/new/)
  answer('accept')
  await other.click()
  await expect(page.getByRole('heading', { name: 'Integrations', level: 1 })).toBeVisible()
  expect(questions).toEqual(Array(2).fill(expect.stringContaining('not saved yet')))
})

test('the page of a credential that somebody else deletes says so, and promises nothing of its integrations', async ({
  page,
}) => {
  const id = await create('Deleted elsewhere')
  await page.goto(`${listUrl()}/${id}`)
  const test = page.getByRole('button', { name: 'Test now' })
  await toBeAlive(test)
  expect((await call(product.url, apiKey, `/credentials/${id}`, undefined, 'DELETE')).status).toBe(204)
  await test.click()
  await expect(page.getByRole('alert').filter({ hasText: 'Deleted since this page was opened' })).toBeVisible()
  await expect(page.getByText('Integrations go on using their credentials.')).toHaveCount(0)
  // Also for a screen reader.
  await expect(page.getByText('The test is running.')).toHaveCount(0)
})

test('a host that is none is not left out of what is saved without a word', async ({ page }) => {
  await openForm(page, product.url, 'Bearer token')
  await field(page, 'Name').fill('Mistyped host')
  await field(page, 'Token').fill(SECRET)
  await page.getByLabel('URL of the test').fill(`${serviceUrl}/bearer`)
  await field(page, 'Another host').fill('api example.com')
  await page.getByRole('button', { name: 'Save credential' }).click()
  await expect(field(page, 'Another host')).toBeFocused()
  await expect(page.getByText('“api example.com” is not a host')).toBeVisible()
  await field(page, 'Another host').fill('api.example.com')
  const id = await saveNew(page, 'Mistyped host')
  expect((await get(id)).hosts).toContain('https://api.example.com')
})

test('a stored secret that can’t be opened any more is asked for again, each by its name, and can’t be kept', async ({
  page,
}) => {
  const id = await create('Damaged', {
    type: 'headers',
    placement: undefined,
    headers: ['X-App-Key', 'X-App-Token'],
    secret: { 'X-App-Key': 'app-key-0001', 'X-App-Token': SECRET },
  })
  await product.place.withDatabase((query) =>
    query(`update vault_items set sealed = left(sealed, -6) || 'AAAAAA' where owner_id = $1`, [id]),
  )
  await page.goto(`${listUrl()}/${id}/edit`)
  const row = (name: string) => page.getByRole('group', { name, exact: true })
  const save = page.getByRole('button', { name: 'Save changes' })
  await toBeAlive(row('X-App-Key').getByRole('button', { name: 'Replace value' }))
  await row('X-App-Key').getByRole('button', { name: 'Replace value' }).click()
  await row('X-App-Key').getByLabel('Value', { exact: true }).fill('app-key-0002')
  await save.click()
  const token = row('X-App-Token').getByLabel('Value', { exact: true })
  await expect(token).toBeFocused()
  await expect(token).toHaveAccessibleDescription(/Enter it again: what is stored of it can’t be opened any more\./)
  await expectFitToUse(page, 'edit, damaged')
  await token.fill('app-token-0002')
  await expect(row('X-App-Token').getByRole('button', { name: 'Keep the stored one' })).toHaveCount(0)
  await save.click()
  await expect(page.getByRole('heading', { name: 'Damaged', level: 1 })).toBeVisible()
})

test('two with one name: the refusal stands at the name, and the secret is still there', async ({ page }) => {
  await create('Twice')
  await openForm(page, product.url, 'Bearer token')
  await field(page, 'Name').fill('twice')
  await field(page, 'Token').fill(SECRET)
  await page.getByLabel('URL of the test').fill(`${serviceUrl}/bearer`)
  await page.getByRole('button', { name: 'Save credential' }).click()
  await expect(field(page, 'Name')).toBeFocused()
  await expect(field(page, 'Name')).toHaveAccessibleDescription(/already called “twice”/)
  await expect(field(page, 'Token')).toHaveValue(SECRET)
  await expect(page.getByText('Nothing was saved yet: look at the marked fields.')).toBeVisible()
})

test('a manager tests and changes nothing; staff see none of it', async ({ browser }) => {
  const id = await create('For a manager')
  const context = await browser.newContext()
  const page = await context.newPage()
  await signIn(page, product.url, { email: MANAGER })
  await page.goto(`${listUrl()}/${id}`)
  await expect(page.getByRole('link', { name: 'Edit' })).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Delete' })).toHaveCount(0)
  const button = page.getByRole('button', { name: 'Test now' })
  await toBeAlive(button)
  await button.click()
  await expect(page.getByText('The service accepted the credential (status 200).', { exact: true })).toBeVisible()
  for (const path of ['/new', `/${id}/edit`]) {
    await page.goto(listUrl() + path)
    await expect(page.getByText('Your role does not allow this')).toBeVisible()
  }
  await context.clearCookies()
  await signIn(page, product.url, { email: STAFF, begins: '/settings/account' })
  await page.goto(listUrl())
  await expect(page.getByText('Your role does not allow this')).toBeVisible()
  const lines = await page.evaluate(
    async (body) => (await fetch('/settings/credentials/test', { method: 'POST', body })).text(),
    JSON.stringify({ credential_id: id }),
  )
  expect(JSON.parse(lines)).toMatchObject({ kind: 'refused', code: 'forbidden' })
  await context.close()
})
