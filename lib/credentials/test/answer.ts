import { readBody } from '../../egress/body'
import type { EgressResponse } from '../../egress/request'
import type { Secret } from '../../vault/secret'
import { blank, canBlank } from '../blank'
import type { ShownAnswer } from './report'

/** More than the longest secret takes in any encoding: one that begins in what is shown is read to its end. */
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
    text === undefined || !isShown ? null : printable(blank(text, secrets)).slice(0, max)
  return {
    status,
    location: show(destination(headers.location, requestUrl), MAX_HEADER),
    wwwAuthenticate: show(headers['www-authenticate'], MAX_HEADER),
    retryAfter: show(headers['retry-after'], 64),
    // Blanked before it is cut: a cut would else leave the beginning of a secret.
    excerpt: read ? show(read.bytes.toString('utf8'), MAX_EXCERPT) || null : null,
  }
}

/** Where a redirect leads, without user, query and fragment, which may hold anything. */
function destination(location: string | undefined, requestUrl: string): string | undefined {
  if (location === undefined || !URL.canParse(location, requestUrl)) return undefined
  const { origin, pathname } = new URL(location, requestUrl)
  return origin + pathname
}

function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}]+/gu, ' ').trim()
}
