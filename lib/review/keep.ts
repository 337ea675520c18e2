import { and, eq, inArray, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Database } from '@/db/client'
import { apiKeys, credentials, reviewDecisions } from '@/db/schema'
import { apiKeyId } from '../api-keys/schemas'
import { type Actor, recordAuditEvents } from '../audit'
import { Refusal } from '../errors'
import { displayText } from '../text'
import { credentialFindings, keyFindings } from './findings'

/** Until when something may be kept, in days from now. */
export const KEEP_DAYS = [30, 90, 180, 365] as const

/** The most that are kept in one go. */
const MAX_KEPT = 1_000

const decision = {
  reason: displayText(200),
  days: z.union(
    KEEP_DAYS.map((days) => z.literal(days)),
    { error: `must be one of ${KEEP_DAYS.join(', ')}` },
  ),
}
const many = <Id extends z.ZodType>(id: Id) =>
  z
    .array(id)
    .min(1, 'must name at least one')
    .max(MAX_KEPT, `must be ${MAX_KEPT.toLocaleString('en')} or fewer`)

export const keepKeysInput = z.strictObject({
  keys: many(apiKeyId),
  findings: many(z.enum(keyFindings, 'must be what a review finds of keys')),
  ...decision,
})
export type KeepKeysInput = z.output<typeof keepKeysInput>

export const keepCredentialsInput = z.strictObject({
  credentials: many(z.string().regex(/^cred_[0-9a-f]{32}$/, 'must be the id of a credential')),
  findings: many(z.enum(credentialFindings, 'must be what a review finds of credentials')),
  ...decision,
})
export type KeepCredentialsInput = z.output<typeof keepCredentialsInput>

/**
 * Decides to keep keys although these things are found about them: until the time is over they do not come up for them.
 * Deciding again replaces what was decided before.
 * @returns how many keys; those that are gone are left out
 * @throws {Refusal} `not_found` when none of them is there
 */
export function keepKeys(db: Database, actor: Actor, { keys, ...input }: KeepKeysInput): Promise<number> {
  return db.transaction(async (tx) => {
    const found = await tx
      .select({ id: apiKeys.id, name: apiKeys.name })
      .from(apiKeys)
      .where(and(eq(apiKeys.accountId, actor.accountId), inArray(apiKeys.id, keys)))
    return keep(tx, actor, 'key', found, input)
  })
}

/** `keepKeys` for credentials. */
export function keepCredentials(
  db: Database,
  actor: Actor,
  { credentials: ids, ...input }: KeepCredentialsInput,
): Promise<number> {
  return db.transaction(async (tx) => {
    const found = await tx
      .select({ id: credentials.id, name: credentials.name })
      .from(credentials)
      .where(and(eq(credentials.accountId, actor.accountId), inArray(credentials.id, ids)))
    return keep(tx, actor, 'credential', found, input)
  })
}

interface Decision {
  findings: readonly string[]
  reason: string
  days: number
}

async function keep(
  tx: Database,
  actor: Actor,
  kind: 'key' | 'credential',
  subjects: readonly { id: string; name: string }[],
  { findings, reason, days }: Decision,
): Promise<number> {
  if (subjects.length === 0) throw new Refusal('not_found', 'None of these is there any more.')
  const distinct = [...new Set(findings)]
  await tx
    .insert(reviewDecisions)
    .values(
      subjects
        .map(({ id }) => id)
        .sort()
        .flatMap((subjectId) =>
          distinct.map((finding) => ({
            accountId: actor.accountId,
            kind,
            subjectId,
            finding,
            reason,
            until: sql`now() + ${days}::int * interval '1 day'`,
            byId: actor.id,
            byName: actor.name,
          })),
        ),
    )
    .onConflictDoUpdate({
      target: [reviewDecisions.accountId, reviewDecisions.subjectId, reviewDecisions.finding],
      set: {
        reason: sql`excluded.reason`,
        until: sql`excluded.until`,
        byId: sql`excluded.by_id`,
        byName: sql`excluded.by_name`,
        createdAt: sql`now()`,
      },
    })
  await recordAuditEvents(
    tx,
    actor,
    kind === 'key' ? 'api_key.kept' : 'credential.kept',
    subjects.map(({ id, name }) => ({ targetId: id, details: { name, findings: distinct, reason, days } })),
  )
  return subjects.length
}
