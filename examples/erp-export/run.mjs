// `node examples/erp-export/run.mjs <first day> [last day] [folder]`: fetches the orders of each day from the ERP and writes
// them to a file a day, as JSON Lines in UTF-8. A day that has its file is not fetched again.
// Needs an API key of Fenicia (FENICIA_URL, FENICIA_TOKEN), and no way into the ERP's network: Fenicia has it.
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { callService, checkKey, feniciaOf, main, Stop, say } from '../fenicia.mjs'
import { writeWhole } from '../files.mjs'
import { parseCsv } from './csv.mjs'

const INTEGRATION = process.env.INTEGRATION ?? 'erp-export'
const DAY_MS = 86_400_000

/** @typedef {{ number: string, customer: string, amount: number }} Order */

await main(async () => {
  const [first = '', last = first, folder = 'erp-orders'] = process.argv.slice(2)
  const days = daysBetween(first, last)
  const fenicia = feniciaOf()
  await checkKey(fenicia, ['integrations:use'])

  await mkdir(folder, { recursive: true })
  for (const day of days) {
    const path = join(folder, `${day}.jsonl`)
    if (existsSync(path)) continue
    const orders = await readDay(fenicia, day)
    await writeWhole(path, orders.map((order) => `${JSON.stringify(order)}\n`).join(''))
    say(`${day}: ${orders.length} order(s)`)
  }
})

/** @param {import('../fenicia.mjs').Fenicia} fenicia @param {string} day @returns {Promise<Order[]>} */
async function readDay(fenicia, day) {
  const csv = await callService(fenicia, INTEGRATION, `/export/orders.csv?date=${day}`, {}, readText)
  const [, ...rows] = parseCsv(csv, ';')
  return rows.map(([number, customer, amount]) => ({ number, customer, amount: toAmount(amount) }))
}

/** @param {Response} response */
async function readText(response) {
  const charset = /charset=["']?([\w-]+)/i.exec(response.headers.get('content-type') ?? '')?.[1] ?? 'iso-8859-1'
  const bytes = await response.arrayBuffer()
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes)
  } catch {
    throw new Stop(`The ERP sent text that is not in ${charset}, as it says. Nothing of that day was written.`, 2)
  }
}

/** `1.234,50`, as the ERP writes it. @param {string} text */
function toAmount(text) {
  const amount = Number(text.replaceAll('.', '').replace(',', '.'))
  if (Number.isNaN(amount)) throw new Stop(`The ERP gave “${text}” as an amount. Nothing of that day was written.`, 2)
  return amount
}

/** @param {string} first @param {string} last @returns {string[]} */
function daysBetween(first, last) {
  const [from, to] = [first, last].map((day) => (/^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(day) : Number.NaN))
  if (!(from <= to)) throw new Stop('Name the first day and the last, such as 2026-11-02 2026-11-08.', 2)
  return Array.from({ length: (to - from) / DAY_MS + 1 }, (_, n) =>
    new Date(from + n * DAY_MS).toISOString().slice(0, 10),
  )
}
