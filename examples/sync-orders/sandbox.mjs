// A marketplace to try the example with: 250 orders, at most 100 a page, and now and then too much to do.
import { answerJson, serve } from '../sandbox.mjs'

const TOKEN = process.env.SANDBOX_TOKEN ?? 'marketplace-sandbox-token-7Qm2Vx'
const ORDERS = Array.from({ length: 250 }, (_, index) => ({
  id: `MP-${1001 + index}`,
  placed_at: new Date(Date.UTC(2026, 9, 1, 8, index * 7)).toISOString(),
  total: { amount: ((index * 37) % 900) + 100, currency: 'EUR' },
  items: [{ sku: `SKU-${(index % 12) + 1}`, quantity: (index % 3) + 1 }],
}))

/** What each page is answered with the first time, instead of orders. */
const hiccups = new Map([
  [100, 429],
  [200, 503],
])

serve('Marketplace', 4801, ({ headers }) => headers.authorization === `Bearer ${TOKEN}`, 'Bearer realm="marketplace"', {
  'GET /me': (_request, response) => answerJson(response, 200, { seller: 'Phoenix Traders' }),
  'GET /orders': (_request, response, { searchParams }) => {
    const start = Number(searchParams.get('cursor') ?? 0)
    const hiccup = hiccups.get(start)
    if (hiccup) {
      hiccups.delete(start)
      response.setHeader('Retry-After', '1')
      return answerJson(response, hiccup, { error: 'try_again' })
    }
    const data = ORDERS.slice(start, start + Math.min(Number(searchParams.get('limit') ?? 20), 100))
    const next = start + data.length
    answerJson(response, 200, { data, cursor: String(next), has_more: next < ORDERS.length })
  },
})
