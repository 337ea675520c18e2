import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import {
  linkSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeFolder } from './make-folder'

/** Somebody else has the data folder open. The message names the process and the folder. */
export class DataFolderHeldError extends Error {
  override name = 'DataFolderHeldError'
  constructor(
    readonly folder: string,
    readonly pid: number,
  ) {
    super(
      `The data folder ${folder} is in use by process ${pid}. Two processes on one folder would damage the database: ` +
        'stop that process first, or set FENICIA_DATA to another folder.',
    )
  }
}

/** The data folder, or the database in it, can't be made, read or written. The message names it, and says why and what to do. */
export class DataFolderError extends Error {
  override name = 'DataFolderError'
  constructor(folder: string, why: string, remedy = 'Mend that, or set FENICIA_DATA to another folder') {
    super(`The data folder ${folder} can't be used: ${why}. ${remedy}.`)
  }
}

const reasons: Record<string, string> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'its file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'a file, and no folder, is at that place',
  ENOTDIR: 'a file, and no folder, is on the way to it',
}

/** What the system said about the data folder, in words; anything else as it is. */
export function wordedError(folder: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (code === undefined || syscall === undefined) return error
  const isLink = syscall === 'link' && !['ENOSPC', 'EDQUOT', 'EROFS'].includes(code)
  const isNowhere = syscall === 'mkdir' && code === 'ENOENT'
  const reason = isLink
    ? 'its file system has no hard links, by which it is locked'
    : isNowhere
      ? 'the system makes no folder there'
      : reasons[code]
  return new DataFolderError(folder, reason ? `${reason} (${code})` : `${syscall} failed with ${code}`)
}

interface Owner {
  pid: number
  /** When that process started, as the operating system tells it: a reused pid has another. */
  startedAt: string | null
  /** Where its pid means something: this boot of this machine, and this container. */
  space: string | null
}

export interface DataFolderLock {
  release(): void
}

const HEARTBEAT_MS = 5_000
/** Heartbeats that may be missing from a living process: it may be busy, or the machine. */
const MISSED_BEATS = 3

/**
 * Takes the data folder for this process, making it (mode 0700) if needed. A lock left by a process that is gone, or
 * whose pid now belongs to another process, is taken over. The owner's pid tells, or, when that is another container's,
 * whether the lock file's time moves; taking over from a killed container may so take fifteen seconds.
 *
 * Locks are numbered: `lock.8` can be made once, and only by whoever found the owner of `lock.7` gone. A file gets its
 * name when it is written (link(2)), never changes its owner, and only the highest number counts, so that starters who
 * pause at any point between looking and taking can't both succeed.
 * @throws {DataFolderHeldError} while the owner lives; {DataFolderError} where it can't be made or written
 */
export async function lockDataFolder(folder: string, { heartbeatMs = HEARTBEAT_MS } = {}): Promise<DataFolderLock> {
  try {
    return await take(folder, heartbeatMs)
  } catch (error) {
    throw wordedError(folder, error)
  }
}

async function take(folder: string, heartbeatMs: number): Promise<DataFolderLock> {
  makeFolder(folder)
  const me: Owner = { pid: process.pid, startedAt: processStart(process.pid), space: pidSpace() }
  for (;;) {
    const latest = lockNumbers(folder).at(-1) ?? 0
    const owner = readOwner(lockPath(folder, latest))
    if (owner && (await isAlive(owner, me, lockPath(folder, latest), heartbeatMs))) {
      throw new DataFolderHeldError(folder, owner.pid)
    }
    const mine = latest + 1
    if (!tryCreate(folder, mine, JSON.stringify(me))) continue
    const numbers = lockNumbers(folder)
    if (numbers.at(-1) !== mine) {
      // We were so slow that our number had been made, released and removed before.
      rmSync(lockPath(folder, mine), { force: true })
      continue
    }
    for (const number of numbers) if (number < mine) rmSync(lockPath(folder, number), { force: true })
    return hold(lockPath(folder, mine), heartbeatMs)
  }
}

function hold(path: string, heartbeatMs: number): DataFolderLock {
  const heart = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date())
    } catch {
      // A folder that is full or was taken away shows where it matters, in the database.
    }
  }, heartbeatMs)
  heart.unref()
  return {
    release() {
      clearInterval(heart)
      try {
        // Emptied and not removed: its number must not be made again.
        truncateSync(path)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      }
    },
  }
}

function lockPath(folder: string, number: number): string {
  return join(folder, `lock.${number}`)
}

/** The numbers of the locks there are, rising. */
function lockNumbers(folder: string): number[] {
  return readdirSync(folder)
    .flatMap((name) => /^lock\.(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
}

/** @returns false when the lock of this number is there already */
function tryCreate(folder: string, number: number, content: string): boolean {
  const draft = join(folder, `lock.${randomUUID()}.new`)
  writeFileSync(draft, content, { flag: 'wx', mode: 0o600, flush: true })
  try {
    linkSync(draft, lockPath(folder, number))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/** The lock's owner; null when it was released, or cut short by a crash of the machine. */
function readOwner(path: string): Owner | null {
  try {
    const owner = JSON.parse(readFileSync(path, 'utf8')) as Owner | null
    return owner && Number.isInteger(owner.pid) ? owner : null
  } catch {
    return null
  }
}

async function isAlive(owner: Owner, me: Owner, path: string, heartbeatMs: number): Promise<boolean> {
  if (owner.space !== undefined && owner.space !== me.space) return hasPulse(path, heartbeatMs)
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    // EPERM: alive, but another user's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const startedAt = processStart(owner.pid)
  return startedAt === null || owner.startedAt === null || startedAt === owner.startedAt
}

/** Whether the time of a lock file moves. A minute's difference between two machines' clocks does no harm. */
async function hasPulse(path: string, heartbeatMs: number): Promise<boolean> {
  const before = modified(path)
  if (Math.abs(Date.now() - before) > 60_000 + MISSED_BEATS * heartbeatMs) return false
  for (let waited = 0; waited < MISSED_BEATS * heartbeatMs; waited += heartbeatMs / 5) {
    await sleep(heartbeatMs / 5)
    if (modified(path) !== before) return true
  }
  return false
}

/** When a file was last written to, in milliseconds since 1970; 0 when it is gone. */
function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

/** This boot and this container, where pids are not the whole machine's; null where the system doesn't tell. */
function pidSpace(): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot}/${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return null
  }
}

/** When a process started; null where the system doesn't tell (then a live pid is taken for the owner). */
function processStart(pid: number): string | null {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      // Field 22, in clock ticks since boot; counted after the last ")" since a name may hold anything.
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
    }
    if (process.platform === 'win32') return null
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null
  } catch {
    return null
  }
}
