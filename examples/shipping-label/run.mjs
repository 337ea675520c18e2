// `node examples/shipping-label/run.mjs <order> [folder]`: has the carrier make a label for an order and saves the PDF.
// Running it again, or a call that is repeated after it broke off, makes no second label: the order's number is the key.
// Needs an API key of Fenicia (FENICIA_URL, FENICIA_TOKEN) and nothing of the carrier.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { callService, checkKey, feniciaOf, main, Stop, say } from '../fenicia.mjs'
import { writeWhole } from '../files.mjs'

const INTEGRATION = process.env.INTEGRATION ?? 'shipping-labels'

await main(async () => {
  const [order = '', folder = 'labels'] = process.argv.slice(2)
  if (!/^[\w-]{1,64}$/.test(order)) throw new Stop('Name an order, such as MP-1001.', 2)
  const fenicia = feniciaOf()
  await checkKey(fenicia, ['integrations:use'])

  // Where this order would come from in real life: the file of the example sync-orders.
  const shipment = {
    order,
    to: { name: 'Zoë Muñoz', street: '5 Harbour Road', city: 'Valencia', country: 'ES' },
    parcel: { grams: 750 },
  }
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${order}.pdf`)
  const init = {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/pdf', 'Idempotency-Key': `label-${order}` },
    body: JSON.stringify(shipment),
  }
  const { tracking, bytes } = await callService(fenicia, INTEGRATION, '/labels', init, async (response) => {
    const type = response.headers.get('content-type')
    if (type !== 'application/pdf' || !response.body) throw new Stop(`The carrier sent ${type} instead of a PDF.`, 2)
    // An answer that breaks off throws here, and the file that was there before, if any, stays.
    return { tracking: response.headers.get('tracking-number'), bytes: await writeWhole(path, response.body) }
  })
  say(`${path}: ${bytes} bytes, tracking number ${tracking}.`)
})
