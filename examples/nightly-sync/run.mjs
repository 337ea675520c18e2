// `node examples/nightly-sync/run.mjs [folder]`: writes the orders that changed since the last night to a JSON Lines file of
// their own. For cron, at night: it needs an API key of Fenicia (FENICIA_URL, FENICIA_TOKEN), knows of no token of the
// marketplace's, and so has nothing to do when one ends while it reads.
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { callService, checkKey, feniciaOf, main, Stop, say } from '../fenicia.mjs'
import { writeWhole } from '../files.mjs'

const INTEGRATION = process.env.INTEGRATION ?? 'night-market'

/** @typedef {{ id: string, change: number }} Order `change`: grows whenever any order changes. */
/** @typedef {{ data: Order[], has_more: boolean }} Page */

await main(async () => {
  const folder = process.argv[2] ?? 'night-orders'
  const fenicia = feniciaOf()
  await checkKey(fenicia, ['integrations:use'])
  await mkdir(folder, { recursive: true })

  const statePath = join(folder, 'last-change')
  const since = await readState(statePath)
  let last = since
  let lines = ''
  let orders = 0
  for (let hasMore = true; hasMore; ) {
    const page = await readPage(fenicia, last)
    for (const order of page.data) {
      lines += `${JSON.stringify(order)}\n`
      last = order.change
    }
    orders += page.data.length
    hasMore = page.has_more
  }
  if (orders > 0) {
    // The file first, whole: a run that ends in between reads the same changes again, into the same file.
    await writeWhole(join(folder, `changes-after-${since}.jsonl`), lines)
    await writeWhole(statePath, String(last))
  }
  say(`${orders} order(s) changed since the last time.`)
})

/** @param {import('../fenicia.mjs').Fenicia} fenicia @param {number} after @returns {Promise<Page>} */
function readPage(fenicia, after) {
  return callService(fenicia, INTEGRATION, `/orders?after=${after}`, {}, (response) => response.json())
}

/** @param {string} path @returns {Promise<number>} */
async function readState(path) {
  const text = await readFile(path, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '0'
    throw error
  })
  if (!/^\d+$/.test(text)) throw new Stop(`${path} can’t be read. Delete it to read all orders anew.`, 2)
  return Number(text)
}
