import { expect, it } from 'vitest'
import { displayText, isStorable, storable } from './text'

const text = displayText(5)
const TOKEN = `fn_live_${'a'.repeat(38)}`

it.each([
  ['as it is', 'Sync', 'Sync'],
  ['without the space around it', '\t Sync \n', 'Sync'],
  ['composed, so that equal looks are equal strings', 'e\u0301', '\u00e9'],
  ['of as many characters as it may have, counted as people do', '😀😀😀😀😀', '😀😀😀😀😀'],
  ['with joiners inside, which scripts and emoji need', 'a\u200db', 'a\u200db'],
])('a text is taken %s', (_, typed, taken) => {
  expect(text.parse(typed)).toBe(taken)
})

it.each([
  ['nothing', '', 'must not be empty'],
  ['space alone', ' \n\u3000', 'must not be empty'],
  ['too much', '123456', 'must be 5 characters or fewer'],
  ['a NUL', 'a\0b', 'must not contain control characters or broken Unicode'],
  ['a line feed inside', 'a\nb', 'must not contain control characters or broken Unicode'],
  ['a line separator inside', 'a\u2028b', 'must not contain control characters or broken Unicode'],
  ['half of a surrogate pair', 'a\ud83d', 'must not contain control characters or broken Unicode'],
  ['what turns the direction of the rest', 'a\u202eb', 'must not contain control characters or broken Unicode'],
  ['nothing to be seen', '\u200b\u200d', 'must have a visible character'],
])('a text is refused that is %s', (_, typed, message) => {
  expect(text.safeParse(typed).error?.issues[0]?.message).toBe(message)
})

it('knows what can be stored', () => {
  expect(isStorable('naïve 😀')).toBe(true)
  expect(isStorable('\0')).toBe(false)
  expect(isStorable('\udc00')).toBe(false)
})

it('makes what a program sent storable, without cutting a character in half', () => {
  expect(storable('curl/8\0\u007f', 20)).toBe('curl/8\ufffd\ufffd')
  expect(storable('1234😀', 5)).toBe('1234\ufffd')
})

it('a text is refused that holds a token, or most of one', () => {
  for (const typed of [TOKEN, `my ${TOKEN.slice(0, 30)}`]) {
    expect(displayText(200).safeParse(typed).error?.issues[0]?.message).toBe('must not contain a token')
  }
})

it('keeps no token of what a program sent, even if it is cut', () => {
  expect(storable(`app/1 (${TOKEN}) ${TOKEN.replace('live', 'test')}`, 100)).toBe(
    'app/1 (fn_live_[removed]) fn_test_[removed]',
  )
  expect(storable(`12345${TOKEN}`, 30)).not.toContain('aaaa')
  const encoded = [...TOKEN].map((letter, i) => (i % 2 ? letter : `%${letter.charCodeAt(0).toString(16)}`)).join('')
  for (const hidden of [TOKEN.replaceAll('_', '%5F'), TOKEN.replace('fn', '%66n'), encoded]) {
    expect(storable(`https://example.com/%20?t=${hidden}&x`, 300)).toBe('https://example.com/ ?t=fn_live_[removed]&x')
  }
  expect(storable('https://example.com/%20?t=fn%5Flive', 300)).toBe('https://example.com/%20?t=fn%5Flive')
})
