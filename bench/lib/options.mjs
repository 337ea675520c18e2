// The command line of `npm run bench`. Built-ins only: this runs before anything is installed.

export const USAGE = `Usage: npm run bench -- <verify|proxy|renewal|footprint> [--quick] [--json] [--rounds N] [--seconds N]

  verify      GET /api/v1/me beside its peers: requests/s, p50, p99 and their ratios
  proxy       a call through an integration beside other proxies, and a body of 1 GiB through it
  renewal     renewals/s beside a bare loop, what a sweep of a million credentials costs, latency beside it
  footprint   time to the first answer, resident memory, first-load JavaScript

  --quick       about a minute, and accordingly noisy
  --json        one JSON object on stdout and nothing else; progress goes to stderr either way
  --rounds N    how often each measurement is repeated, 1 to 50
  --seconds N   how long each measurement under load lasts, 1 to 600

Ends with 0 when every target is met, 1 when one is missed, 2 when it could not be measured.`

/** A command line that means nothing. The message says which word, and what it may be. */
export class UsageError extends Error {
  /** @override */
  name = 'UsageError'
}

const COMMANDS = /** @type {const} */ (['verify', 'proxy', 'renewal', 'footprint'])

/** @typedef {{ command: typeof COMMANDS[number], quick: boolean, json: boolean, rounds: number, seconds: number }} Options */

/** The defaults that `--quick` changes: a full run is long enough for the median to be steady on a noisy machine. */
const DEFAULTS = { full: { rounds: 5, seconds: 4 }, quick: { rounds: 2, seconds: 1 } }

/**
 * Reads the arguments after `npm run bench --`.
 * @param {readonly string[]} args
 * @returns {Options | 'help'}
 * @throws {UsageError}
 */
export function parseOptions(args) {
  if (args.includes('--help') || args.includes('-h')) return 'help'
  const [word, ...rest] = args
  const command = COMMANDS.find((one) => one === word)
  if (command === undefined) {
    const said = word === undefined ? 'Say what to measure' : `"${word}" is no measurement`
    throw new UsageError(`${said}: ${COMMANDS.join(', ')}`)
  }
  let [quick, json] = [false, false]
  /** @type {{ rounds?: number, seconds?: number }} */
  const given = {}
  for (let i = 0; i < rest.length; i++) {
    const arg = rest[i]
    if (arg === '--quick') quick = true
    else if (arg === '--json') json = true
    else if (arg === '--rounds') given.rounds = wholeNumber(arg, rest[++i], 50)
    else if (arg === '--seconds') given.seconds = wholeNumber(arg, rest[++i], 600)
    else throw new UsageError(`"${arg}" is no option`)
  }
  return { command, quick, json, ...DEFAULTS[quick ? 'quick' : 'full'], ...given }
}

/**
 * @param {string} option
 * @param {string | undefined} text
 * @param {number} most
 */
function wholeNumber(option, text, most) {
  const value = Number(text)
  if (text === undefined || !Number.isInteger(value) || value < 1 || value > most) {
    throw new UsageError(`${option} must be followed by a whole number from 1 to ${most}`)
  }
  return value
}
