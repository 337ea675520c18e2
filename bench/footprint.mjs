// `npm run bench -- footprint`: what the built product needs to start, to run and to be looked at.
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzippedKb, Visit } from './lib/browser.mjs'
import { sendRequests } from './lib/load.mjs'
import { describeMachine } from './lib/machine.mjs'
import { settingsAddresses } from './lib/pages.mjs'
import { startPostgres } from './lib/postgres.mjs'
import { createAccount, createKey, KEYS, PERSON, prepareProduct, seedProduct, startProduct } from './lib/product.mjs'
import { boundText, progress, table, whole } from './lib/report.mjs'
import { residentBytes } from './lib/servers.mjs'
import { median } from './lib/statistics.mjs'
import { FOOTPRINT_TARGETS, FURTHER_RUN_TOLERANCE_MB, keeps } from './lib/targets.mjs'
import { temporaryFolder } from './lib/temporary.mjs'

/** @typedef {import('./lib/targets.mjs').Backend} Backend */
/** @typedef {import('./lib/product.mjs').Place} Place */

const VERIFICATIONS = 100_000
const CONNECTIONS = 64
/** After which a server is at rest: usage is written, and what was opened for the start is closed. */
const SETTLE_MS = 6_000
/** After which it has forgotten the limits of keys that nobody uses, and written all of their use: two minutes at most. */
const FORGOTTEN_MS = 125_000

/**
 * @param {import('./lib/options.mjs').Options} options
 * @returns {Promise<{ result: Record<string, unknown> & { met: boolean }, text: string }>}
 */
export async function footprint(options) {
  await prepareProduct()
  const folder = await temporaryFolder()
  const pglite = await measurePlace('pglite', { folder: join(folder, 'pglite') }, options.rounds)
  const postgres = await startPostgres()
  try {
    const place = { folder: join(folder, 'postgres'), url: await postgres.createDatabase('fenicia') }
    const figures = { ...pglite, ...(await measurePlace('postgres', place, options.rounds)) }
    const pages = await measureScripts(place, (statement) => postgres.query('fenicia', statement))
    return report({ options, postgresVersion: postgres.version, pages, figures })
  } finally {
    await postgres.stop()
  }
}

/**
 * @param {Backend} backend
 * @param {Place} place
 * @param {number} starts
 * @returns {Promise<Record<string, number>>} by backend and id of the target
 */
async function measurePlace(backend, place, starts) {
  progress(`${backend}: starting on an empty place, then filling it with ${whole(KEYS)} keys …`)
  const first = await startProduct(place)
  await first.stop()
  const tokens = await seedProduct(place)
  await createAccount(place)

  progress(`${backend}: starting ${starts} times …`)
  const seconds = []
  for (let start = 0; start < starts; start++) {
    const server = await startProduct(place, tokens[0])
    seconds.push(server.firstAnswerMs / 1000)
    await server.stop()
  }

  progress(`${backend}: ${whole(VERIFICATIONS)} verifications, three times …`)
  const server = await startProduct(place, tokens[0], { collects: true })
  try {
    const resident = async () => {
      await sleep(SETTLE_MS)
      return (await residentBytes(server.pid)) / 1e6
    }
    const verify = (/** @type {string[]} */ some) =>
      sendRequests({ url: server.url, tokens: some, connections: CONNECTIONS, amount: VERIFICATIONS })
    const idle = await resident()
    // Other keys each time: what is kept for a key, and not only what is kept for a request, would show.
    const quarter = KEYS / 4
    await verify(tokens.slice(0, quarter))
    const loaded = await resident()
    const held = []
    for (const run of [1, 2]) {
      await verify(tokens.slice(run * quarter, (run + 1) * quarter))
      await sleep(FORGOTTEN_MS)
      held.push((await server.liveBytes()) / 1e6)
    }
    const [before = 0, after = 0] = held
    return {
      [`${backend} first-start`]: first.firstAnswerMs / 1000,
      [`${backend} start`]: median(seconds),
      [`${backend} idle`]: idle,
      [`${backend} loaded`]: loaded,
      [`${backend} further`]: after - before,
    }
  } finally {
    await server.stop()
  }
}

/** @typedef {{ path: string, gzippedKb: number, scripts: import('./lib/browser.mjs').Script[] }} Page */

/**
 * What each page of the settings has a browser fetch.
 * @param {Place} place
 * @param {(statement: string) => Promise<import('pg').QueryResult>} query asks its database
 * @returns {Promise<Page[]>} the heaviest first
 */
async function measureScripts(place, query) {
  progress('Signing in and loading each page of the settings …')
  const scopes = ['keys:read', 'credentials:create', 'integrations:create', 'webhooks:manage']
  const token = await createKey(place, scopes)
  const server = await startProduct(place)
  try {
    const ids = await makeOneOfEach(server.origin, token, query)
    const visit = new Visit(server.origin)
    await visit.signIn(PERSON)
    const pages = []
    for (const path of settingsAddresses(ids)) {
      const scripts = await visit.scripts(path)
      pages.push({ path: nameOf(path, ids), gzippedKb: gzippedKb(scripts), scripts })
    }
    return pages.sort((a, b) => b.gzippedKb - a.gzippedKb)
  } finally {
    await server.stop()
  }
}

/**
 * The path of a page with `[id]` instead of the id.
 * @param {string} path
 * @param {Record<string, string>} ids
 */
function nameOf(path, ids) {
  return Object.values(ids).reduce((name, id) => name.replace(id, '[id]'), path)
}

/**
 * Makes what has a page of its own.
 * @param {string} origin
 * @param {string} token
 * @param {(statement: string) => Promise<import('pg').QueryResult>} query
 * @returns {Promise<Record<string, string>>} the ids, by the folder of the page
 */
async function makeOneOfEach(origin, token, query) {
  const call = async (/** @type {string} */ path, body = /** @type {object | undefined} */ (undefined)) => {
    const response = await fetch(`${origin}/api/v1${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
    return response.json()
  }
  const service = 'https://api.example.com'
  // Connected by consent: its page shows the most.
  const credential = await call('/credentials', {
    type: 'oauth2',
    name: 'Carrier',
    hosts: [service],
    grant: 'authorization_code',
    authorization_url: 'https://auth.example.com/authorize',
    token_url: 'https://auth.example.com/token',
    client_id: 'measured',
    secret: { client_secret: 'never-sent-anywhere' },
  })
  const rules = { name: 'Labels', slug: 'labels', credential_id: credential.id, base_url: `${service}/v1` }
  const integration = await call('/integrations', rules)
  const webhook = await call('/webhooks', { name: 'Events', url: 'https://hooks.example.com/fenicia' })
  const key = (await call('/keys')).data[0]
  // Roles are no part of the API.
  const role = await query(
    `insert into custom_roles (id, account_id, name, name_held, description, permissions)
     select 'rol_' || repeat('0', 32), account_id, 'Auditor', 'auditor', '', '{audit:read}' from members
     where role = 'owner' limit 1 returning id`,
  )
  return {
    'api-keys': key.id,
    credentials: credential.id,
    integrations: integration.id,
    webhooks: webhook.id,
    roles: role.rows[0].id,
  }
}

/**
 * @param {{ options: import('./lib/options.mjs').Options, postgresVersion: string, figures: Record<string, number>, pages: Page[] }} run
 */
function report({ options, postgresVersion, figures, pages }) {
  /** @type {Record<string, number>} */
  const values = { ...figures, 'any javascript': pages[0]?.gzippedKb ?? Number.NaN }
  const rows = FOOTPRINT_TARGETS.map((target) => {
    const value = values[`${target.backend} ${target.id}`]
    if (value === undefined) throw new Error(`${target.backend} ${target.id} was not measured`)
    return { ...target, value, met: keeps(value, target) }
  })
  const met = rows.every((row) => row.met)
  const machine = describeMachine()
  const unit = (/** @type {number} */ value, /** @type {string} */ name) =>
    `${name === 's' ? value.toFixed(2) : value.toFixed(1)} ${name}`
  const text = [
    `Built product with ${whole(KEYS)} keys; starts are medians of ${options.rounds}; a run is ${whole(VERIFICATIONS)} verifications over ${CONNECTIONS} connections, of other keys each time`,
    `${machine.cores} cores, ${machine.processor}, ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}, Postgres ${postgresVersion}`,
    '',
    table([
      ['database', 'what', 'measured', 'target', ''],
      ...rows.map((row) => [
        row.backend,
        row.what,
        unit(row.value, row.unit),
        `${boundText(row)} ${row.unit}`,
        row.met ? 'met' : 'MISSED',
      ]),
    ]),
    '',
    `Memory held is what is left when garbage is collected, two minutes after each of two further runs; adding nothing is told from noise at ${FURTHER_RUN_TOLERANCE_MB} MB. The very first start, into an empty folder: ${['pglite', 'postgres'].map((backend) => `${unit(values[`${backend} first-start`], 's')} on ${backend}`).join(', ')}.`,
    'First-load JavaScript of each page of the settings, gzipped:',
    '',
    table([
      ['page', 'scripts', 'kB'],
      ...pages.map(({ path, scripts, gzippedKb }) => [path, String(scripts.length), gzippedKb.toFixed(1)]),
    ]),
    '',
    met ? 'Every target is met.' : 'A target is missed.',
  ].join('\n')
  const method = {
    keys: KEYS,
    verifications: VERIFICATIONS,
    connections: CONNECTIONS,
    starts: options.rounds,
    quick: options.quick,
  }
  const firstStartSeconds = { pglite: values['pglite first-start'], postgres: values['postgres first-start'] }
  return {
    result: {
      command: 'footprint',
      met,
      machine,
      versions: { postgres: postgresVersion },
      method,
      rows,
      firstStartSeconds,
      pages,
    },
    text,
  }
}
