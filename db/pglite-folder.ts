import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DataFolderError, wordedError } from './data-folder'

/** The Postgres that PGlite is; it opens the files of no other. */
const POSTGRES = '18'

const PUT_BACK =
  'Put the whole data folder back from a backup, after you have kept a copy of it as it is, or set FENICIA_DATA to another folder'

/** Where the embedded database of a data folder lies. */
export function databaseFolder(folder: string): string {
  return join(folder, 'pgdata')
}

/**
 * Sees to it that PGlite opens the database that is there, or makes one where none is: where the file `PG_VERSION` is missing,
 * which it writes last, it puts a new database over the old one. That its own making was cut off is told by a mark beside it.
 * @returns what is to be called once the database is open
 * @throws {DataFolderError} where there is a database without that file
 */
export function guardDatabase(folder: string): () => void {
  const mark = join(folder, 'pgdata.new')
  const names = namesIn(databaseFolder(folder))
  if (names?.length === 0) writeFileSync(mark, '', { mode: 0o600 })
  else if (names && !names.includes('PG_VERSION') && !existsSync(mark)) {
    const why =
      'its database, pgdata, is incomplete: PG_VERSION is missing, and a new database would be put over the rest'
    throw new DataFolderError(folder, why, `${PUT_BACK}. If it was never in use, delete pgdata`)
  }
  return () => rmSync(mark, { force: true })
}

/** What is in the database's folder, without what the system puts there; null where that is for PGlite to say. */
function namesIn(path: string): string[] | null {
  try {
    return readdirSync(path).filter((name) => !name.startsWith('.') && name !== 'lost+found')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? [] : null
  }
}

/** Those of the system that PGlite's file system passes on, by WASI's numbers. */
const FILE_SYSTEM_ERRORS: Record<number, string> = {
  2: 'this user may not write there',
  19: 'the disk quota is used up',
  29: 'the disk fails',
  51: 'the disk is full',
  63: 'this user may not write there',
  69: 'its file system is read-only',
}

/**
 * What PGlite threw when it was to open a database, in words; anything else as it is. Its file system throws what is no Error
 * and says nothing, and of a Postgres that ended at its start it says no more than that.
 */
export function openingError(folder: string, error: unknown): unknown {
  const { name, errno, message = '' } = error as { name?: unknown; errno?: unknown; message?: string }
  if (name === 'ErrnoError' && typeof errno === 'number') {
    return new DataFolderError(folder, FILE_SYSTEM_ERRORS[errno] ?? `its file system fails (${errno})`)
  }
  const hasEnded = name === 'RuntimeError' || message === 'PGlite failed to initialize properly'
  if (!hasEnded || /memory/i.test(message)) return wordedError(folder, error)
  const version = versionIn(folder)
  const isOther = version !== null && version !== POSTGRES
  const why = isOther
    ? `its database, pgdata, is one of Postgres ${version}, and this version of Fenicia opens those of ${POSTGRES} only`
    : `its database, pgdata, is damaged or incomplete (PGlite: ${message.replace(/\.$/, '')})`
  return new DataFolderError(
    folder,
    why,
    isOther ? `Start the version of Fenicia that made it. Or: ${PUT_BACK}` : PUT_BACK,
  )
}

function versionIn(folder: string): string | null {
  try {
    return readFileSync(join(databaseFolder(folder), 'PG_VERSION'), 'utf8').trim() || null
  } catch {
    return null
  }
}
