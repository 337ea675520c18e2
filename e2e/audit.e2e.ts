import { readFileSync } from 'node:fs'
import type { Locator, Page } from '@playwright/test'
import { toBeAlive } from './alive'
import { expectFitToUse } from './fit-to-use'
import { expect, runProduct, test } from './fixtures'
import { generateKey, readToken, signIn } from './people'

// What was done stands in the audit log: found by filters, opened, exported, and proved.

const product = runProduct('account')

test('whoever uses the keyboard stays where they are while they narrow the list', async ({ page }) => {
  await signIn(page, product.url)
  await page.goto(`${product.url}/settings/audit`)
  const search = page.getByRole('searchbox', { name: 'Search events' })
  const apply = page.getByRole('button', { name: 'Apply filters' })
  const what = page.getByRole('combobox', { name: 'What' })
  await toBeAlive(search)
  await search.fill('  account ')
  await search.press('Enter')
  await page.waitForURL(/\?q=account$/)
  await expect(page.getByRole('link', { name: 'Clear filters' })).toBeVisible()
  await expect(search).toBeFocused()
  await expect(search).toHaveValue('account')
  await what.selectOption({ label: 'Account created' })
  await apply.press('Enter')
  await page.waitForURL(/action=account\.created/)
  await expect(page.getByRole('region', { name: 'Events' }).getByRole('listitem')).toHaveCount(1)
  await expect(apply).toBeFocused()
  // The form follows the list.
  await page.goBack()
  await expect(what).toHaveValue('')
  await expect(search).toHaveValue('account')
  await page.goForward()
  await expect(what).toHaveValue('account.created')
  await page.getByRole('link', { name: 'Clear filters' }).press('Enter')
  await expect(page).toHaveURL(/audit$/)
  await expect(search).toHaveValue('')
  await expect(what).toHaveValue('')
  await expect(page.getByRole('form', { name: 'Filters' })).toBeFocused()
})

test('what was done is found, opened, exported, and kept for as long as the account says', async ({ page }) => {
  await signIn(page, product.url)
  const token = await readToken(await generateKey(page, 'ERP Integration', ['orders:read']))

  await page.goto(`${product.url}/settings/audit`)
  const events = page.getByRole('region', { name: 'Events' }).getByRole('listitem')
  await expect(events.first()).toContainText('generated the API key “ERP Integration”')
  await events.first().getByText('generated the API key').click()
  await expect(events.first()).toContainText('orders:read')
  await expect(events.first()).toContainText('api_key.created')
  await expectFitToUse(page, 'audit, one event open')

  await page.getByRole('combobox', { name: 'What' }).selectOption({ label: 'Account created' })
  await page.context().setOffline(true)
  await page.getByRole('button', { name: 'Apply filters' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'There is no connection' })).toBeVisible()
  await expect(page.getByRole('combobox', { name: 'What' })).toHaveValue('account.created')
  await expectFitToUse(page, 'audit, filters without a connection')
  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Apply filters' }).click()
  await page.waitForURL(/action=account\.created/)
  await expect(page.getByRole('alert').filter({ hasText: 'There is no connection' })).toHaveCount(0)
  await expect(events).toHaveCount(1)
  await page.getByRole('searchbox', { name: 'Search events' }).fill(token)
  await page.getByRole('button', { name: 'Apply filters' }).click()
  await expect(page.getByRole('heading', { name: 'No event matches' })).toBeVisible()
  expect(page.url()).not.toContain(token.slice(8, 20))
  await expectFitToUse(page, 'audit, nothing found')
  await page.getByRole('link', { name: 'Clear filters' }).click()
  await expect(events.first()).toContainText('ERP Integration')

  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export as JSON Lines' }).click(),
  ])
  const lines = readFileSync(await file.path(), 'utf8')
    .trimEnd()
    .split('\n')
  const exported = lines.map((line) => JSON.parse(line))
  expect(exported.map(({ action }) => action)).toContain('api_key.created')
  expect(exported.map(({ seq }) => seq)).toEqual(exported.map((_, i) => exported.length - i))
  const [checkpoint] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download checkpoint' }).click(),
  ])
  // The export is on record itself, before its first line.
  expect(JSON.parse(readFileSync(await checkpoint.path(), 'utf8'))).toMatchObject({
    type: 'fenicia-audit-checkpoint',
    seq: exported.length,
  })

  await page.goto(`${product.url}/settings/policies`)
  await page.getByRole('combobox', { name: 'Keep events' }).selectOption({ label: '90 days' })
  await page.getByRole('region', { name: 'Audit log' }).getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Policy saved' })).toBeAttached()
  await page.goto(`${product.url}/settings/audit?action=account.policy_changed`)
  await events.first().getByText('changed the account’s policy').click()
  await expect(events.first().getByRole('row', { name: 'Audit keep days – 90' })).toBeVisible()
})

test('a page of policies that was open meanwhile undoes nothing that somebody else has saved', async ({ page }) => {
  await signIn(page, product.url)
  await page.goto(`${product.url}/settings/policies`)
  const tab = await page.context().newPage()
  await tab.goto(`${product.url}/settings/policies`)
  const audit = (where: Page) => where.getByRole('region', { name: 'Audit log' })
  const leaks = (where: Page) => where.getByRole('region', { name: 'Leaked tokens' })
  const keep = (where: Page) => where.getByRole('combobox', { name: 'Keep events' })
  const save = async (card: Locator, said: string) => {
    await card.getByRole('button', { name: 'Save' }).click()
    await expect(card.page().getByRole('status').filter({ hasText: said }).last()).toBeAttached()
  }
  for (const one of [page, tab]) await toBeAlive(keep(one))
  await keep(tab).selectOption({ label: '1 year' })
  await save(audit(tab), 'Policy saved')
  await expect(keep(tab)).toHaveValue('365')
  await leaks(tab).getByRole('radio', { name: 'Only tell us' }).check()
  await save(leaks(tab), 'Policy saved')
  await save(audit(page), 'Nothing was changed')
  await expect(keep(page)).toHaveValue('365')
  await save(leaks(page), 'Nothing was changed')
  await tab.reload()
  await expect(keep(tab)).toHaveValue('365')
  await expect(leaks(tab).getByRole('radio', { name: 'Only tell us' })).toBeChecked()
})
