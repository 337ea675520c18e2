import { permissions as allPermissions, type Holder, type Permission } from '../accounts/permissions'
import { areRangesWithin } from '../address-range'
import { Refusal } from '../errors'
import { isRateWithin, type KeyLimits } from './limits'
import type { KeyRecord } from './lookup'
import { hasScope, missingScopes, type Scope, scopeCatalogue } from './scopes'
import type { Environment } from './token'

/**
 * The bounds of whoever makes or changes a key: null for the operator and for tests, who have none. For an API key they are what
 * that key itself has; for a person, see `personGrantor`.
 */
export type Grantor =
  | (Pick<KeyRecord, 'scopes' | 'integrationIds' | 'environment' | 'expiresAt' | 'retiresAt'> &
      KeyLimits & { isPerson?: true })
  | null

/**
 * The bounds of a person: of what keys do in this plane itself, as much as their role lets them do themselves; otherwise whoever
 * may make keys could make one that does what they may not. The scopes of Fenicia's other resources are anybody's to give.
 */
export function personGrantor({ permissions }: Holder): NonNullable<Grantor> {
  const scopes = Object.entries(scopeCatalogue).flatMap(([resource, actions]) => {
    const ours = new Set<string>(allPermissions.filter((permission) => permission.startsWith(`${resource}:`)))
    const held = actions
      .map((action) => `${resource}:${action}`)
      .filter((scope) => !ours.has(scope) || permissions.includes(scope as Permission))
    return held.length === actions.length ? [`${resource}:*`] : held
  })
  return {
    isPerson: true,
    scopes,
    integrationIds: null,
    environment: 'live',
    expiresAt: null,
    retiresAt: null,
    rate: null,
    monthlyQuota: null,
    addresses: null,
    methods: null,
  }
}

/**
 * A key can never grant what it does not have: not a scope, not an integration, not the live environment, not a longer life,
 * not looser limits.
 * @throws {Refusal} `scope_not_held`, naming what is missing
 */
export function requireGrantable(
  grantor: Grantor,
  wanted: {
    scopes: readonly Scope[]
    integrationIds: readonly string[] | null
    environment: Environment
    expiresAt: Date | null
  } & KeyLimits,
): void {
  if (!grantor) return
  const missing = missingScopes(grantor.scopes, wanted.scopes)
  if (missing.length > 0) {
    throw refuse(
      'scopes',
      grantor.isPerson
        ? `A key can't do what its maker may not: your role lacks ${missing.join(', ')}.`
        : `A key can't grant what it does not have: the calling key lacks ${missing.join(', ')}.`,
    )
  }
  const { integrationIds: held } = grantor
  if (held && hasScope(wanted.scopes, 'integrations:use') && !wanted.integrationIds?.every((id) => held.includes(id))) {
    throw refuse('integrations', 'A key can only grant integrations that it may use itself: name some of those.')
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
  requireLimitsWithin(grantor, wanted)
}

/**
 * A key can never give a key, itself included, looser limits than its own.
 * @throws {Refusal} `scope_not_held`, naming the first that is looser
 */
export function requireLimitsWithin(grantor: Grantor, wanted: KeyLimits): void {
  if (!grantor) return
  const { rate, monthlyQuota, addresses, methods } = grantor
  if (rate && !isRateWithin(wanted.rate, rate)) {
    throw refuse(
      'rate',
      `A key can't grant a higher rate than its own: name ${rate.requests} requests in ${rate.seconds} seconds, or fewer.`,
    )
  }
  if (monthlyQuota !== null && (wanted.monthlyQuota === null || wanted.monthlyQuota > monthlyQuota)) {
    throw refuse('monthly_quota', `A key can't grant a higher quota than its own: name ${monthlyQuota} or fewer.`)
  }
  if (addresses && !(wanted.addresses && areRangesWithin(wanted.addresses, addresses))) {
    throw refuse(
      'addresses',
      `A key can only grant addresses that it may be used from itself: ${addresses.join(', ')}.`,
    )
  }
  if (methods && !wanted.methods?.every((method) => methods.includes(method))) {
    throw refuse('methods', `A key can only grant methods that it may be used with itself: ${methods.join(', ')}.`)
  }
}

/** When a key ends by itself; a retiring one at the end of its overlap, which is never later than its expiry. */
export function endOf({ expiresAt, retiresAt }: Pick<KeyRecord, 'expiresAt' | 'retiresAt'>): Date | null {
  return retiresAt ?? expiresAt
}

function refuse(field: string, message: string): Refusal {
  return new Refusal('scope_not_held', message, [{ field, code: 'invalid_value', message }])
}
