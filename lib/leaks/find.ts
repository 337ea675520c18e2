import { isWellFormedToken, TOKEN_LENGTH } from '../api-keys/token'

/** Every whole token in a text, each once. */
export function tokensIn(text: string): string[] {
  const candidates = text.match(/fn_(?:live|test)_[0-9A-Za-z]{38}/g) ?? []
  return [...new Set(candidates.filter(isWellFormedToken))]
}

const BEGINNINGS = { live: Buffer.from('fn_live_'), test: Buffer.from('fn_test_') }

/** What is searched for. To search for three bytes costs a fraction of what eight do, two times over. */
const SOUGHT = Buffer.from('fn_')

/**
 * Looks for a token in bytes that come in chunks, of whatever encoding, and keeps none of them but what a token may have
 * begun with. One whose checksum is right counts, so that what only looks like one is let through.
 */
export class TokenScanner {
  #tail: Buffer | null = null

  /** @returns the first token that ends in this chunk; null: none does */
  scan(chunk: Buffer): string | null {
    const bytes = this.#tail === null ? chunk : Buffer.concat([this.#tail, chunk])
    for (let at = bytes.indexOf(SOUGHT); at >= 0; at = bytes.indexOf(SOUGHT, at + 1)) {
      const fitting = countFitting(bytes, at)
      if (fitting === TOKEN_LENGTH) {
        const candidate = bytes.toString('latin1', at, at + TOKEN_LENGTH)
        if (isWellFormedToken(candidate)) return candidate
      } else if (at + fitting === bytes.length) {
        this.#tail = Buffer.from(bytes.subarray(at))
        return null
      }
    }
    this.#tail = endOf(bytes)
    return null
  }
}

/** How many bytes from here on are as in a token, at most the length of one. */
function countFitting(bytes: Buffer, at: number): number {
  const beginning = bytes[at + SOUGHT.length] === 0x74 ? BEGINNINGS.test : BEGINNINGS.live
  const length = Math.min(TOKEN_LENGTH, bytes.length - at)
  for (let i = SOUGHT.length; i < length; i++) {
    const byte = bytes[at + i] as number
    if (i < beginning.length ? byte !== beginning[i] : !isAlphanumeric(byte)) return i
  }
  return length
}

function isAlphanumeric(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)
}

/** The last bytes, if what is sought may begin with them. */
function endOf(bytes: Buffer): Buffer | null {
  for (let length = SOUGHT.length - 1; length > 0; length--) {
    const end = SOUGHT.subarray(0, length)
    if (bytes.length >= length && bytes.subarray(bytes.length - length).equals(end)) return end
  }
  return null
}
