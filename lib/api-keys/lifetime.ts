import type { AccountPolicy } from '../accounts/policy'
import { invalidField, Refusal } from '../errors'

const DAY_MS = 86_400_000
/** A date that was right when somebody looked at the clock is right when it arrives. */
const LEEWAY_MS = 3_600_000

type LifetimePolicy = Pick<AccountPolicy, 'keyExpiryRequired' | 'keyMaxDays'>

/**
 * Asks of a new key's expiry what the account asks of it.
 * @throws {Refusal} `invalid` on `expires_at`
 */
export function requireLifetime(
  { keyExpiryRequired, keyMaxDays }: LifetimePolicy,
  expiresAt: Date | null,
  now = Date.now(),
): void {
  if (!expiresAt && keyMaxDays !== null) {
    throw invalidField('expires_at', `The account asks that keys expire, within ${keyMaxDays} days: name a date.`)
  }
  if (!expiresAt && keyExpiryRequired) {
    throw invalidField('expires_at', 'The account asks that keys expire: name a date.')
  }
  if (expiresAt && keyMaxDays !== null && expiresAt.getTime() > now + keyMaxDays * DAY_MS + LEEWAY_MS) {
    throw invalidField(
      'expires_at',
      `The account asks that keys expire within ${keyMaxDays} days: name an earlier date.`,
    )
  }
}

/**
 * The expiry of a key that takes the place of another: the same, or the latest that the account lets a new key have.
 * @throws {Refusal} `invalid` when there is none though the account asks for one; without a field, since whoever regenerates is
 * asked for no expiry
 */
export function inheritedExpiry(
  { keyExpiryRequired, keyMaxDays }: LifetimePolicy,
  expiresAt: Date | null,
  now = Date.now(),
): Date | null {
  if (keyMaxDays !== null) {
    const latest = new Date(now + keyMaxDays * DAY_MS)
    return expiresAt && expiresAt < latest ? expiresAt : latest
  }
  if (!expiresAt && keyExpiryRequired) {
    throw new Refusal(
      'invalid',
      'The account asks that keys expire, and this one never does. Generate a new key with an expiry, then revoke this one.',
    )
  }
  return expiresAt
}
