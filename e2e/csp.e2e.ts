import type { BrowserContext } from '@playwright/test'
import { pageAddresses } from '../bench/lib/pages.mjs'
import { makeIntegration, SET_UP_SCOPES } from './external-app'
import { expect, runProduct, test } from './fixtures'
import { addRole, addWebhook, closeToken, generateKey, readToken, signIn } from './people'

const product = runProduct('account')

/** Notes what a policy forbids on any page of the context, and what a page asks of any host but ours. */
async function watch(context: BrowserContext): Promise<{ violations: string[]; foreign: string[] }> {
  const seen = { violations: [] as string[], foreign: [] as string[] }
  await context.exposeBinding('reportViolation', ({ page }, text: string) => {
    seen.violations.push(`${page.url()}: ${text}`)
  })
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      const report = Reflect.get(window, 'reportViolation') as (text: string) => void
      report(`${event.effectiveDirective} forbids ${event.blockedURI} ${event.sample}`)
    })
  })
  context.on('request', (request) => {
    const { host, protocol } = new URL(request.url())
    if (host !== new URL(product.url).host && protocol.startsWith('http')) seen.foreign.push(request.url())
  })
  return seen
}

test('no page breaks the content security policy or asks another host for anything', async ({ page, context }) => {
  const seen = await watch(context)
  const nonces: string[] = []
  context.on('response', async (response) => {
    if (!(response.headers()['content-type'] ?? '').startsWith('text/html')) return
    const policy = response.headers()['content-security-policy'] ?? ''
    const [, nonce] = /script-src 'self' 'nonce-([^']{20,})' 'strict-dynamic'/.exec(policy) ?? []
    nonces.push(nonce ?? `no nonce for ${response.url()}`)
  })
  await page.goto(`${product.url}/sign-in`, { waitUntil: 'networkidle' })
  await page.goto(`${product.url}/docs/api`, { waitUntil: 'networkidle' })
  await signIn(page, product.url)
  const dialog = await generateKey(page, 'Sync script', SET_UP_SCOPES)
  const { credential, integration } = await makeIntegration(product.url, await readToken(dialog))
  await closeToken(dialog)
  await page.getByRole('link', { name: 'Sync script' }).click()
  await expect(page).toHaveURL(/\/settings\/api-keys\/key_/)
  const id = new URL(page.url()).pathname.split('/').at(-1) as string
  const { id: webhooks } = await addWebhook(page, product.url)
  const roles = await addRole(page, product.url)
  const addresses = [
    ...pageAddresses({ 'api-keys': id, credentials: credential, integrations: integration, webhooks, roles }),
    '/no/such/page',
    '/settings/api-keys/key_none',
  ]
  for (const address of addresses) await page.goto(product.url + address, { waitUntil: 'networkidle' })

  expect(seen.foreign).toEqual([])
  expect(seen.violations).toEqual([])
  expect(nonces.length).toBeGreaterThanOrEqual(addresses.length)
  expect(new Set(nonces).size, 'each answer has a nonce of its own').toBe(nonces.length)
  expect(nonces.filter((nonce) => nonce.startsWith('no nonce'))).toEqual([])
})

test('a script that finds its way into a page does not run', async ({ page, context, pageErrors }) => {
  const seen = await watch(context)
  await page.goto(`${product.url}/sign-in`)
  await page.evaluate(() => {
    const image = '<img src="https://example.com/spy.png" onerror="document.title = \'taken over\'">'
    document.body.insertAdjacentHTML('beforeend', image)
  })
  const violations = () => seen.violations.join('\n')
  await expect.poll(violations).toContain('img-src forbids https://example.com')
  await expect.poll(violations).toContain('script-src-attr forbids inline')
  await expect(page).toHaveTitle(/Fenicia/)
  // Chromium logs each violation as an error of the page; these were asked for.
  pageErrors.length = 0
})
