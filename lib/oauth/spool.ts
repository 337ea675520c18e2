import { open, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { makeFolder } from '@/db/make-folder'
import { log } from '../log'
import { openWithMaster, sealWithMaster } from '../vault/envelope'
import { isVaultError } from '../vault/errors'
import type { MasterKeys } from '../vault/master-keys'
import { Secret } from '../vault/secret'
import type { Lease } from './lease'
import type { Renewed } from './store'

/** What a renewal got that the database could not take. */
export interface SpooledRenewal {
  lease: Lease
  renewed: Renewed
}

const nullableDate = z.iso
  .datetime()
  .transform((text) => new Date(text))
  .nullable()

/** How long writing a file may take. */
const PART_MS = 60_000

/** What of a file is not secret. */
const entrySchema = z.object({
  accountId: z.string(),
  ownerId: z.string(),
  attemptId: z.string().regex(/^ren_[0-9a-f]{32}$/),
  fence: z.number().int(),
  sentAt: z.iso.datetime().transform((text) => new Date(text)),
  endpoint: z.string(),
  version: z.number().int(),
  learnedSeconds: z.number().int().nullable(),
  ownerVersion: z.number().int().nullable().optional(),
  expiresAt: nullableDate,
  refreshEndsAt: z.union([z.literal('unchanged'), nullableDate]),
  scope: z.string().nullable(),
  kid: z.string(),
  sealed: z.string(),
})

const tokensSchema = z.object({ access_token: z.string().nullable(), refresh_token: z.string().nullable() })

/**
 * Keeps what token endpoints answered, sealed, on this machine's disk until the database has it. A file an attempt, which is
 * there as a whole or not at all.
 */
export class Spool {
  readonly #folder: string
  readonly #masterKeys: MasterKeys

  constructor(dataFolder: string, masterKeys: MasterKeys) {
    this.#folder = folderIn(dataFolder)
    this.#masterKeys = masterKeys
  }

  /** The names of the master keys without which nothing opens of what waits in a data folder, and where that is. */
  static async waitingFor(dataFolder: string): Promise<{ kids: string[]; folder: string }> {
    const folder = folderIn(dataFolder)
    const kids = new Set<string>()
    for (const name of (await namesIn(folder)).filter(isWhole)) {
      // What can't be read is said when it is to be opened.
      const entry = await readEntry(join(folder, name)).catch(() => null)
      if (entry) kids.add(entry.kid)
    }
    return { kids: [...kids], folder }
  }

  /**
   * @returns once it survives the process; for it to survive the machine as well, see `sync`
   * @throws what the file system says
   */
  async write({ lease, renewed }: SpooledRenewal): Promise<void> {
    const { owner, fence, attemptId } = lease
    const { tokens, sentAt, endpoint, version, learnedSeconds, ownerVersion } = renewed
    const master = this.#masterKeys.first
    const revealed = {
      access_token: tokens.accessToken?.reveal() ?? null,
      refresh_token: tokens.refreshToken?.reveal() ?? null,
    }
    const entry = {
      ...owner,
      attemptId,
      fence,
      sentAt,
      endpoint,
      version,
      learnedSeconds,
      ownerVersion,
      expiresAt: tokens.expiresAt,
      refreshEndsAt: tokens.refreshEndsAt ?? null,
      scope: tokens.scope,
      kid: master.kid,
      sealed: await sealWithMaster(JSON.stringify(revealed), { ...owner, field: 'tokens' }, master),
    }
    const path = this.#pathOf(attemptId)
    const write = () => writeFile(`${path}.part`, JSON.stringify(entry), { mode: 0o600 })
    await write().catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      makeFolder(this.#folder)
      await write()
    })
    await rename(`${path}.part`, path)
  }

  /** Has the disk take what was written. */
  async sync({ lease }: Pick<SpooledRenewal, 'lease'>): Promise<void> {
    await sync(this.#pathOf(lease.attemptId), 'r+')
    // On Windows a folder can't be opened.
    if (process.platform !== 'win32') await sync(this.#folder, 'r')
  }

  /** All that is in it, the oldest first. What can't be read is left where it is, and said in the log. */
  async list(): Promise<SpooledRenewal[]> {
    const names = await namesIn(this.#folder)
    await this.#removeParts(names.filter((each) => each.endsWith('.part')))
    const found: SpooledRenewal[] = []
    for (const name of names.filter(isWhole).sort()) {
      const entry = await this.#read(join(this.#folder, name))
      if (entry) found.push(entry)
    }
    return found
  }

  async remove({ lease }: Pick<SpooledRenewal, 'lease'>): Promise<void> {
    await unlink(this.#pathOf(lease.attemptId)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
  }

  /** What a process that was killed had begun to write. Others may be writing just now. */
  async #removeParts(names: string[]): Promise<void> {
    for (const name of names) {
      const path = join(this.#folder, name)
      const written = await stat(path).catch(() => null)
      if (written && Date.now() - written.mtimeMs > PART_MS) await unlink(path)
    }
  }

  #pathOf(attemptId: string): string {
    return join(this.#folder, `${attemptId}.json`)
  }

  async #read(path: string): Promise<SpooledRenewal | null> {
    try {
      const { accountId, ownerId, attemptId, fence, kid, sealed, expiresAt, refreshEndsAt, scope, ...rest } =
        await readEntry(path)
      const owner = { accountId, ownerId }
      const opened = await openWithMaster(sealed, { ...owner, field: 'tokens' }, this.#masterKeys.get(kid))
      const { access_token, refresh_token } = tokensSchema.parse(JSON.parse(opened))
      const tokens = {
        accessToken: access_token === null ? null : new Secret(access_token),
        refreshToken: refresh_token === null ? null : new Secret(refresh_token),
        expiresAt,
        refreshEndsAt,
        scope,
      }
      return { lease: { owner, fence, attemptId }, renewed: { ...rest, tokens } }
    } catch (error) {
      // What a parser says may hold what it has read.
      const reason = isVaultError(error) ? error.code : 'unreadable'
      log.error({ path, reason }, 'Renewed tokens that wait on this disk can’t be read')
      return null
    }
  }
}

const folderIn = (dataFolder: string) => join(dataFolder, 'spool')
const isWhole = (name: string) => name.endsWith('.json')

function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
}

async function readEntry(path: string) {
  return entrySchema.parse(JSON.parse(await readFile(path, 'utf8')))
}

async function sync(path: string, flags: string): Promise<void> {
  const file = await open(path, flags)
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
