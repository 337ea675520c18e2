// `npm run bench -- verify`: how fast GET /api/v1/me is, beside its peers, with 100,000 keys in the table.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chooseLoadTool } from './lib/load.mjs'
import { describeMachine, peerVersion } from './lib/machine.mjs'
import { startPostgres } from './lib/postgres.mjs'
import { KEYS, prepareProduct, runScript, seedProduct, spread, startProduct } from './lib/product.mjs'
import { boundText, milliseconds, progress, ratio, table, whole } from './lib/report.mjs'
import { ask, startServer } from './lib/servers.mjs'
import { medianOf, medianRatio } from './lib/statistics.mjs'
import { keeps, VERIFY_TARGETS } from './lib/targets.mjs'
import { temporaryFolder } from './lib/temporary.mjs'
import { measureInTurns, refuseImpostor } from './lib/turns.mjs'

/** @typedef {import('./lib/statistics.mjs').Measurement} Measurement */
/** @typedef {import('./lib/targets.mjs').Backend} Backend */
/** @typedef {import('./lib/targets.mjs').ServerName} ServerName */
/** @typedef {import('./lib/turns.mjs').Contender<ServerName>} Contender */
/** @typedef {import('./lib/turns.mjs').Measured<ServerName> & { backend: Backend }} Measured */

const CONNECTIONS = [1, 16, 64, 256]
/** How many different keys the load uses: what a busy installation sees within seconds. */
const KEYS_IN_USE = 4_096
const PEER_LABELS = {
  fenicia: 'Fenicia',
  bare: '(a) bare node:http, no database',
  'bare-pg': '(b) bare node:http + pg, a prepared query each',
  'better-auth': '(c) better-auth api-key plugin',
}

const peer = (/** @type {string} */ file) => fileURLToPath(new URL(`peers/${file}`, import.meta.url))

/**
 * @param {import('./lib/options.mjs').Options} options
 * @returns {Promise<{ result: Record<string, unknown> & { met: boolean }, text: string }>}
 */
export async function verify(options) {
  await prepareProduct()
  const loadTool = await chooseLoadTool()
  const started = performance.now()
  const context = { options, loadTool, folder: await temporaryFolder() }
  const postgres = await measurePostgres(context)
  const pglite = await measurePGlite(context)
  return report({
    options,
    loadTool: loadTool.name,
    postgresVersion: postgres.version,
    measured: [...postgres.measured, ...pglite.measured],
    seconds: (performance.now() - started) / 1000,
  })
}

/**
 * @typedef {object} Context
 * @property {import('./lib/options.mjs').Options} options
 * @property {import('./lib/load.mjs').LoadTool} loadTool
 * @property {string} folder
 */

/** @param {Context} context */
async function measurePostgres(context) {
  progress('Postgres: starting it, and filling two databases with 100,000 keys each …')
  const postgres = await startPostgres()
  /** @type {Contender[]} */
  const contenders = []
  try {
    const place = { folder: join(context.folder, 'postgres'), url: await postgres.createDatabase('fenicia') }
    const tokens = spread(await seedProduct(place), KEYS_IN_USE)
    const betterAuthUrl = await postgres.createDatabase('better_auth')
    const seed = [peer('better-auth-seed.mjs'), String(KEYS), String(KEYS_IN_USE)]
    const betterAuthTokens = await runScript(seed, { DATABASE_URL: betterAuthUrl })

    const fenicia = await startProduct(place, tokens[0])
    contenders.push({ name: 'fenicia', server: fenicia, url: fenicia.url, tokens })
    const { body } = await ask(fenicia.url, tokens[0])
    contenders.unshift(
      await startPeer('bare', 'bare.mjs', tokens, { ANSWER: body }),
      await startPeer('bare-pg', 'bare-pg.mjs', tokens, { DATABASE_URL: place.url }),
      await startPeer('better-auth', 'better-auth.mjs', betterAuthTokens, { DATABASE_URL: betterAuthUrl }),
    )
    return { version: postgres.version, measured: await measure('postgres', contenders, context) }
  } finally {
    for (const { server } of contenders) await server.stop()
    await postgres.stop()
  }
}

/** @param {Context} context */
async function measurePGlite(context) {
  progress('PGlite: filling a data folder with 100,000 keys …')
  /** @type {Contender[]} */
  const contenders = []
  try {
    const place = { folder: join(context.folder, 'pglite') }
    const tokens = spread(await seedProduct(place), KEYS_IN_USE)
    const fenicia = await startProduct(place, tokens[0])
    contenders.push({ name: 'fenicia', server: fenicia, url: fenicia.url, tokens })
    const { body } = await ask(fenicia.url, tokens[0])
    contenders.unshift(await startPeer('bare', 'bare.mjs', tokens, { ANSWER: body }))
    return { measured: await measure('pglite', contenders, context) }
  } finally {
    for (const { server } of contenders) await server.stop()
  }
}

/**
 * @param {ServerName} name
 * @param {string} file
 * @param {string[]} tokens
 * @param {Record<string, string>} env
 * @returns {Promise<Contender>}
 */
async function startPeer(name, file, tokens, env) {
  const server = await startServer({
    name,
    args: [peer(file)],
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    token: tokens[0],
    env: () => env,
  })
  return { name, server, url: server.url, tokens }
}

/**
 * @param {Backend} backend
 * @param {Contender[]} contenders
 * @param {Context} context
 * @returns {Promise<Measured[]>}
 */
async function measure(backend, contenders, context) {
  for (const contender of contenders) if (contender.name !== 'bare') await refuseImpostor(contender)
  const measured = await measureInTurns(backend, contenders, CONNECTIONS, context)
  return measured.map((one) => ({ backend, ...one }))
}

/**
 * @param {{ options: import('./lib/options.mjs').Options, loadTool: string, postgresVersion: string, measured: Measured[], seconds: number }} run
 */
function report({ options, loadTool, postgresVersion, measured, seconds }) {
  const rounds = (
    /** @type {Backend} */ backend,
    /** @type {ServerName} */ server,
    /** @type {number} */ connections,
  ) => {
    const found = measured.find(
      (one) => one.backend === backend && one.server === server && one.connections === connections,
    )
    if (!found) throw new Error(`${server} was not measured on ${backend} with ${connections} connections`)
    return found.rounds
  }
  const rows = measured.map(({ rounds, ...row }) => ({ ...row, ...medianOf(rounds), rounds }))
  const ratios = VERIFY_TARGETS.map((target) => {
    const figures = (/** @type {ServerName} */ server) =>
      rounds(target.backend, server, target.connections).map((one) => one[target.figure])
    const value = medianRatio(figures('fenicia'), figures(target.peer))
    return { ...target, value, met: keeps(value, target.bound) }
  })
  const met = ratios.every((one) => one.met)
  const machine = describeMachine()
  const versions = {
    postgres: postgresVersion,
    betterAuth: peerVersion('better-auth'),
    betterAuthApiKey: peerVersion('@better-auth/api-key'),
    pg: peerVersion('pg'),
  }
  const method = {
    load: loadTool,
    keys: KEYS,
    keysInUse: KEYS_IN_USE,
    rounds: options.rounds,
    secondsEach: options.seconds,
    quick: options.quick,
    tookSeconds: Math.round(seconds),
  }

  const figures = [
    ['database', 'connections', 'server', 'requests/s', 'p50', 'p99', 'Fenicia’s requests/s to it'],
    ...rows.map((row) => [
      row.backend,
      String(row.connections),
      PEER_LABELS[row.server],
      whole(row.requestsPerSecond),
      `${milliseconds(row.p50Ms)} ms`,
      `${milliseconds(row.p99Ms)} ms`,
      row.server === 'fenicia'
        ? '–'
        : `${ratio(medianRatio(perSecond(rounds(row.backend, 'fenicia', row.connections)), perSecond(row.rounds)))} ×`,
    ]),
  ]
  const judged = [
    ['database', 'connections', 'Fenicia to', 'figure', 'measured', 'target', ''],
    ...ratios.map((one) => [
      one.backend,
      String(one.connections),
      PEER_LABELS[one.peer],
      one.figure === 'p50Ms' ? 'p50' : 'requests/s',
      `${ratio(one.value)} ×`,
      boundText(one.bound),
      one.met ? 'met' : 'MISSED',
    ]),
  ]
  const text = [
    `GET /api/v1/me, ${whole(KEYS)} keys, ${whole(KEYS_IN_USE)} of them in use; medians of ${options.rounds} rounds of ${options.seconds} s, by ${loadTool}`,
    `${machine.cores} cores, ${machine.processor}, ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}, Postgres ${postgresVersion}, better-auth ${versions.betterAuth}`,
    '',
    table(figures),
    '',
    table(judged),
    '',
    met ? 'Every target is met.' : 'A target is missed.',
  ].join('\n')
  return { result: { command: 'verify', met, machine, versions, method, rows, ratios }, text }
}

/** @param {Measurement[]} rounds */
function perSecond(rounds) {
  return rounds.map((one) => one.requestsPerSecond)
}
