import { describe, expect, it } from 'vitest'
import { createToken, hashToken, isWellFormedToken, TOKEN_LENGTH } from './token'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** One that was made once: what has been stored must be found for ever. */
const KNOWN = 'fn_live_0123456789ABCDEFGHIJKLMNOPQRSTUV1SyLqL'
const KNOWN_HASH = 'BDNlKhajXdDCTPmhtCln84QmfZ8Xm40oeELEbCW8bX4'

describe('a new token', () => {
  it.each(['live', 'test'] as const)('has the form of a %s token and a right checksum', (environment) => {
    for (let i = 0; i < 1_000; i++) {
      const { token } = createToken(environment)
      expect(token).toMatch(new RegExp(`^fn_${environment}_[0-9A-Za-z]{38}$`))
      expect(token).toHaveLength(TOKEN_LENGTH)
      expect(isWellFormedToken(token)).toBe(true)
    }
  })

  it('comes with its hash, and a hint of its first and last four characters', () => {
    const { token, hash, hint } = createToken('live')
    expect(hash).toBe(hashToken(token))
    expect(hint).toEqual({ start: token.slice(8, 12), end: token.slice(-4) })
  })

  it('draws each of the 62 characters equally often, at every place', () => {
    const tokens = 20_000
    const counts = Array.from({ length: 32 }, () => new Map<string, number>())
    for (let i = 0; i < tokens; i++) {
      const secret = createToken('live').token.slice(8, 40)
      for (const [place, character] of [...secret].entries()) {
        counts[place]?.set(character, (counts[place].get(character) ?? 0) + 1)
      }
    }
    const expected = tokens / 62
    let total = 0
    for (const place of counts) {
      let chiSquare = 0
      for (const character of BASE62) chiSquare += ((place.get(character) ?? 0) - expected) ** 2 / expected
      // 61 degrees of freedom: 61 on average; 140 by chance once in 10⁷. A byte taken modulo 62 comes to about 490.
      expect(chiSquare).toBeLessThan(140)
      total += chiSquare
    }
    // 32 × 61 = 1952 on average, with a standard deviation of 62.
    expect(total).toBeLessThan(2_400)
  })

  it('is never made twice', () => {
    expect(new Set(Array.from({ length: 20_000 }, () => createToken('live').token)).size).toBe(20_000)
  })
})

describe('the checksum', () => {
  it('is the one that tokens were given before', () => {
    expect(isWellFormedToken(KNOWN)).toBe(true)
  })

  it('tells every change of a single character', () => {
    const { token } = createToken('live')
    for (let place = 'fn_live_'.length; place < token.length; place++) {
      for (const character of BASE62) {
        if (character === token[place]) continue
        expect(isWellFormedToken(token.slice(0, place) + character + token.slice(place + 1))).toBe(false)
      }
    }
  })

  it('tells every two neighbours that changed places', () => {
    for (let i = 0; i < 50; i++) {
      const { token } = createToken('test')
      for (let place = 'fn_test_'.length; place < token.length - 1; place++) {
        const [a, b] = [token[place], token[place + 1]]
        if (a === b) continue
        expect(isWellFormedToken(`${token.slice(0, place)}${b}${a}${token.slice(place + 2)}`)).toBe(false)
      }
    }
  })

  it('tells a live token that was made of a test one', () => {
    const { token } = createToken('test')
    expect(isWellFormedToken(token.replace('fn_test_', 'fn_live_'))).toBe(false)
  })

  it('lets next to nothing else through', () => {
    let random = 1
    const next = () => {
      random = (random * 48_271) % 2_147_483_647
      return random
    }
    const characters = `${BASE62}_-. \0\u00e9😀`
    for (let i = 0; i < 50_000; i++) {
      const length = next() % 3 === 0 ? 38 : next() % 60
      const rest = Array.from({ length }, () => characters[next() % (next() % 2 ? 62 : characters.length)]).join('')
      expect(isWellFormedToken(`fn_${next() % 2 ? 'live' : 'test'}_${rest}`)).toBe(false)
    }
  })
})

it.each([
  ['nothing', ''],
  ['its prefix alone', 'fn_live_'],
  ['another environment', KNOWN.replace('live', 'prod')],
  ['capitals before', KNOWN.replace('fn_live_', 'FN_LIVE_')],
  ['space around it', ` ${KNOWN}`],
  ['a line feed after it', `${KNOWN}\n`],
  ['one character more', `${KNOWN}0`],
  ['one character fewer', KNOWN.slice(0, -1)],
  ['full-width digits', KNOWN.replace('0123', '０１２３')],
  ['something long', 'fn_live_'.padEnd(1_000_000, 'a')],
])('a token is not %s', (_, candidate) => {
  expect(isWellFormedToken(candidate)).toBe(false)
})

it('the hash of a token is the one that it was stored under before', () => {
  expect(hashToken(KNOWN)).toBe(KNOWN_HASH)
})
