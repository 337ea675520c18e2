import { and, eq, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { isUniqueViolation } from '@/db/errors'
import { apiKeyAllowances, apiKeys } from '@/db/schema'
import { answerForMade } from '../accounts/made'
import { getPolicy } from '../accounts/policy'
import { type Actor, recordAuditEvent } from '../audit'
import { Refusal } from '../errors'
import { newId } from '../ids'
import { recordEvent } from '../notifications/outbox'
import { type EnvironmentWall, lockKey } from './change'
import type { IssuedKey } from './create'
import { grantorNow } from './grantor-now'
import { type Grantor, requireGrantable } from './grants'
import { inheritedExpiry } from './lifetime'
import { limitColumns } from './limits'
import { comparableName, overlaps, type RegenerateKeyInput } from './schemas'
import type { KeyStatus } from './status'
import { createToken } from './token'

/**
 * Puts a new key, with the same name, scopes, environment and limits, in the place of an active one; it expires when that one
 * does, or sooner where the account asks for that. The old one stops at once or after the overlap, and never later than its
 * own expiry. A key is regenerated once: a second call is refused, and its successor is the one to regenerate next.
 * @param grantor bounds of the caller: the answer holds a token with the key's scopes, so a key must have them
 * @throws {Refusal} `not_found`; `already_regenerated`; `key_not_active`; `scope_not_held`; `invalid` when it never expires
 * though the account asks for that; `forbidden` to a person or key that may not any more
 */
export async function regenerateApiKey(
  db: Database,
  actor: Actor,
  id: string,
  { overlap, retire_when_silent: retireWhenSilent }: RegenerateKeyInput,
  grantor: Grantor = null,
  wall: EnvironmentWall = null,
): Promise<IssuedKey> {
  return db.transaction(async (tx) => {
    const bounds = await grantorNow(tx, actor, 'keys:manage', grantor, [id])
    const old = await lockKey(tx, actor.accountId, id, wall)
    if (old.status === 'retiring' || old.status === 'retired') {
      throw new Refusal(
        'already_regenerated',
        'This key has been regenerated already. Regenerate its successor instead.',
      )
    }
    if (old.status !== 'active') throw notActive(old.status)
    requireGrantable(bounds, old)
    const expiresAt = inheritedExpiry(await getPolicy(tx, actor.accountId), old.expiresAt)

    const overlapSeconds = overlaps[overlap]
    await tx
      .update(apiKeys)
      .set({
        nameHeld: null,
        retiresAt: sql`least(now() + ${overlapSeconds} * interval '1 second', ${apiKeys.expiresAt})`,
        retireWhenSilent: retireWhenSilent && overlapSeconds > 0,
      })
      .where(and(eq(apiKeys.accountId, actor.accountId), eq(apiKeys.id, id)))

    const { token, hash, hint } = createToken(old.environment)
    const successorId = newId('apiKey')
    try {
      await tx.insert(apiKeys).values({
        id: successorId,
        accountId: actor.accountId,
        name: old.name,
        nameHeld: comparableName(old.name),
        environment: old.environment,
        scopes: old.scopes,
        integrationIds: old.integrationIds,
        tokenHash: hash,
        hintStart: hint.start,
        hintEnd: hint.end,
        createdByKind: actor.kind,
        createdById: actor.id,
        createdByName: actor.name,
        expiresAt,
        replacesId: id,
        ...limitColumns(old),
      })
    } catch (error) {
      // It expired between our look at it and now, and somebody has given its name to another key.
      throw isUniqueViolation(error, 'api_keys_name_held_idx') ? notActive('expired') : error
    }
    await answerForMade(tx, actor, successorId)
    // The month goes on with what is left of it. From here each of the two counts for itself while the old one works.
    await tx.execute(sql`
      insert into ${apiKeyAllowances}
        (key_id, account_id, started_at, leased, granted, wanted, month, month_leased, month_granted, month_wanted)
      select ${successorId}, account_id, started_at, 0, 0, 0, month, month_leased, 0, 0
      from ${apiKeyAllowances} where account_id = ${actor.accountId} and key_id = ${id}`)
    await recordAuditEvent(tx, actor, 'api_key.regenerated', id, {
      name: old.name,
      successor_id: successorId,
      expires_at: expiresAt,
      overlap,
      retire_when_silent: retireWhenSilent,
    })
    const { name, environment } = old
    await recordEvent(tx, actor.accountId, 'api_key.regenerated', id, { name, environment, by: actor.name })
    return { id: successorId, token, expiresAt }
  })
}

function notActive(status: KeyStatus): Refusal {
  return new Refusal(
    'key_not_active',
    `Only active keys can be regenerated; this one is ${status}. Generate a new key.`,
  )
}
