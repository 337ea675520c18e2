import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { outboxEvents, type tellingOutcomes } from '@/db/schema'
import type { Environment } from '../api-keys/token'
import { newId } from '../ids'

/** What people are told of, with the facts that each kind comes with. Points in time are ISO 8601; nothing is secret. */
export interface EventData {
  /** A credential's tokens can't be renewed any more: a person has to authorize anew. */
  'credential.reauthorization_required': CredentialFacts & {
    /** The provider's error code, such as `invalid_grant`. */
    error: string
    /** What the provider said, or what is known of the reason; bounded, secrets blanked. */
    detail: string | null
    /** Since when calls fail, or when they will. */
    callsFailAt: string
  }
  /** Renewals fail, and less than a third of the tokens' lifetime is left. */
  'credential.renewal_failing': CredentialFacts & {
    error: string | null
    detail: string | null
    failingSince: string
    /** When calls will fail; null: not known. */
    callsFailAt: string | null
  }
  /** After one of the above: calls work again. */
  'credential.renewal_recovered': CredentialFacts & { failingSince: string | null }
  /** A secret with an end of its own: what a person typed, or a refresh token. */
  'credential.expiring': CredentialFacts & {
    what: 'secret' | 'refresh_token'
    expiresAt: string
    /** The warning that this is. */
    daysLeft: 14 | 3 | 1
  }
  'api_key.created': KeyFacts
  'api_key.revoked': KeyFacts & { reason: string | null }
  'api_key.regenerated': KeyFacts
  /** A webhook takes no messages any more, so that none are sent. */
  'webhook.disabled': {
    name: string
    host: string
    /** In English, as its page says it. */
    reason: string
    /** The same for those who read another language; missing: told by a version that did not write it. */
    cause?: 'gone' | 'answered' | 'unanswered' | 'unsigned'
    /** What its receiver answered last; null: nothing. */
    status?: number | null
  }
  /** All calls through an integration have failed for a while; once until one does not. */
  'integration.failing': {
    name: string
    environment: Environment
    slug: string
    /** That it calls, with the port if it has one. */
    host: string
    credentialId: string | null
    failingSince: string
    /** Of the last call: who answered, or what kept it from being answered; and what the caller got. */
    outcome: (typeof tellingOutcomes)[number]
    status: number
  }
  /** A key's token was seen where it does not belong. */
  'api_key.leaked': Omit<KeyFacts, 'by'> & {
    source: 'report' | 'github' | 'url' | 'body'
    /** Where it was found; null: not told. */
    url: string | null
    outcome: 'revoked' | 'flagged'
  }
  /** Nobody uses a key, which will therefore be revoked. */
  'api_key.idle': Omit<KeyFacts, 'by'> & {
    /** Null: never. */
    lastUsedAt: string | null
    revokesAt: string
    /** The warning that this is. */
    daysLeft: 7 | 1
  }
  /** A key is about to end by itself. */
  'api_key.expiring': Omit<KeyFacts, 'by'> & {
    expiresAt: string
    /** The warning that this is. */
    daysLeft: 7 | 1
  }
  /** The day is over on which the revocation of a key was rehearsed. */
  'api_key.rehearsal_ended': KeyFacts & {
    /** Calls that would have failed. */
    calls: number
    /** Those who called most; empty texts: not known. */
    callers: { address: string; userAgent: string; calls: number }[]
  }
  /** What the review of an account's keys and credentials finds, once a month. */
  'review.digest': {
    /** Of the account. */
    name: string
    /** How many of them somebody should look at. */
    keys: number
    keyFindings: Record<string, number>
    credentials: number
    credentialFindings: Record<string, number>
  }
}

/** What webhooks alone are told of: a person has just done it, is about to see it, or is told of its cause. */
export interface SilentEventData {
  'credential.connected': Omit<CredentialFacts, 'connectedById'> & { by: string }
  /** A test of a stored credential did not end well. */
  'credential.tested_bad': Omit<CredentialFacts, 'connectedById'> & { result: string; by: string }
  'member.joined': { name: string; role: string }
  'member.left': { name: string; role: string; how: 'removed' | 'left'; by: string }
}

/** Of the credential as it was then. */
interface CredentialFacts {
  name: string
  environment: Environment
  provider: string | null
  /** The user who connected or made it; null: an API key or the operator did. */
  connectedById: string | null
}

interface KeyFacts {
  name: string
  environment: string
  /** Who did it, as it is shown. */
  by: string
}

export type EventKind = keyof EventData

/** All that happens of which anybody is told. */
export type AllEventData = EventData & SilentEventData

/**
 * Has people, and webhooks, told of what happened. Call it with the transaction that makes the change, so that neither exists without the
 * other.
 * @param subjectId what it happened to, such as a credential or key
 */
export async function recordEvent<Kind extends keyof AllEventData>(
  tx: Database,
  accountId: string,
  kind: Kind,
  subjectId: string,
  data: AllEventData[Kind],
): Promise<void> {
  await recordEvents(tx, accountId, kind, [{ subjectId, data }])
}

/** Of the kinds of `SilentEventData`. */
export const silentKinds: Record<keyof SilentEventData, true> = {
  'credential.connected': true,
  'credential.tested_bad': true,
  'member.joined': true,
  'member.left': true,
}

/** Rows in one insert. */
const CHUNK = 1_000

/**
 * Has people told of what happened to several subjects of one change, as `recordEvent` does for one.
 * @param options `toPeople`: false where people are told of it by another event, and webhooks alone by this one
 */
export async function recordEvents<Kind extends keyof AllEventData>(
  tx: Database,
  accountId: string,
  kind: Kind,
  events: readonly { subjectId: string; data: AllEventData[Kind] }[],
  { toPeople = !(kind in silentKinds) }: { toPeople?: boolean } = {},
): Promise<void> {
  for (let start = 0; start < events.length; start += CHUNK) {
    await tx.insert(outboxEvents).values(
      events.slice(start, start + CHUNK).map(({ subjectId, data }) => ({
        id: newId('outboxEvent'),
        accountId,
        kind,
        subjectId,
        data: data as unknown as Record<string, unknown>,
        ...(toPeople ? {} : { notifiedAt: sql`now()` }),
      })),
    )
  }
}
