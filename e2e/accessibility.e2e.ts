import type { Locator, Page } from '@playwright/test'
import { gzippedKb, Visit } from '../bench/lib/browser.mjs'
import { pageAddresses, settingsAddresses } from '../bench/lib/pages.mjs'
import { FIRST_LOAD_KB } from '../bench/lib/targets.mjs'
import { openCommands } from './alive'
import { call, makeIntegration, SET_UP_SCOPES } from './external-app'
import { expectFitToUse } from './fit-to-use'
import { expect, runProduct, test } from './fixtures'
import { addRole, addWebhook, chooseAction, closeToken, generateKey, keyRow, OWNER, readToken, signIn } from './people'
import { watchPolicy } from './policy-watch'

const product = runProduct('account')

/** The key that has a page of its own, and the one it took the place of. */
let keyId: string
let manager: string
let leakedId: string
let others: { credential: string; integration: string }

test.beforeAll(async ({ browser }) => {
  const page = await browser.newPage()
  await signIn(page, product.url)
  const dialog = await generateKey(page, 'Manager', [
    'keys:read',
    'keys:create',
    'keys:manage',
    'orders:read',
    ...SET_UP_SCOPES,
  ])
  manager = await readToken(dialog)
  await page.close()
  const create = async (name: string, more: object = {}): Promise<{ id: string; token: string }> => {
    const { status, body } = await call(product.url, manager, '/keys', { name, scopes: ['orders:read'], ...more })
    expect(status, JSON.stringify(body)).toBe(201)
    return body
  }
  // One key in each status that a list can show.
  await create('Expiring', { environment: 'test', expires_at: new Date(Date.now() + 86_400_000).toISOString() })
  await create('Expired', { expires_at: new Date(Date.now() + 1_000).toISOString() })
  const revoked = await create('Revoked')
  await call(product.url, manager, `/keys/${revoked.id}/revoke`, { reason: 'Lost' })
  const old = await create('Regenerated')
  keyId = old.id
  await call(product.url, old.token, '/me')
  await call(product.url, manager, `/keys/${old.id}/regenerate`, { overlap: '24h' })
  const leaked = await create('Leaked')
  await call(product.url, null, '/leaks', { tokens: [leaked.token], source_url: 'https://paste.example.com/1f3a' })
  leakedId = leaked.id
  others = await makeIntegration(product.url, manager)
})

/** Opens what is not a page of its own but stands above one; each is left again by Escape. */
const STATES: [name: string, path: string, open: (page: Page) => Promise<Locator>][] = [
  ['command menu', '/settings/api-keys', (page) => opened(page, 'dialog', () => openCommands(page))],
  [
    'form for a new key, refused',
    '/settings/api-keys',
    async (page) => {
      const form = await opened(page, 'dialog', () => page.getByRole('button', { name: 'Generate new key' }).click())
      await form.getByRole('button', { name: 'Generate key' }).click()
      await expect(form.getByLabel('Name')).toHaveAttribute('aria-invalid', 'true')
      return form
    },
  ],
  [
    'menu of a key',
    '/settings/api-keys',
    (page) =>
      opened(page, 'menu', () =>
        keyRow(page, 'Manager')
          .getByRole('button', { name: /^Actions/ })
          .click(),
      ),
  ],
  [
    'revocation',
    '/settings/api-keys',
    (page) => opened(page, 'alertdialog', () => chooseAction(keyRow(page, 'Manager'), 'Revoke key')),
  ],
  [
    'regeneration',
    '/settings/api-keys',
    (page) => opened(page, 'dialog', () => chooseAction(keyRow(page, 'Manager'), 'Regenerate key')),
  ],
  [
    'pause',
    '/settings/api-keys',
    (page) => opened(page, 'alertdialog', () => chooseAction(keyRow(page, 'Manager'), 'Pause key')),
  ],
  [
    'limits, with methods',
    '/settings/api-keys',
    async (page) => {
      const form = await opened(page, 'dialog', () => chooseAction(keyRow(page, 'Manager'), 'Edit limits'))
      await form.getByRole('radio', { name: /^Only these/ }).check()
      return form
    },
  ],
  [
    'list without a result',
    '/settings/api-keys?q=nothing-is-called-this',
    async (page) => page.getByText(/nothing-is-called-this/).first(),
  ],
]

async function opened(
  page: Page,
  role: 'dialog' | 'alertdialog' | 'menu',
  open: () => Promise<void>,
): Promise<Locator> {
  await open()
  return page.getByRole(role).last()
}

test('axe finds nothing on any page, in either theme, wide or narrow, and none breaks its policy or asks another host', async ({
  page,
  context,
}) => {
  test.setTimeout(300_000)
  const seen = await watchPolicy(context, product.url)
  await page.goto(`${product.url}/sign-up`)
  await expectFitToUse(page, 'sign-up, closed')
  await page.goto(`${product.url}/sign-in`)
  await expectFitToUse(page, 'sign-in')
  await page.getByLabel('E-mail').fill(OWNER.email)
  const password = page.getByRole('textbox', { name: 'Password' })
  await password.fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  // The focus goes to the field, and with it a screen reader reads what is wrong.
  await expect(password).toBeFocused()
  await expect(password).toHaveAccessibleDescription(/password/)
  await expectFitToUse(page, 'sign-in, refused')

  await signIn(page, product.url)
  const { id: webhooks } = await addWebhook(page, product.url)
  const roles = await addRole(page, product.url)
  const { credential: credentials, integration: integrations } = others
  const paths = pageAddresses({ 'api-keys': keyId, credentials, integrations, webhooks, roles })
  const addresses = [
    ...paths,
    `/settings/api-keys/${leakedId}`,
    '/settings/api-keys?status=all',
    '/no/such/page',
    '/settings/api-keys/key_none',
  ]
  for (const path of addresses) {
    await page.goto(product.url + path, { waitUntil: 'networkidle' })
    await expectFitToUse(page, path)
  }

  expect(seen.foreign).toEqual([])
  expect(seen.violations).toEqual([])
  expect(seen.nonces.length).toBeGreaterThanOrEqual(addresses.length)
  expect(new Set(seen.nonces).size, 'each answer has a nonce of its own').toBe(seen.nonces.length)
  expect(seen.nonces.filter((nonce) => nonce.startsWith('no nonce'))).toEqual([])
})

test('no page of the settings needs much JavaScript to begin with', async ({ page }) => {
  await signIn(page, product.url)
  const { id: webhooks } = await addWebhook(page, product.url, 'https://hooks.example.com/weighed')
  const roles = await addRole(page, product.url, 'Weigher')
  const { credential: credentials, integration: integrations } = others
  const visit = new Visit(product.url)
  await visit.signIn(OWNER)
  const tooHeavy: string[] = []
  for (const path of settingsAddresses({ 'api-keys': keyId, credentials, integrations, webhooks, roles })) {
    const weight = gzippedKb(await visit.scripts(path))
    if (weight > FIRST_LOAD_KB) tooHeavy.push(`${path}: ${weight.toFixed(1)} kB`)
  }
  expect(tooHeavy, `more than ${FIRST_LOAD_KB} kB`).toEqual([])
})

for (const [name, path, open] of STATES) {
  test(`axe finds nothing: ${name}`, async ({ page }) => {
    await signIn(page, product.url)
    await page.goto(product.url + path)
    await expect(await open(page)).toBeVisible()
    await expectFitToUse(page)
  })
}

/** Goes on with Tab until the focus is on what is meant, and expects to see it on each stop. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible()
  for (let stops = 0; stops < 80; stops++) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
    const seen = await page.evaluate(() => {
      const { activeElement } = document
      if (!activeElement || activeElement === document.body) return true
      // What draws the focus may be the element itself, or the box around a hidden input.
      const drawn = [activeElement, activeElement.parentElement, activeElement.nextElementSibling].filter(
        (e) => e !== null,
      )
      return drawn.map((e) => getComputedStyle(e)).some((s) => s.outlineStyle !== 'none' || s.boxShadow !== 'none')
    })
    expect(seen, `the focus is visible on ${await page.evaluate(() => document.activeElement?.outerHTML)}`).toBe(true)
  }
  throw new Error(`80 times Tab do not lead to ${target}`)
}

test('the keyboard alone creates a key and revokes it', async ({ page }) => {
  await signIn(page, product.url)
  const press = (key: string) => page.keyboard.press(key)

  await tabTo(page, page.getByRole('button', { name: 'Generate new key' }))
  await press('Enter')
  const form = page.getByRole('dialog', { name: 'Generate new key' })
  await tabTo(page, form.getByLabel('Name'))
  await page.keyboard.type('By keyboard')
  await tabTo(page, form.getByRole('checkbox', { name: 'orders:read', exact: true }))
  await press('Space')
  await press('Enter')

  const dialog = page.getByRole('dialog', { name: 'API key generated' })
  await tabTo(page, dialog.getByRole('button', { name: 'Show', exact: true }))
  await press('Enter')
  const token = (await dialog.getByLabel('Token', { exact: true }).textContent()) ?? ''
  expect((await call(product.url, token, '/me')).status).toBe(200)
  await tabTo(page, dialog.getByRole('checkbox', { name: 'I have stored this key' }))
  await press('Space')
  await tabTo(page, dialog.getByRole('button', { name: 'Done' }))
  await press('Enter')
  await expect(dialog).toBeHidden()

  await tabTo(page, keyRow(page, 'By keyboard').getByRole('button', { name: /^Actions for / }))
  await press('Enter')
  const revoke = page.getByRole('menuitem', { name: 'Revoke key' })
  // The menu takes the focus a moment after it is seen.
  await expect(page.getByRole('menuitem').first()).toBeFocused()
  for (let i = 0; i < 5 && !(await revoke.evaluate((e) => e === document.activeElement)); i++) await press('ArrowDown')
  await press('Enter')
  const confirmation = page.getByRole('alertdialog', { name: 'Revoke “By keyboard”?' })
  await expect(confirmation.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await tabTo(page, confirmation.getByRole('button', { name: 'Revoke key' }))
  await press('Enter')
  await expect(confirmation).toBeHidden()
  expect((await call(product.url, token, '/me')).status).toBe(401)
})

test('a token that is shown is announced and named for a screen reader', async ({ page }) => {
  await signIn(page, product.url)
  const dialog = await generateKey(page, 'For a screen reader', ['orders:read'])
  await expect(dialog.getByRole('heading', { name: 'API key generated' })).toBeFocused()
  await expect(dialog.getByRole('status', { name: 'Token' })).toBeVisible()
  await expectFitToUse(page)
  await closeToken(dialog)
})
