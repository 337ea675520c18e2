import { and, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Database } from '@/db/client'
import { auditChains, auditCheckpoints, auditLinks, GENESIS } from '@/db/schema'
import type { Vault } from '../vault'
import { lengthPrefixed } from './chain'
import { findSigningKey, isSignedBy, publicKeyOf, signingKey, signText } from './signing-key'

const TYPE = 'fenicia-audit-checkpoint'
const HASH = /^[0-9a-f]{64}$/

/**
 * How far the chain of an account went at a time, as it is given away. Kept elsewhere, it proves later that nothing up to
 * there has been changed since.
 */
export const checkpointFile = z.strictObject({
  type: z.literal(TYPE),
  version: z.literal(1),
  account_id: z.string().max(64),
  /** Number of the chain's last link. */
  seq: z.number().int().min(0),
  hash: z.string().regex(HASH),
  at: z.iso.datetime(),
  /** Ed25519, the `x` of its JWK. */
  public_key: z.string().max(64),
  signature: z.string().max(128),
})
export type CheckpointFile = z.output<typeof checkpointFile>

/** Keeps of every account that something has happened in since its last checkpoint how far its chain goes. */
export async function recordCheckpoints(db: Database): Promise<{ checkpoints: number }> {
  const made = await db
    .insert(auditCheckpoints)
    .select(
      db
        .select({
          accountId: auditChains.accountId,
          seq: auditChains.seq,
          hash: auditChains.hash,
          at: sql<Date>`statement_timestamp()`.as('at'),
        })
        .from(auditChains)
        .where(sql`${auditChains.seq} > 0`),
    )
    .onConflictDoNothing()
    .returning({ seq: auditCheckpoints.seq })
  return { checkpoints: made.length }
}

/** What Postgres does by itself and the embedded database doesn't: it plans by old figures, and gives no room back. */
export async function tidyAuditTables(db: Database): Promise<void> {
  await db.execute(sql`vacuum audit_queue`)
  await db.execute(sql`analyze audit_events, audit_links`)
}

/**
 * A signed checkpoint of the chain as it is now, to be kept elsewhere.
 * @throws {VaultError} when the key that signs can't be opened
 */
export async function exportCheckpoint(db: Database, vault: Vault, accountId: string): Promise<CheckpointFile> {
  const key = await signingKey(db, vault, accountId)
  const [end] = await db
    .select({
      seq: auditChains.seq,
      hash: auditChains.hash,
      at: sql`statement_timestamp()`.mapWith(auditCheckpoints.at),
    })
    .from(auditChains)
    .where(eq(auditChains.accountId, accountId))
  const { seq, hash, at } = end ?? { seq: 0, hash: GENESIS, at: new Date() }
  const unsigned = { account_id: accountId, seq, hash, at: at.toISOString(), public_key: publicKeyOf(key) }
  return { type: TYPE, version: 1, ...unsigned, signature: signText(signedText(unsigned), key) }
}

/** What the signature is of: each field in its order, with its length before it. */
function signedText({ account_id, seq, hash, at, public_key }: Omit<CheckpointFile, 'type' | 'version' | 'signature'>) {
  return [TYPE, '1', account_id, String(seq), hash, at, public_key].map(lengthPrefixed).join('')
}

export type Proof =
  /** The chain passes through the checkpoint: nothing up to there has been changed since. */
  | 'proven'
  /** It does not: something up to there was changed, deleted or put in since. */
  | 'contradicted'
  /** The chain ends before it. */
  | 'missing'
  /** Retention has cut off what the checkpoint tells of. */
  | 'cut'
  /** The file is as its own key has signed it, which is not the account's: the one here was replaced, or the file is made up. */
  | 'other_key'
  /** The file is not as it was signed. */
  | 'not_genuine'

/**
 * Whether a checkpoint that was exported earlier still holds. That what leads up to it is whole, `verifyChain` says.
 * @throws {VaultError} when the key that signs can't be opened
 */
export async function proveCheckpoint(db: Database, vault: Vault, file: CheckpointFile): Promise<Proof> {
  const key = await findSigningKey(db, vault, file.account_id)
  if (!isSignedBy(signedText(file), file.signature, file.public_key)) return 'not_genuine'
  // The account's own key counts: the one in the file could be anybody's.
  if (!key || publicKeyOf(key) !== file.public_key) return 'other_key'
  if (file.seq === 0) return 'proven'
  const [chain] = await db.select().from(auditChains).where(eq(auditChains.accountId, file.account_id))
  if (!chain) return 'missing'
  if (file.seq === chain.cutSeq) return file.hash === chain.cutHash ? 'proven' : 'contradicted'
  if (file.seq < chain.cutSeq) return 'cut'
  const [link] = await db
    .select({ hash: auditLinks.hash })
    .from(auditLinks)
    .where(and(eq(auditLinks.accountId, file.account_id), eq(auditLinks.seq, file.seq)))
  if (!link) return 'missing'
  return link.hash === file.hash ? 'proven' : 'contradicted'
}
