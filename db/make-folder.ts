import { mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Makes a folder for its owner only, and those on the way to it, unless they are there.
 *
 * Not by mkdir's `recursive`: Node never comes back from where the system answers ENOENT though the folder above is there, as
 * /proc does.
 * @throws what the system says
 */
export function makeFolder(path: string): void {
  const folder = resolve(path)
  try {
    makeOne(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || isFolder(dirname(folder))) throw error
    makeFolder(dirname(folder))
    makeOne(folder)
  }
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Whatever the system says of a place where a folder is, such as the root of a drive: it is there.
    if (!isFolder(folder)) throw error
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
