import type { Secret } from '../vault/secret'

const BLANK = '[secret]'

/** Shorter than that, a secret is found by chance: what is blanked would then tell where, and so what, it is. */
export const MIN_BLANKED = 6

/**
 * Blanks secrets in what a server said: as they are and in base64, base64url, hexadecimal and URL-encoding, also where they
 * are part of something longer that was encoded, such as `Basic` credentials. Secrets of fewer than 6 characters stay.
 */
export function blank(text: string, secrets: readonly Secret[]): string {
  const forms = secrets
    .map((secret) => secret.reveal())
    .filter((value) => value.length >= MIN_BLANKED)
    // The longest first, so that none leaves the rest of another that it is part of.
    .sort((a, b) => b.length - a.length)
    .flatMap((value) => [byteByByte(value), ...base64Forms(Buffer.from(value)), hexadecimal(value)])
  // All at once, or a secret such as “secret” would be found in what is put for another.
  return forms.length === 0 ? text : text.replace(new RegExp(forms.join('|'), 'gu'), BLANK)
}

/** Each character as it is or percent-encoded, whichever the server chose; in a form, a space is a plus. */
function byteByByte(value: string): string {
  return [...value]
    .map((character) => {
      const encoded = hexadecimal(character).replace(/(\[..\]|\d){2}/g, '%$&')
      return `(?:${encoded}|${escapeRegExp(character)}${character === ' ' ? '|\\+' : ''})`
    })
    .join('')
}

/** In small letters or capitals. */
function hexadecimal(value: string): string {
  return Buffer.from(value)
    .toString('hex')
    .replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)
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
    return encoded.slice(start, end).replaceAll(/[+/]/g, (character) => (character === '+' ? '[+\\-]' : '[\\/_]'))
  })
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
