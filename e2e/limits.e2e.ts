import { call } from './external-app'
import { expect, runProduct, test } from './fixtures'
import { chooseAction, closeToken, generateKey, keyRow, readToken, signIn } from './people'

// What a person does about how much a key may do, and what its app notices of it.

const product = runProduct('account')
const me = (token: string) => call(product.url, token, '/me')

test('a person limits a key, pauses it and resumes it, and asks that all keys expire', async ({ page }) => {
  await signIn(page, product.url)
  const issued = await generateKey(page, 'Sync', ['orders:read'])
  const token = await readToken(issued)
  await closeToken(issued)
  expect((await me(token)).status).toBe(200)

  await test.step('limits are edited on the page of the key, and hold for the next request', async () => {
    await page.getByRole('link', { name: 'Sync', exact: true }).click()
    const card = page.getByRole('region', { name: 'Limits' })
    await expect(card).toContainText('100 requests in 1 minute')
    await card.getByRole('button', { name: 'Edit limits' }).click()
    const form = page.getByRole('dialog', { name: /^Limits of/ })
    await form.getByLabel('Addresses').fill('somewhere')
    await form.getByRole('button', { name: 'Save limits' }).click()
    // What was typed stays, and the first bad field gets the focus.
    await expect(form.getByLabel('Addresses')).toBeFocused()
    await form.getByLabel('Addresses').fill('203.0.113.7\n2001:db8::/32')
    await form.getByLabel('Requests', { exact: true }).fill('5')
    await form.getByRole('button', { name: 'Save limits' }).click()
    await expect(form).toBeHidden()
    await expect(card).toContainText('5 requests in 1 minute')
    await expect(card).toContainText('2001:db8::/32')
    expect(await me(token)).toMatchObject({ status: 403, body: { code: 'ADDRESS_NOT_ALLOWED' } })
    await card.getByRole('button', { name: 'Edit limits' }).click()
    await form.getByLabel('Addresses').fill('')
    await form.getByRole('button', { name: 'Save limits' }).click()
    await expect(form).toBeHidden()
    expect((await me(token)).status).toBe(200)
    await expect(page.getByText('Limits changed').first()).toBeVisible()
  })

  await test.step('a paused key is refused until it is resumed', async () => {
    await page.goto(`${product.url}/settings/api-keys`)
    await chooseAction(keyRow(page, 'Sync'), 'Pause key')
    await page.getByRole('alertdialog').getByRole('button', { name: 'Pause key' }).click()
    await expect(keyRow(page, 'Sync')).toContainText('Paused')
    expect((await me(token)).status).toBe(401)
    await chooseAction(keyRow(page, 'Sync'), 'Resume key')
    await page.getByRole('alertdialog').getByRole('button', { name: 'Resume key' }).click()
    await expect(keyRow(page, 'Sync')).toContainText('Active')
    expect((await me(token)).status).toBe(200)
  })

  await test.step('keys must expire once the account asks for that', async () => {
    await page.goto(`${product.url}/settings/policies`)
    await page.getByLabel('Revoke keys that were not used for so many days').fill('3')
    await page.getByRole('checkbox', { name: 'New keys must expire' }).check()
    await page.getByRole('button', { name: 'Save rules' }).click()
    await expect(page.getByLabel('Revoke keys that were not used for so many days')).toHaveAttribute(
      'aria-invalid',
      'true',
    )
    await page.getByLabel('Revoke keys that were not used for so many days').fill('')
    await page.getByRole('button', { name: 'Save rules' }).click()
    await expect(page.getByText('Rules for API keys saved').first()).toBeVisible()
    await page.goto(`${product.url}/settings/api-keys?new=1`)
    const form = page.getByRole('dialog', { name: 'Generate new key' })
    await form.getByLabel('Name').fill('For ever')
    await form.getByRole('checkbox', { name: 'orders:read', exact: true }).check()
    await form.getByLabel('Expires').selectOption('Never')
    await form.getByRole('button', { name: 'Generate key' }).click()
    await expect(form.getByLabel('Expires')).toHaveAccessibleDescription(/The account asks that keys expire/)
  })
})
