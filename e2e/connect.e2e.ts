import type { BrowserContext, Page } from '@playwright/test'
import { consentTo } from '../test/oauth-consent'
import { type OAuthServer, startOAuthServer } from '../test/oauth-provider'
import { toBeAlive } from './alive'
import { field, openForm, saveNew, testForm } from './credential-pages'
import { call } from './external-app'
import { expect, runProduct, test } from './fixtures'
import { OWNER, signIn } from './people'
import { seedKeys, seedMember } from './seed'
import { agePassword } from './session'

// A service is connected by consent: in a pop-up or a whole page, with every way in which that can go wrong.

const MANAGER = 'manager@example.com'

let apiKey: string
const product = runProduct('account', { FENICIA_EGRESS_ALLOW: '127.0.0.1/32' }, async (place) => {
  const [token = ''] = await seedKeys(place, [{ name: 'Set-up script', scopes: ['credentials:*', 'integrations:*'] }])
  apiKey = token
  await seedMember(place, 'manager', MANAGER)
})
let provider: OAuthServer
let cookies: Parameters<BrowserContext['addCookies']>[0]

const redirectUri = () => `${product.url}/api/oauth/callback`

test.beforeAll(async ({ browser }) => {
  provider = await startOAuthServer({ redirectUris: [redirectUri()] })
  const page = await browser.newPage()
  await signIn(page, product.url)
  cookies = await page.context().cookies()
  await page.close()
})
test.afterAll(() => provider.close())
test.beforeEach(async ({ context }) => {
  await context.addCookies(cookies)
})

const hrefOf = (id: string) => `${product.url}/settings/credentials/${id}`

/** Makes a credential as an app does, which can't connect it. */
async function create(name: string, form: object = {}): Promise<string> {
  const whole = {
    type: 'oauth2',
    name,
    grant: 'authorization_code',
    authorization_url: provider.authorizationUrl,
    token_url: provider.tokenUrl,
    revocation_url: provider.revocationUrl,
    issuer: provider.issuer,
    client_id: provider.clientId,
    scopes: ['openid', 'offline_access', 'orders'],
    hosts: [provider.issuer],
    secret: { client_secret: provider.clientSecret },
    ...form,
  }
  const { status, body } = await call(product.url, apiKey, '/credentials', whole)
  expect(status, JSON.stringify(body)).toBe(201)
  return body.id as string
}

async function connectionOf(id: string): Promise<string | null> {
  const { body } = await call(product.url, apiKey, `/credentials/${id}`)
  return (body.connection as { label: string } | null)?.label ?? null
}

/** Presses a button that opens a pop-up; answers it, with the service's page in it. */
async function openPopup(page: Page, button: string): Promise<Page> {
  const control = page.getByRole('button', { name: button, exact: true })
  await toBeAlive(control)
  const [popup] = await Promise.all([page.waitForEvent('popup'), control.click()])
  await expect(popup.getByRole('heading', { name: 'Marketplace' })).toBeVisible()
  return popup
}

async function consent(service: Page, choice: 'Allow' | 'Deny', account = 'merchant'): Promise<void> {
  await service.getByLabel('Account').fill(account)
  await service.getByRole('button', { name: choice }).click()
}

/** Connects a stored credential in a pop-up. */
async function connect(page: Page, id: string, account = 'merchant'): Promise<void> {
  await page.goto(hrefOf(id))
  const popup = await openPopup(page, 'Connect')
  await consent(popup, 'Allow', account)
  await expect(page.getByText(`Connected as ${account}`).first()).toBeVisible()
}

test('a form is filled from its issuer, connected in a pop-up, tested with the tokens and saved with them', async ({
  page,
}) => {
  await openForm(page, product.url, 'OAuth2')
  await page.getByRole('radio', { name: 'Authorization in the browser' }).check()
  await expect(page.getByText(redirectUri(), { exact: true })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Copy redirect address' })).toBeVisible()
  const issuer = field(page, 'Issuer (optional)')
  await issuer.fill('https://127.0.0.1:1')
  await page.getByRole('button', { name: 'Fill from issuer' }).press('Enter')
  await expect(page.getByText('The issuer could not be asked')).toBeVisible()
  await expect(issuer).toBeFocused()
  await issuer.fill(provider.issuer)
  await page.getByRole('button', { name: 'Fill from issuer' }).click()
  await expect(field(page, 'Authorization URL')).toHaveValue(provider.authorizationUrl)
  await expect(field(page, 'Token URL')).toHaveValue(provider.tokenUrl)
  await field(page, 'Name').fill('Marketplace')
  await field(page, 'Client ID').fill(provider.clientId)
  await field(page, 'Client secret').fill(provider.clientSecret)
  await field(page, 'Scopes (optional)').fill('openid offline_access orders')
  await field(page, 'Another host').fill(provider.issuer)
  await page.getByRole('button', { name: 'Add host' }).click()

  // Before it is connected there is nothing to test.
  await page.getByRole('button', { name: 'Test', exact: true }).click()
  await expect(page.getByText('Connect the service first')).toBeVisible()

  const popup = await openPopup(page, 'Connect')
  const closed = popup.waitForEvent('close')
  await consent(popup, 'Allow')
  await closed
  await expect(page.getByText('Connected as merchant').first()).toBeVisible()
  await testForm(page, 'Good')
  const id = await saveNew(page, 'Marketplace')
  await expect(page.getByText('Connected as merchant')).toBeVisible()
  expect(await connectionOf(id)).toBe('merchant')
  await page.getByRole('button', { name: 'Test now' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'The test is over: Good.' })).toBeVisible()
})

test('where pop-ups are blocked the whole page goes, and comes back to the form as it was', async ({ page }) => {
  await page.addInitScript(() => {
    window.open = () => null
  })
  await openForm(page, product.url, 'OAuth2')
  await page.getByRole('radio', { name: 'Authorization in the browser' }).check()
  await field(page, 'Name').fill('By a whole page')
  await field(page, 'Issuer (optional)').fill(provider.issuer)
  await page.getByRole('button', { name: 'Fill from issuer' }).click()
  await expect(field(page, 'Token URL')).toHaveValue(provider.tokenUrl)
  await field(page, 'Client ID').fill(provider.clientId)
  await field(page, 'Client secret').fill(provider.clientSecret)
  await field(page, 'Another host').fill(provider.issuer)
  await page.getByRole('button', { name: 'Add host' }).click()
  await field(page, 'Scopes (optional)').fill('openid orders')
  const connectButton = page.getByRole('button', { name: 'Connect', exact: true })
  await connectButton.click()
  await consent(page, 'Deny')
  await expect(page.getByText('The merchant said no.')).toBeVisible()
  // Whoever leaves finds the form again, and what became of it.
  const continueFromList = async (title: RegExp, kept: string) => {
    await page.goto(`${product.url}/settings/credentials`)
    await expect(page.getByText(title)).toBeVisible()
    await expect(page.getByText(kept)).toBeVisible()
    await page.getByRole('link', { name: 'Continue' }).click()
  }
  await continueFromList(/^You began the credential “By a whole page” and did not save it$/, 'What you typed is kept')
  await expect(field(page, 'Name')).toHaveValue('By a whole page')
  await toBeAlive(connectButton)
  await connectButton.click()
  await consent(page, 'Allow')
  await expect(page).toHaveURL(/\/settings\/credentials\/new\?draft=draft_[0-9a-f]+&consent=oas_[0-9a-f]+$/)
  await expect(page.getByText('Connected as merchant').first()).toBeVisible()
  await continueFromList(
    /^You connected the credential “By a whole page” and did not/,
    'that the service gave are kept',
  )
  await expect(page.getByText('Connected as merchant').first()).toBeVisible()
  await toBeAlive(page.getByRole('button', { name: 'Save credential' }))
  const id = await saveNew(page, 'By a whole page')
  await page.getByRole('button', { name: 'Test now' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'The test is over: Good.' })).toBeVisible()
  expect(await connectionOf(id)).toBe('merchant')
})

test('a stored credential is connected by a whole page too, and leaves no code behind', async ({ page }) => {
  await page.addInitScript(() => {
    window.open = () => null
  })
  const id = await create('Whole page')
  await page.goto(hrefOf(id))
  const connectButton = page.getByRole('button', { name: 'Connect', exact: true })
  await toBeAlive(connectButton)
  await connectButton.click()
  let callback = ''
  page.on('request', (request) => {
    if (request.url().startsWith(redirectUri())) callback = request.url()
  })
  await consent(page, 'Allow')
  await expect(page).toHaveURL(new RegExp(`/settings/credentials/${id}\\?consent=oas_[0-9a-f]+$`))
  await expect(page.getByText('Connected as merchant').first()).toBeVisible()
  const { searchParams } = new URL(callback)
  for (const name of ['code', 'state']) {
    const secret = searchParams.get(name) as string
    expect(secret.length).toBeGreaterThan(20)
    expect(page.url()).not.toContain(secret)
    expect(await page.evaluate(() => document.referrer)).not.toContain(secret)
    expect(product.product.log()).not.toContain(secret)
  }
  // Going back leads to the service, not to the callback.
  await page.goBack()
  expect(page.url()).not.toContain('code=')
})

test('a denial says what the service said, and leaves the credential as it was', async ({ page }) => {
  const id = await create('Denied')
  await connect(page, id)
  const popup = await openPopup(page, 'Re-authorize')
  await consent(popup, 'Deny')
  await expect(page.getByText('The service was not connected')).toBeVisible()
  await expect(page.getByText('The merchant said no.')).toBeVisible()
  expect(await connectionOf(id)).toBe('merchant')
  await expect(page.getByRole('button', { name: 'Re-authorize' })).toBeEnabled()
})

test('a pop-up that is closed changes nothing: it is opened again, or called off', async ({ page }) => {
  const id = await create('Closed')
  await page.goto(hrefOf(id))
  const popup = await openPopup(page, 'Connect')
  await popup.close()
  await expect(page.getByText('If you have closed it, nothing was changed')).toBeVisible()
  const cookies = await page.context().cookies()
  await page.context().clearCookies()
  const signedOut = page.getByRole('alert').filter({ hasText: 'no longer signed in' })
  await expect(signedOut.getByRole('link', { name: 'Sign in in another tab' })).toBeVisible()
  await page.context().addCookies(cookies)
  await expect(signedOut).toBeHidden()
  const [again] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('button', { name: 'Open it again' }).click(),
  ])
  await again.close()
  await page.getByRole('button', { name: 'Call it off' }).click()
  await expect(page.getByText('Waiting for')).toBeHidden()
  expect(await connectionOf(id)).toBeNull()
  const another = await openPopup(page, 'Connect')
  await consent(another, 'Allow')
  await expect(page.getByText('Connected as merchant').first()).toBeVisible()
})

test('another account replaces nothing until somebody says so', async ({ page }) => {
  const id = await create('Other account')
  await connect(page, id, 'shop-1')
  const comesBack = async () => {
    const popup = await openPopup(page, 'Re-authorize')
    await consent(popup, 'Allow', 'shop-2')
    const dialog = page.getByRole('alertdialog', { name: 'Replace “shop-1”?' })
    await expect(dialog).toBeVisible()
    return dialog
  }
  await (await comesBack()).getByRole('button', { name: 'Keep shop-1' }).click()
  await expect(page.getByRole('alertdialog')).toBeHidden()
  expect(await connectionOf(id)).toBe('shop-1')
  // Whoever puts the question off finds it again.
  const dialog = await comesBack()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await page.getByRole('status').filter({ hasText: 'Another account has come back' }).getByRole('button').click()
  await dialog.getByRole('button', { name: 'Replace by shop-2' }).click()
  await expect(page.getByText('Connected as shop-2').first()).toBeVisible()
  expect(await connectionOf(id)).toBe('shop-2')
})

test('an edit that asks for another connection says so where Save leads', async ({ page }) => {
  const id = await create('Another host')
  await connect(page, id)
  await page.goto(`${hrefOf(id)}/edit`)
  await toBeAlive(page.getByRole('button', { name: 'Add host' }))
  await field(page, 'Another host').fill('elsewhere.example.com')
  await page.getByRole('button', { name: 'Add host' }).click()
  await field(page, 'Client secret').fill(provider.clientSecret)
  await page.getByRole('button', { name: 'Save changes' }).click()
  const button = page.getByRole('button', { name: /^Connect/ })
  await expect(button).toBeFocused()
  await expect(button).toHaveAccessibleDescription(/elsewhere\.example\.com/)
  await expect(button).toBeInViewport()
})

test('another account that comes back to a whole page is asked about there', async ({ page }) => {
  const id = await create('Other account by a page')
  await connect(page, id, 'shop-1')
  await page.addInitScript(() => {
    window.open = () => null
  })
  await page.reload()
  const button = page.getByRole('button', { name: 'Re-authorize' })
  await toBeAlive(button)
  await button.click()
  await consent(page, 'Allow', 'shop-2')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Replace by shop-2' }).click()
  await expect(page.getByText('Connected as shop-2').first()).toBeVisible()
  await expect(page).toHaveURL(hrefOf(id))
})

test('a second tab that begins after the first is the one that counts', async ({ page, context }) => {
  const id = await create('Two tabs')
  await page.goto(hrefOf(id))
  const first = await openPopup(page, 'Connect')
  const second = await context.newPage()
  await second.goto(hrefOf(id))
  const popup = await openPopup(second, 'Connect')
  await expect(page.getByText('This was begun anew elsewhere')).toBeVisible()
  await consent(popup, 'Allow', 'shop-2')
  await expect(second.getByText('Connected as shop-2').first()).toBeVisible()
  await consent(first, 'Allow', 'shop-1')
  await expect.poll(() => connectionOf(id)).toBe('shop-2')
})

test('a callback that is forged, replayed or of another browser says so and connects nothing', async ({
  page,
  browser,
}) => {
  const id = await create('Attacked')
  await page.goto(hrefOf(id))
  let sentTo = ''
  page.context().on('request', (request) => {
    if (request.url().startsWith(`${provider.authorizationUrl}?`)) sentTo = request.url()
  })
  // Somebody else consents at the same address: what comes back of it has not been used.
  const popup = await openPopup(page, 'Connect')
  const back = (await consentTo(sentTo)).href
  await popup.close()

  const stranger = await browser.newContext()
  await stranger.addCookies(cookies)
  const other = await stranger.newPage()
  await other.goto(back)
  await expect(other.getByRole('heading', { name: /begun by somebody else, or in another browser/ })).toBeVisible()
  expect(other.url()).toBe(`${product.url}/oauth/ended?refused=foreign`)
  await stranger.clearCookies()
  await other.goto(back)
  await expect(other.getByRole('heading', { name: 'You are not signed in here' })).toBeVisible()
  await stranger.close()

  const here = await page.context().newPage()
  const forged = new URL(back)
  forged.searchParams.set('state', 'anything')
  await here.goto(`${forged.href}&next=https://evil.example&redirect_uri=https://evil.example`)
  await expect(here.getByRole('heading', { name: 'This answer is not for Fenicia' })).toBeVisible()
  expect(here.url()).toBe(`${product.url}/oauth/ended?refused=forged`)
  expect(await connectionOf(id)).toBeNull()

  // It was not used up by any of them; once it is, it counts no more.
  await here.goto(back)
  await expect(page.getByText('Connected as merchant').first()).toBeVisible()
  const again = await page.context().newPage()
  await again.goto(back)
  await expect(again.getByRole('heading', { name: 'This answer was used already' })).toBeVisible()
})

test('the link of a mail leads, after signing in, straight to re-authorizing', async ({ page, context }) => {
  const id = await create('From a mail')
  await connect(page, id)
  await context.clearCookies()
  await page.goto(`${hrefOf(id)}?reauthorize=1`)
  await page.getByLabel('E-mail').fill(OWNER.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(OWNER.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  const dialog = page.getByRole('dialog', { name: 'Re-authorize “From a mail”' })
  await expect(dialog).toContainText('with the account merchant')
  const button = dialog.getByRole('button', { name: /^Continue to / })
  await toBeAlive(button)
  const [popup] = await Promise.all([page.waitForEvent('popup'), button.click()])
  await consent(popup, 'Allow')
  await expect(page.getByText('Fenicia has its tokens.')).toBeVisible()
  await expect(page).toHaveURL(hrefOf(id))
})

test('whoever has not given the password lately gives it first', async ({ page, context }) => {
  const id = await create('Password first')
  await agePassword(product.place, context, 90)
  await page.goto(hrefOf(id))
  const button = page.getByRole('button', { name: 'Connect', exact: true })
  await toBeAlive(button)
  await button.click()
  const dialog = page.getByRole('dialog', { name: 'Confirm it is you' })
  await dialog.getByRole('textbox', { name: 'Password' }).fill(OWNER.password)
  const popups: Page[] = []
  page.on('popup', (popup) => popups.push(popup))
  await dialog.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByText('Waiting for')).toBeVisible()
  const popup = popups.at(-1) as Page
  await consent(popup, 'Allow')
  await expect(page.getByText('Connected as merchant').first()).toBeVisible()
})

test('a manager re-authorizes, and disconnects nothing', async ({ page, context }) => {
  const id = await create('For managers')
  await connect(page, id)
  await context.clearCookies()
  await signIn(page, product.url, { email: MANAGER })
  await page.goto(hrefOf(id))
  await expect(page.getByRole('button', { name: 'Disconnect' })).toBeHidden()
  const popup = await openPopup(page, 'Re-authorize')
  await consent(popup, 'Allow')
  await expect(page.getByText('Fenicia has its tokens.')).toBeVisible()
})

test('a disconnect has the service take its tokens back, and says so', async ({ page }) => {
  const id = await create('Disconnected')
  await connect(page, id)
  await page.getByRole('button', { name: 'Disconnect' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Disconnect' }).click()
  await expect(page.getByText('The service has confirmed that its tokens are gone')).toBeVisible()
  await expect(page.getByText('Not connected')).toBeVisible()
  expect(await connectionOf(id)).toBeNull()
})
