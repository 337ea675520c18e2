import { readFile } from 'node:fs/promises'
import type { Locator, Page } from '@playwright/test'
import { expectFitToUse } from './fit-to-use'
import { expect, test } from './fixtures'
import { chooseAction, keyRow, signIn } from './people'
import { makePlace, type Place } from './place'
import { type Product, startProduct } from './product'
import { type SeededKey, seedKeys } from './seed'

// Keys that nobody needs any more, from the banner that counts them to the last one that is revoked.

const FORGOTTEN = 4_000

const keys: SeededKey[] = [
  { name: 'In use', createdDaysAgo: 400, usedMinutesAgo: 5, expiresInDays: 300 },
  { name: 'Young', createdDaysAgo: 29, expiresInDays: 300 },
  // The longest unused come first: never used, by their age; then by their last use.
  ...Array.from({ length: FORGOTTEN }, (_, i) => ({
    name: `Forgotten ${i + 1}`,
    createdDaysAgo: 400,
    expiresInDays: 300,
    usedMinutesAgo: 1_440 * 200 - i,
    address: '203.0.113.7',
    userAgent: 'python-requests/2.31',
  })),
]

let place: Place
let product: Product

test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  place = await makePlace('account')
  await seedKeys(place, keys)
  product = await startProduct(place)
})
test.afterAll(async () => {
  await product?.stop()
  await place?.remove()
})
test.beforeEach(({ page }) => signIn(page, product.url))

const review = () => `${product.url}/settings/api-keys/review`
const reviewRow = (page: Page, name: string) =>
  page.getByRole('table', { name: 'Keys to review' }).getByRole('row').filter({ hasText: name })
const box = (page: Page, name: string) => page.getByRole('checkbox', { name: `Select ${name}`, exact: true })
const isProgress = (url: URL) => url.pathname.includes('/bulk-revocations/')
const progressOf = (page: Page) => page.getByRole('region', { name: 'Revocation' })

async function openDialog(page: Page, verb: string): Promise<Locator> {
  await page.getByRole('button', { name: verb, exact: true }).click()
  const dialog = page.getByRole('alertdialog', { name: `${verb}?` })
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
  return dialog
}

async function countKeys(page: Page, status: string): Promise<number> {
  const answer = await page.request.get(`${product.url}/api/v1/keys?status=${status}&limit=1`)
  return (await answer.json()).total
}

test('the banner leads to them; those that are chosen are revoked, and nothing else', async ({ page }) => {
  const banner = page.getByText('4,000 keys to review')
  await expect(banner).toBeVisible()
  await page.getByRole('link', { name: 'Review', exact: true }).click()
  await expect(page).toHaveURL(review())
  await expect(reviewRow(page, 'Forgotten 50')).toBeVisible()
  for (const name of ['In use', 'Young']) await expect(reviewRow(page, name)).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Revoke selected keys' })).toBeDisabled()

  await page.getByRole('checkbox', { name: 'Select all on this page' }).check()
  await expect(page.getByText('50 of 4,000 keys selected')).toBeVisible()
  await page.getByRole('button', { name: 'Clear' }).click()
  await box(page, 'Forgotten 1').check()
  // A choice outlasts a turn of the page.
  await page.getByRole('button', { name: 'Next' }).click()
  await box(page, 'Forgotten 51').check()
  const dialog = await openDialog(page, 'Revoke 2 keys')
  await dialog.getByLabel('Reason').fill('Nobody knows them')
  await dialog.getByRole('button', { name: 'Revoke 2 keys' }).click()

  await expect(progressOf(page)).toContainText('2 keys revoked')
  await expect(progressOf(page)).toContainText('None of them is accepted any more.')
  // At once: by itself the list is read again every 20 seconds only.
  await expect(box(page, 'Forgotten 1')).toHaveCount(0, { timeout: 5_000 })
  await expect(page.getByText('Nothing selected')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Select all 3,998' })).toBeVisible()
  await progressOf(page).getByRole('button', { name: 'Done' }).click()
  await expect(progressOf(page)).toHaveCount(0)
  await expect(page).toHaveURL(review())

  expect(await countKeys(page, 'revoked')).toBe(2)
  await page.goto(`${product.url}/settings/api-keys?status=revoked`)
  await keyRow(page, 'Forgotten 51').getByRole('link').click()
  await expect(page.getByRole('region', { name: 'History' })).toContainText('Reason: Nobody knows them')
})

test('what somebody keeps, with a reason, does not come up any more', async ({ page }) => {
  await page.goto(`${review()}?finding=idle`)
  await expect(page.getByRole('link', { name: /^Not used for 90 days/ })).toHaveAttribute('aria-current', 'page')
  await expect(reviewRow(page, 'Forgotten 6')).toContainText('Not used for 90 days, last')
  await page.getByRole('button', { name: 'Keep Forgotten 6', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Keep', exact: true }).click()
  await expect(dialog.getByLabel('Reason')).toHaveAttribute('aria-invalid', 'true')
  await dialog.getByLabel('Reason').fill('Runs at Christmas')
  await expectFitToUse(page, 'keeping a key')
  await dialog.getByRole('button', { name: 'Keep', exact: true }).click()
  await expect(dialog).toBeHidden()
  await expect(box(page, 'Forgotten 6')).toHaveCount(0, { timeout: 5_000 })
  await expect(page.getByRole('button', { name: 'Select all 3,997' })).toBeVisible()
  await page.goto(`${product.url}/settings/api-keys?q=Forgotten+6&sort=name`)
  await keyRow(page, 'Forgotten 6').first().getByRole('link').click()
  await expect(page.getByRole('region', { name: 'History' })).toContainText('Reason: Runs at Christmas')
})

test('what somebody else has revoked meanwhile is told, and is not revoked twice', async ({ page, context }) => {
  await page.goto(review())
  for (const name of ['Forgotten 2', 'Forgotten 3', 'Forgotten 4']) await box(page, name).check()
  const dialog = await openDialog(page, 'Revoke 3 keys')
  const third = await context.newPage()
  await third.goto(review())
  await third.getByRole('button', { name: 'Select all 3,997' }).click()
  const all = await openDialog(third, 'Revoke 3,997 keys')

  const other = await context.newPage()
  await other.goto(`${product.url}/settings/api-keys?q=Forgotten+3&sort=name`)
  await chooseAction(keyRow(other, 'Forgotten 3'), 'Revoke key')
  const theirs = other.getByRole('alertdialog')
  await theirs.getByLabel('Reason').fill('Somebody was faster')
  await theirs.getByRole('button', { name: 'Revoke key' }).click()
  await expect(theirs).toBeHidden()

  // Who chose all agreed to what was shown: not to what is found now, though the list behind the dialog is read again.
  for (let times = 0; times < 2; times++) {
    await all.getByRole('button', { name: 'Revoke 3,997 keys' }).click()
    await expect(all.getByRole('alert')).toContainText('Nothing was revoked: look at the list again.')
  }
  await all.getByRole('button', { name: 'Cancel' }).click()
  await expect(third.getByRole('button', { name: 'Revoke 3,996 keys' })).toBeVisible()
  await third.close()

  await dialog.getByRole('button', { name: 'Revoke 3 keys' }).click()
  await expect(progressOf(page)).toContainText('2 keys revoked')
  await expect(progressOf(page)).toContainText('1 key left alone: 1 revoked before.')
  const [report] = await Promise.all([
    page.waitForEvent('download'),
    progressOf(page).getByRole('link', { name: 'Report (CSV)' }).click(),
  ])
  const lines = (await readFile(await report.path(), 'utf8')).trimEnd().split('\r\n')
  expect(lines.map((line) => line.replace(/^key_[0-9a-f]{32},/, '')).sort()).toEqual([
    'Forgotten 2,revoked',
    'Forgotten 3,revoked_before',
    'Forgotten 4,revoked',
    'key,name,outcome',
  ])
  await other.goto(`${product.url}/settings/api-keys?status=revoked&q=Forgotten+3`)
  await keyRow(other, 'Forgotten 3').getByRole('link').click()
  await expect(other.getByRole('region', { name: 'History' }).getByText('Revoked', { exact: true })).toHaveCount(1)
  await expect(other.getByRole('region', { name: 'Details' })).toContainText('Somebody was faster')
})

test('a dialog that gets no answer stays, with the choice and the reason, and does it when asked again', async ({
  page,
  context,
}) => {
  await page.goto(review())
  await box(page, 'Forgotten 5').check()
  const dialog = await openDialog(page, 'Revoke 1 key')
  await dialog.getByLabel('Reason').fill('Typed once')
  await context.setOffline(true)
  await dialog.getByRole('button', { name: 'Revoke 1 key' }).click()
  await expect(dialog.getByRole('alert')).toContainText('it is not known whether the change was made')
  await context.setOffline(false)
  await expect(dialog.getByLabel('Reason')).toHaveValue('Typed once')
  await dialog.getByRole('button', { name: 'Revoke 1 key' }).click()
  await expect(progressOf(page)).toContainText('1 key revoked')
})

test('what a server that died had promised is done by the next one, and the page says so', async ({ page }) => {
  // A page that reads at that moment would rightly complain.
  await page.goto('about:blank')
  await product.kill()
  const promised = await place.withDatabase((query) =>
    query<{ id: string }>(
      `insert into bulk_revocations (id, account_id, actor, key_ids, total)
       select 'bulk_' || repeat('0', 32), account_id, jsonb_build_object('kind', 'operator', 'id', null, 'name', 'operator',
         'accountId', account_id, 'address', null, 'userAgent', null, 'requestId', null), array_agg(id), 300
       from (select id, account_id from api_keys where revoked_at is null and name like 'Forgotten %' and name <> 'Forgotten 6' order by id limit 300)
       group by account_id
       union all
       select 'bulk_' || repeat('1', 32), account_id, jsonb_build_object('kind', 'user', 'id', 'usr_gone', 'name', 'Gone',
         'accountId', account_id, 'address', null, 'userAgent', null, 'requestId', null), array_agg(id), 3
       from (select id, account_id from api_keys where revoked_at is null and name like 'Forgotten %' order by id desc limit 3)
       group by account_id returning id`,
    ),
  )
  product = await startProduct(place)
  await page.goto(`${review()}?revocation=${promised[0]?.id}`)
  await expect(progressOf(page)).toContainText('300 keys revoked')
  await page.goto(`${review()}?revocation=${promised[1]?.id}`)
  await expect(progressOf(page)).toContainText('0 keys revoked')
  await expect(progressOf(page)).toContainText(
    '3 keys left alone: 3 not reached before whoever asked lost the right to revoke keys.',
  )
  expect(await countKeys(page, 'revoked')).toBe(306)
})

test('all but one of thousands are revoked, and go on being so when one leaves', async ({ page }) => {
  await page.goto(review())
  await page.getByRole('button', { name: 'Select all 3,693' }).click()
  const kept =
    (await page
      .getByRole('checkbox', { name: /^Select Forgotten/ })
      .first()
      .getAttribute('aria-label')) ?? ''
  await page.getByRole('checkbox', { name: kept, exact: true }).uncheck()
  const dialog = await openDialog(page, 'Revoke 3,692 keys')
  // The server is too fast to be watched: what it tells of its progress is what it would have told half-way.
  await page.route(isProgress, async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, json: { ...(await response.json()), done: 1_200, finished_at: null } })
  })
  await dialog.getByRole('button', { name: 'Revoke 3,692 keys' }).click()
  await expect(progressOf(page)).toContainText('Revoking 3,692 keys')
  await expect(progressOf(page)).toContainText('1,200 done. You can leave this page: it goes on by itself.')
  await expect(progressOf(page).getByRole('progressbar')).toHaveAttribute('value', '1200')
  await page.getByRole('main').getByRole('link', { name: 'API Keys' }).click()
  await expect(keyRow(page, 'In use')).toBeVisible()

  await page.unroute(isProgress)
  await page.goBack()
  await expect(progressOf(page)).toContainText('3,692 keys revoked')
  await expect(page.getByRole('checkbox', { name: /^Select Forgotten/ })).toHaveCount(1)
  await expect(page.getByRole('checkbox', { name: kept, exact: true })).toBeVisible()
  expect(await countKeys(page, 'revoked')).toBe(FORGOTTEN - 2)
  expect(await countKeys(page, 'active')).toBe(4)
  await page.goto(review())
  await expect(progressOf(page)).toHaveCount(0)
})

test('when nothing is left to review, the page says so', async ({ page }) => {
  await page.goto(review())
  await page.getByRole('button', { name: 'Select all 1' }).click()
  await expectFitToUse(page, 'review, one selected')
  const dialog = await openDialog(page, 'Revoke 1 key')
  await expectFitToUse(page, 'review, before it is done')
  await dialog.getByRole('button', { name: 'Revoke 1 key' }).click()
  await expect(progressOf(page)).toContainText('1 key revoked')
  await expect(page.getByRole('heading', { name: 'Nothing to review' })).toBeVisible()
  await expectFitToUse(page, 'review, done')
  await page.getByRole('link', { name: 'Back to API Keys' }).click()
  await expect(keyRow(page, 'In use')).toBeVisible()
  await expect(page.getByText('to review')).toHaveCount(0)
})
