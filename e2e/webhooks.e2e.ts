import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { toBeAlive } from './alive'
import { expectFitToUse } from './fit-to-use'
import { expect, runProduct, test } from './fixtures'
import { addWebhook, closeToken, generateKey, signIn } from './people'

// A merchant's own system is told of what happens, and can tell that it is Fenicia who tells.

const product = runProduct('account', { FENICIA_EGRESS_ALLOW: '127.0.0.1/32' })

interface Got {
  headers: Record<string, string>
  body: string
}
const got: Got[] = []
let isDown = false
let receiver: Server
let address: string

test.beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    got.push({ headers: request.headers as Record<string, string>, body })
    response.statusCode = isDown ? 503 : 204
    response.end()
  })
  receiver.listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
})
test.afterAll(() => {
  receiver.close()
})

const types = () => got.map(({ body }) => JSON.parse(body).type)
const verified = (secret: string, { body, headers }: Got) => new Webhook(secret).verify(body, headers)

test('a webhook is added, told of a key, fails, is sent the message again, gets another secret and is deleted', async ({
  page,
}) => {
  await signIn(page, product.url)
  await page.goto(`${product.url}/settings/webhooks`)
  await expect(page.getByRole('heading', { name: 'No webhooks yet' })).toBeVisible()
  await expectFitToUse(page, 'no webhooks')
  await page.goto(`${product.url}/settings/webhooks/new`)
  await page.getByLabel('Name').fill('ERP events')
  await page.getByLabel('Address').fill('http://192.168.1.1/hook')
  await page.getByRole('button', { name: 'Add webhook' }).click()
  await expect(page.getByLabel('Address')).toHaveAccessibleDescription(/FENICIA_EGRESS_ALLOW/)
  await expect(page.getByLabel('Address')).toBeFocused()
  await expectFitToUse(page, 'a webhook that was refused')
  const { id, secret } = await addWebhook(page, product.url, address)
  expect(secret).toMatch(/^whsec_/)
  const show = () => page.goto(`${product.url}/settings/webhooks/${id}`)

  await page.getByRole('button', { name: 'Send test message' }).click()
  await expect.poll(types, { timeout: 20_000 }).toEqual(['webhook.test'])
  isDown = true
  await page.goto(`${product.url}/settings/api-keys`)
  await closeToken(await generateKey(page, 'Sync script', ['orders:read']))
  await expect.poll(types, { timeout: 20_000 }).toContain('key.created')
  for (const message of got) verified(secret, message)

  await expect(async () => {
    await show()
    await expect(page.getByText('Failing', { exact: true })).toBeVisible({ timeout: 1_000 })
  }).toPass()
  const filters = page.getByRole('form', { name: 'Filters' })
  await filters.getByLabel('Event').selectOption('key.created')
  await filters.getByLabel('Status').selectOption('Delivered')
  await filters.getByRole('button', { name: 'Apply filters' }).press('Enter')
  await expect(page.getByText('No such messages.')).toBeVisible()
  await expect(filters.getByRole('button', { name: 'Apply filters' })).toBeFocused()
  await filters.getByLabel('Status').selectOption('Waiting')
  await filters.getByRole('button', { name: 'Apply filters' }).click()
  const message = page.getByRole('listitem').filter({ hasText: 'key.created' }).first()
  await message.getByText('key.created').first().click()
  await expect(message.getByText(/Answered with 503/).first()).toBeVisible()
  await expect(page).toHaveTitle(/ERP events/)
  await expectFitToUse(page, 'a webhook that fails')
  isDown = false
  const before = got.length
  await message.getByRole('button', { name: 'Send again' }).click()
  await expect.poll(() => got.length, { timeout: 20_000 }).toBeGreaterThan(before)
  expect(new Set(got.slice(1).map(({ headers }) => headers['webhook-id'])).size).toBe(1)

  await page.getByRole('button', { name: 'Rotate secret' }).click()
  // Twice would end the secret that the receiver has.
  await page.getByRole('alertdialog').getByRole('button', { name: 'Rotate secret' }).dblclick()
  const another = (await page.getByRole('status', { name: 'Signing secret' }).locator('code').textContent()) ?? ''
  await expect(page.getByRole('region', { name: 'Signing secret' })).toContainText('The one before signs too until')
  await page.getByRole('button', { name: 'Send test message' }).click()
  await expect.poll(() => types().filter((type) => type === 'webhook.test').length, { timeout: 20_000 }).toBe(2)
  const last = got.at(-1) as Got
  for (const one of [secret, another]) verified(one, last)

  await show()
  await expect(page.getByText(secret.slice(6))).toHaveCount(0)
  expect(await page.content()).not.toContain(another.slice(6))
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete webhook' }).click()
  await expect(page.getByRole('heading', { name: 'No webhooks yet' })).toBeVisible()
})

test('a webhook keeps what somebody else has changed since the page was opened', async ({ page, context }) => {
  await signIn(page, product.url)
  const { id } = await addWebhook(page, product.url, address)
  const old = await context.newPage()
  await old.goto(`${product.url}/settings/webhooks/${id}`)
  await toBeAlive(old.getByLabel('Name'))
  await page.getByLabel('Name').fill('Stock system')
  await page.getByRole('button', { name: 'Save webhook' }).click()
  await expect(page.getByRole('heading', { name: 'Stock system' })).toBeVisible()
  await old.getByRole('radio', { name: 'Only some' }).check()
  await old.getByRole('checkbox', { name: 'key.revoked' }).check()
  await old.getByRole('button', { name: 'Save webhook' }).click()
  await expect(old.getByRole('heading', { name: 'Stock system' })).toBeVisible()
  await page.reload()
  await expect(page.getByLabel('Name')).toHaveValue('Stock system')
  await expect(page.getByRole('checkbox', { name: 'key.revoked' })).toBeChecked()
})
