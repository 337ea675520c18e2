import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

/** What each kind of id begins with. */
const prefixes = {
  account: 'acc',
  user: 'usr',
  apiKey: 'key',
  auditEvent: 'evt',
  bulkRevocation: 'bulk',
  dataKey: 'dk',
  credential: 'cred',
  credentialDraft: 'draft',
  oauthState: 'oas',
  integration: 'int',
  proxyCall: 'call',
  renewalAttempt: 'ren',
  outboxEvent: 'out',
  episode: 'epi',
  notification: 'ntf',
  notificationItem: 'nti',
  delivery: 'dlv',
  personalMail: 'mail',
  passwordReset: 'rst',
  invitation: 'inv',
  customRole: 'role',
  leakReport: 'leak',
  webhook: 'whk',
  webhookMessage: 'msg',
  webhookAttempt: 'wha',
  session: 'ses',
  passkey: 'psk',
} as const

/**
 * A new id such as `key_019ab0…`: its kind, then a UUIDv7 (RFC 9562) without dashes, so that ids sort by age.
 */
export function newId(kind: keyof typeof prefixes): string {
  return `${prefixes[kind]}_${v7().replaceAll('-', '')}`
}

/** Whether a string has the form of an id of this kind. What has not is nobody's, and need not reach a statement. */
export function isId(kind: keyof typeof prefixes, text: string): boolean {
  return text.startsWith(`${prefixes[kind]}_`) && /^[0-9a-f]{32}$/.test(text.slice(prefixes[kind].length + 1))
}

const REQUEST_ID_BYTES = 16
/** Drawn many at a time: every request has an id, and each draw costs as much as the rest of it. */
const random = Buffer.alloc(256 * REQUEST_ID_BYTES)
let drawn = random.length

/** An id for a request, to be quoted by people: one word, so that a double click selects all of it. */
export function newRequestId(): string {
  if (drawn === random.length) {
    randomFillSync(random)
    drawn = 0
  }
  const start = drawn
  drawn += REQUEST_ID_BYTES
  return `req_${random.toString('hex', start, drawn)}`
}
