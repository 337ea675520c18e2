import { hash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { environments } from '@/db/schema'

export type Environment = (typeof environments)[number]

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const SECRET_LENGTH = 32
const CHECKSUM_LENGTH = 6
const TOKEN = /^fn_(live|test)_[0-9A-Za-z]{38}$/

/** Length of every token: `fn_live_` and `fn_test_` are equally long. */
export const TOKEN_LENGTH = 'fn_live_'.length + SECRET_LENGTH + CHECKSUM_LENGTH

export interface NewToken {
  /** The string that the external app sends. Goes into one response and nowhere else. */
  token: string
  hash: string
  /** First and last four characters after the prefix, to recognise the token by. */
  hint: { start: string; end: string }
}

/** Makes a token: `fn_<environment>_`, 32 random base62 characters (190 bits), and 6 of a CRC-32 over all before. */
export function createToken(environment: Environment): NewToken {
  const body = `fn_${environment}_${randomBase62(SECRET_LENGTH)}`
  const token = body + checksum(body)
  return {
    token,
    hash: hashToken(token),
    hint: { start: token.slice('fn_live_'.length, 'fn_live_'.length + 4), end: token.slice(-4) },
  }
}

/** Whether a string has a token's form and a right checksum. Refuses typos without a query; says nothing of validity. */
export function isWellFormedToken(candidate: string): boolean {
  return (
    candidate.length === TOKEN_LENGTH &&
    TOKEN.test(candidate) &&
    checksum(candidate.slice(0, -CHECKSUM_LENGTH)) === candidate.slice(-CHECKSUM_LENGTH)
  )
}

/**
 * base64url SHA-256 of a whole token, as `api_keys.token_hash` keeps it. The token's 190 bits of entropy need no slow
 * hash (OWASP Password Storage: slow hashes are for secrets that people choose).
 */
export function hashToken(token: string): string {
  return hash('sha256', token, 'base64url')
}

function checksum(body: string): string {
  let rest = crc32(body)
  let text = ''
  for (let i = 0; i < CHECKSUM_LENGTH; i++) {
    text = BASE62[rest % 62] + text
    rest = Math.floor(rest / 62)
  }
  return text
}

function randomBase62(length: number): string {
  let text = ''
  while (text.length < length) {
    // Bytes of 248 and more would favour the first characters of the alphabet.
    for (const byte of randomBytes(length)) if (byte < 248 && text.length < length) text += BASE62[byte % 62]
  }
  return text
}
