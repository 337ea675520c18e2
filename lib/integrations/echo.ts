import { PassThrough, Transform, type TransformCallback } from 'node:stream'
import type { Secret } from '../vault/secret'

/** Bytes of the shortest thing that is looked for: anything shorter stands in every text by chance. */
const SHORTEST = 6
const STAR = 0x2a

/**
 * Whether a text, such as a header's value, has a secret in it: as it is, in base64, base64url, hexadecimal, URL-encoded or
 * as in JSON, or in the form that HTTP Basic (RFC 7617) gives it.
 * @param secrets a user name stands right before its password, so that the two are found as one too
 */
export function containsSecret(text: string, secrets: readonly Secret[]): boolean {
  const needles = needlesOf(secrets)
  // A header's value has a character for each byte, and so may hold UTF-8 that nobody decoded.
  const spellings = [Buffer.from(text, 'utf8'), Buffer.from(text, 'latin1')]
  return needles.some((needle) => spellings.some((bytes) => bytes.includes(needle)))
}

/**
 * Passes a body through as it comes, each byte of a secret replaced by `*`, so that a Content-Length still holds. Of what it
 * has got it keeps back only what may be the beginning of a secret; memory stays at a few times the longest one. Finds the
 * spellings that `containsSecret` finds, but none in a compressed body.
 */
export function redactingStream(secrets: readonly Secret[]): Transform {
  const needles = needlesOf(secrets)
  return needles.length === 0 ? new PassThrough() : new Redaction(needles)
}

class Redaction extends Transform {
  readonly #needles: readonly Buffer[]
  readonly #longest: number
  /** Whether a needle begins with a byte. */
  readonly #begins = new Uint8Array(256)
  /** What is kept back, as it came and as it will be shown: what ends a secret may begin another one. */
  #held = Buffer.alloc(0)
  #heldShown = Buffer.alloc(0)

  constructor(needles: readonly Buffer[]) {
    super()
    this.#needles = needles
    this.#longest = Math.max(...needles.map((needle) => needle.length))
    for (const needle of needles) this.#begins[needle[0] as number] = 1
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const isFresh = this.#held.length === 0
    const came = isFresh ? chunk : Buffer.concat([this.#held, chunk])
    const shown = this.#redact(came, isFresh ? null : Buffer.concat([this.#heldShown, chunk]))
    const cut = this.#firstThatMayBegin(came)
    // Copies, since a part of a chunk would keep all of it in memory.
    this.#held = Buffer.from(came.subarray(cut))
    this.#heldShown = Buffer.from(shown.subarray(cut))
    done(null, shown.subarray(0, cut))
  }

  override _flush(done: TransformCallback): void {
    done(null, this.#heldShown)
  }

  /** @param copy of `came`, what was found earlier redacted; null: made when something is found */
  #redact(came: Buffer, copy: Buffer | null): Buffer {
    let shown = copy
    for (const needle of this.#needles) {
      let end = 0
      for (let at = came.indexOf(needle); at !== -1; at = came.indexOf(needle, at + 1)) {
        shown ??= Buffer.from(came)
        shown.fill(STAR, Math.max(at, end), at + needle.length)
        end = at + needle.length
      }
    }
    return shown ?? came
  }

  /** Where the rest of the bytes may be the beginning of a needle; their end when it is not. */
  #firstThatMayBegin(bytes: Buffer): number {
    for (let at = Math.max(0, bytes.length - this.#longest + 1); at < bytes.length; at++) {
      if (this.#begins[bytes[at] as number] === 0) continue
      const rest = bytes.length - at
      if (this.#needles.some((needle) => needle.length > rest && bytes.compare(needle, 0, rest, at) === 0)) return at
    }
    return bytes.length
  }
}

/** All that is looked for, each once. */
function needlesOf(secrets: readonly Secret[]): Buffer[] {
  // Half of a surrogate pair, which no wire can carry, would make `encodeURIComponent` throw.
  const values = secrets.map((secret) => Buffer.from(secret.reveal()).toString())
  const pairs = values.flatMap((value, index) => [`${value}:`, `:${value}`, `${value}:${values[index + 1] ?? ''}`])
  const texts = [...values.flatMap(spellingsOf), ...pairs.flatMap(base64Of)]
  // PHP escapes the slashes in JSON, those of base64 too.
  const all = new Set(texts.flatMap((text) => [text, text.replaceAll('/', '\\/')]))
  return [...all].map((text) => Buffer.from(text)).filter((needle) => needle.length >= SHORTEST)
}

function spellingsOf(value: string): string[] {
  const hex = Buffer.from(value).toString('hex')
  const uri = encodeURIComponent(value)
  const form = new URLSearchParams({ '': value }).toString().slice(1)
  const json = JSON.stringify(value).slice(1, -1)
  const asciiJson = json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return [
    value,
    json,
    asciiJson,
    hex,
    hex.toUpperCase(),
    uri,
    lowerEscapes(uri),
    form,
    lowerEscapes(form),
    ...base64Of(value),
  ]
}

function lowerEscapes(encoded: string): string {
  return encoded.replace(/%../g, (code) => code.toLowerCase())
}

/** Without padding, which some leave out. */
function base64Of(value: string): string[] {
  const url = Buffer.from(value).toString('base64url')
  return [url, url.replaceAll('-', '+').replaceAll('_', '/')]
}
