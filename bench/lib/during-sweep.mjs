// How long requests take while everything is being renewed, beside how long they take while nothing is.
import { setTimeout as sleep } from 'node:timers/promises'
import { tokensFile } from './load.mjs'
import { progress } from './report.mjs'
import { ask } from './servers.mjs'

/** @typedef {import('./statistics.mjs').Measurement} Measurement */

/**
 * @typedef {object} Asked
 * @property {string} name
 * @property {string} url
 * @property {string[]} tokens
 *
 * @typedef {object} Watched
 * @property {string} name
 * @property {Measurement[]} idle round by round
 * @property {Measurement[]} sweeping
 */

/** The job that renews begins each minute, and goes on for almost as long. */
const BEGINS_WITHIN_MS = 100_000
/** It looks anew at the latest after so long, so that it may take this time to find that it has nothing to do. */
const ENDS_WITHIN_MS = 30_000

/**
 * @param {Asked[]} asked
 * @param {object} sweep
 * @param {() => Promise<unknown>} sweep.makeDue makes due what is not being renewed
 * @param {number} sweep.total how many there are to renew
 * @param {string} sweep.endpoint origin of the token endpoint, which counts
 * @param {{ options: import('./options.mjs').Options, loadTool: import('./load.mjs').LoadTool, folder: string }} context
 * @returns {Promise<{ watched: Watched[], renewalsPerSecond: number[] }>}
 */
export async function measureDuringSweep(asked, { makeDue, total, endpoint }, { options, loadTool, folder }) {
  const { rounds, seconds } = options
  const files = new Map()
  for (const { name, tokens } of asked) files.set(name, await tokensFile(folder, name, tokens))
  const load = (/** @type {Asked} */ { name, url, tokens }) =>
    loadTool.run({ url, tokens, tokensFile: files.get(name), connections: 1, seconds })
  const count = async () => JSON.parse((await ask(`${endpoint}/count`)).body).count

  const watched = asked.map(({ name }) => ({
    name,
    idle: /** @type {Measurement[]} */ ([]),
    sweeping: /** @type {Measurement[]} */ ([]),
  }))
  /** @type {number[]} */
  const renewalsPerSecond = []
  for (const one of asked) await load(one)
  for (let round = 1; round <= rounds; round++) {
    progress(`latency during a sweep: round ${round} of ${rounds} …`)
    for (const [index, one] of asked.entries()) watched[index]?.idle.push(await load(one))
    for (const [index, one] of asked.entries()) {
      const { value, perSecond } = await whileSweeping(() => load(one))
      watched[index]?.sweeping.push(value)
      renewalsPerSecond.push(perSecond)
    }
    await until('the sweep to end', ENDS_WITHIN_MS, async () => {
      const before = await count()
      await sleep(1_000)
      return (await count()) === before
    })
  }
  return { watched, renewalsPerSecond }

  /**
   * Does something while the product renews without a pause; anew when its job came to its end meanwhile.
   * @template T @param {() => Promise<T>} work
   * @returns {Promise<{ value: T, perSecond: number }>}
   */
  async function whileSweeping(work) {
    for (;;) {
      let isOver = false
      const supplying = (async () => {
        for (; !isOver; await sleep(250)) await makeDue()
      })()
      try {
        const idle = await count()
        // What was due before the sweep began may be a minute late, and is renewed whoever else wants something. Then comes
        // what has just become due, and there is always more of it.
        await until('all to be renewed once', BEGINS_WITHIN_MS, async () => (await count()) >= idle + total)
        const [before, startedAt] = [await count(), performance.now()]
        const pauses = { found: false, last: before }
        const watching = setInterval(async () => {
          const now = await count().catch(() => pauses.last)
          if (now === pauses.last) pauses.found = true
          pauses.last = now
        }, 500)
        const value = await work().finally(() => clearInterval(watching))
        const perSecond = ((await count()) - before) / ((performance.now() - startedAt) / 1000)
        if (!pauses.found) return { value, perSecond }
      } finally {
        isOver = true
        await supplying
      }
    }
  }
}

/** @param {string} what @param {number} ms @param {() => Promise<boolean>} isSo */
async function until(what, ms, isSo) {
  const end = performance.now() + ms
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`Waited ${ms / 1000} s in vain for ${what}`)
    await sleep(50)
  }
}
