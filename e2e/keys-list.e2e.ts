import type { Page } from '@playwright/test'
import { toBeAlive } from './alive'
import { expect, runProduct, test } from './fixtures'
import { chooseAction, keyRow, signIn } from './people'
import { type SeededKey, seedKeys } from './seed'

// The list with names that nobody expects, in every status, and with ten thousand keys.

const MANY = 10_000
const LONGEST = 'W'.repeat(64)
const EMOJI = '🚚📦'.repeat(16)
const RTL = 'مفتاح المخزون والطلبات (2) للمتجر'
const ODD = [LONGEST, EMOJI, RTL]
/** How long people may have to wait for a list of this length, on a machine that does something else beside. */
const PATIENCE_MS = 3_000

const special: SeededKey[] = [
  ...ODD.map((name) => ({
    name,
    usedMinutesAgo: 70,
    address: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
    userAgent: 'An-app-with-a-long-name-and-no-space/1.2.3',
  })),
  { name: 'Status active', environment: 'test', expiresInDays: 3 },
  { name: 'Status retiring', retiresInHours: 20 },
  { name: 'Status retired', retiresInHours: -20 },
  { name: 'Status expired', createdDaysAgo: 20, expiresInDays: -10 },
  { name: 'Status revoked', revokedDaysAgo: 5 },
]
const current = 5
const many: SeededKey[] = Array.from({ length: MANY - current }, (_, i) => ({
  name: `App ${String(i + 1).padStart(5, '0')}`,
  createdDaysAgo: 1 + i / 1_000,
  ...(i % 2 ? { usedMinutesAgo: 1 + i, address: '203.0.113.7', userAgent: 'node' } : {}),
  ...(i % 3 ? { expiresInDays: 30 + i / 100 } : {}),
  scopes: ['orders:read', 'products:read', 'inventory:update'],
}))

const product = runProduct('account', {}, (place) => seedKeys(place, [...special, ...many]))
const listUrl = (query = '') => `${product.url}/settings/api-keys${query}`
const names = (page: Page) => page.getByRole('table', { name: 'API keys' }).getByRole('row').getByRole('link')
const pages = (page: Page) => page.getByRole('navigation', { name: 'Pages' })

test.beforeEach(({ page }) => signIn(page, product.url))

/** Expects that nothing stands out sideways, at any width at which the layout is another. */
async function expectToFit(page: Page): Promise<void> {
  for (const width of [1280, 900, 768, 375]) {
    await page.setViewportSize({ width, height: 800 })
    const outside = await page.evaluate(() => {
      const scope = document.querySelector('dialog') ?? document.documentElement
      const edge = (scope.tagName === 'DIALOG' ? scope.getBoundingClientRect().right : scope.clientWidth) + 1
      return [...scope.querySelectorAll('*')]
        .filter((element) => element.getBoundingClientRect().right > edge && element.closest('.sr-only') === null)
        .map((element) => element.outerHTML.slice(0, 200))
    })
    expect(outside, `at ${width} px`).toEqual([])
  }
  await page.setViewportSize({ width: 1280, height: 800 })
}

test('a name of 64 wide letters, of emoji, or written from right to left stays in its place', async ({ page }) => {
  for (const name of ODD) await expect(keyRow(page, name)).toBeVisible()
  await expectToFit(page)
  const direction = (name: string) =>
    page
      .getByRole('link', { name, exact: true })
      .evaluate((link) => getComputedStyle(link.children[0] ?? link).direction)
  expect(await direction(RTL)).toBe('rtl')
  expect(await direction(LONGEST)).toBe('ltr')
  for (const name of ODD) {
    await chooseAction(keyRow(page, name), 'Revoke key')
    await expect(page.getByRole('alertdialog', { name: `Revoke “${name}”?` })).toBeVisible()
    await expectToFit(page)
    await page.keyboard.press('Escape')
  }
  await keyRow(page, LONGEST).getByRole('link').click()
  await expect(page.getByRole('heading', { name: LONGEST, level: 1 })).toBeVisible()
  await expectToFit(page)
  const unheardOf = 'é'.repeat(90)
  await page.goto(listUrl(`?q=${unheardOf}`))
  await expect(page.getByRole('heading', { name: `No API key matches “${unheardOf}”` })).toBeVisible()
  await expectToFit(page)
})

test('each status has its word and its filter; what matches nothing says so and is cleared in one go', async ({
  page,
}) => {
  for (const status of ['active', 'retiring', 'retired', 'expired', 'revoked']) {
    const word = status.charAt(0).toUpperCase() + status.slice(1)
    await page.goto(listUrl('?q=Status+'))
    await toBeAlive(page.getByLabel('Status', { exact: true }))
    await page.getByLabel('Status', { exact: true }).selectOption(word)
    await expect(names(page)).toHaveText([`Status ${status}`])
    await expect(keyRow(page, `Status ${status}`).getByText(word, { exact: true })).toBeVisible()
    await expect(page).toHaveURL(listUrl(`?q=Status+&status=${status}`))
  }
  await page.getByLabel('Status', { exact: true }).selectOption('All statuses')
  await expect(names(page)).toHaveCount(5)
  await page.getByLabel('Environment', { exact: true }).selectOption('Test')
  await expect(names(page)).toHaveText(['Status active'])
  await page.getByLabel('Search API keys').fill('100% _of_ nothing')
  await expect(page.getByRole('heading', { name: 'No API key matches “100% _of_ nothing”' })).toBeVisible()
  await page.getByRole('button', { name: 'Clear search and filters' }).click()
  await expect(page).toHaveURL(listUrl())
  await expect(names(page)).toHaveCount(25)
})

test('a link to a page of another order leads to the first page, not into a dead end', async ({ page }) => {
  await pages(page).getByRole('button', { name: 'Next' }).click()
  await expect(page).toHaveURL(/cursor=/)
  const cursor = new URL(page.url()).searchParams.get('cursor')
  await page.goto(listUrl(`?sort=name&cursor=${cursor}`))
  const failure = page.getByRole('alert').filter({ hasText: 'This address leads to no list' })
  await failure.getByRole('link', { name: 'Go to the first page' }).click()
  await expect(names(page)).toHaveCount(25)
  await expect(failure).toHaveCount(0)
})

test('ten thousand keys: one pages forth and back, and to a key and back, without losing one’s place', async ({
  page,
}) => {
  await page.goto(listUrl('?q=App+&sort=name'))
  const shown = async (first: number) => {
    const expected = Array.from({ length: 25 }, (_, i) => `App ${String(first + i).padStart(5, '0')}`)
    await expect(names(page)).toHaveText(expected)
    await expect(pages(page)).toContainText(`${first}–${first + 24} of 9,995 keys`)
  }
  await shown(1)
  await expect(pages(page).getByRole('button', { name: 'Previous' })).toBeDisabled()
  for (const first of [26, 51]) {
    await pages(page).getByRole('button', { name: 'Next' }).click()
    await shown(first)
  }
  await pages(page).getByRole('button', { name: 'Previous' }).click()
  await shown(26)
  await keyRow(page, 'App 00030').getByRole('link').click()
  await expect(page.getByRole('heading', { name: 'App 00030', level: 1 })).toBeVisible()
  await page.goBack()
  await shown(26)
  await page.goBack()
  await shown(51)
  // The keyboard keeps its place where there is no further page.
  await pages(page).getByRole('button', { name: 'Previous' }).click()
  await shown(26)
  await pages(page).getByRole('button', { name: 'Previous' }).press('Enter')
  await shown(1)
  await expect(pages(page).getByRole('button', { name: 'Previous' })).toBeFocused()
  await expect(pages(page).getByRole('button', { name: 'Previous' })).toBeDisabled()
  await page.getByLabel('Sort', { exact: true }).selectOption('Name, Z to A')
  await expect(names(page).first()).toHaveText('App 09995')
  await expect(pages(page)).toContainText('1–25 of 9,995 keys')
})

test('ten thousand keys are shown, sorted and searched while one waits', async ({ page }) => {
  const first = () => names(page).first().textContent()
  let before: string | null = null
  const timed = async (what: string, act: () => Promise<unknown>) => {
    const start = performance.now()
    await act()
    await expect.poll(first, { intervals: [5] }).not.toBe(before)
    const took = performance.now() - start
    before = await first()
    test.info().annotations.push({ type: what, description: `${took.toFixed(0)} ms` })
    expect(took, what).toBeLessThan(PATIENCE_MS)
  }
  const sort = (label: string) => page.getByLabel('Sort', { exact: true }).selectOption(label)
  await timed('the page', () => page.goto(listUrl()))
  await expect(page.getByText('1–25 of 10,000 keys')).toBeVisible()
  await toBeAlive(page.getByLabel('Sort', { exact: true }))
  await timed('oldest first', () => sort('Oldest first'))
  expect(before).toBe('App 09995')
  await timed('by name', () => sort('Name, A to Z'))
  await timed('by name, backwards', () => sort('Name, Z to A'))
  await timed('by last use', () => sort('Last used, latest first'))
  expect(before).toBe('App 00002')
  await timed('by last use, backwards', () => sort('Last used, longest ago first'))
  await timed('by expiry', () => sort('Expires soonest'))
  expect(before).toBe('Status active')
  await timed('by expiry, backwards', () => sort('Expires latest'))
  await timed('search for one', () => page.getByLabel('Search API keys').fill('app 07777'))
  expect(before).toBe('App 07777')
  await timed('search for many', () => page.getByLabel('Search API keys').fill('app 0'))
  await expect(pages(page)).toContainText('of 9,995 keys')
})
