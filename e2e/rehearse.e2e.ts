import { call } from './external-app'
import { expectFitToUse } from './fit-to-use'
import { expect, runProduct, test } from './fixtures'
import { closeToken, generateKey, keyRow, readToken, signIn } from './people'

// Whether anything needs an old key is seen before it is revoked, and what it may do without need is taken from it.

const product = runProduct('account')

test('a revoke is rehearsed: what would have failed is listed, then one click revokes', async ({ page }) => {
  await signIn(page, product.url)
  const dialog = await generateKey(page, 'Old sync', ['keys:read', 'orders:read'])
  const token = await readToken(dialog)
  await closeToken(dialog)
  await keyRow(page, 'Old sync').getByRole('link').click()
  const card = page.getByRole('region', { name: 'Rehearse a revoke' })
  await card.getByRole('button', { name: 'Start the rehearsal' }).click()
  await expect(card.getByRole('status')).toHaveText('Nothing has called it yet.')

  expect((await call(product.url, token, '/keys')).status).toBe(200)
  // It is written behind, and read again every five seconds.
  await expect(card.getByRole('table')).toContainText('GET /api/v1/keys', { timeout: 20_000 })
  await expect(card.getByRole('status')).toHaveText('1 call would have failed.')
  await page.reload()
  await expect(page.getByText('orders:readgranted but never used')).toBeVisible()
  await expect(card.getByRole('table')).toBeVisible()
  await expectFitToUse(page, 'a key whose revocation is rehearsed')

  await page.getByRole('button', { name: 'Take unused scopes away' }).click()
  const narrow = page.getByRole('alertdialog', { name: 'Take unused scopes from “Old sync”?' })
  await expect(narrow.getByRole('list')).toHaveText('orders:read')
  await expectFitToUse(page, 'taking scopes from a key')
  await narrow.getByRole('button', { name: 'Take scopes away' }).click()
  await expect(narrow).toBeHidden()
  await expect(page.getByText('granted but never used')).toHaveCount(0)
  await expect(page.getByRole('region', { name: 'History' })).toContainText('Scopes taken away')

  await page.goto(`${product.url}/settings/api-keys`)
  await expect(keyRow(page, 'Old sync')).toContainText('Rehearsing')
  await keyRow(page, 'Old sync').getByRole('link').click()
  await card.getByRole('button', { name: 'Revoke key' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke key' }).click()
  await expect(card.getByRole('button')).toHaveCount(0)
  await expect(card.getByRole('table')).toBeVisible()
  expect((await call(product.url, token, '/keys')).status).toBe(401)
  // What is counted by the hour is written every half minute.
  await expect(page.getByRole('region', { name: 'Usage' })).toContainText('It is revoked: 1', { timeout: 60_000 })
})
