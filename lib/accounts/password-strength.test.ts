import { expect, it } from 'vitest'
import { judgePassword, LEAST_SCORE, requireStrong } from './password-strength'

const KNOWN = ['hanna@example.com', 'Hanna Barca', 'Cedar & Murex']

it.each([
  'purple-cedar-ships-9',
  'several unrelated words hum',
  'ñandú montaña señorío 81',
  'kZ9#vQ2!mW7@',
  'x7-tide-lantern-moss'.repeat(6),
])('takes %j', async (password) => {
  await requireStrong('password', password, KNOWN)
})

// Long enough, and the first that are tried.
it.each([
  '111111111111',
  '123456123456',
  '1234567891011',
  'password1234',
  'P@ssw0rd1234',
  'passwordpassword',
  'QwertyUiop123',
  'qwertyqwerty',
  'iloveyouforever',
  'administrator1',
  'abcdefghijklm',
  'aaaaaaaaaaaaaaaa',
  'Correct Horse Battery Staple',
  'feniciafenicia',
  'contraseña1234',
  'hanna@example.com',
  'HANNA barca 2026',
  'cedar & murex',
  'passwort'.repeat(16),
])('refuses %j', async (password) => {
  await expect(requireStrong('new_password', password, KNOWN)).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringMatching(/^is too easy to guess: .*[^.]\.$/),
    fields: [{ field: 'new_password' }],
  })
})

it('knows of a person only what it is told', async () => {
  const password = 'hanna-barca-murex'
  expect((await judgePassword(password, [])).score).toBe(4)
  expect((await judgePassword(password, KNOWN)).score).toBe(0)
  expect((await judgePassword(`${password}-lantern`, KNOWN)).score).toBe(4)
})

it('says what makes a password weak, and nothing of a good one', async () => {
  expect(await judgePassword('aaaaaaaaaaaa', [])).toEqual({ score: 0, warning: expect.stringContaining('aaa') })
  expect(await judgePassword('purple-cedar-ships-9', [])).toEqual({ score: 4, warning: null })
  expect(LEAST_SCORE).toBe(3)
})

it('judges the worst that may be sent in a moment', async () => {
  await judgePassword('loaded', [])
  const began = performance.now()
  await judgePassword('@4$ß8({[<6gq1!|l0o5$7+2z%'.repeat(6).slice(0, 128), KNOWN)
  expect(performance.now() - began).toBeLessThan(1_000)
})
