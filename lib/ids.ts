import { v7 } from 'uuid'

/** What each kind of id begins with. */
const prefixes = {
  account: 'acc',
  user: 'usr',
  apiKey: 'key',
  auditEvent: 'evt',
  bulkRevocation: 'bulk',
} as const

/**
 * A new id such as `key_019ab0…`: its kind, then a UUIDv7 (RFC 9562) without dashes, so that ids sort by age.
 */
export function newId(kind: keyof typeof prefixes): string {
  return `${prefixes[kind]}_${v7().replaceAll('-', '')}`
}
