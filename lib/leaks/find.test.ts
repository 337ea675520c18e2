import { expect, it } from 'vitest'
import { createToken } from '../api-keys'
import { TokenScanner, tokensIn } from './find'

const { token } = createToken('live')
const { token: other } = createToken('test')
const mistyped = `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`

it('finds every whole token of a text once, and nothing that only looks like one', () => {
  expect(tokensIn(`a=${token}&b=${other}&c=${token}&d=${mistyped}&e=fn_live_short`)).toEqual([token, other])
  expect(tokensIn('')).toEqual([])
})

it.each([1, 2, 3, 7, 8, 45, 46, 47, 1000])('finds a token in a body that comes %i bytes at a time', (size) => {
  const body = Buffer.from(
    `{"note":"fn_live_f fn_","twice":"fn_fn_live_fn_test_${token.slice(8)} fn_test_abcfn_live_","key":"${mistyped}","token":"${token}","rest":"${'x'.repeat(99)}"}`,
  )
  const scanner = new TokenScanner()
  const found: string[] = []
  for (let at = 0; at < body.length; at += size) {
    const one = scanner.scan(body.subarray(at, at + size))
    if (one) found.push(one)
  }
  expect(found).toEqual([token])
})

it('finds none where there is none, however much looks like the beginning of one', () => {
  const scanner = new TokenScanner()
  for (let i = 0; i < 1000; i++) expect(scanner.scan(Buffer.from('fn_live_fn_test_ffff'))).toBeNull()
  expect(scanner.scan(Buffer.from(mistyped))).toBeNull()
})

it('finds a second token in the same chunk as one that only looks like it', () => {
  expect(new TokenScanner().scan(Buffer.from(`${mistyped} ${other}`))).toBe(other)
})

it('finds a token wherever it is cut in two, right behind what another may have begun with', () => {
  const text = Buffer.from(`fn_test_abcfn_fn_live_ffn${token}"`)
  for (let at = 1; at < text.length; at++) {
    const scanner = new TokenScanner()
    expect([scanner.scan(text.subarray(0, at)), scanner.scan(text.subarray(at))]).toContain(token)
  }
})
