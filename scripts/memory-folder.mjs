// Where tests write what goes with them: databases, data folders, the browser's profile.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { freemem } from 'node:os'
import { join } from 'node:path'

const PREFIX = 'fenicia-test-'
/** Four times what a run takes of it at most; its browsers and databases need as much again, and more, to run in. */
const ENOUGH_BYTES = 2 * 1024 ** 3
const OF_MEMORY = 3
const STALE_MS = 60 * 60_000

/**
 * Makes a folder in memory, in which programs may lie too; on a disk the same tests take a quarter longer. It goes when this
 * process ends, and those of runs that were killed go with the next.
 * @param {string} [root] where Linux has a file system in memory
 * @param {number} [enough] bytes that must be free there, and three times as many of the machine's memory
 * @returns {string | null} null where there is none, or no room
 */
export function makeMemoryFolder(root = '/dev/shm', enough = ENOUGH_BYTES) {
  try {
    removeStale(root)
    const { bavail, bsize } = statfsSync(root)
    if (bavail * bsize < enough || freemem() < enough * OF_MEMORY) return null
    const folder = mkdtempSync(join(root, `${PREFIX}${process.pid}-`))
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
    // Postgres does not run as root, and has to come in here.
    chmodSync(folder, 0o711)
    return mayExecute(folder) ? folder : null
  } catch {
    return null
  }
}

/** Whether programs may be run from there, which a file system can be mounted to refuse. */
function mayExecute(folder) {
  const program = join(folder, 'program')
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o700 })
  const { status } = spawnSync(program)
  rmSync(program)
  return status === 0
}

function removeStale(root) {
  for (const name of readdirSync(root)) {
    const [, pid] = new RegExp(`^${PREFIX}(\\d+)-`).exec(name) ?? []
    // Old as well, since containers may share the memory and not the processes.
    if (!pid || isAlive(Number(pid)) || Date.now() - statSync(join(root, name)).mtimeMs < STALE_MS) continue
    rmSync(join(root, name), { recursive: true, force: true })
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
