// `node examples/sync-orders/run.mjs [file]`: appends a marketplace's new orders to a JSON Lines file, one order a line.
// Needs an API key of Fenicia (FENICIA_URL, FENICIA_TOKEN) and nothing of the marketplace. May be stopped at any moment and
// run again, as by cron: each order is in the file once.
import { open, readFile } from 'node:fs/promises'
import { callService, checkKey, feniciaOf, main, Stop, say } from '../fenicia.mjs'
import { writeWhole } from '../files.mjs'

const INTEGRATION = process.env.INTEGRATION ?? 'marketplace-orders'
const PAGE = 100

/** @typedef {{ cursor: string | null, bytes: number }} State Where the marketplace goes on, and how much of the file counts. */
/** @typedef {{ data: { id: string }[], cursor: string, has_more: boolean }} Page */

await main(async () => {
  const path = process.argv[2] ?? 'orders.jsonl'
  const fenicia = feniciaOf()
  await checkKey(fenicia, ['integrations:use'])

  const statePath = `${path}.state`
  let state = await readState(statePath)
  const file = await open(path, 'a')
  try {
    // What was written by a run that ended before it could note so comes again.
    await file.truncate(state.bytes)
    let orders = 0
    for (let hasMore = true; hasMore; ) {
      const page = await readPage(fenicia, state.cursor)
      const { bytesWritten } = await file.write(page.data.map((order) => `${JSON.stringify(order)}\n`).join(''))
      await file.sync()
      state = { cursor: page.cursor, bytes: state.bytes + bytesWritten }
      await writeWhole(statePath, JSON.stringify(state))
      orders += page.data.length
      hasMore = page.has_more
    }
    say(`${orders} new order(s) in ${path}.`)
  } finally {
    await file.close()
  }
})

/** @param {import('../fenicia.mjs').Fenicia} fenicia @param {string | null} cursor @returns {Promise<Page>} */
function readPage(fenicia, cursor) {
  const query = new URLSearchParams({ limit: String(PAGE), ...(cursor !== null && { cursor }) })
  return callService(fenicia, INTEGRATION, `/orders?${query}`, {}, (response) => response.json())
}

/** @param {string} path @returns {Promise<State>} */
async function readState(path) {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { cursor: null, bytes: 0 }
    throw new Stop(`${path} can’t be read. Delete it, and the orders’ file, to begin anew.`, 2)
  }
}
