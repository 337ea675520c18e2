import { afterEach, expect, it, vi } from 'vitest'
import { browserOf, connectCookie, newBrowserKey, openState, sealState } from './state'

const SECRET = 'only-for-tests'
const claims = { sid: 'oas_1', aid: 'acc_1', uid: 'usr_1', own: 'cred_1', bro: browserOf('key') }

afterEach(() => {
  vi.useRealTimers()
})

it('tells nobody what it is bound to, and is short enough for any provider', async () => {
  const state = await sealState(SECRET, { ...claims, sid: `oas_${'0'.repeat(32)}`, own: `cred_${'0'.repeat(32)}` })
  const read = Buffer.from(state.replaceAll('.', ''), 'base64url').toString('latin1')
  for (const claim of Object.values(claims)) expect(read).not.toContain(claim)
  expect(state).toMatch(/^[\w.-]+$/)
  expect(state.length).toBeLessThan(600)
})

it('opens to what it was sealed for, with the secret that sealed it alone', async () => {
  const state = await sealState(SECRET, claims)
  expect(await openState(SECRET, state)).toEqual({ claims, isExpired: false })
  expect(await openState('another', state)).toBeNull()
})

it('is over after ten minutes, and still says whose it was', async () => {
  const state = await sealState(SECRET, claims)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10 * 60_000 + 1_000 })
  expect(await openState(SECRET, state)).toEqual({ claims, isExpired: true })
})

it('has a cookie that no script reads, and over https no other host sets', () => {
  expect(connectCookie('https://fenicia.example')).toEqual({
    name: '__Host-fenicia_connect',
    options: { httpOnly: true, sameSite: 'lax', path: '/', secure: true },
  })
  expect(connectCookie('http://localhost:3000')).toMatchObject({ name: 'fenicia_connect', options: { secure: false } })
})

it('names a browser by what its cookie can’t be read from', () => {
  const key = newBrowserKey()
  expect(key).toMatch(/^[\w-]{43}$/)
  expect(newBrowserKey()).not.toBe(key)
  expect(browserOf(key)).not.toContain(key)
})
