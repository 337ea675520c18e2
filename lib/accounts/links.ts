import { createHash } from 'node:crypto'
import { keyedHash } from './device'

/** What the links of mails are for. */
export type LinkPurpose = 'password_reset' | 'invitation'

/**
 * What the link of a mail holds: 256 bits that nobody can make from `id` without our secret. It is made again for each
 * attempt to send the mail, so that it need be kept nowhere; what is stored is its `hashLink`.
 */
export function linkToken(purpose: LinkPurpose, id: string): string {
  return keyedHash(`link ${purpose}`, id)
}

/** The form in which a link is stored and looked up. */
export function hashLink(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/**
 * The address of a link. What is secret stands in its fragment, which a browser sends to nobody: it is in no request, log
 * or Referer, and the page takes it out of the address bar (see `app/link-token.ts`).
 */
export function linkAddress(url: string, purpose: LinkPurpose, token: string): string {
  return `${url}/${purpose === 'password_reset' ? 'reset-password' : 'invitation'}#${token}`
}

/** Of a link that was cut off, made up, or replaced by a newer one. */
export const UNKNOWN_LINK =
  'This is no link of this Fenicia, or not all of it, or a newer one was sent. Open the one in the newest e-mail.'
