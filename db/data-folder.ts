import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

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

interface Owner {
  pid: number
  /** When that process started, as the operating system tells it: a reused pid has another. */
  startedAt: string | null
}

export interface DataFolderLock {
  release(): void
}

/**
 * Takes the data folder for this process, making it (mode 0700) if needed. A lock left by a process that is gone, or
 * whose pid now belongs to another process, is taken over.
 * @throws {DataFolderHeldError} while the owner lives
 */
export async function lockDataFolder(folder: string): Promise<DataFolderLock> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  const path = join(folder, 'lock')
  const mine = JSON.stringify({ pid: process.pid, startedAt: processStart(process.pid) } satisfies Owner)

  if (!tryCreate(path, mine)) {
    const owner = readOwner(path)
    if (owner && isAlive(owner)) throw new DataFolderHeldError(folder, owner.pid)
    // Two processes may find the same stale lock. Each moves it aside and writes its own; the settling time lets the
    // later one finish, and whoever then finds another's name in the lock gives way.
    const aside = `${path}.stale-${process.pid}`
    try {
      renameSync(path, aside)
      rmSync(aside, { force: true })
    } catch {
      // The other process moved it first.
    }
    tryCreate(path, mine)
    await sleep(150)
    const winner = readOwner(path)
    if (winner?.pid !== process.pid) throw new DataFolderHeldError(folder, winner?.pid ?? 0)
  }

  return {
    release() {
      if (readOwner(path)?.pid === process.pid) rmSync(path, { force: true })
    },
  }
}

function tryCreate(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** The lock's owner; null when the file is gone or was cut short by a crash. */
function readOwner(path: string): Owner | null {
  try {
    const owner = JSON.parse(readFileSync(path, 'utf8')) as Owner
    return Number.isInteger(owner.pid) ? owner : null
  } catch {
    return null
  }
}

function isAlive(owner: Owner): boolean {
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    // EPERM: alive, but another user's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const startedAt = processStart(owner.pid)
  return startedAt === null || owner.startedAt === null || startedAt === owner.startedAt
}

/** When a process started; null where the system doesn't tell (then a live pid is taken for the owner). */
function processStart(pid: number): string | null {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      // Field 22, start time in clock ticks since boot; counted after the last ")" since a name may hold anything.
      const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
      return `${boot}/${ticks}`
    }
    if (process.platform === 'win32') return null
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null
  } catch {
    return null
  }
}
