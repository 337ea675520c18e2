import type { Page } from '@playwright/test'
import { type MailServer, type ReceivedMail, startMailServer } from '../test/mail-server'
import { type OAuthServer, startOAuthServer } from '../test/oauth-provider'
import { startUpstream, type Upstream } from '../test/upstream'
import { toBeAlive } from './alive'
import { call } from './external-app'
import { expect, runProduct, test } from './fixtures'
import { OWNER, signIn } from './people'
import { seedKeys } from './seed'

// The promise of renewal, as a merchant lives it: tokens are renewed by themselves; when the service takes the way in back,
// a mail comes, and its button leads to what helps.

/** Seconds that the service's tokens last: `FENICIA_E2E_TOKEN_SECONDS=60` for those of a minute, in twice the time. */
const LIFETIME = Number(process.env.FENICIA_E2E_TOKEN_SECONDS ?? 20)
/** Longer than a token lives, and than the time between two runs of a job. */
const A_RENEWAL = { timeout: 100_000 }

let provider: OAuthServer
let mails: MailServer
let service: Upstream
let apiKey: string

const product = (() => {
  const env: Record<string, string> = {
    FENICIA_EGRESS_ALLOW: '127.0.0.1/32',
    MAIL_FROM: 'Fenicia <fenicia@shop.example>',
  }
  test.beforeAll(async () => {
    mails = await startMailServer()
    env.SMTP_URL = `smtp://localhost:${mails.port}?tls=optional`
  })
  return runProduct('account', env, async (place) => {
    const [token = ''] = await seedKeys(place, [{ name: 'Order sync', scopes: ['credentials:*', 'integrations:*'] }])
    apiKey = token
  })
})()

test.beforeAll(async () => {
  provider = await startOAuthServer({ redirectUris: [`${product.url}/api/oauth/callback`] })
  provider.lifetimeSeconds = LIFETIME
  service = await startUpstream()
  service.respond(async ({ headers }, response) => {
    const isIn = await provider.accepts(headers.authorization?.replace('Bearer ', '') ?? '')
    response.writeHead(isIn ? 200 : 401, { 'content-type': 'application/json' }).end('{"orders":[]}')
  })
})
test.afterAll(async () => {
  await provider.close()
  await service.close()
  await mails.close()
})

/** Makes a credential and its integration, as an app does, which can't connect it. */
async function create(name = 'Marketplace', slug = 'orders'): Promise<string> {
  const credential = await call(product.url, apiKey, '/credentials', {
    type: 'oauth2',
    name,
    grant: 'authorization_code',
    authorization_url: provider.authorizationUrl,
    token_url: provider.tokenUrl,
    issuer: provider.issuer,
    client_id: provider.clientId,
    scopes: ['openid', 'offline_access', 'orders'],
    hosts: [provider.issuer, service.url],
    secret: { client_secret: provider.clientSecret },
  })
  expect(credential.status, JSON.stringify(credential.body)).toBe(201)
  const id = credential.body.id as string
  const integration = await call(product.url, apiKey, '/integrations', {
    name: `${name} orders`,
    slug,
    credential_id: id,
    base_url: service.url,
  })
  expect(integration.status, JSON.stringify(integration.body)).toBe(201)
  return id
}

/** Mails about the credential; that the key was generated is told too. */
const received = () => mails.received.filter(({ mail }) => mail.subject?.includes('Marketplace'))
const orders = async () => (await call(product.url, apiKey, '/integrations/orders/proxy/orders')).status

async function allow(page: Page, button: ReturnType<Page['getByRole']>): Promise<void> {
  await toBeAlive(button)
  const [popup] = await Promise.all([page.waitForEvent('popup'), button.click()])
  await popup.getByLabel('Account').fill('merchant')
  await popup.getByRole('button', { name: 'Allow' }).click()
}

test('tokens renew themselves; when the service ends that, a mail comes and leads to what helps', async ({
  page,
  browser,
}) => {
  test.setTimeout(480_000)
  await signIn(page, product.url)
  const id = await create()
  const address = `${product.url}/settings/credentials/${id}`
  await page.goto(address)
  await allow(page, page.getByRole('button', { name: 'Connect', exact: true }))
  await expect(page.getByText('Connected as merchant').first()).toBeVisible()
  expect(await orders()).toBe(200)

  const renewal = page.getByRole('region', { name: 'Renewal' })
  const renewed = renewal.getByRole('row').filter({ hasText: 'Before its end' }).filter({ hasText: 'Renewed' })
  await expect(renewed).toHaveCount(1, A_RENEWAL)
  await expect(renewed).toHaveCount(2, A_RENEWAL)
  await expect(renewal.getByText('Active', { exact: true })).toBeVisible()
  expect(await orders()).toBe(200)
  expect(received()).toEqual([])

  provider.revokeGrants()
  await expect(renewal.getByText('Re-authorization required', { exact: true })).toBeVisible(A_RENEWAL)
  await expect.poll(() => received().length, A_RENEWAL).toBe(1)
  const [{ to, mail }] = received() as [ReceivedMail]
  expect(to).toEqual([OWNER.email])
  expect(mail.subject).toBe('Re-authorize “Marketplace”')
  for (const fact of ['Marketplace orders', 'invalid_grant']) expect(mail.text).toContain(fact)
  expect(await orders()).toBe(502)
  const href = /href="([^"]*reauthorize=1[^"]*)"/.exec(mail.html || '')?.[1]?.replaceAll('&amp;', '&') as string
  expect(href).toBe(`${address}?reauthorize=1`)

  // The mail is opened elsewhere, by somebody who is not signed in there.
  const elsewhere = await browser.newContext()
  const opened = await elsewhere.newPage()
  await opened.goto(href)
  await opened.getByLabel('E-mail').fill(OWNER.email)
  await opened.getByRole('textbox', { name: 'Password' }).fill(OWNER.password)
  await opened.getByRole('button', { name: 'Sign in' }).click()
  const dialog = opened.getByRole('dialog', { name: 'Re-authorize “Marketplace”' })
  await allow(opened, dialog.getByRole('button', { name: /^Continue to / }))
  await expect(opened.getByRole('region', { name: 'Renewal' }).getByText('Active', { exact: true })).toBeVisible()
  expect(await orders()).toBe(200)
  await elsewhere.close()

  await expect.poll(() => received().length, A_RENEWAL).toBe(2)
  expect(received()[1]?.mail.subject).toBe('“Marketplace” works again')
  await page.goto(`${product.url}/settings/notifications`)
  await expect(page.getByText('“Marketplace” works again')).toBeVisible()
  await expect(page.getByText('“Marketplace” has to be re-authorized')).toBeVisible()
})

test('whoever uses the keyboard stays at the connection, whatever becomes of it', async ({ page }) => {
  await signIn(page, product.url)
  const id = await create('By keyboard', 'by-keyboard')
  await page.goto(`${product.url}/settings/credentials/${id}?reauthorize=1`)
  const press = async (name: string | RegExp) => {
    const button = page.getByRole('button', { name, exact: true })
    await toBeAlive(button)
    const [popup] = await Promise.all([page.waitForEvent('popup'), button.press('Enter')])
    await expect(popup.getByRole('heading', { name: 'Marketplace' })).toBeVisible()
    return popup
  }
  const connectButton = page.getByRole('button', { name: 'Connect', exact: true })
  const first = await press(/^Continue to /)
  await expect(page.getByText('Waiting for')).toBeVisible()
  await expect(connectButton).toBeFocused()
  await first.close()
  await page.getByRole('button', { name: 'Call it off' }).press('Enter')
  await expect(page.getByText('Waiting for')).toBeHidden()
  await expect(connectButton).toBeFocused()
  const again = await press('Connect')
  await again.getByRole('button', { name: 'Allow' }).press('Enter')
  await expect(page.getByText('Connected as merchant').first()).toBeVisible()
  await expect(page.getByRole('button', { name: 'Re-authorize' })).toBeFocused()
  const renew = page.getByRole('button', { name: 'Renew now' })
  await renew.press('Enter')
  await expect(page.getByText('Renewed: the service gave a new access token.')).toBeVisible()
  await expect(renew).toBeFocused()
  await page.getByRole('button', { name: 'Disconnect' }).press('Enter')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Disconnect' }).press('Enter')
  await expect(page.getByText('Not connected')).toBeVisible()
  await expect(connectButton).toBeFocused()
})
