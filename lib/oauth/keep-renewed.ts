import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '@/db/client'
import { tokenSets } from '@/db/schema'
import { log } from '../log'
import type { Vault } from '../vault/vault'
import type { Spool, SpooledRenewal } from './spool'
import { areLater, storeRenewed } from './store'
import { ofOwner } from './stored-tokens'

interface Deps {
  db: Database
  vault: Vault
}

/** Where the process has its work done that nobody waits for. */
export interface Background {
  inBackground(work: Promise<void>): void
  /** Ends it: what waits on the disk is brought by the next process. */
  stopping: AbortSignal
}

/** Pauses between attempts to store where there is no spool: five seconds in all, in which a database changes its primary. */
const PAUSES_MS = [100, 250, 500, 1000, 1500, 1650]

/** Pauses between attempts to bring to the database what is in the spool. */
const REPLAY_MS = 500

/**
 * Makes what a token endpoint answered durable: in the database and, until that has it, sealed, in the spool, from where it
 * is brought to the database if that can't take it now, or the process ends before it has. Where refresh tokens are used
 * once, the one that is lost takes the way into the shop with it.
 * @returns the tokens' version; null when the lease was lost, and others have been stored or are about to be
 * @throws when neither database nor disk took it
 */
export async function keepRenewed(
  deps: Deps,
  spool: Spool | null,
  entry: SpooledRenewal,
  { stopping, inBackground }: Background,
): Promise<number | null> {
  const { lease, renewed } = entry
  const { ownerId } = lease.owner
  // At the same time: whichever is done first is what a process that is killed now leaves.
  const spooled = spool ? isSpooled(spool, entry) : Promise.resolve(false)
  let failed: unknown
  for (const pauseMs of [...PAUSES_MS, null]) {
    try {
      const version = await storeRenewed(deps.db, deps.vault, lease, renewed)
      if (spool && (await spooled)) {
        // Whoever has the lease now may get nothing for what was spent, and then these are the latest.
        if (version === null) inBackground(replayUntilKept(deps, spool, entry, stopping))
        else await remove(spool, entry)
      }
      return version
    } catch (error) {
      failed = error
      log.warn({ error, owner: ownerId }, 'Renewed tokens could not be stored yet')
    }
    if (spool && (await spooled)) {
      await spool.sync(entry).catch((error) => log.warn({ error }, 'The disk may not have all of the spool yet'))
      inBackground(replayUntilKept(deps, spool, entry, stopping))
      return renewed.version + 1
    }
    if (pauseMs !== null) await sleep(pauseMs)
  }
  log.error({ error: failed, owner: ownerId }, 'Renewed tokens could not be stored and are lost')
  throw failed
}

/**
 * Brings an entry of the spool to the database, and takes it out of the spool once it is there, or is of no use any more.
 * @returns false while the database does not take it, or somebody else is renewing
 */
export async function replay({ db, vault }: Deps, spool: Spool, entry: SpooledRenewal): Promise<boolean> {
  const { ownerId } = entry.lease.owner
  try {
    const version = await storeRenewed(db, vault, entry.lease, entry.renewed, true)
    if (version === null) {
      const state = { version: tokenSets.version, areLater: areLater(entry.lease) }
      const [row] = await db.select(state).from(tokenSets).where(ofOwner(entry.lease.owner))
      // Whoever renewed at that moment may have failed, or may yet, and then these are the latest.
      if (row?.version === entry.renewed.version && !row.areLater) return false
      log.warn({ owner: ownerId }, 'Tokens that waited on this disk are dropped: others were stored meanwhile')
    } else {
      log.info({ owner: ownerId }, 'Tokens that waited on this disk are in the database now')
    }
  } catch (error) {
    log.warn({ error, owner: ownerId }, 'Tokens that wait on this disk could not be stored yet')
    return false
  }
  await remove(spool, entry)
  return true
}

async function remove(spool: Spool, entry: SpooledRenewal): Promise<void> {
  // What is left is dropped by the next process, as older than what is stored.
  await spool.remove(entry).catch((error) => log.warn({ error }, 'A file of stored tokens could not be removed'))
}

async function isSpooled(spool: Spool, entry: SpooledRenewal): Promise<boolean> {
  try {
    await spool.write(entry)
    return true
  } catch (error) {
    log.error({ error, owner: entry.lease.owner.ownerId }, 'Renewed tokens could not be kept on this disk')
    return false
  }
}

/** Brings an entry of the spool to the database as soon as that takes it, or until the signal. */
export async function replayUntilKept(
  deps: Deps,
  spool: Spool,
  entry: SpooledRenewal,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted && !(await replay(deps, spool, entry))) {
    await sleep(REPLAY_MS, undefined, { ref: false, signal }).catch(() => {})
  }
}
