import { isUtf8 } from 'node:buffer'
import { readBody } from '../../egress/body'
import type { EgressResponse } from '../../egress/request'
import { parseUrl } from '../../parse-url'
import { blank, canBlank, longestTrace } from '../../vault/blank'
import type { Secret } from '../../vault/secret'
import type { ShownAnswer } from './report'

const MAX_READ = 65_536
const MAX_EXCERPT = 600
const MAX_HEADER = 300

/** Reads what a server answered, and blanks what must not come back. */
export async function showAnswer(
  { status, headers, body }: EgressResponse,
  secrets: readonly Secret[],
  requestUrl: string,
): Promise<ShownAnswer> {
  const type = headers['content-type'] ?? ''
  const isShown = canBlank(secrets)
  const isText = /^(text\/|application\/([\w.+-]*\+)?(json|xml)\b|application\/x-www-form-urlencoded)/i.test(type)
  // A body that breaks off, or is of another kind, takes nothing from what the status says.
  const read = isShown && isText ? await readBody(body, MAX_READ).catch(() => null) : null
  body.destroy()
  const show = (text: string | undefined, max: number) =>
    text === undefined || !isShown ? null : shown(text, secrets).slice(0, max)
  return {
    status,
    location: show(destination(headers.location, requestUrl, secrets), MAX_HEADER),
    wwwAuthenticate: show(joined(headers['www-authenticate']), MAX_HEADER),
    retryAfter: show(headers['retry-after'], 64),
    // Blanked before it is cut: a cut would else leave the beginning of a secret.
    excerpt: read ? show(textOf(read, secrets) ?? undefined, MAX_EXCERPT) || null : null,
  }
}

/** A header that may have several lines, though its type says one: each may be a way in of its own. */
function joined(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value
}

/** Where a redirect leads, without user, query and fragment, which may hold anything. */
function destination(location: string | undefined, requestUrl: string, secrets: readonly Secret[]): string | undefined {
  if (location === undefined) return undefined
  // As it came, too: what the URL standard makes of UTF-8 that was read byte by byte is no spelling of the secret any more.
  const blanked = blank(location, secrets)
  const url = parseUrl(blanked, requestUrl)
  return url ? url.origin + url.pathname : undefined
}

/** A body as text; null when it is none. */
function textOf(
  { bytes, truncated }: { bytes: Buffer; truncated: boolean },
  secrets: readonly Secret[],
): string | null {
  // UTF-16 and the like: a secret in it would not be found.
  if (bytes.includes(0)) return null
  const text = bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1')
  if (!truncated) return text
  // A secret may have been cut off with the end.
  const blanked = blank(text, secrets)
  return blanked.slice(0, Math.max(0, blanked.length - longestTrace(secrets)))
}

/** On one line, without secrets, however many lines they were spread over. */
function shown(text: string, secrets: readonly Secret[]): string {
  const line = (words: string) => words.replace(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ')
  return blank(line(blank(text, secrets)), secrets).trim()
}
