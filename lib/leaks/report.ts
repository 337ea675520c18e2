import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { apiKeys, type leakOutcomes, leakReports, type leakSources } from '@/db/schema'
import { getPolicy } from '../accounts/policy'
import { hashToken, isAccepted, isWellFormedToken } from '../api-keys'
import { lockKey, revokeLockedKeys } from '../api-keys/change'
import { type Origin, recordAuditEvent, systemActor } from '../audit'
import { newId } from '../ids'
import { recordEvent } from '../notifications/outbox'
import { storable } from '../text'

export type LeakSource = (typeof leakSources)[number]

/** What a report led to; unknown: no key has this token. */
export type LeakOutcome = (typeof leakOutcomes)[number] | 'unknown'

/** Where a token was seen, and by whom. */
export interface Sighting {
  source: LeakSource
  /** Where it was found; null: not told. */
  url: string | null
  comment: string | null
  from: Origin
}

/** What is kept, in characters. */
const MAX_URL = 1_000
/** An index holds it, whose rows are of 2,704 bytes at most. */
const MAX_URL_BYTES = 2_400
const MAX_COMMENT = 1_000
const MAX_USER_AGENT = 256

/** People are told again of the same token in the same place after so long, while it goes on. */
const TOLD_FOR = sql`interval '1 day'`

/** Why a key was revoked, as its page says. */
const REASON = 'Reported as leaked'

/**
 * Takes note that a token was seen where it does not belong. Whoever tells it holds the token, so nothing else is asked of
 * them. What is told by others has the key revoked, unless its account's policy is to flag it; what we see ourselves, in a
 * request to us, flags it: it may be no more than a mistake in a script. Told again, it changes nothing but a count.
 * @param token as it was seen; it is neither kept nor logged
 */
export async function reportLeak(db: Database, token: string, sighting: Sighting): Promise<LeakOutcome> {
  if (!isWellFormedToken(token)) return 'unknown'
  const [found] = await db
    .select({ id: apiKeys.id, accountId: apiKeys.accountId })
    .from(apiKeys)
    .where(eq(apiKeys.tokenHash, hashToken(token)))
  return found ? reportKey(db, found, sighting) : 'unknown'
}

async function reportKey(
  db: Database,
  { id: keyId, accountId }: { id: string; accountId: string },
  { source, url, comment, from }: Sighting,
): Promise<LeakOutcome> {
  const actor = { ...systemActor(accountId), ...from }
  return db.transaction(async (tx) => {
    const key = await lockKey(tx, accountId, keyId, null)
    const where = url === null ? '' : placeOf(url)
    const before = await openReport(tx, accountId, keyId, source, where)
    const isOwnTraffic = source === 'url' || source === 'body'
    const revokes = !isOwnTraffic && (await getPolicy(tx, accountId)).leakResponse === 'revoke'
    // One that is paused may be resumed.
    const works = isAccepted(key.status) || key.status === 'paused'
    const outcome = !works ? 'ended_before' : revokes ? 'revoked' : 'flagged'
    if (before) {
      await tx
        .update(leakReports)
        .set({
          times: sql`${leakReports.times} + 1`,
          lastAt: sql`now()`,
          ...(before.isToldLongAgo && works ? { toldAt: sql`now()` } : {}),
          ...(outcome === 'revoked' ? { outcome } : {}),
        })
        .where(and(eq(leakReports.accountId, accountId), eq(leakReports.id, before.id)))
    } else {
      await tx.insert(leakReports).values({
        id: newId('leakReport'),
        accountId,
        keyId,
        source,
        url: where,
        comment: comment === null ? null : storable(comment, MAX_COMMENT),
        address: from.address,
        userAgent: from.userAgent === null ? null : storable(from.userAgent, MAX_USER_AGENT),
        outcome,
      })
    }
    if (outcome === 'revoked') await revokeLockedKeys(tx, actor, [key], REASON, { tellsPeople: false })
    // A key that ended long ago is nobody's trouble: its page and the audit trail tell of it.
    const tells = works && (!before || before.isToldLongAgo || outcome === 'revoked')
    if (!before) {
      await recordAuditEvent(tx, actor, 'api_key.leaked', keyId, { name: key.name, source, url: where, outcome })
    }
    if (tells) {
      await recordEvent(tx, accountId, 'api_key.leaked', keyId, {
        name: key.name,
        environment: key.environment,
        source,
        url: where === '' ? null : where,
        outcome: outcome === 'revoked' ? 'revoked' : 'flagged',
      })
    }
    // It was ended by an earlier report of the same place.
    return before?.outcome === 'revoked' ? 'revoked' : outcome
  })
}

/** Where it was found, as it is kept: addresses may come in letters of several bytes. */
function placeOf(url: string): string {
  const bytes = Buffer.from(storable(url, MAX_URL))
  if (bytes.length <= MAX_URL_BYTES) return bytes.toString()
  // Without what is left of a character that was cut through.
  return bytes.toString('utf8', 0, MAX_URL_BYTES).replace(/\ufffd+$/, '')
}

/** What is known of this token in this place. The key is locked, so that two who tell it at once are one after the other. */
async function openReport(tx: Database, accountId: string, keyId: string, source: LeakSource, url: string) {
  const [row] = await tx
    .select({
      id: leakReports.id,
      outcome: leakReports.outcome,
      isToldLongAgo: sql<boolean>`${leakReports.toldAt} < now() - ${TOLD_FOR}`,
    })
    .from(leakReports)
    .where(
      and(
        eq(leakReports.accountId, accountId),
        eq(leakReports.keyId, keyId),
        eq(leakReports.source, source),
        eq(leakReports.url, url),
        isNull(leakReports.handledAt),
      ),
    )
  return row
}
