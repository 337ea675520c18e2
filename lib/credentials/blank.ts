import type { Secret } from '../vault/secret'

/** Below this length a secret can't be told from chance: blanking it would show where, and what, it is. */
const MIN_LENGTH = 6
export const BLANK = '[secret]'

/** Whether every one of these can be blanked. Where one can't, nothing that a server said may be shown. */
export function canBlank(secrets: readonly Secret[]): boolean {
  return secrets.every((secret) => secret.reveal().length >= MIN_LENGTH)
}

/**
 * Blanks secrets in what a server said: as they are, and in base64, base64url, hexadecimal, URL-encoding and JSON's escapes,
 * in any letter case where that means the same – also where they are part of something longer that was encoded.
 */
export function blank(text: string, secrets: readonly Secret[]): string {
  let result = text
  for (const form of formsOf(secrets)) result = result.split(form).join(BLANK)
  for (const form of looseFormsOf(secrets)) result = result.replace(form, BLANK)
  return result
}

/** What to look for as it stands, the longest first, so that none leaves the rest of another. */
function formsOf(secrets: readonly Secret[]): string[] {
  const forms = secrets.flatMap((secret) => {
    const value = secret.reveal()
    if (value.length < MIN_LENGTH) return []
    return [value, JSON.stringify(value).slice(1, -1), ...base64Forms(Buffer.from(value))]
  })
  return [...new Set(forms)].sort((a, b) => b.length - a.length)
}

/** Encodings that the same bytes have several spellings of. */
function looseFormsOf(secrets: readonly Secret[]): RegExp[] {
  return secrets.flatMap((secret) => {
    const value = secret.reveal()
    if (value.length < MIN_LENGTH) return []
    const bytes = [...Buffer.from(value)]
    const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')
    // Each byte as it is or percent-encoded, whichever the server chose; a space is also a plus there.
    const percent = bytes
      .map((byte) => {
        const encoded = `%${byte.toString(16).padStart(2, '0')}`
        if (byte === 0x20) return `(?:${encoded}|\\+| )`
        return byte > 0x20 && byte < 0x7f ? `(?:${encoded}|${escapeRegExp(String.fromCharCode(byte))})` : encoded
      })
      .join('')
    return [new RegExp(hex, 'gi'), new RegExp(percent, 'gi')]
  })
}

/**
 * The base64 of these bytes wherever in a longer text they begin: three alignments, each without the characters that also
 * depend on what stands before or after.
 */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const start = offset === 0 ? 0 : offset + 1
    const end = (bytes.length + offset) % 3 === 0 ? encoded.length : encoded.length - 1
    const form = encoded.slice(start, end)
    if (form.length < MIN_LENGTH) return []
    return [form, form.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
