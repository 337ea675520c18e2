import { asc, eq, gt } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { accounts } from '@/db/schema'
import {
  type CheckpointFile,
  checkpointFile,
  exportCheckpoint,
  type Proof,
  proveCheckpoint,
} from '../audit/checkpoints'
import { type ChainFault, type ChainReport, verifyChain } from '../audit/verify'
import { Refusal } from '../errors'
import type { Command } from './commands'
import { UsageError } from './usage'

const text = { type: 'string' } as const

/** What is wrong with a chain, in words that follow the place. */
const faultWords: Record<ChainFault, string> = {
  edited: 'the event or its link is not as it was written',
  event_missing: 'the event is gone, its link is not',
  link_missing: 'the link is missing',
  reordered: 'the link does not follow the one before it: one of them was moved or written anew',
  inserted: 'the event was written past the chain',
  tail_cut: 'the chain ends before it, where more is on record',
  head_mismatch: 'the end on record is not the end of the chain',
  cut_unrecorded: 'what stood up to it was cut off, and no event tells of it',
  checkpoint_mismatch: 'the chain was another one when a checkpoint of it was made',
}

const proofWords: Record<Proof, string> = {
  proven: 'It holds: the chain passes through it, and nothing up to there has been changed since.',
  contradicted: 'It does not hold: what it tells of was changed since.',
  missing: 'It does not hold: the chain ends before it.',
  cut: 'It can’t be proved any more: retention has cut off what it tells of.',
  other_key:
    'It proves nothing here: the key that signed it is not this account’s key. Either that was taken away or replaced since, as nothing of Fenicia’s does, or the file was made up. Compare its public_key with that of another checkpoint you kept.',
  not_genuine: 'It is not genuine: it is not as it was signed.',
}

/** What the operator asks of the audit log. */
export const auditCommands: Record<string, Command> = {
  'audit verify': {
    options: { account: text },
    required: [],
    fields: {},
    run: async (db, { account }) => {
      const reports: ChainReport[] = []
      for await (const id of account === undefined ? accountIds(db) : [await requireAccount(db, account)]) {
        reports.push(await verifyChain(db, id))
      }
      const broken = reports.filter((report) => report.broken !== null)
      const events = reports.reduce((sum, { verified }) => sum + verified, 0)
      const looked = `${events} audit event${events === 1 ? '' : 's'} of ${reports.length} account${reports.length === 1 ? '' : 's'} read`
      return {
        text:
          broken.length === 0
            ? `${looked}: every chain is whole.\n`
            : `${looked}, ${broken.length} chain${broken.length === 1 ? ' is' : 's are'} broken:\n${broken.map(brokenLine).join('')}`,
        json: { accounts: reports.map(toJson), events, broken: broken.length },
        failed: broken.length > 0,
      }
    },
  },

  'audit checkpoint': {
    options: { account: text },
    required: ['account'],
    fields: {},
    run: async (db, { account = '' }, { vault }) => {
      const file = await exportCheckpoint(db, vault, await requireAccount(db, account))
      return { text: `${JSON.stringify(file)}\n`, json: file }
    },
  },

  'audit prove': {
    options: { checkpoint: text },
    required: ['checkpoint'],
    fields: {},
    run: async (db, { checkpoint = '' }, { vault, readFile }) => {
      const file = readCheckpoint(await readFile(checkpoint))
      const accountId = await requireAccount(db, file.account_id)
      const proof = await proveCheckpoint(db, vault, file)
      // The link that it names proves nothing unless what leads up to it is whole.
      const report = await verifyChain(db, accountId)
      const broken = report.broken ? `The chain is broken:\n${brokenLine(report)}` : ''
      return {
        text: `Checkpoint ${file.seq} of ${accountId}, ${file.at}. ${proofWords[proof]}\n${broken}`,
        json: { account_id: accountId, seq: file.seq, at: file.at, proof, chain: toJson(report) },
        failed: proof !== 'proven' || report.broken !== null,
      }
    },
  },
}

function readCheckpoint(json: string): CheckpointFile {
  try {
    return checkpointFile.parse(JSON.parse(json))
  } catch {
    throw new UsageError('--checkpoint needs a file that audit checkpoint or the Audit page has written')
  }
}

const STEP = 500

async function* accountIds(db: Database): AsyncGenerator<string> {
  let last = ''
  for (;;) {
    const rows = await db
      .select({ id: accounts.id })
      .from(accounts)
      .where(gt(accounts.id, last))
      .orderBy(asc(accounts.id))
      .limit(STEP)
    for (const { id } of rows) yield id
    const end = rows.at(-1)
    if (!end) return
    last = end.id
  }
}

/** @throws {Refusal} `not_found` */
export async function requireAccount(db: Database, id: string): Promise<string> {
  const [account] = await db.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, id))
  if (!account) throw new Refusal('not_found', `There is no account ${id}.`)
  return id
}

function brokenLine({ accountId, broken }: ChainReport): string {
  if (!broken) return ''
  const place = [broken.seq === null ? null : `link ${broken.seq}`, broken.eventId].filter(Boolean).join(', ')
  return `  account ${accountId}, ${place}: ${faultWords[broken.fault]}\n`
}

function toJson({ accountId, verified, seq, hash, cutSeq, broken }: ChainReport) {
  return {
    account_id: accountId,
    verified,
    seq,
    hash,
    cut_seq: cutSeq,
    broken: broken && { fault: broken.fault, seq: broken.seq, event_id: broken.eventId },
  }
}
