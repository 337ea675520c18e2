import { REVIEW_DAYS } from '../api-keys/unused'

/**
 * What can be found about a key that works:
 * - `never_used`, though it is 30 days old; `idle`: not used for 90 days.
 * - `no_expiry`: it never ends by itself.
 * - `over_scoped`: it was used in the last 30 days, but not all that it was granted.
 * - `maker_left`: the person who made it is no member of the account any more.
 * - `retiring`: it was regenerated, and the old token is still used.
 */
export const keyFindings = ['never_used', 'idle', 'over_scoped', 'maker_left', 'retiring', 'no_expiry'] as const
export type KeyFinding = (typeof keyFindings)[number]

/**
 * What can be found about a credential:
 * - `failing`: a person has to re-authorize it, its renewal fails, or its last test was bad.
 * - `unconnected`: it is a day old, and no integration uses it.
 * - `idle`: no call needed it for 90 days.
 * - `maker_left`: the person who made it is no member of the account any more.
 */
export const credentialFindings = ['failing', 'unconnected', 'idle', 'maker_left'] as const
export type CredentialFinding = (typeof credentialFindings)[number]

export const REVIEW = {
  ...REVIEW_DAYS,
  /** Scopes that were not asked for in so many days are found, of keys that are as old. */
  scopeDays: 30,
  /** An old token that was not used for so many days needs nobody's attention: it ends by itself. */
  retiringDays: 7,
  /** A credential is made before the integration that uses it. */
  unconnectedDays: 1,
} as const

/** How many of an account's keys or credentials each finding is about. */
export type FindingCounts<Finding extends string> = Record<Finding, number>

export function countsOf<Finding extends string>(
  findings: readonly Finding[],
  counted: Partial<Record<string, number>> | null,
): FindingCounts<Finding> {
  return Object.fromEntries(
    findings.map((finding) => [finding, Number(counted?.[finding] ?? 0)]),
  ) as FindingCounts<Finding>
}
