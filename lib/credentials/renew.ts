import { type Actor, recordAuditEvent } from '../audit'
import { isEgressError } from '../egress/errors'
import { invalidField, Refusal } from '../errors'
import { isOAuthError, type SweepOptions, type SweepResult, sweepDue, type TokenOwner, type Waiting } from '../oauth'
import { isVaultError } from '../vault'
import { findCredential, settingsOfRow } from './base'
import { renewableOf } from './oauth'
import { latestRenewal, type RenewalView } from './renewals'
import type { CredentialStore } from './store'
import { adviceOnDamagedTokens } from './test/advice'
import { countTest } from './test-limit'

type Store = Pick<CredentialStore, 'db' | 'vault' | 'tokens'>

/**
 * Renews the tokens of all credentials that are due, see `sweepDue`. May run on any number of instances at the same time.
 * @param options `forMs`: how long to go on with what becomes due meanwhile; `renew`: what has one renewed elsewhere, instead
 *   of here; `isBusy`: whether others want something of this process
 */
export function renewDueCredentials(
  store: Store,
  options: Pick<SweepOptions, 'signal' | 'forMs' | 'isBusy'> & { renew?: SweepOptions['renew'] },
): Promise<SweepResult> {
  const renew: SweepOptions['renew'] = (due, waiting) => renewIfDue(store, due, waiting)
  return sweepDue({ db: store.db, renew, ...options })
}

/**
 * Renews the tokens of one credential, if they are still due and nobody else renews them.
 * @returns whether they were renewed here
 * @throws {OAuthError}, {EgressError}, {VaultError} of a renewal that failed, which its history tells of; {Refusal} `not_found`
 */
export function renewIfDue({ db, vault, tokens }: Store, owner: TokenOwner, waiting?: Waiting): Promise<boolean> {
  return tokens.renewIfDue(owner, () => renewableOf(db, vault, owner.accountId, owner.ownerId), waiting)
}

/**
 * Renews a credential's tokens because somebody wants it, whatever was refused before.
 * @returns the attempt: that it failed is told by it, and not thrown
 * @throws {Refusal} `not_found`; `invalid` when it has none, they can't be opened, or it was never connected; `credential_busy` while somebody else renews;
 *   `too_many_requests`
 */
export async function renewNow(store: CredentialStore, actor: Actor, id: string): Promise<RenewalView> {
  const { db, vault, tokens } = store
  const { accountId } = actor
  const row = await findCredential(db, actor, id)
  const settings = settingsOfRow(row)
  if (settings.type !== 'oauth2') throw invalidField('type', 'must be oauth2: others have nothing to renew')
  // As a test of it would be: both ask the provider as often as they are asked for.
  await countTest(db, accountId)
  const load = () => renewableOf(db, vault, accountId, id)
  const before = await latestRenewal(db, accountId, id)
  try {
    await tokens.renew({ accountId, ownerId: id }, load, { reason: 'manual' })
  } catch (error) {
    if (isOAuthError(error) && error.code === 'busy') throw busy()
    if (isOAuthError(error) && error.code === 'no_refresh_token') {
      throw invalidField('grant', 'There is nothing to renew with yet: connect the service first.')
    }
    if (!isOAuthError(error) && !isEgressError(error) && !isVaultError(error)) throw error
    // Where the tokens can't be opened, none is begun: what the latest one has found is not what came of this.
    if (isVaultError(error) && (await latestRenewal(db, accountId, id))?.id === before?.id) {
      throw invalidField(
        settings.grant === 'authorization_code' ? 'connection' : 'secret',
        `Its tokens can’t be opened any more. ${adviceOnDamagedTokens[settings.grant]}`,
      )
    }
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
