import { and, eq } from 'drizzle-orm'
import { credentials } from '@/db/schema'
import { type Actor, recordAuditEvent } from '../../audit'
import { invalidField, Refusal } from '../../errors'
import { closeEpisodesOf } from '../../notifications/episodes'
import { removeConnection } from '../../oauth/connect/connections'
import { type Revocation, revokeTokens } from '../../oauth/connect/revocation'
import { claim, confirm, type Lease, release } from '../../oauth/lease'
import { openTokensIfIntact, removeTokens } from '../../oauth/stored-tokens'
import { findCredential, settingsOfRow } from '../base'
import { oauthClientOf, revocationUrlOf } from '../oauth'
import type { CredentialStore } from '../store'
import { supersede } from './consents'

/** As long as all three calls of the provider may take, and some. */
const LEASE_MS = 40_000

/**
 * Disconnects a credential: takes its tokens back at the provider where that can be done, then forgets them. The credential
 * stays, with its uses, and can be connected again.
 * @returns what is known of the tokens at the provider: they may still work there
 * @throws {Refusal} `not_found`; `invalid` when it is none that is connected; `credential_busy` while it is renewed, or when it was
 *   connected anew meanwhile
 */
export async function disconnect(store: CredentialStore, actor: Actor, id: string): Promise<Revocation> {
  const { db, vault, egress } = store
  const { accountId } = actor
  const settings = settingsOfRow(await findCredential(db, actor, id))
  if (settings.type !== 'oauth2' || settings.grant !== 'authorization_code') {
    throw invalidField('grant', 'must be authorization in the browser: nothing else is connected')
  }
  const owner = { accountId, ownerId: id }
  // A renewal that runs would bring tokens that nobody has taken back.
  const lease = await claim(db, owner, { leaseMs: LEASE_MS, reason: 'manual' })
  if (!lease) throw new Refusal('credential_busy', 'Its tokens are being renewed: disconnect once that is over.', [], 2)
  try {
    const held = await db.transaction(async (tx) => {
      const row = await findCredential(tx, actor, id, { lock: true })
      await requireHeld(tx, lease)
      const now = settingsOfRow(row)
      if (now.type !== 'oauth2') throw new TypeError('A credential keeps its type')
      const tokens = await openTokensIfIntact(tx, vault, owner)
      if (!tokens) return null
      const secrets = await vault.openIfIntact(tx, { ...owner, field: 'secret' })
      if (!secrets) return null
      const client = { ...oauthClientOf(now, secrets, row.provider), revocationUrl: revocationUrlOf(now, row.provider) }
      return { client, tokens }
    })
    // What can't be opened any more can't be named to the provider, and may still work there.
    const revocation = held ? await revokeTokens(egress, held.client, held.tokens) : 'unknown'
    await db.transaction(async (tx) => {
      const row = await findCredential(tx, actor, id, { lock: true })
      await requireHeld(tx, lease)
      const { refresh_token: _, ...secretSetAt } = row.secretSetAt
      await removeTokens(tx, vault, owner)
      await removeConnection(tx, owner)
      await supersede(tx, vault, accountId, id)
      await closeEpisodesOf(tx, accountId, id)
      await tx
        .update(credentials)
        .set({
          secretSetAt,
          version: row.version + 1,
          testResult: null,
          testDetail: null,
          testedAt: null,
          testedByName: null,
        })
        .where(and(eq(credentials.accountId, accountId), eq(credentials.id, id)))
      await recordAuditEvent(tx, actor, 'credential.disconnected', id, { name: row.name, revocation })
    })
    return revocation
  } finally {
    // Nothing was renewed: nothing is left of the attempt that the lease was taken for.
    await release(db, lease).catch(() => {})
  }
}

/** Nobody has taken back at the provider what a person has brought meanwhile: it stays. */
async function requireHeld(tx: CredentialStore['db'], lease: Lease): Promise<void> {
  if (await confirm(tx, lease, LEASE_MS)) return
  throw new Refusal(
    'credential_busy',
    'Somebody has just connected or changed this credential: look at it, then try again.',
    [],
    1,
  )
}
