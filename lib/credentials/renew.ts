import { type SweepOptions, type SweepResult, sweepDue } from '../oauth'
import { renewableOf } from './oauth'
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
