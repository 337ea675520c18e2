import { and, asc, eq, gt, lte, notExists, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { auditChains, auditCheckpoints, auditEvents, auditLinks, GENESIS } from '@/db/schema'
import { type ChainedFields, chainedFields, chainHash } from './chain'

/** What can be wrong with a chain. */
export type ChainFault =
  /** The event, or its link, is not as it was when it was written. */
  | 'edited'
  /** The link is there, its event is not. */
  | 'event_missing'
  /** A number of the chain is missing. */
  | 'link_missing'
  /** The link is whole in itself but does not follow the one before. */
  | 'reordered'
  /** The event is in no link: it was written past the chain. */
  | 'inserted'
  /** The chain ends before the end that is on record. */
  | 'tail_cut'
  /** The end that is on record is not the chain's. */
  | 'head_mismatch'
  /** Something was cut off the beginning that no event tells of. */
  | 'cut_unrecorded'
  /** The chain was another one when a checkpoint was made. */
  | 'checkpoint_mismatch'

export interface ChainReport {
  accountId: string
  /** Links that were read and are as they were made. */
  verified: number
  /** Number and hash of the last link, as it is on record. */
  seq: number
  hash: string
  /** What retention has cut off the beginning. */
  cutSeq: number
  /** The first broken link; null: it is whole. */
  broken: { fault: ChainFault; seq: number | null; eventId: string | null } | null
}

/** Links read at a time: what a million events need of memory, too. */
const PAGE = 1_000

/**
 * Reads the chain of an account from its beginning to its end, while events may be added. The hashes are reckoned here.
 * @returns what is wrong first, if anything is
 */
export async function verifyChain(db: Database, accountId: string, pageSize = PAGE): Promise<ChainReport> {
  for (;;) {
    const chain = await readChain(db, accountId)
    const report = await verifyFrom(db, accountId, chain, pageSize)
    // Where retention has cut something off meanwhile, what was missing may have been what it cut.
    if (!report.broken || (await readChain(db, accountId)).cutSeq === chain.cutSeq) return report
  }
}

type Chain = Awaited<ReturnType<typeof readChain>>

/** What is on record of a chain and how it ends, both at one moment. */
async function readChain(db: Database, accountId: string) {
  const last = sql`select max(${auditLinks.seq}) from ${auditLinks} where ${auditLinks.accountId} = ${accountId}`
  const [chain] = await db
    .select({
      seq: auditChains.seq,
      hash: auditChains.hash,
      cutSeq: auditChains.cutSeq,
      cutHash: auditChains.cutHash,
      lastSeq: sql`coalesce((${last}), ${auditChains.cutSeq})`.mapWith(Number),
    })
    .from(auditChains)
    .where(eq(auditChains.accountId, accountId))
  if (chain) return chain
  const [{ lastSeq } = { lastSeq: 0 }] = await db
    .select({ lastSeq: sql`coalesce(max(${auditLinks.seq}), 0)`.mapWith(Number) })
    .from(auditLinks)
    .where(eq(auditLinks.accountId, accountId))
  return { seq: 0, hash: GENESIS, cutSeq: 0, cutHash: GENESIS, lastSeq }
}

async function verifyFrom(db: Database, accountId: string, chain: Chain, pageSize: number): Promise<ChainReport> {
  let seq = chain.cutSeq
  let hash = chain.cutHash
  const report = (fault?: ChainFault, at: number | null = null, eventId: string | null = null): ChainReport => ({
    accountId,
    verified: seq - chain.cutSeq,
    seq: chain.seq,
    hash: chain.hash,
    cutSeq: chain.cutSeq,
    broken: fault ? { fault, seq: at, eventId } : null,
  })

  while (seq < chain.lastSeq) {
    const page = await readPage(db, accountId, seq, chain.lastSeq, pageSize)
    if (page.length === 0) return report('link_missing', seq + 1)
    for (const link of page) {
      const fault = faultOf(link, seq + 1, hash)
      if (fault) return report(fault, fault === 'link_missing' ? seq + 1 : link.seq, link.eventId)
      seq = link.seq
      hash = link.hash
    }
  }

  const stray = await findStray(db, accountId)
  if (stray) return report('inserted', null, stray)
  if (chain.lastSeq < chain.seq) return report('tail_cut', chain.lastSeq + 1)
  if (chain.lastSeq > chain.seq || hash !== chain.hash) return report('head_mismatch', chain.seq)
  if (!(await isCutOnRecord(db, accountId, chain))) return report('cut_unrecorded', chain.cutSeq)
  const checkpoint = await findOtherCheckpoint(db, accountId, chain)
  if (checkpoint !== null) return report('checkpoint_mismatch', checkpoint)
  return report()
}

type Link = Awaited<ReturnType<typeof readPage>>[number]

/** @param seq the number that comes next, after a link with the hash `previous` */
function faultOf(link: Link, seq: number, previous: string): ChainFault | null {
  if (link.seq !== seq) return 'link_missing'
  if (link.fields === null) return 'event_missing'
  if (chainHash(link.previous, link.fields) !== link.hash) return 'edited'
  return link.previous === previous ? null : 'reordered'
}

async function readPage(db: Database, accountId: string, after: number, last: number, limit: number) {
  const rows = await db
    .select({
      seq: auditLinks.seq,
      eventId: auditLinks.eventId,
      previous: auditLinks.previous,
      hash: auditLinks.hash,
      fields: chainedFields,
    })
    .from(auditLinks)
    .leftJoin(auditEvents, and(eq(auditEvents.accountId, auditLinks.accountId), eq(auditEvents.id, auditLinks.eventId)))
    .where(and(eq(auditLinks.accountId, accountId), gt(auditLinks.seq, after), lte(auditLinks.seq, last)))
    .orderBy(asc(auditLinks.seq))
    .limit(limit)
  return rows as (Omit<(typeof rows)[number], 'fields'> & { fields: ChainedFields | null })[]
}

/** An event that is in no link. */
async function findStray(db: Database, accountId: string): Promise<string | null> {
  const linked = db
    .select({ one: sql`1` })
    .from(auditLinks)
    .where(and(eq(auditLinks.accountId, accountId), eq(auditLinks.eventId, auditEvents.id)))
  const [stray] = await db
    .select({ id: auditEvents.id })
    .from(auditEvents)
    .where(and(eq(auditEvents.accountId, accountId), notExists(linked)))
    .limit(1)
  return stray?.id ?? null
}

/** Whether an event tells of the cut: retention writes one, which is a link of what is left. */
async function isCutOnRecord(db: Database, accountId: string, { cutSeq, cutHash }: Chain): Promise<boolean> {
  if (cutSeq === 0) return cutHash === GENESIS
  const [event] = await db
    .select({ id: auditEvents.id })
    .from(auditEvents)
    .where(
      and(
        eq(auditEvents.accountId, accountId),
        eq(auditEvents.targetId, accountId),
        eq(auditEvents.action, 'account.audit_cut'),
        sql`${auditEvents.details} @> ${JSON.stringify({ seq: cutSeq, hash: cutHash })}::jsonb`,
      ),
    )
    .limit(1)
  return event !== undefined
}

/** The number of the first checkpoint that the chain does not pass through. */
async function findOtherCheckpoint(db: Database, accountId: string, { cutSeq, seq }: Chain): Promise<number | null> {
  const [other] = await db
    .select({ seq: auditCheckpoints.seq })
    .from(auditCheckpoints)
    .leftJoin(
      auditLinks,
      and(eq(auditLinks.accountId, auditCheckpoints.accountId), eq(auditLinks.seq, auditCheckpoints.seq)),
    )
    .where(
      and(
        eq(auditCheckpoints.accountId, accountId),
        gt(auditCheckpoints.seq, cutSeq),
        // One that is newer than what was read above is for the next time.
        sql`(${auditCheckpoints.seq} <= ${seq} or ${auditLinks.seq} is null)`,
        sql`${auditLinks.hash} is distinct from ${auditCheckpoints.hash}`,
      ),
    )
    .orderBy(asc(auditCheckpoints.seq))
    .limit(1)
  return other?.seq ?? null
}
