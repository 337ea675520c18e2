import { Refusal } from '../errors'
import type { KeyRecord } from './lookup'
import { missingScopes, type Scope } from './scopes'
import type { Environment } from './token'

/**
 * The bounds of whoever makes or changes a key: null for a person with the permission to, who has none. For an API key
 * they are what that key itself has.
 */
export type Grantor = Pick<KeyRecord, 'scopes' | 'environment' | 'expiresAt' | 'retiresAt'> | null

/**
 * A key can never grant what it does not have: not a scope, not the live environment, not a longer life.
 * @throws {Refusal} `scope_not_held`, naming what is missing
 */
export function requireGrantable(
  grantor: Grantor,
  wanted: { scopes: readonly Scope[]; environment: Environment; expiresAt: Date | null },
): void {
  if (!grantor) return
  const missing = missingScopes(grantor.scopes, wanted.scopes)
  if (missing.length > 0) {
    throw refuse('scopes', `A key can't grant what it does not have: the calling key lacks ${missing.join(', ')}.`)
  }
  if (grantor.environment === 'test' && wanted.environment === 'live') {
    throw refuse('environment', 'A test key can only make test keys.')
  }
  const end = endOf(grantor)
  if (end && (!wanted.expiresAt || wanted.expiresAt > end)) {
    throw refuse(
      'expires_at',
      `A key can't outlive the key that makes it: name an expiry of ${end.toISOString()} or earlier.`,
    )
  }
}

/** When a key ends by itself; a retiring one at the end of its overlap, which is never later than its expiry. */
function endOf({ expiresAt, retiresAt }: NonNullable<Grantor>): Date | null {
  return retiresAt ?? expiresAt
}

function refuse(field: string, message: string): Refusal {
  return new Refusal('scope_not_held', message, [{ field, code: 'invalid_value', message }])
}
