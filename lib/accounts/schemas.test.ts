import { describe, expect, it } from 'vitest'
import { changePasswordInput, createAccountInput, emailAddress, newPassword, signInInput } from './schemas'

const account = {
  account_name: 'Cedar & Murex',
  name: 'Hanna Barca',
  email: 'hanna@example.com',
  password: 'purple-cedar-ships-9',
}
const problems = (
  schema: { safeParse(input: unknown): { error?: { issues: { path: PropertyKey[]; message: string }[] } } },
  input: unknown,
) => schema.safeParse(input).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim()) ?? []

describe('an e-mail address', () => {
  it.each([
    ['  Hanna@Example.COM \n', 'hanna@example.com'],
    ['hanna+keys@mail.example.com', 'hanna+keys@mail.example.com'],
  ])('%j is compared as %s', (typed, address) => {
    expect(emailAddress.parse(typed)).toBe(address)
  })
  it.each([
    '',
    ' ',
    'hanna',
    'hanna@',
    '@example.com',
    'a b@example.com',
    'a@b@example.com',
    'hanna@example',
    `${'a'.repeat(250)}@example.com`,
    'hanna\u0000@example.com',
  ])('%j is refused', (typed) => {
    expect(emailAddress.safeParse(typed).success).toBe(false)
  })
})

describe('a new password', () => {
  it.each([
    'twelve chars',
    ' leading and trailing ',
    'ñandú señor España',
    '🚢🚢🚢🚢🚢🚢🚢🚢🚢🚢🚢⛵',
    'onlylowercaseletters',
    'x7'.repeat(64),
  ])('may be %j', (password) => {
    expect(problems(newPassword, password)).toEqual([])
  })
  it.each([
    ['elevenchars', 'must be 12 characters or more'],
    ['🚢🚢🚢🚢🚢⛵', 'must be 12 characters or more'],
    [`${'x7'.repeat(64)}.`, 'must be 128 characters or fewer'],
    ['half a pair \ud83d', 'must not contain broken Unicode'],
    // Of seven characters: what keyboards spell in several ways is stored in one.
    ['o\u0301a\u0301e\u0301u\u0301n\u0303i\u0301z', 'must be 12 characters or more'],
  ])('may not be %j', (password, rule) => {
    expect(problems(newPassword, password)).toEqual([rule])
  })
  it('may not be the current one', () => {
    expect(
      problems(changePasswordInput, { current_password: account.password, new_password: account.password }),
    ).toEqual(['new_password must not be the current password'])
  })
  it('may not be the current one as another keyboard spells it', () => {
    const [composed, apart] = ['ñandú señor España', 'ñandú señor España'.normalize('NFD')]
    expect(problems(changePasswordInput, { current_password: composed, new_password: apart })).toEqual([
      'new_password must not be the current password',
    ])
  })
  it('of any length that it may have can be given as another keyboard spells it', () => {
    const longest = 'ñ'.repeat(128)
    expect(problems(newPassword, longest)).toEqual([])
    expect(problems(signInInput, { email: account.email, password: longest.normalize('NFD') })).toEqual([])
  })
})

it('names every field that breaks a rule', () => {
  expect(problems(createAccountInput, { account_name: ' ', name: 'a\u0007', email: 'x', password: 'short' })).toEqual([
    'account_name must not be empty',
    'name must not contain control characters or broken Unicode',
    'email must be an e-mail address such as ana@example.com',
    'password must be 12 characters or more',
  ])
})

it('takes any password that may have been chosen when it is given', () => {
  expect(problems(signInInput, { email: account.email, password: 'x' })).toEqual([])
  expect(problems(signInInput, { email: account.email, password: '' })).toEqual(['password must not be empty'])
  expect(problems(signInInput, { email: account.email, password: 'x'.repeat(129) })).toEqual([
    'password must be 128 characters or fewer',
  ])
})
