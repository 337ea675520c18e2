import { isWellFormedToken, TOKEN_LENGTH } from '../api-keys/token'

/** Every whole token in a text, each once. */
export function tokensIn(text: string): string[] {
  const candidates = text.match(/fn_(?:live|test)_[0-9A-Za-z]{38}/g) ?? []
  return [...new Set(candidates.filter(isWellFormedToken))]
}

const BEGINNINGS = [Buffer.from('fn_live_'), Buffer.from('fn_test_')]

/**
 * Looks for a token in bytes that come in chunks, of whatever encoding, and keeps none of them but what a token may have
 * begun with. One whose checksum is right counts, so that what only looks like one is let through.
 */
export class TokenScanner {
  #tail: Buffer | null = null

  /** @returns the first token that ends in this chunk; null: none does */
  scan(chunk: Buffer): string | null {
    const bytes = this.#tail === null ? chunk : Buffer.concat([this.#tail, chunk])
    let openAt = -1
    for (const beginning of BEGINNINGS) {
      for (let at = bytes.indexOf(beginning); at >= 0; at = bytes.indexOf(beginning, at + 1)) {
        if (at + TOKEN_LENGTH > bytes.length) {
          openAt = openAt < 0 ? at : Math.min(openAt, at)
          break
        }
        const candidate = bytes.toString('latin1', at, at + TOKEN_LENGTH)
        if (isWellFormedToken(candidate)) return candidate
      }
    }
    this.#tail = tailOf(bytes, openAt)
    return null
  }
}

/** What has to be seen again with the next chunk: a token that is not all there, or what may be the beginning of one. */
function tailOf(bytes: Buffer, openAt: number): Buffer | null {
  if (openAt >= 0) return Buffer.from(bytes.subarray(openAt))
  const from = Math.max(0, bytes.length - 'fn_live'.length)
  const at = bytes.indexOf('f', from)
  return at < 0 ? null : Buffer.from(bytes.subarray(at))
}
