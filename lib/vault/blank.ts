import type { Secret } from './secret'

/** Below this length a secret stands in texts by chance: blanking it would show where, and so what, it is. */
const MIN_LENGTH = 6
export const BLANK = '[secret]'
/** The longest spelling of a character that is looked for, such as `%5Cu006a`. */
const LONGEST_SPELLING = 12

/** Whether every one of these can be blanked. Where one can't, nothing that a server said may be shown. */
export function canBlank(secrets: readonly Secret[]): boolean {
  return secrets.every((secret) => secret.reveal().length >= MIN_LENGTH)
}

/** How much of a text the longest of these may take, in whatever spelling. */
export function longestTrace(secrets: readonly Secret[]): number {
  return Math.max(0, ...secrets.map((secret) => secret.reveal().length * LONGEST_SPELLING))
}

/**
 * Blanks secrets in what a server said: as they are, in base64 and base64url – also where they are part of something longer
 * that was encoded, such as `Basic` credentials – in hexadecimal, and with any of their characters percent-encoded, escaped
 * as in JSON or written as in HTML. Secrets of fewer than 6 characters stay: see `canBlank`.
 */
export function blank(text: string, secrets: readonly Secret[]): string {
  let result = ''
  let done = 0
  for (const { start, end } of tracesIn(text, secrets)) {
    result += text.slice(done, start) + BLANK
    done = end
  }
  return result + text.slice(done)
}

/** Whether a text, such as a header's value, has a secret in it, in any of the spellings that `blank` finds. */
export function holdsSecret(text: string, secrets: readonly Secret[]): boolean {
  // Of a header, each character stands for a byte: what was sent as UTF-8 is to be read as such.
  const isAscii = Buffer.byteLength(text) === text.length
  const spellings = isAscii ? [text] : [text, Buffer.from(text, 'latin1').toString('utf8')]
  return secrets.some((secret) =>
    patternsOf(secret).some((pattern) => spellings.some((spelling) => spelling.search(pattern) !== -1)),
  )
}

interface Range {
  start: number
  end: number
}

/** Where secrets stand in a text, in order; what overlaps or touches is one. */
function tracesIn(text: string, secrets: readonly Secret[]): Range[] {
  const found = secrets
    .flatMap(patternsOf)
    .flatMap((pattern) =>
      [...text.matchAll(pattern)].map(({ index, 0: match }) => ({ start: index, end: index + match.length })),
    )
    .sort((a, b) => a.start - b.start)
  const traces: Range[] = []
  for (const range of found) {
    const last = traces.at(-1)
    if (last && range.start <= last.end) last.end = Math.max(last.end, range.end)
    else traces.push(range)
  }
  return traces
}

const known = new WeakMap<Secret, RegExp[]>()

function patternsOf(secret: Secret): RegExp[] {
  let patterns = known.get(secret)
  if (!patterns) {
    patterns = piecesOf(secret.reveal()).map(makePattern)
    known.set(secret, patterns)
  }
  return patterns
}

/** Characters of a piece, and how many two neighbours share: what an encoding makes of their seam is in one of them. */
const PIECE = 160
const SHARED = 8

/** A secret in pieces that a regular expression can be made of. */
function piecesOf(value: string): string[] {
  if (value.length < MIN_LENGTH) return []
  const characters = [...value]
  const pieces: string[] = []
  for (let start = 0; ; start += PIECE - SHARED) {
    const isLast = start + PIECE >= characters.length
    // The last one is as long as the others: a few characters would stand anywhere.
    const from = isLast ? Math.max(0, characters.length - PIECE) : start
    pieces.push(characters.slice(from, from + PIECE).join(''))
    if (isLast) return pieces
  }
}

/**
 * Backslashes of a piece for which each may be escaped on its own. Each can be read in two ways where a text has several, so
 * that a look costs two to the power of their number.
 */
const MAX_ESCAPED = 4

function makePattern(value: string): RegExp {
  const bytes = Buffer.from(value)
  const isEscapable = value.split('\\').length - 1 <= MAX_ESCAPED
  const characters = [...value].map((character) => spellingsOf(character, isEscapable)).join('')
  const hexadecimal = [...bytes.toString('hex')].map(anyCase).join('')
  const all = [characters, hexadecimal, ...base64Forms(bytes)]
  if (!isEscapable) all.push(escapeRegExp(JSON.stringify(value).slice(1, -1)))
  return new RegExp(all.map((one) => `(?:${one})`).join('|'), 'gu')
}

/** HTML's own names for what it can't have as it is. */
const ENTITIES: Record<string, string> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' }

/**
 * A character as it is, or as servers write it in addresses, JSON and HTML.
 * @param isEscapable whether a backslash may stand before it
 */
function spellingsOf(character: string, isEscapable: boolean): string {
  const code = character.codePointAt(0) as number
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
  const percent = [...Buffer.from(character)].map((byte) => `%${hexOf(byte, 2)}`).join('')
  const unicode = units.map((unit) => `\\\\u${hexOf(unit, 4)}`).join('')
  const html = `&#(?:0*${code}|[xX]0*${hexOf(code, 1)});`
  const own = escapeRegExp(character)
  const spellings = [own, percent, unicode, html]
  if (isEscapable) spellings.push(`\\\\${own}`)
  const entity = ENTITIES[character]
  if (entity) spellings.push(`&${entity};`)
  // UTF-8 that is read byte by byte, as headers are, and bodies that say nothing of their encoding.
  if (code > 0x7f) spellings.push(escapeRegExp(Buffer.from(character).toString('latin1')))
  if (character === ' ') spellings.push('\\+')
  // As the URL standard turns it over.
  if (character === '\\') spellings.push('/', '%2[fF]')
  // In a text of lower or upper case it is as good as the secret itself.
  for (const other of [character.toLowerCase(), character.toUpperCase()]) {
    if (other !== character && other.length === character.length) spellings.push(escapeRegExp(other))
  }
  return `(?:${spellings.join('|')})`
}

function hexOf(value: number, digits: number): string {
  return [...value.toString(16).padStart(digits, '0')].map(anyCase).join('')
}

function anyCase(digit: string): string {
  return /[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit
}

/**
 * The base64 of these bytes wherever in a longer text they begin: three alignments, each without the characters that also
 * depend on what stands before or after.
 */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const start = offset === 0 ? 0 : offset + 1
    const end = (bytes.length + offset) % 3 === 0 ? encoded.length : encoded.length - 1
    return [...encoded.slice(start, end)]
      .map((sign) => ({ '+': '(?:[+-]|%2[bB])', '/': '(?:[/_]|%2[fF]|\\\\/)' })[sign] ?? sign)
      .join('')
  })
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
