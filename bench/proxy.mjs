// `npm run bench -- proxy`: what a call through an integration costs, beside other proxies and beside none.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chooseLoadTool } from './lib/load.mjs'
import { describeMachine, peerVersion } from './lib/machine.mjs'
import { startPostgres } from './lib/postgres.mjs'
import { KEYS, prepareProduct, productEnvironment, ROOT, runScript, seedProduct, startProduct } from './lib/product.mjs'
import { boundText, milliseconds, progress, ratio, table, whole } from './lib/report.mjs'
import { ask, startServer } from './lib/servers.mjs'
import { medianDifference, medianOf, medianRatio } from './lib/statistics.mjs'
import { measureStreams } from './lib/streams.mjs'
import { keeps, PROXY_TARGETS, STREAM_TARGET } from './lib/targets.mjs'
import { temporaryFolder } from './lib/temporary.mjs'
import { measureInTurns, refuseImpostor } from './lib/turns.mjs'

/** @typedef {import('./lib/targets.mjs').ProxyServerName} ProxyServerName */
/** @typedef {import('./lib/turns.mjs').Contender<ProxyServerName>} Contender */
/** @typedef {import('./lib/turns.mjs').Measured<ProxyServerName>} Measured */
/** @typedef {import('./lib/streams.mjs').Stream} Stream */

const CONNECTIONS = [1, 16, 64]
/** Each account has a credential and an integration of its own; requests go through one after the other. */
const ACCOUNTS = 64
const KEYS_OF_EACH = 64
const SLUG = 'orders'
const SECRET = 'only-for-measuring-3kQ9xLm4TzVw'

const LABELS = {
  fenicia: 'Fenicia',
  direct: '(a) the upstream, no proxy',
  'bare-proxy': '(b) bare node:http + undici pool',
  'http-proxy': '(c) http-proxy-3',
}

const peer = (/** @type {string} */ file) => fileURLToPath(new URL(`peers/${file}`, import.meta.url))
const proxied = (/** @type {string} */ origin, /** @type {string} */ path) =>
  `${origin}/api/v1/integrations/${SLUG}/proxy${path}`

/**
 * @param {import('./lib/options.mjs').Options} options
 * @returns {Promise<{ result: Record<string, unknown> & { met: boolean }, text: string }>}
 */
export async function proxy(options) {
  await prepareProduct()
  const loadTool = await chooseLoadTool()
  const started = performance.now()
  const folder = await temporaryFolder()
  progress('Starting Postgres, and filling a database with 100,000 keys and 64 integrations …')
  const postgres = await startPostgres()
  /** @type {import('./lib/servers.mjs').Server[]} */
  const servers = []
  /** @template {import('./lib/servers.mjs').Server} T @param {Promise<T>} starting */
  const kept = async (starting) => {
    const server = await starting
    servers.push(server)
    return server
  }
  try {
    const upstream = await kept(startPeer('direct', 'upstream.mjs', {}))
    const place = { folder: join(folder, 'postgres'), url: await postgres.createDatabase('fenicia') }
    const variables = { FENICIA_EGRESS_ALLOW: '127.0.0.1' }
    await seedProduct(place)
    const seed = [join(ROOT, 'bench/product-proxy-seed.ts'), SLUG, upstream.origin, ACCOUNTS, KEYS_OF_EACH].map(String)
    const tokens = await runScript(
      ['--import', 'tsx', ...seed],
      { ...productEnvironment(place), ...variables, FENICIA_LOG_LEVEL: 'silent' },
      SECRET,
    )

    const fenicia = await kept(startProduct(place, tokens[0], { variables }))
    const env = { UPSTREAM: upstream.origin }
    const bare = await kept(startPeer('bare-proxy', 'bare-proxy.mjs', env))
    const httpProxy = await kept(startPeer('http-proxy', 'http-proxy.mjs', env))

    progress('A body of 1 GiB through the product, there and back …')
    const streams = await measureStreams({
      pid: fenicia.pid,
      url: proxied(fenicia.origin, '/body'),
      token: /** @type {string} */ (tokens[0]),
    })

    /** @type {Contender[]} */
    const contenders = [
      { name: 'direct', server: upstream, url: `${upstream.origin}/orders`, tokens },
      { name: 'bare-proxy', server: bare, url: `${bare.origin}/orders`, tokens },
      { name: 'http-proxy', server: httpProxy, url: `${httpProxy.origin}/orders`, tokens },
      { name: 'fenicia', server: fenicia, url: proxied(fenicia.origin, '/orders'), tokens },
    ]
    for (const { name, server, url } of contenders) {
      if (name === 'direct') continue
      await expectSecret(
        name,
        name === 'fenicia' ? proxied(server.origin, '/checked') : `${server.origin}/checked`,
        tokens[0],
      )
      if (name === 'fenicia') await refuseImpostor({ name, server, url, tokens })
    }
    const measured = await measureInTurns('postgres', contenders, CONNECTIONS, { options, loadTool, folder })
    return report({
      options,
      loadTool: loadTool.name,
      postgresVersion: postgres.version,
      measured,
      streams,
      seconds: (performance.now() - started) / 1000,
    })
  } finally {
    for (const server of servers.reverse()) await server.stop()
    await postgres.stop()
  }
}

/**
 * @param {ProxyServerName} name
 * @param {string} file
 * @param {Record<string, string>} env
 */
function startPeer(name, file, env) {
  return startServer({
    name,
    args: [peer(file)],
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    probe: '/orders',
    env: () => ({ ...env, SECRET }),
  })
}

/**
 * A proxy that does not put the secret on a call would be measured for doing nothing.
 * @param {ProxyServerName} name
 * @param {string} url of the upstream's `/checked`
 * @param {string} [token]
 */
async function expectSecret(name, url, token) {
  const { status, body } = await ask(url, token)
  if (status !== 200) throw new Error(`${name} did not bring the secret to the service: ${status} ${body}`)
}

/**
 * @param {{ options: import('./lib/options.mjs').Options, loadTool: string, postgresVersion: string, measured: Measured[], streams: Stream[], seconds: number }} run
 */
function report({ options, loadTool, postgresVersion, measured, streams, seconds }) {
  const figuresOf = (
    /** @type {ProxyServerName} */ server,
    /** @type {number} */ connections,
    /** @type {'requestsPerSecond' | 'p50Ms' | 'p99Ms'} */ figure,
  ) => {
    const found = measured.find((one) => one.server === server && one.connections === connections)
    if (!found) throw new Error(`${server} was not measured with ${connections} connections`)
    return found.rounds.map((round) => round[figure])
  }
  const rows = measured.map(({ rounds, server, connections }) => {
    const added = (/** @type {'p50Ms' | 'p99Ms'} */ figure) =>
      medianDifference(figuresOf(server, connections, figure), figuresOf('direct', connections, figure))
    return { server, connections, ...medianOf(rounds), addedP50Ms: added('p50Ms'), addedP99Ms: added('p99Ms'), rounds }
  })
  const compared = PROXY_TARGETS.map((target) => {
    const { connections, peer, figure, bound } = target
    const compare = target.compared === 'ratio' ? medianRatio : medianDifference
    const value = compare(figuresOf('fenicia', connections, figure), figuresOf(peer, connections, figure))
    return { ...target, value, met: keeps(value, bound) }
  })
  const streamed = streams.map((stream) => {
    const value = (stream.peakBytes - stream.beforeBytes) / 2 ** 20
    return { ...stream, value, ...STREAM_TARGET, met: keeps(value, STREAM_TARGET) }
  })
  const met = [...compared, ...streamed].every((one) => one.met)
  const machine = describeMachine()
  const versions = { postgres: postgresVersion, undici: peerVersion('undici'), httpProxy3: peerVersion('http-proxy-3') }
  const method = {
    load: loadTool,
    keys: KEYS + ACCOUNTS * KEYS_OF_EACH,
    keysInUse: ACCOUNTS * KEYS_OF_EACH,
    integrations: ACCOUNTS,
    rounds: options.rounds,
    secondsEach: options.seconds,
    quick: options.quick,
    tookSeconds: Math.round(seconds),
  }

  const isAdded = (/** @type {ProxyServerName} */ server) => server !== 'direct'
  const figures = [
    ['connections', 'server', 'requests/s', 'p50', 'p99', 'added p50', 'added p99', 'Fenicia’s requests/s to it'],
    ...rows.map((row) => [
      String(row.connections),
      LABELS[row.server],
      whole(row.requestsPerSecond),
      `${milliseconds(row.p50Ms)} ms`,
      `${milliseconds(row.p99Ms)} ms`,
      isAdded(row.server) ? `${milliseconds(row.addedP50Ms)} ms` : '–',
      isAdded(row.server) ? `${milliseconds(row.addedP99Ms)} ms` : '–',
      row.server === 'fenicia'
        ? '–'
        : `${ratio(medianRatio(figuresOf('fenicia', row.connections, 'requestsPerSecond'), figuresOf(row.server, row.connections, 'requestsPerSecond')))} ×`,
    ]),
  ]
  const mebibytes = (/** @type {number} */ bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`
  const judged = [
    ['what', 'measured', 'target', ''],
    ...compared.map((one) => {
      const unit = one.compared === 'ratio' ? '×' : 'ms'
      const value = one.compared === 'ratio' ? ratio(one.value) : milliseconds(one.value)
      const figure = one.figure === 'p50Ms' ? 'p50' : 'requests/s'
      const words =
        one.compared === 'ratio' ? `${figure}, to ${LABELS[one.peer]}` : `${figure} added to ${LABELS[one.peer]}`
      return [
        `${one.connections} connections: ${words}`,
        `${value} ${unit}`,
        `${boundText(one.bound)} ${unit}`,
        verdict(one),
      ]
    }),
    ...streamed.map((one) => [
      `a body of 1 GiB ${one.direction}: memory added (${mebibytes(one.beforeBytes)} before, at most ${mebibytes(one.peakBytes)})`,
      `${one.value.toFixed(1)} MiB`,
      `${boundText(one)} MiB`,
      verdict(one),
    ]),
  ]
  const text = [
    `A call through an integration, an API key in a header as its credential; ${whole(method.keys)} keys, ${whole(method.keysInUse)} of them and ${ACCOUNTS} integrations in use; medians of ${options.rounds} rounds of ${options.seconds} s, by ${loadTool}`,
    `${machine.cores} cores, ${machine.processor}, ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}, Postgres ${postgresVersion}, undici ${versions.undici}, http-proxy-3 ${versions.httpProxy3}`,
    '',
    table(figures),
    '',
    table(judged),
    '',
    `A body of 1 GiB took ${streamed.map((one) => `${one.seconds.toFixed(1)} s ${one.direction}`).join(', ')}, with the pauses of whoever received it.`,
    met ? 'Every target is met.' : 'A target is missed.',
  ].join('\n')
  return { result: { command: 'proxy', met, machine, versions, method, rows, compared, streamed }, text }
}

function verdict(/** @type {{ met: boolean }} */ { met }) {
  return met ? 'met' : 'MISSED'
}
