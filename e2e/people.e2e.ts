import { request } from 'node:http'
import type { Page } from '@playwright/test'
import { toBeAlive } from './alive'
import { expectFitToUse } from './fit-to-use'
import { expect, runProduct, test } from './fixtures'
import { OWNER } from './people'
import { claimsOf, rewriteSession, SESSION, sessionCookie } from './session'

const NEXT_PASSWORD = 'new-purple-ships-10'

/** Fills the form of the page that is open. */
async function signIn(page: Page, password: string, email = OWNER.email): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

const focusedField = (page: Page) => page.evaluate(() => (document.activeElement as HTMLInputElement | null)?.name)

test.describe('a new installation', () => {
  const running = runProduct('tables')

  test('says that it lives and that it is ready, to whoever asks', async () => {
    for (const [path, body] of [
      ['/api/health', { status: 'ok' }],
      ['/api/ready', { status: 'ready', checks: { database: 'ok', migrations: 'ok' } }],
    ] as const) {
      const response = await fetch(running.url + path)
      expect(response.status).toBe(200)
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(await response.json()).toEqual(body)
    }
  })

  test('leads its first visitor to sign up, and is closed to the next', async ({ page, browser }) => {
    await page.goto(running.url)
    await expect(page).toHaveURL(`${running.url}/sign-up`)
    await expect(page.getByRole('heading', { name: 'Welcome to Fenicia' })).toBeVisible()
    await expectFitToUse(page)

    // By keyboard alone: the form is refused, keeps what was typed, and says at each field what is wrong.
    await page.getByLabel('Account name').focus()
    for (const text of [OWNER.accountName, OWNER.name, 'hanna@example', 'short']) {
      await page.keyboard.type(text)
      await page.keyboard.press('Tab')
    }
    await page.getByLabel('Password', { exact: true }).press('Enter')
    await expect(page.getByText('Must be an e-mail address such as ana@example.com.')).toBeVisible()
    await expect(page.getByLabel('Password', { exact: true })).toHaveAccessibleDescription(
      /^Must be 12 characters or more\./,
    )
    expect(await focusedField(page)).toBe('email')
    await expect(page.getByLabel('Account name')).toHaveValue(OWNER.accountName)
    await expect(page.getByLabel('Password', { exact: true })).toHaveValue('short')
    await expectFitToUse(page)

    await page.getByLabel('E-mail').fill(` ${OWNER.email.toUpperCase()} `)
    await page.getByLabel('Password', { exact: true }).fill(OWNER.password)
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/\/settings\//)
    await page.goto(`${running.url}/settings/account`)
    await expect(page.getByText(`You are the owner of ${OWNER.accountName}.`)).toBeVisible()

    const stranger = await (await browser.newContext()).newPage()
    await stranger.goto(`${running.url}/sign-up`)
    await expect(stranger.getByRole('heading', { name: 'Sign-up is closed' })).toBeVisible()
    await expect(stranger.getByRole('textbox')).toHaveCount(0)
    await expectFitToUse(stranger)
    await stranger.getByRole('link', { name: 'Sign in' }).click()
    await expect(stranger).toHaveURL(`${running.url}/sign-in`)
    await stranger.context().close()
  })
})

test.describe('people', () => {
  const running = runProduct('account')
  let password = OWNER.password

  const open = async (page: Page, path = '/settings/account') => {
    await page.goto(running.url + path)
    await signIn(page, password)
    await expect(page).toHaveURL(running.url + path)
  }

  test('sign in, and come to the page that they wanted', async ({ page }) => {
    await page.goto(`${running.url}/settings/account?from=mail`)
    await expect(page).toHaveURL(`${running.url}/sign-in?next=%2Fsettings%2Faccount%3Ffrom%3Dmail`)
    await expectFitToUse(page)
    await signIn(page, 'not-the-password-1')
    await expect(page.getByText('The e-mail address or the password is not right.')).toBeVisible()
    expect(await focusedField(page)).toBe('password')
    await expect(page.getByLabel('E-mail')).toHaveValue(OWNER.email)
    await expectFitToUse(page)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(`${running.url}/settings/account?from=mail`)
    // Whoever is signed in has no use for these pages.
    for (const path of ['/sign-in', '/sign-up']) {
      await page.goto(running.url + path)
      await expect(page).toHaveURL(/\/settings\//)
    }
  })

  test('lose neither the page nor what they typed when the network fails', async ({ page, context }) => {
    await page.goto(`${running.url}/sign-in`)
    await toBeAlive(page.getByLabel('E-mail'))
    await context.setOffline(true)
    await signIn(page, password)
    const lost = page.getByRole('alert').filter({ hasText: 'No answer came from the server' })
    await expect(lost).toBeVisible()
    await expect(page.getByLabel('E-mail')).toHaveValue(OWNER.email)
    await expect(page.getByLabel('Password', { exact: true })).toHaveValue(password)
    await context.setOffline(false)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page).toHaveURL(/\/settings\//)

    await page.goto(`${running.url}/settings/account`)
    await toBeAlive(page.getByLabel('Name', { exact: true }))
    await context.setOffline(true)
    await page.getByRole('button', { name: 'Sign out everywhere' }).click()
    const dialog = page.getByRole('alertdialog')
    await dialog.getByRole('button', { name: 'Sign out everywhere' }).click()
    await expect(dialog.getByRole('alert')).toContainText('No answer came from the server')
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
    await page.getByLabel('Name', { exact: true }).fill('Hanna of the ships')
    await page.getByRole('button', { name: 'Save name' }).click()
    await expect(lost).toBeVisible()
    await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Hanna of the ships')
    await context.setOffline(false)
    await page.getByLabel('Name', { exact: true }).fill(OWNER.name)
    await page.getByRole('button', { name: 'Save name' }).click()
    await expect(page.getByText('Name saved.')).toBeVisible()
    await expect(lost).toHaveCount(0)
  })

  test('sign in before the script of the page has loaded, too, and are told why they were refused', async ({
    browser,
  }) => {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(`${running.url}/sign-in`)
    await signIn(page, 'not-the-password-1')
    await expect(page.getByText('The e-mail address or the password is not right.')).toBeVisible()
    await expect(page.getByLabel('E-mail')).toHaveValue(OWNER.email)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page).toHaveURL(/\/settings\//)
    await context.close()
  })

  test('can tell password managers what each field is', async ({ page }) => {
    await page.goto(`${running.url}/sign-in`)
    await expect(page.getByLabel('E-mail')).toHaveAttribute('autocomplete', 'username')
    await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('autocomplete', 'current-password')
    await open(page)
    await expect(page.getByLabel('Current password')).toHaveAttribute('autocomplete', 'current-password')
    await expect(page.getByLabel('New password')).toHaveAttribute('autocomplete', 'new-password')
  })

  for (const next of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/api/auth/signout',
  ]) {
    test(`are never led elsewhere by a link with next=${next}`, async ({ page }) => {
      await page.goto(`${running.url}/sign-in?next=${encodeURIComponent(next)}`)
      // Nor by a form that was tampered with.
      await page.locator('input[name=next]').evaluate((input: HTMLInputElement, value) => {
        input.value = value
      }, next)
      await signIn(page, password)
      await expect(page).toHaveURL(`${running.url}/settings/api-keys`)
    })
  }

  test('have a session that scripts cannot read and other sites cannot use', async ({ page, context }) => {
    await open(page)
    const session = await sessionCookie(context)
    expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/', domain: 'localhost' })
    const hours = (session.expires - Date.now() / 1000) / 3600
    expect(hours).toBeGreaterThan(11.9)
    expect(hours).toBeLessThanOrEqual(12)
    expect(await page.evaluate(() => document.cookie)).not.toContain('fenicia_')
  })

  test('sign out for good: a copy of the cookie is of no use afterwards', async ({ page, context, browser }) => {
    await open(page)
    const copy = await sessionCookie(context)
    await page.getByRole('button', { name: OWNER.name }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await expect(page).toHaveURL(`${running.url}/sign-in`)
    expect((await context.cookies()).map(({ name }) => name)).not.toContain(SESSION)

    const thief = await browser.newContext()
    await thief.addCookies([copy])
    const stolen = await thief.newPage()
    await stolen.goto(`${running.url}/settings/account`)
    await expect(stolen).toHaveURL(/\/sign-in/)
    expect(await (await thief.request.get(`${running.url}/api/auth/session`)).json()).toBeNull()
    await thief.close()
  })

  test('cannot be anybody else, for longer, by what they send to the session', async ({ page, context }) => {
    await open(page)
    const before = await claimsOf(running.place, (await sessionCookie(context)).value)
    const { csrfToken } = await (await context.request.get(`${running.url}/api/auth/csrf`)).json()
    const wanted = {
      sub: 'usr_other',
      aid: 'acc_other',
      ver: 99,
      startedAt: 9_999_999_999,
      passwordGivenAt: 9_999_999_999,
      role: 'owner',
    }
    const answer = await context.request.post(`${running.url}/api/auth/session`, {
      headers: { origin: running.url },
      data: { csrfToken, data: { ...wanted, user: wanted, token: wanted } },
    })
    expect(answer.status()).toBe(200)
    expect(Object.keys(await answer.json())).toEqual(['expires'])
    expect(await claimsOf(running.place, (await sessionCookie(context)).value)).toEqual(before)
    expect(Object.keys(before).sort()).toEqual(['aid', 'passwordGivenAt', 'sid', 'startedAt', 'sub', 'ver'])
  })

  test('stay signed in for as long as they come back, and no longer than 30 days', async ({ page, context }) => {
    await open(page)
    const now = Math.floor(Date.now() / 1000)
    /** The session as it would be had it begun, and last been used, so long ago. */
    const aged = async (startedHours: number, usedHours: number) => {
      const hoursLeft = 12 - usedHours
      await rewriteSession(running.place, context, { startedAt: now - startedHours * 3600 }, hoursLeft)
      await page.goto(`${running.url}/settings/account`)
    }
    await aged(24 * 29, 11)
    await expect(page).toHaveURL(`${running.url}/settings/account`)
    await aged(24 * 30, 0)
    await expect(page).toHaveURL(/\/sign-in/)
    await aged(13, 12)
    await expect(page).toHaveURL(/\/sign-in/)
  })

  test('change their password, which signs them out everywhere else', async ({ page, browser }) => {
    await open(page)
    await expectFitToUse(page)
    const elsewhere = await (await browser.newContext()).newPage()
    await open(elsewhere)

    await page.getByLabel('Current password').fill('not-the-password-1')
    await page.getByLabel('New password').fill('short')
    await page.getByRole('button', { name: 'Change password' }).click()
    await expect(page.getByText('Must be 12 characters or more.')).toBeVisible()
    await page.getByLabel('New password').fill(NEXT_PASSWORD)
    await page.getByRole('button', { name: 'Change password' }).click()
    await expect(page.getByText('This is not your current password.')).toBeVisible()
    expect(await focusedField(page)).toBe('current_password')
    await expect(page.getByLabel('New password')).toHaveValue(NEXT_PASSWORD)
    await page.getByLabel('Current password').fill(password)
    await page.keyboard.press('Enter')
    await expect(page.getByText('Password changed. Every other browser is signed out.')).toBeVisible()
    await expect(page.getByLabel('Current password')).toHaveValue('')
    password = NEXT_PASSWORD

    await page.reload()
    await expect(page).toHaveURL(`${running.url}/settings/account`)
    await elsewhere.reload()
    await expect(elsewhere).toHaveURL(/\/sign-in/)
    await elsewhere.context().close()
  })

  test('sign out one of their browsers, and the keyboard stays with the others', async ({ page, browser }) => {
    await open(page)
    const elsewhere = await (await browser.newContext()).newPage()
    await open(elsewhere)
    await page.reload()
    const list = page.getByRole('list', { name: 'Where you are signed in' })
    await expect(list.getByRole('listitem').first()).toBeVisible()
    const before = await list.getByRole('listitem').count()
    const tab = await page.context().newPage()
    await tab.goto(page.url())
    const signOut = (where: Page) => where.getByRole('button', { name: /^Sign out (?!everywhere)/ }).first()
    for (const one of [page, tab]) await toBeAlive(signOut(one))
    await signOut(page).press('Enter')
    await expect(list.getByRole('listitem')).toHaveCount(before - 1)
    await expect(list).toBeFocused()
    // In another tab it stands there still, until it is found to have ended.
    await signOut(tab).click()
    await expect(tab.getByRole('list', { name: 'Where you are signed in' }).getByRole('listitem')).toHaveCount(
      before - 1,
    )
    await elsewhere.reload()
    await expect(elsewhere).toHaveURL(/\/sign-in/)
    await elsewhere.context().close()
    await tab.close()
  })

  test('sign out everywhere, after they were told what that means', async ({ page, browser }) => {
    await open(page)
    const elsewhere = await (await browser.newContext()).newPage()
    await open(elsewhere)
    await page.getByRole('button', { name: 'Sign out everywhere' }).click()
    const dialog = page.getByRole('alertdialog', { name: 'Sign out everywhere?' })
    await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
    await expectFitToUse(page)
    await dialog.getByRole('button', { name: 'Sign out everywhere' }).click()
    await expect(page).toHaveURL(`${running.url}/sign-in?ended=everywhere`)
    await expect(page.getByText('You are signed out in every browser.')).toBeVisible()
    await elsewhere.reload()
    await expect(elsewhere).toHaveURL(/\/sign-in/)
    await elsewhere.context().close()
  })

  test('change their name', async ({ page }) => {
    await open(page)
    await page.getByLabel('Name', { exact: true }).fill('Hanna B.')
    await page.getByRole('button', { name: 'Save name' }).click()
    await expect(page.getByText('Name saved.')).toBeVisible()
    await expect(page.getByRole('banner').getByText('Hanna B.')).toBeVisible()
    await page.getByLabel('Name', { exact: true }).fill(OWNER.name)
    await page.getByRole('button', { name: 'Save name' }).click()
    await expect(page.getByRole('banner').getByText(OWNER.name)).toBeVisible()
  })

  test('sign in from their own browser while a stranger guesses, who is told how long to wait', async ({
    page,
    context,
    browser,
  }) => {
    await open(page)
    await context.clearCookies({ name: SESSION })

    const stranger = await (await browser.newContext()).newPage()
    await stranger.goto(`${running.url}/sign-in`)
    await expect(async () => {
      await signIn(stranger, 'not-the-password-1')
      await expect(stranger.getByText(/^Too many attempts\. Try again in \d+ seconds?\.$/)).toBeVisible({
        timeout: 1_000,
      })
    }).toPass()
    // The right password from there does not help either.
    await signIn(stranger, password)
    await expect(stranger.getByRole('alert').filter({ hasText: 'Too many attempts' })).toBeVisible()
    await expectFitToUse(stranger)
    await stranger.context().close()

    await open(page)
  })
})

test.describe('behind https', () => {
  const running = runProduct('tables', { FENICIA_URL: 'https://fenicia.example.com', FENICIA_SIGN_UP: 'open' })

  /** A request as a TLS proxy hands it on. */
  function ask(path: string, { method = 'GET', body = '', ...headers }: Record<string, string> = {}) {
    return new Promise<{ status: number; headers: Headers; cookies: string[]; text: string }>((resolve, reject) => {
      const all = { host: 'fenicia.example.com', 'x-forwarded-proto': 'https', ...headers }
      const sent = request(running.url + path, { method, headers: all }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => {
          const { 'set-cookie': cookies = [], ...rest } = response.headers
          resolve({
            status: response.statusCode ?? 0,
            headers: new Headers(rest as Record<string, string>),
            cookies,
            text,
          })
        })
      })
      sent.on('error', reject)
      sent.end(body)
    })
  }

  test('cookies are bound to our host and to https, and browsers are told to stay there', async () => {
    const page = await ask('/sign-up')
    expect(page.status).toBe(200)
    expect(page.headers.get('strict-transport-security')).toBe('max-age=31536000')
    expect(page.headers.get('content-security-policy')).toContain('upgrade-insecure-requests')
    const { cookies } = await ask('/api/auth/csrf')
    expect(cookies.length).toBeGreaterThan(0)
    for (const cookie of cookies) {
      expect(cookie).toMatch(/^__Host-fenicia_/)
      expect(cookie).toMatch(/; Path=\/; .*HttpOnly; Secure; SameSite=Lax/i)
      expect(cookie).not.toMatch(/domain=/i)
    }
  })

  test('no header of a request makes us redirect to another host', async () => {
    const forged = {
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
      referer: 'https://evil.example/',
    }
    for (const path of [
      '/',
      '/settings/account',
      '/sign-in',
      '/api/auth/signin',
      '/api/auth/error',
      '/api/auth/signout',
    ]) {
      for (const host of ['fenicia.example.com', '127.0.0.1', 'evil.example']) {
        const { status, headers } = await ask(path, { ...forged, host })
        const target = new URL(headers.get('location') ?? '/', 'https://fenicia.example.com')
        expect(target.origin, `${path} at ${host}: ${status}`).toBe('https://fenicia.example.com')
        expect(target.href).not.toContain('evil.example')
      }
    }
  })

  test('a page of another site cannot sign anybody in or out', async () => {
    for (const path of ['/sign-in', '/api/auth/callback/credentials', '/api/auth/signout', '/api/auth/session']) {
      const origin = 'https://evil.example'
      expect((await ask(path, { method: 'POST', origin })).status, path).toBe(403)
    }
  })

  test('whoever comes by another address is told where to sign in', async ({ page }) => {
    await page.goto(`${running.url}/sign-up`)
    await expect(page.getByText('You can’t sign in at this address')).toBeVisible()
    await expect(page.getByRole('link', { name: 'https://fenicia.example.com' })).toBeVisible()
  })
})
