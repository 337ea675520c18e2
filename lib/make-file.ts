import { randomUUID } from 'node:crypto'
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { makeFolder } from '@/db/make-folder'

/**
 * Makes a file for its owner only, in a folder that is made if needed, unless it is there already. It gets its name once it is
 * written (link(2)): it is there as a whole or not at all, also after a kill, and of several who make it at once one does.
 * @returns whether this call has made it
 */
export function makeFile(path: string, content: string): boolean {
  const folder = dirname(path)
  makeFolder(folder)
  const made = !existsSync(path) && writeAndName(path, content)
  if (made) syncFolder(folder)
  // What processes have left that were killed meanwhile. Nobody who still writes needs theirs: the file is there.
  const left = readdirSync(folder).filter((name) => name.startsWith(`${basename(path)}.`) && name.endsWith('.part'))
  for (const name of left) rmSync(join(folder, name), { force: true })
  return made
}

/** What file systems say that have no links, such as some network shares. There only the name is had at once, not the content. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

function writeAndName(path: string, content: string): boolean {
  const part = `${path}.${randomUUID()}.part`
  writeFileSync(part, content, { flag: 'wx', mode: 0o600, flush: true })
  try {
    linkSync(part, path)
    return true
  } catch (error) {
    // Another was faster, and may have cleared ours away.
    if (existsSync(path)) return false
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) throw error
    copyFileSync(part, path, constants.COPYFILE_EXCL)
    return true
  }
}

function syncFolder(folder: string): void {
  // On Windows a folder can't be opened.
  if (process.platform === 'win32') return
  const opened = openSync(folder, 'r')
  try {
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}
