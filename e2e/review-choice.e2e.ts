import type { Page } from '@playwright/test'
import { expect, runProduct, test } from './fixtures'
import { signIn } from './people'
import { seedKeys } from './seed'

// What is decided about one key leaves the rest of the review as it was: the focus, what is chosen, what is told.

const product = runProduct('account', {}, (place) =>
  seedKeys(
    place,
    Array.from({ length: 60 }, (_, i) => ({
      name: `Forgotten ${i + 1}`,
      createdDaysAgo: 400,
      expiresInDays: 300,
      usedMinutesAgo: 1_440 * 200 - i,
    })),
  ),
)

const review = () => `${product.url}/settings/api-keys/review`
const list = (page: Page) => page.getByRole('region', { name: 'Keys to review' })
const box = (page: Page, name: string) => page.getByRole('checkbox', { name: `Select ${name}`, exact: true })
const decide = (page: Page, verb: string, name: string) =>
  page.getByRole('button', { name: `${verb} ${name}`, exact: true }).click()

test.describe.configure({ mode: 'serial' })
test.beforeEach(({ page }) => signIn(page, product.url))

test('a key that is revoked or kept by its row takes itself out of the choice, and the focus stays at the list', async ({
  page,
}) => {
  await page.goto(`${review()}?finding=idle`)
  for (const number of [1, 2, 3]) await box(page, `Forgotten ${number}`).check()
  await decide(page, 'Revoke', 'Forgotten 2')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke key' }).click()
  await expect(box(page, 'Forgotten 2')).toHaveCount(0)
  await expect(page.getByText('2 of 59 keys selected')).toBeVisible()
  await expect(list(page)).toBeFocused()

  for (const [name, left] of [
    ['Forgotten 4', '2 of 58 keys selected'],
    ['Forgotten 3', '1 of 57 keys selected'],
  ] as const) {
    await decide(page, 'Keep', name)
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('Runs at Christmas')
    await dialog.getByRole('button', { name: 'Keep', exact: true }).click()
    await expect(box(page, name)).toHaveCount(0)
    await expect(page.getByText(left)).toBeVisible()
    await expect(list(page)).toBeFocused()
  }

  // Of all but one, that one is taken out as well.
  await page.getByRole('button', { name: 'Select all 57' }).click()
  await box(page, 'Forgotten 5').uncheck()
  await decide(page, 'Revoke', 'Forgotten 5')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke key' }).click()
  await expect(page.getByText('56 of 56 keys selected')).toBeVisible()
})

test('the report of a revocation stays at hand while one turns the page or chooses a finding', async ({ page }) => {
  await page.goto(`${review()}?finding=idle`)
  await box(page, 'Forgotten 6').check()
  await page.getByRole('button', { name: 'Revoke 1 key', exact: true }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke 1 key' }).click()
  const report = page.getByRole('region', { name: 'Revocation' }).getByRole('link', { name: 'Report (CSV)' })
  await expect(report).toBeVisible()
  await page.getByRole('button', { name: 'Next' }).click()
  await expect(page).toHaveURL(/[?&]cursor=/)
  await expect(report).toBeVisible()
  await page.getByRole('navigation', { name: 'Findings' }).getByRole('link', { name: /^All/ }).click()
  await expect(page).not.toHaveURL(/finding=/)
  await expect(report).toBeVisible()
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(report).toHaveCount(0)
  await expect(page).toHaveURL(review())
})
