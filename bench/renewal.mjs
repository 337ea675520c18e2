// `npm run bench -- renewal`: renewals/s beside a bare loop, what a sweep costs, and what it costs others.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { measureDuringSweep } from './lib/during-sweep.mjs'
import { chooseLoadTool } from './lib/load.mjs'
import { describeMachine } from './lib/machine.mjs'
import { startPostgres } from './lib/postgres.mjs'
import { prepareProduct, productEnvironment, ROOT, runScript, startProduct } from './lib/product.mjs'
import { boundText, milliseconds, progress, ratio, table, whole } from './lib/report.mjs'
import { startServer } from './lib/servers.mjs'
import { median, medianOf, medianRatio } from './lib/statistics.mjs'
import { keeps, RENEWAL_TARGETS } from './lib/targets.mjs'
import { temporaryFolder } from './lib/temporary.mjs'
import { rotated } from './lib/turns.mjs'
import { startWorker } from './lib/worker.mjs'

/** @typedef {import('./lib/worker.mjs').Worker} Worker */
/** @typedef {'fenicia' | 'bare' | 'bare-kept'} LoopName */
/** @typedef {{ count: number, due: number, ms: number[], plan: string[] }} Due */

const ACCOUNTS = 16
const SLUG = 'orders'
/** What the product's sweep has under way at one token endpoint. */
const AT_ONCE = 8
const MANY = 1_000_000
const FEW = 10_000
const DUE = [0, 10, 100, 1_000]

const LABELS = {
  fenicia: 'Fenicia’s sweep',
  bare: '(a) bare loop, a connection for each call, as Fenicia makes them',
  'bare-kept': '(b) bare loop, connections that are kept',
}

const peer = (/** @type {string} */ file) => fileURLToPath(new URL(`peers/${file}`, import.meta.url))
const bench = (/** @type {string} */ file) => join(ROOT, 'bench', file)
const here = fileURLToPath(new URL('.', import.meta.url))

/**
 * @param {import('./lib/options.mjs').Options} options
 * @returns {Promise<{ result: Record<string, unknown> & { met: boolean }, text: string }>}
 */
export async function renewal(options) {
  await prepareProduct()
  const loadTool = await chooseLoadTool()
  const started = performance.now()
  const folder = await temporaryFolder()
  progress('Starting Postgres …')
  const postgres = await startPostgres()
  /** @type {{ stop: () => Promise<void> }[]} */
  const running = []
  /** @template {{ stop: () => Promise<void> }} T @param {Promise<T>} starting */
  const kept = async (starting) => {
    const one = await starting
    running.push(one)
    return one
  }
  const context = { options, loadTool, folder, postgres, kept }
  try {
    const due = await measureDue(context)
    const service = await kept(startPeer('service', 'upstream.mjs'))
    const endpoint = await kept(startPeer('token endpoint', 'token-endpoint.mjs'))
    const place = { folder: join(folder, 'product'), url: await postgres.createDatabase('fenicia') }
    const environment = { ...productEnvironment(place), FENICIA_EGRESS_ALLOW: '127.0.0.1', FENICIA_LOG_LEVEL: 'silent' }
    const ofEach = options.quick ? 20 : 100
    progress(`Making ${ACCOUNTS * ofEach} credentials …`)
    const seed = [bench('product-renewal-seed.ts'), SLUG, endpoint.origin, service.origin, ACCOUNTS, ofEach].map(String)
    const tokens = await runScript(['--import', 'tsx', ...seed], environment)

    const loops = await measureLoops(context, ACCOUNTS * ofEach, endpoint.origin, environment)
    const server = await kept(
      startProduct(place, tokens[0], { variables: { FENICIA_EGRESS_ALLOW: '127.0.0.1', FENICIA_LOG_LEVEL: 'silent' } }),
    )
    const during = await measureDuringSweep(
      [
        { name: 'the list of credentials', url: `${server.origin}/api/v1/credentials`, tokens },
        {
          name: 'a call through an integration',
          url: `${server.origin}/api/v1/integrations/${SLUG}/proxy/orders`,
          tokens,
        },
      ],
      {
        endpoint: endpoint.origin,
        total: ACCOUNTS * ofEach,
        makeDue: () =>
          postgres.query(
            'fenicia',
            'update token_sets set renew_at = clock_timestamp() where renew_at > clock_timestamp() and lease_until is null',
          ),
      },
      context,
    )
    const seconds = (performance.now() - started) / 1000
    return report({ options, loadTool: loadTool.name, version: postgres.version, due, loops, during, ofEach, seconds })
  } finally {
    for (const one of running.reverse()) await one.stop()
    await postgres.stop()
  }
}

/**
 * @typedef {object} Context
 * @property {import('./lib/options.mjs').Options} options
 * @property {import('./lib/load.mjs').LoadTool} loadTool
 * @property {string} folder
 * @property {import('./lib/postgres.mjs').Postgres} postgres
 * @property {<T extends { stop: () => Promise<void> }>(starting: Promise<T>) => Promise<T>} kept stops it in the end
 */

/** @param {string} name @param {string} file */
function startPeer(name, file) {
  return startServer({ name, args: [peer(file)], cwd: here, probe: '/count', env: () => ({}) })
}

/**
 * @param {Context} context
 * @returns {Promise<Due[]>}
 */
async function measureDue({ options, folder, postgres }) {
  progress(`Looking up what is due of ${whole(FEW)} and of ${whole(MANY)} …`)
  const place = { folder: join(folder, 'due'), url: await postgres.createDatabase('due') }
  const args = [bench('product-due.ts'), options.quick ? 10 : 50, `${FEW},${MANY}`, DUE.join()].map(String)
  const [line = ''] = await runScript(['--import', 'tsx', ...args], productEnvironment(place))
  return JSON.parse(line)
}

/**
 * Rounds of renewing everything once, in turns.
 * @param {Context} context
 * @param {number} count
 * @param {string} endpoint
 * @param {Record<string, string>} environment of the product
 */
async function measureLoops({ options, postgres, kept }, count, endpoint, environment) {
  const bare = async (/** @type {LoopName} */ name, /** @type {'yes' | 'no'} */ keeps) => {
    const url = await postgres.createDatabase(name)
    const own = { DATABASE_URL: url, PREFIX: `${name}-`, KEEPS_CONNECTIONS: keeps }
    const env = { ...own, ENDPOINT: endpoint, COUNT: String(count), AT_ONCE: String(AT_ONCE) }
    return { name, worker: await kept(startWorker({ name, args: [peer('bare-renewal.mjs')], cwd: here, env })) }
  }
  const sweep = { name: 'fenicia', args: ['--import', 'tsx', bench('product-renewal.ts')], cwd: ROOT, env: environment }
  /** @type {{ name: LoopName, worker: Worker }[]} */
  const loops = [
    await bare('bare', 'no'),
    { name: 'fenicia', worker: await kept(startWorker(sweep)) },
    await bare('bare-kept', 'yes'),
  ]
  const measured = loops.map(({ name }) => ({ name, perSecond: /** @type {number[]} */ ([]) }))
  // The first round is to warm up.
  for (let round = 0; round <= options.rounds; round++) {
    if (round > 0) progress(`renewals: round ${round} of ${options.rounds} …`)
    for (const { name, worker } of rotated(loops, round)) {
      const { renewed, failed, seconds } = await worker.round()
      if (renewed !== count || failed > 0) throw new Error(`${name} renewed ${renewed} of ${count}, ${failed} failed`)
      if (round > 0) measured.find((one) => one.name === name)?.perSecond.push(renewed / seconds)
    }
  }
  // The server opens the same folder.
  for (const { worker } of loops) await worker.stop()
  return measured
}

/**
 * @param {{ options: import('./lib/options.mjs').Options, loadTool: string, version: string, due: Due[],
 *   loops: Awaited<ReturnType<typeof measureLoops>>, during: Awaited<ReturnType<typeof measureDuringSweep>>,
 *   ofEach: number, seconds: number }} run
 */
function report({ options, loadTool, version, due, loops, during, ofEach, seconds }) {
  const perSecond = (/** @type {LoopName} */ name) => loops.find((one) => one.name === name)?.perSecond ?? []
  const dueMs = (/** @type {number} */ count, /** @type {number} */ many) =>
    median(due.find((one) => one.count === count && one.due === many)?.ms ?? [])
  const plans = due.filter((one) => one.count === MANY && one.plan.length > 0)
  const ratioOf = (/** @type {number} */ index, /** @type {'p50Ms' | 'p99Ms'} */ figure) => {
    const { idle, sweeping } = /** @type {import('./lib/during-sweep.mjs').Watched} */ (during.watched[index])
    return medianRatio(
      sweeping.map((one) => one[figure]),
      idle.map((one) => one[figure]),
    )
  }
  /** @type {Record<import('./lib/targets.mjs').RenewalFigure, number>} */
  const values = {
    loop: medianRatio(perSecond('fenicia'), perSecond('bare')),
    nothingDue: dueMs(MANY, 0),
    due: dueMs(MANY, 1_000) / dueMs(FEW, 1_000),
    'list-p50Ms': ratioOf(0, 'p50Ms'),
    'list-p99Ms': ratioOf(0, 'p99Ms'),
    'call-p50Ms': ratioOf(1, 'p50Ms'),
    'call-p99Ms': ratioOf(1, 'p99Ms'),
  }
  const judged = RENEWAL_TARGETS.map((target) => {
    const value = values[target.figure]
    return { ...target, value, met: keeps(value, target.bound) }
  })
  const met = judged.every((one) => one.met)
  const machine = describeMachine()
  const method = {
    load: loadTool,
    credentials: ACCOUNTS * ofEach,
    atOnce: AT_ONCE,
    rounds: options.rounds,
    secondsEach: options.seconds,
    quick: options.quick,
    tookSeconds: Math.round(seconds),
  }
  const text = [
    `${whole(method.credentials)} credentials of ${ACCOUNTS} accounts whose refresh tokens rotate, ${AT_ONCE} renewals at once; medians of ${options.rounds} rounds; latency over 1 connection, by ${loadTool}`,
    `${machine.cores} cores, ${machine.processor}, ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}, Postgres ${version}`,
    '',
    table([
      ['renewals/s', 'median', 'Fenicia’s to it'],
      ...loops.map((one) => [
        LABELS[one.name],
        whole(median(one.perSecond)),
        one.name === 'fenicia' ? '–' : `${ratio(medianRatio(perSecond('fenicia'), one.perSecond))} ×`,
      ]),
    ]),
    '',
    table([
      ['due', `of ${whole(FEW)}`, `of ${whole(MANY)}`],
      ...DUE.map((many) => [whole(many), ...[FEW, MANY].map((count) => `${milliseconds(dueMs(count, many))} ms`)]),
    ]),
    '',
    table([
      ['requests', 'p50 idle', 'in a sweep', 'p99 idle', 'in a sweep'],
      ...during.watched.map(({ name, idle, sweeping }) => {
        const [before, within] = [medianOf(idle), medianOf(sweeping)]
        return [name, before.p50Ms, within.p50Ms, before.p99Ms, within.p99Ms].map((cell) =>
          typeof cell === 'number' ? `${milliseconds(cell)} ms` : cell,
        )
      }),
    ]),
    `The sweep beside them renewed ${whole(median(during.renewalsPerSecond))} credentials/s.`,
    '',
    ...plans.flatMap((one) => [`What is due, ${whole(one.due)} of ${whole(MANY)}:`, ...one.plan, '']),
    table([
      ['what', 'measured', 'target', ''],
      ...judged.map((one) => [
        one.what,
        `${one.unit === 'ms' ? milliseconds(one.value) : ratio(one.value)} ${one.unit}`,
        `${boundText(one.bound)} ${one.unit}`,
        one.met ? 'met' : 'MISSED',
      ]),
    ]),
    '',
    met ? 'Every target is met.' : 'A target is missed.',
  ].join('\n')
  return { result: { command: 'renewal', met, machine, version, method, loops, due, during, judged }, text }
}
