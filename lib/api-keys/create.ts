import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { apiKeys, integrations } from '@/db/schema'
import { answerForMade } from '../accounts/made'
import { getPolicy } from '../accounts/policy'
import { type Actor, recordAuditEvent } from '../audit'
import { otherEnvironment } from '../environments'
import { invalidField } from '../errors'
import { newId } from '../ids'
import { recordEvent } from '../notifications/outbox'
import { grantorNow } from './grantor-now'
import { type Grantor, requireGrantable } from './grants'
import { requireLifetime } from './lifetime'
import { limitColumns, limitFields } from './limits'
import { expiredHolders, nameTaken, releaseExpiredName } from './names'
import { type CreateKeyInput, comparableName } from './schemas'
import { createToken, type Environment } from './token'

/** A key that was just made, with the token that nobody will see again. */
export interface IssuedKey {
  id: string
  token: string
  expiresAt: Date | null
}

/**
 * Makes an API key in the actor's account.
 * @param grantor bounds of the maker, see `requireGrantable`
 * @throws {Refusal} `invalid` on `name` when an active key has it, and on `expires_at` when the account asks for another;
 * `scope_not_held`; `forbidden` to a person or key that may not any more
 */
export async function createApiKey(
  db: Database,
  actor: Actor,
  input: CreateKeyInput,
  grantor: Grantor = null,
): Promise<IssuedKey> {
  const { name, environment, scopes, expires_at: expiresAt, integrations: integrationIds } = input
  const { rate, monthly_quota: monthlyQuota, addresses, methods } = input
  const limits = { rate, monthlyQuota, addresses, methods }
  const { token, hash, hint } = createToken(environment)
  const id = newId('apiKey')

  await db.transaction(async (tx) => {
    const bounds = await grantorNow(tx, actor, 'keys:create', grantor, await expiredHolders(tx, actor.accountId, name))
    requireGrantable(bounds, { scopes, environment, expiresAt, integrationIds, ...limits })
    requireLifetime(await getPolicy(tx, actor.accountId), expiresAt)
    await releaseExpiredName(tx, actor.accountId, name)
    if (integrationIds) await requireIntegrations(tx, actor.accountId, environment, integrationIds)
    const inserted = await tx
      .insert(apiKeys)
      .values({
        id,
        accountId: actor.accountId,
        name,
        nameHeld: comparableName(name),
        environment,
        scopes,
        integrationIds,
        tokenHash: hash,
        hintStart: hint.start,
        hintEnd: hint.end,
        createdByKind: actor.kind,
        createdById: actor.id,
        createdByName: actor.name,
        expiresAt,
        ...limitColumns(limits),
      })
      .onConflictDoNothing({ target: [apiKeys.accountId, apiKeys.nameHeld], where: sql`name_held is not null` })
      .returning({ id: apiKeys.id })
    if (inserted.length === 0) throw nameTaken(name)
    await answerForMade(tx, actor, id)
    await recordAuditEvent(tx, actor, 'api_key.created', id, {
      name,
      environment,
      scopes,
      expires_at: expiresAt,
      ...(integrationIds && { integrations: integrationIds }),
      ...limitFields(limits),
    })
    await recordEvent(tx, actor.accountId, 'api_key.created', id, { name, environment, by: actor.name })
  })
  return { id, token, expiresAt }
}

/** Refuses ids that are no integration's of the account, and those of the environment that the key is not of. */
async function requireIntegrations(
  tx: Database,
  accountId: string,
  environment: Environment,
  ids: string[],
): Promise<void> {
  const found = await tx
    .select({ environment: integrations.environment })
    .from(integrations)
    .where(and(eq(integrations.accountId, accountId), inArray(integrations.id, ids)))
  if (found.length < ids.length) throw invalidField('integrations', 'There is no integration of one of these ids.')
  const other = otherEnvironment(environment)
  if (found.some((one) => one.environment === other)) {
    throw invalidField(
      'integrations',
      `One of these is a ${other} integration, and this is a ${environment} key: name ${environment} integrations, or make a ${other} key.`,
    )
  }
}
