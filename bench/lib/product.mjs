// The product under measurement: the built one, on a database of its own, started as an operator starts it.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { environment, startServer } from './servers.mjs'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const KEYS = 100_000

/**
 * Where the product keeps its data. `url`: a Postgres database; without it PGlite in `folder`.
 * @typedef {{ folder: string, url?: string }} Place
 */

/** Installs and builds the product where that is needed. */
export async function prepareProduct() {
  const child = spawn(process.execPath, [join(ROOT, 'bench/product-prepare.mjs')], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error('The product could not be built; the reason stands above')
}

/**
 * Every variable that the product reads, unset: it would otherwise take from a `.env` in the repository's root what is
 * meant for the developer's own Fenicia, database included.
 */
const UNSET = Object.fromEntries(
  [...readFileSync(join(ROOT, '.env.example'), 'utf8').matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => [name, '']),
)

/**
 * Environment variables of the product on this place.
 * @param {Place} place
 * @returns {Record<string, string>}
 */
export function productEnvironment({ folder, url }) {
  const data = { ...UNSET, FENICIA_DATA: folder }
  if (!url) return data
  const masterKey = `measuring:${Buffer.alloc(32).toString('base64')}`
  return {
    ...data,
    DATABASE_URL: url,
    AUTH_SECRET: 'only-for-measuring-only-for-measuring',
    FENICIA_MASTER_KEYS: masterKey,
  }
}

/**
 * Migrates an empty place and fills it with `KEYS` API keys.
 * @param {Place} place
 * @returns {Promise<string[]>} their tokens
 */
export async function seedProduct(place) {
  return runScript(['--import', 'tsx', join(ROOT, 'bench/product-seed.ts'), String(KEYS)], productEnvironment(place))
}

/**
 * Starts the product; resolves when it has verified `token`, or, without one, when it says that it is ready.
 * @param {Place} place
 * @param {string} [token]
 * @param {{ collects?: boolean, variables?: Record<string, string> }} [options] see `startServer`; `variables`: of the
 *   environment, beside those of the place
 */
export function startProduct(place, token, { variables = {}, ...options } = {}) {
  return startServer({
    ...options,
    name: 'fenicia',
    args: [join(ROOT, 'server.mjs')],
    cwd: ROOT,
    ...(token === undefined ? { probe: '/api/ready' } : { token }),
    env: (port) => ({ ...productEnvironment(place), FENICIA_URL: `http://127.0.0.1:${port}`, ...variables }),
  })
}

/** Somebody who can sign in. */
export const PERSON = { name: 'Dido', email: 'dido@example.com', password: 'a purple ship for every shore' }

/**
 * Makes an account with its owner, with the operator's command line. Nothing else may have the place open.
 * @param {Place} place
 */
export async function createAccount(place) {
  const { name, email, password } = PERSON
  const args = ['create-account', '--name', 'Measured', '--person', name, '--email', email, '--password-stdin']
  await runScript([join(ROOT, 'scripts/admin.mjs'), ...args], productEnvironment(place), password)
}

/**
 * Makes a key for that account, with the operator's command line. Nothing else may have the place open.
 * @param {Place} place
 * @param {string[]} scopes
 * @returns {Promise<string>} its token
 */
export async function createKey(place, scopes) {
  const args = ['create-key', '--email', PERSON.email, '--name', 'Measuring', '--scopes', scopes.join()]
  const [token = ''] = await runScript([join(ROOT, 'scripts/admin.mjs'), ...args], productEnvironment(place))
  return token
}

/**
 * Runs a Node program to its end.
 * @param {string[]} args
 * @param {Record<string, string>} env
 * @param {string} [input]
 * @returns {Promise<string[]>} the lines that it wrote
 * @throws when it fails, with what it wrote to stderr
 */
export async function runScript(args, env, input = '') {
  const options = { cwd: ROOT, env: environment(env), maxBuffer: 64 * 2 ** 20 }
  const running = promisify(execFile)(process.execPath, args, options)
  running.child.stdin?.end(input)
  const { stdout } = await running
  return stdout.trim().split('\n')
}

/**
 * So many of all tokens, evenly spread over them.
 * @param {string[]} tokens
 * @param {number} count
 */
export function spread(tokens, count) {
  const step = tokens.length / count
  return step <= 1 ? tokens : Array.from({ length: count }, (_, index) => tokens[Math.floor(index * step)])
}
