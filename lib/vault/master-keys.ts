import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '../config'
import { log } from '../log'
import { makeFile } from '../make-file'
import { KEY_BYTES } from './envelope'
import { VaultError } from './errors'

/** A key that wraps data keys. It is in the environment or in a file, and in no table. */
export interface MasterKey {
  kid: string
  key: Uint8Array
}

/** The master keys there are: the first wraps, all unwrap. */
export class MasterKeys {
  readonly #keys: ReadonlyMap<string, MasterKey>
  /** The one that wraps. */
  readonly first: MasterKey

  /** @param keys at least one, each with another `kid` */
  constructor(keys: readonly [MasterKey, ...MasterKey[]]) {
    this.#keys = new Map(keys.map((key) => [key.kid, key]))
    this.first = keys[0]
  }

  has(kid: string): boolean {
    return this.#keys.has(kid)
  }

  /** @throws {VaultError} `master_key_missing` */
  get(kid: string): MasterKey {
    const key = this.#keys.get(kid)
    if (!key) throw new VaultError('master_key_missing', `The master key “${kid}” is not configured.`)
    return key
  }
}

/** The file of the embedded default, in the data folder: one line, `kid:base64`. */
export function keyFilePath(dataFolder: string): string {
  return join(dataFolder, 'master.key')
}

/**
 * Reads the master key of the data folder, or makes it, readable by its owner only.
 * @param mayCreate whether nothing is sealed yet: a new key would open none of what is
 * @returns null when there is none and none may be made
 * @throws {ConfigError} when others may read it, or it is damaged
 */
export function readKeyFile(dataFolder: string, mayCreate: boolean): MasterKey | null {
  const path = keyFilePath(dataFolder)
  if (mayCreate) createKeyFile(path)
  let content: string
  try {
    // On Windows the mode says nothing.
    if (process.platform !== 'win32' && statSync(path).mode & 0o077) {
      throw new ConfigError(
        `${path} may be read by others. It opens every credential: make it yours alone (chmod 600).`,
      )
    }
    content = readFileSync(path, 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  const [kid = '', encoded = ''] = content.split(':')
  const key = Buffer.from(encoded, 'base64')
  if (key.length !== KEY_BYTES || key.toString('base64') !== encoded || kid !== thumbprint(key)) {
    throw new ConfigError(
      `${path} is damaged. Put the master key back from your backup: nothing else opens the credentials.`,
    )
  }
  return { kid, key }
}

function createKeyFile(path: string): void {
  const key = randomBytes(KEY_BYTES)
  if (!makeFile(path, `${thumbprint(key)}:${key.toString('base64')}\n`)) return
  log.info(
    { path },
    'Made a master key. Keep a copy of it apart from the database: without it no credential can be opened',
  )
}

/** Names a key without telling anything of it. */
function thumbprint(key: Uint8Array): string {
  return createHash('sha256').update('fenicia master key').update(key).digest('hex').slice(0, 12)
}
