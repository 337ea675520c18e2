// What the figures are held against. These tables are the promise; the README tells of one run.

/** @typedef {'postgres' | 'pglite'} Backend */
/** @typedef {'fenicia' | 'bare' | 'bare-pg' | 'better-auth'} ServerName */

/**
 * `GET /api/v1/me` with so many connections, beside a peer: at least, or at most, so many times its figure.
 * @typedef {object} RatioTarget
 * @property {Backend} backend
 * @property {number} connections
 * @property {ServerName} peer
 * @property {'requestsPerSecond' | 'p50Ms'} figure
 * @property {{ atLeast: number } | { atMost: number }} bound
 */

/** @type {readonly RatioTarget[]} */
export const VERIFY_TARGETS = [
  { backend: 'postgres', connections: 64, peer: 'bare-pg', figure: 'requestsPerSecond', bound: { atLeast: 2 } },
  { backend: 'postgres', connections: 64, peer: 'bare', figure: 'requestsPerSecond', bound: { atLeast: 0.5 } },
  { backend: 'postgres', connections: 64, peer: 'better-auth', figure: 'requestsPerSecond', bound: { atLeast: 20 } },
  { backend: 'postgres', connections: 256, peer: 'bare', figure: 'requestsPerSecond', bound: { atLeast: 0.7 } },
  { backend: 'postgres', connections: 16, peer: 'bare-pg', figure: 'requestsPerSecond', bound: { atLeast: 1 } },
  { backend: 'postgres', connections: 1, peer: 'bare-pg', figure: 'p50Ms', bound: { atMost: 1.4 } },
  { backend: 'pglite', connections: 64, peer: 'bare', figure: 'requestsPerSecond', bound: { atLeast: 0.5 } },
]

/** @typedef {'fenicia' | 'direct' | 'bare-proxy' | 'http-proxy'} ProxyServerName */

/**
 * A call through an integration, on Postgres, with so many connections, beside a peer: so many times its figure, or so
 * many milliseconds more.
 * @typedef {object} ProxyTarget
 * @property {number} connections
 * @property {ProxyServerName} peer
 * @property {'requestsPerSecond' | 'p50Ms'} figure
 * @property {'ratio' | 'added'} compared
 * @property {{ atLeast: number } | { atMost: number }} bound
 */

/** @type {readonly ProxyTarget[]} */
export const PROXY_TARGETS = [
  {
    connections: 64,
    peer: 'bare-proxy',
    figure: 'requestsPerSecond',
    compared: 'ratio',
    bound: { atLeast: 0.5 },
  },
  { connections: 1, peer: 'direct', figure: 'p50Ms', compared: 'added', bound: { atMost: 1 } },
]

/** What passes through the proxy as one body, each way, and what of it the server may hold at most. */
export const STREAMED_BYTES = 2 ** 30
export const STREAM_TARGET = { atMost: 64, unit: 'MiB' }

/**
 * What `npm run bench -- renewal` holds against a bound: `loop`, renewals/s to a bare loop's; `nothingDue`, a sweep of a
 * million with nothing to do; `due`, looking up a thousand of a million to a thousand of ten thousand; the others, latency
 * during a sweep to latency without one.
 * @typedef {'loop' | 'nothingDue' | 'due' | 'list-p50Ms' | 'list-p99Ms' | 'call-p50Ms' | 'call-p99Ms'} RenewalFigure
 *
 * @typedef {object} RenewalTarget
 * @property {RenewalFigure} figure
 * @property {string} what
 * @property {'×' | 'ms'} unit
 * @property {{ atLeast: number } | { atMost: number }} bound
 */

/** @type {readonly RenewalTarget[]} */
export const RENEWAL_TARGETS = [
  { figure: 'loop', what: 'renewals/s, to (a) a bare loop', unit: '×', bound: { atLeast: 0.6 } },
  { figure: 'nothingDue', what: 'a sweep of 1,000,000, none due', unit: 'ms', bound: { atMost: 5 } },
  { figure: 'due', what: 'looking up 1,000 due of 1,000,000, to 1,000 of 10,000', unit: '×', bound: { atMost: 2 } },
  {
    figure: 'list-p50Ms',
    what: 'the list of credentials during a sweep, p50, to idle',
    unit: '×',
    bound: { atMost: 1.5 },
  },
  {
    figure: 'list-p99Ms',
    what: 'the list of credentials during a sweep, p99, to idle',
    unit: '×',
    bound: { atMost: 1.5 },
  },
  {
    figure: 'call-p50Ms',
    what: 'a call through an integration during a sweep, p50, to idle',
    unit: '×',
    bound: { atMost: 1.5 },
  },
  {
    figure: 'call-p99Ms',
    what: 'a call through an integration during a sweep, p99, to idle',
    unit: '×',
    bound: { atMost: 1.5 },
  },
]

/**
 * The most that a figure of the built product may be.
 * @typedef {object} FootprintTarget
 * @property {string} id
 * @property {Backend | 'any'} backend
 * @property {string} what
 * @property {'s' | 'MB' | 'kB'} unit MB and kB are powers of ten
 * @property {number} atMost
 */

/**
 * What a further run of verifications may leave behind when garbage is collected: compiled code and caches differ by about
 * this much. Something kept per verification shows, 20 bytes each are 2 MB. Resident memory would not do: it follows when
 * V8 collects, and differs by tens of MB between two moments of rest.
 */
export const FURTHER_RUN_TOLERANCE_MB = 2

/** Of the scripts that a page of the settings names, gzipped; a test of the browser's holds each page to it, too. */
export const FIRST_LOAD_KB = 170

/** @type {readonly FootprintTarget[]} */
export const FOOTPRINT_TARGETS = [
  ...memoryTargets('pglite', 550),
  ...memoryTargets('postgres', 300),
  {
    id: 'javascript',
    backend: 'any',
    what: 'first-load JavaScript of the largest page of the settings, gzipped',
    unit: 'kB',
    atMost: FIRST_LOAD_KB,
  },
]

/**
 * @param {Backend} backend
 * @param {number} mostMb
 * @returns {FootprintTarget[]}
 */
function memoryTargets(backend, mostMb) {
  return [
    { id: 'start', backend, what: 'start to the first verified request', unit: 's', atMost: 3 },
    { id: 'idle', backend, what: 'resident memory, idle', unit: 'MB', atMost: mostMb },
    { id: 'loaded', backend, what: 'resident memory after 100,000 verifications', unit: 'MB', atMost: mostMb },
    {
      id: 'further',
      backend,
      what: 'memory held, added by a further 100,000',
      unit: 'MB',
      atMost: FURTHER_RUN_TOLERANCE_MB,
    },
  ]
}

/**
 * Whether a value keeps a bound. What is no number keeps none.
 * @param {number} value
 * @param {{ atLeast: number } | { atMost: number }} bound
 */
export function keeps(value, bound) {
  return 'atLeast' in bound ? value >= bound.atLeast : value <= bound.atMost
}
