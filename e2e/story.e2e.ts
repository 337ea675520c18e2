import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { call } from './external-app'
import { expect, runProduct, test } from './fixtures'
import { chooseAction, closeToken, generateKey, keyRow, readToken, signUp } from './people'

// The main job, as the person who has just installed Fenicia does it, from the first page to the last request.

const product = runProduct('tables')
const has = (program: string) => !spawnSync(program, ['--version']).error

/** How a person runs each of the printed requests; with what is not on this machine it cannot be shown here. */
const RUNNERS = [
  { tab: 'curl', program: 'bash', needs: 'curl', args: (code: string) => ['-c', code] },
  { tab: 'JavaScript', program: process.execPath, needs: process.execPath, args: (code: string) => ['--eval', code] },
  { tab: 'Python', program: 'python3', needs: 'python3', args: (code: string) => ['-c', code] },
].map((runner) => ({ ...runner, isHere: has(runner.needs) }))

const ABSENT = RUNNERS.filter(({ isHere }) => !isHere).map(({ needs }) => needs)
const WITHOUT = ABSENT.length > 0 ? ` (without ${ABSENT.join(' and ')}, which this machine does not have)` : ''

/** What the clipboard holds after the button was pressed. */
async function copied(page: Page, button: Locator): Promise<string> {
  await page.evaluate(() => navigator.clipboard.writeText(''))
  await button.click()
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).not.toBe('')
  return page.evaluate(() => navigator.clipboard.readText())
}

/** Pastes a request where it is meant to go; answers what it printed. */
function paste({ program, args }: (typeof RUNNERS)[number], code: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'fenicia-paste-'))
  try {
    // An empty folder: what runs must not depend on anything of this repository.
    return execFileSync(program, args(code), { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test(`from sign-up to a key that is revoked${WITHOUT}`, async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: product.url })
  const { url } = product
  let token = ''
  let second = ''

  await test.step('the first visitor makes the account', async () => {
    await page.goto(url)
    await expect(page).toHaveURL(`${url}/sign-up`)
    await signUp(page, url)
    await expect(page.getByRole('heading', { name: 'API Keys', level: 1 })).toBeVisible()
  })

  await test.step('generates a key, whose token is shown masked until it is asked for', async () => {
    const dialog = await generateKey(page, 'ERP Integration', ['orders:read', 'inventory:update'])
    await expect(dialog.getByLabel('Token', { exact: true })).toContainText('••••')
    const fromButton = await copied(page, dialog.getByRole('button', { name: 'Copy token' }))
    token = await readToken(dialog)
    expect(fromButton).toBe(token)
    expect(token).toMatch(/^fn_live_/)
  })

  await test.step('the printed requests, pasted unchanged, work', async () => {
    const dialog = page.getByRole('dialog', { name: 'API key generated' })
    for (const runner of RUNNERS) {
      await dialog.getByRole('tab', { name: runner.tab }).click()
      const code = await copied(page, dialog.getByRole('button', { name: `Copy ${runner.tab} request` }))
      // Either way to take it, selecting the text or the button, gives the same.
      expect(await dialog.getByRole('tabpanel').locator('pre').textContent()).toBe(code)
      expect(code).toContain(token)
      if (runner.isHere) expect(paste(runner, code)).toContain('ERP Integration')
    }
  })

  await test.step('closes it only after saying that the key is stored, and never sees the token again', async () => {
    const dialog = page.getByRole('dialog', { name: 'API key generated' })
    await dialog.getByRole('button', { name: 'Done' }).click()
    await page.keyboard.press('Escape')
    await expect(dialog).toBeVisible()
    await closeToken(dialog)
    expect(await page.content()).not.toContain(token)
    await page.reload()
    await expect(keyRow(page, 'ERP Integration')).toBeVisible()
    expect(await page.content()).not.toContain(token)
    await page.goBack()
    await page.goForward()
    expect(await page.content()).not.toContain(token)
  })

  await test.step('the list shows who used it, when and from where', async () => {
    const row = keyRow(page, 'ERP Integration')
    await expect(row).toContainText(`${token.slice(0, 12)}…${token.slice(-4)}`)
    // Uses are written a few seconds after they happened.
    await expect(async () => {
      await page.reload()
      await expect(row).toContainText('127.0.0.1', { timeout: 500 })
    }).toPass({ timeout: 20_000 })
    await expect(row).not.toContainText('Never')
  })

  await test.step('regenerates it with an overlap, in which both tokens work', async () => {
    await chooseAction(keyRow(page, 'ERP Integration'), 'Regenerate key')
    const form = page.getByRole('dialog', { name: 'Regenerate “ERP Integration”' })
    await form.getByRole('radio', { name: 'After 1 hour' }).check()
    await form.getByRole('button', { name: 'Regenerate key' }).click()
    const dialog = page.getByRole('dialog', { name: 'API key regenerated' })
    second = await readToken(dialog)
    expect(second).not.toBe(token)
    await closeToken(dialog)
    for (const each of [token, second]) {
      const { status, body } = await call(url, each, '/me')
      expect(status).toBe(200)
      expect(JSON.stringify(body)).toContain('ERP Integration')
    }
  })

  await test.step('the old one is shown as retiring, until it is revoked', async () => {
    await page.goto(`${url}/settings/api-keys?status=all`)
    const old = keyRow(page, 'ERP Integration', token.slice(-4))
    await expect(old).toContainText('Retiring')
    await chooseAction(old, 'Revoke key')
    const dialog = page.getByRole('alertdialog', { name: 'Revoke “ERP Integration”?' })
    await expect(dialog).toContainText('127.0.0.1')
    await dialog.getByLabel('Reason').fill('The ERP has the new one')
    await dialog.getByRole('button', { name: 'Revoke key' }).click()
    await expect(dialog).toBeHidden()
    const refused = await call(url, token, '/me')
    expect(refused.status).toBe(401)
    expect(refused.body.code).toBe('INVALID_API_KEY')
    expect((await call(url, second, '/me')).status).toBe(200)
  })

  await test.step('revokes the new one too: it is refused at once', async () => {
    await page.goto(`${url}/settings/api-keys`)
    await chooseAction(keyRow(page, 'ERP Integration', second.slice(-4)), 'Revoke key')
    const dialog = page.getByRole('alertdialog', { name: 'Revoke “ERP Integration”?' })
    await dialog.getByRole('button', { name: 'Revoke key' }).click()
    await expect(dialog).toBeHidden()
    expect((await call(url, second, '/me')).status).toBe(401)
  })

  await test.step('both stay visible under a filter, with the reason', async () => {
    await page.goto(`${url}/settings/api-keys?status=revoked`)
    await expect(keyRow(page, 'ERP Integration')).toHaveCount(2)
    await keyRow(page, 'ERP Integration', token.slice(-4)).getByRole('link').click()
    await expect(page.getByText('The ERP has the new one').first()).toBeVisible()
  })
})
