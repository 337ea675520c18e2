import { type Actor, recordAuditEvent } from '../audit'
import { isEgressError } from '../egress/errors'
import { invalidField, Refusal } from '../errors'
import { isOAuthError, type SweepOptions, type SweepResult, sweepDue } from '../oauth'
import { isVaultError } from '../vault'
import { findCredential, settingsOfRow } from './base'
import { renewableOf } from './oauth'
import { latestRenewal, type RenewalView } from './renewals'
import type { CredentialStore } from './store'

/**
 * Renews the tokens of all credentials that are due, see `sweepDue`. May run on any number of instances at the same time.
 * @param options `forMs`: how long to go on with what becomes due meanwhile
 */
export function renewDueCredentials(
  { db, vault, tokens }: Pick<CredentialStore, 'db' | 'vault' | 'tokens'>,
  options: Pick<SweepOptions, 'signal' | 'forMs'>,
): Promise<SweepResult> {
  return sweepDue({
    db,
    renew: (due) => tokens.renewIfDue(due, () => renewableOf(db, vault, due.accountId, due.ownerId)),
    ...options,
  })
}

/**
 * Renews a credential's tokens because somebody wants it, whatever was refused before.
 * @returns the attempt: that it failed is told by it, and not thrown
 * @throws {Refusal} `not_found`; `invalid` when it has none, or was never connected; `credential_busy` while somebody else renews
 */
export async function renewNow(store: CredentialStore, actor: Actor, id: string): Promise<RenewalView> {
  const { db, vault, tokens } = store
  const { accountId } = actor
  const row = await findCredential(db, accountId, id)
  if (settingsOfRow(row).type !== 'oauth2') throw invalidField('type', 'must be oauth2: others have nothing to renew')
  const load = () => renewableOf(db, vault, accountId, id)
  try {
    await tokens.renew({ accountId, ownerId: id }, load, { reason: 'manual' })
  } catch (error) {
    if (isOAuthError(error) && error.code === 'busy') throw busy()
    if (isOAuthError(error) && error.code === 'no_refresh_token') {
      throw invalidField('grant', 'There is nothing to renew with yet: connect the service first.')
    }
    if (!isOAuthError(error) && !isEgressError(error) && !isVaultError(error)) throw error
  }
  const attempt = await latestRenewal(db, accountId, id)
  if (!attempt) throw busy()
  await recordAuditEvent(db, actor, 'credential.renewed', id, { name: row.name, result: attempt.result })
  return attempt
}

function busy(): Refusal {
  return new Refusal(
    'credential_busy',
    'Its tokens are being renewed at this moment: look again in a few seconds.',
    [],
    5,
  )
}
