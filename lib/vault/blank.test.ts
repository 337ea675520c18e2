import { expect, it } from 'vitest'
import { blank, holdsSecret } from './blank'
import { Secret } from './secret'

const VALUE = 'sh0p-Sécret +/~(7)?&=ñ%41'
const SECRET = [new Secret(VALUE)]
const bytes = Buffer.from(VALUE)

it.each<[string, string]>([
  ['as it is', VALUE],
  ['base64', bytes.toString('base64')],
  ['base64url', bytes.toString('base64url')],
  ['hexadecimal', bytes.toString('hex')],
  ['hexadecimal in capitals', bytes.toString('hex').toUpperCase()],
  ['URL-encoded', encodeURIComponent(VALUE)],
  ['URL-encoded in small letters', encodeURIComponent(VALUE).replace(/%../g, (byte) => byte.toLowerCase())],
  ['form-encoded', new URLSearchParams([['', VALUE]]).toString().slice(1)],
  ['URL-encoded in each byte', [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')],
])('blanks a secret that is written %s, and nothing else', (_how, written) => {
  expect(blank(`<${written}> and ${written}`, SECRET)).toMatch(/^<\[secret\]=*> and \[secret\]=*$/)
})

it.each(['', 'a', 'ab', 'abc', 'client:'])('blanks it in the base64 of what it is a part of, after “%s”', (before) => {
  const written = Buffer.from(`${before}${VALUE}, and more`).toString('base64')
  const shown = blank(written, SECRET)
  expect(shown).toContain('[secret]')
  expect(Buffer.from(shown.split('[secret]')[0] ?? '', 'base64').toString()).not.toContain(VALUE.slice(0, 2))
})

it('leaves nothing of a secret that another is part of', () => {
  const secrets = [new Secret('secret'), new Secret('long-secret-too')]
  expect(blank('a long-secret-too here', secrets)).toBe('a [secret] here')
  expect(blank('token-too', [new Secret('token-'), new Secret('token-too')])).toBe('[secret]')
})

it('leaves a text alone in which no secret is, and secrets that are found by chance', () => {
  expect(blank('Token is expired', [...SECRET, new Secret('Token'), new Secret('')])).toBe('Token is expired')
})

it('finds a secret longer than any pattern, whole or encoded, and leaves nothing of it', () => {
  const long = Array.from({ length: 900 }, (_, index) => `k${index * 7919}`).join('-')
  const secrets = [new Secret(long)]
  for (const written of [long, encodeURIComponent(long), Buffer.from(`a:${long}`).toString('base64')]) {
    expect(blank(`<${written}>`, secrets)).toMatch(/^<.{0,8}\[secret\].{0,6}>$/)
    expect(holdsSecret(written, secrets)).toBe(true)
  }
})

it.each([
  ['as PHP writes JSON', JSON.stringify(VALUE).replaceAll('/', '\\/')],
  [
    'in JSON that is all of ASCII',
    [...VALUE].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  ],
  ['in HTML', [...VALUE].map((c) => `&#${c.charCodeAt(0)};`).join('')],
  ['in capitals', VALUE.toUpperCase()],
  ['as a header has UTF-8', Buffer.from(VALUE).toString('latin1')],
])('finds a secret in a header: %s', (_how, written) => {
  expect(holdsSecret(`x ${written} y`, SECRET)).toBe(true)
  expect(holdsSecret('application/json; charset=utf-8', SECRET)).toBe(false)
})

// Each is a secret that can be read in as many ways as two to the power of its length, and a text that is nearly one.
it.each([
  ['backslashes', '\\', '\\\\'],
  ['line breaks as in JSON', '\\n', '\\\\n'],
  ['backslashes, of a text of slashes', '\\/', '//'],
  ['spellings of a backslash', '\\u005c', '\\u005c\\u005c'],
  ['spellings of a “u”', 'u0075', '\\u0075'],
  ['percent signs', '%25', '%2525'],
  ['ampersands', '&amp;', '&amp;amp;'],
])('looks no longer for many %s than for any other secret', (_, secret, text) => {
  const secrets = [new Secret(`${secret.repeat(150 / secret.length)}!`)]
  const startedAt = performance.now()
  expect(holdsSecret(text.repeat(400), secrets)).toBe(false)
  expect(performance.now() - startedAt).toBeLessThan(1_000)
})

it.each(['\\', '\\n', '"\\"'])('finds a secret of many times %j, as it is and as in JSON', (part) => {
  const value = `${part.repeat(30)}!`
  const secrets = [new Secret(value)]
  for (const written of [value, JSON.stringify(value), encodeURIComponent(value)]) {
    expect(holdsSecret(`<${written}>`, secrets)).toBe(true)
  }
})
