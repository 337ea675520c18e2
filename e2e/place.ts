import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { copyFolder } from '../test/copy-folder'

export type DatabaseKind = 'pglite' | 'postgres' | 'neon'

/** Which database the suites run on: FENICIA_E2E_DATABASE, or the embedded one. */
export function databaseKind(): DatabaseKind {
  const kind = process.env.FENICIA_E2E_DATABASE || 'pglite'
  if (kind !== 'pglite' && kind !== 'postgres' && kind !== 'neon') {
    throw new Error(`FENICIA_E2E_DATABASE must be pglite, postgres or neon, not ${kind}`)
  }
  return kind
}

/** What `global-setup.ts` tells the workers about this run. */
export const RUN = {
  folder: 'FENICIA_E2E_FOLDER',
  postgresUrl: 'FENICIA_E2E_POSTGRES_URL',
  postgresFolder: 'FENICIA_E2E_POSTGRES_FOLDER',
  neonProxy: 'FENICIA_E2E_NEON_PROXY',
  /** What a place that holds tables is a copy of. */
  tables: 'FENICIA_E2E_TABLES',
  /** The same of one that holds the account. */
  account: 'FENICIA_E2E_ACCOUNT',
} as const

/**
 * What a place begins with: nothing, as for the very first start; the tables, as before the first visitor; or the account of
 * `OWNER` too, with nobody else in it and without keys. A copy takes no time; whatever makes it anew takes seconds.
 */
export type Holds = 'nothing' | 'tables' | 'account'

/** Asks the database of a place; answers the rows. */
export type Query = <Row>(statement: string, values?: unknown[]) => Promise<Row[]>

/** Where one product keeps its data: a data folder and, unless it is embedded, a database. */
export interface Place {
  dataFolder: string
  /** Of what a copy can be made of its database while nothing has it open: the folder of the embedded one, or its name. */
  template: string
  /** The configuration that leads the product there. */
  env: Record<string, string>
  /** Every file in which anything of this place is stored, with its bytes. The product should have stopped or be idle. */
  storedFiles(): Promise<{ path: string; bytes: Buffer }[]>
  /** Works on the database itself, for what would take a person days to make. The embedded one must not be in use. */
  withDatabase<Result>(work: (query: Query) => Promise<Result>): Promise<Result>
  remove(): Promise<void>
}

/** A place for one product. */
export async function makePlace(holds: Holds): Promise<Place> {
  const kind = databaseKind()
  const copied = holds === 'nothing' ? null : setting(RUN[holds])
  const dataFolder = await mkdtemp(join(setting(RUN.folder), 'data-'))
  const removeFolder = () => rm(dataFolder, { recursive: true, force: true })
  if (kind === 'pglite') {
    const env = { FENICIA_DATA: dataFolder }
    const template = join(dataFolder, 'pgdata')
    if (copied) await copyFolder(copied, template)
    return {
      dataFolder,
      template,
      env,
      storedFiles: () => readFiles(dataFolder),
      withDatabase: async (work) => {
        const database = await PGlite.create(join(dataFolder, 'pgdata'))
        const query: Query = async <Row>(statement: string, values?: unknown[]) =>
          (await database.query<Row>(statement, values)).rows
        return work(query).finally(() => database.close())
      },
      remove: removeFolder,
    }
  }
  const name = `e2e_${randomBytes(6).toString('hex')}`
  await administrate(`create database ${name}${copied ? ` template ${copied}` : ''}`)
  const url = new URL(setting(RUN.postgresUrl))
  url.pathname = `/${name}`
  return {
    dataFolder,
    template: name,
    env: {
      FENICIA_DATA: dataFolder,
      DATABASE_URL: url.href,
      FENICIA_DATABASE_DRIVER: kind === 'neon' ? 'neon' : 'pg',
      ...(kind === 'neon' ? { NEON_WS_PROXY: setting(RUN.neonProxy) } : {}),
      AUTH_SECRET: randomBytes(33).toString('base64url'),
      FENICIA_MASTER_KEYS: `e2e:${randomBytes(32).toString('base64')}`,
    },
    storedFiles: async () => {
      await administrate('checkpoint')
      return [...(await readFiles(dataFolder)), ...(await readFiles(setting(RUN.postgresFolder)))]
    },
    withDatabase: async (work) => {
      const client = new pg.Client(url.href)
      await client.connect()
      const query: Query = async <Row>(statement: string, values?: unknown[]) =>
        (await client.query(statement, values)).rows as Row[]
      return work(query).finally(() => client.end())
    },
    remove: async () => {
      await administrate(`drop database ${name} with (force)`)
      await removeFolder()
    },
  }
}

async function readFiles(folder: string): Promise<{ path: string; bytes: Buffer }[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(paths.map(async (path) => ({ path, bytes: await readFile(path) })))
}

async function administrate(statement: string): Promise<void> {
  const client = new pg.Client(setting(RUN.postgresUrl))
  await client.connect()
  await client.query(statement).finally(() => client.end())
}

function setting(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: global-setup.ts sets it for a run on this database`)
  return value
}
