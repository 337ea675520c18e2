// Servers under load one after the other, round by round.
import { setTimeout as sleep } from 'node:timers/promises'
import { tokensFile } from './load.mjs'
import { progress } from './report.mjs'
import { ask } from './servers.mjs'

/**
 * The product writes usage at most so long after a request. A full run waits for it after each of the product's turns,
 * so that nobody else's turn pays for it; a turn of the product (one second of warming up, and four) has a write in it.
 */
const WRITE_BEHIND_MS = 4_500

/**
 * One server that is put under load.
 * @template {string} Name
 * @typedef {object} Contender
 * @property {Name} name
 * @property {import('./servers.mjs').Server} server
 * @property {string} url what is asked of it
 * @property {string[]} tokens
 */

/**
 * What one server did with so many connections, round by round.
 * @template {string} Name
 * @typedef {object} Measured
 * @property {Name} server
 * @property {number} connections
 * @property {import('./statistics.mjs').Measurement[]} rounds
 */

/**
 * Measures with each number of connections a, b, c, Fenicia, in the next round b, c, Fenicia, a, and so on.
 * @template {string} Name
 * @param {string} label says where, such as on which database
 * @param {Contender<Name>[]} contenders
 * @param {readonly number[]} connectionCounts
 * @param {{ options: import('./options.mjs').Options, loadTool: import('./load.mjs').LoadTool, folder: string }} context
 * @returns {Promise<Measured<Name>[]>}
 */
export async function measureInTurns(label, contenders, connectionCounts, { options, loadTool, folder }) {
  const files = new Map()
  for (const { name, tokens } of contenders) files.set(name, await tokensFile(folder, `${label}-${name}`, tokens))
  const load = (
    /** @type {Contender<Name>} */ { name, url, tokens },
    /** @type {number} */ connections,
    /** @type {number} */ seconds,
  ) => loadTool.run({ url, tokens, tokensFile: files.get(name), connections, seconds })

  progress(`${label}: warming up …`)
  for (const contender of contenders) await load(contender, 64, options.quick ? 2 : 5)

  const measured = connectionCounts.flatMap((connections) =>
    contenders.map(({ name }) => ({
      server: name,
      connections,
      rounds: /** @type {import('./statistics.mjs').Measurement[]} */ ([]),
    })),
  )
  for (let round = 1; round <= options.rounds; round++) {
    progress(`${label}: round ${round} of ${options.rounds} …`)
    for (const connections of connectionCounts) {
      for (const contender of rotated(contenders, round - 1)) {
        if (!options.quick) await load(contender, connections, 1)
        const measurement = await load(contender, connections, options.seconds)
        measured
          .find((one) => one.server === contender.name && one.connections === connections)
          ?.rounds.push(measurement)
        if (contender.name === 'fenicia' && !options.quick) await sleep(WRITE_BEHIND_MS)
      }
    }
  }
  return measured
}

/**
 * The same in the same order, begun so many places later.
 * @template T
 * @param {readonly T[]} items
 * @param {number} places
 */
export function rotated(items, places) {
  const start = places % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}

/**
 * A server that verifies must refuse what is no key, or it would be measured for doing nothing.
 * @param {Contender<string>} contender
 */
export async function refuseImpostor({ name, url, tokens }) {
  const known = /** @type {string} */ (tokens[0])
  const altered = known.slice(0, -1) + (known.endsWith('A') ? 'B' : 'A')
  const { status } = await ask(url, altered)
  if (status !== 401) throw new Error(`${name} answered ${status} to a key that does not exist`)
}
