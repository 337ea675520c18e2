// A carrier to try the example with. It makes one label for each Idempotency-Key, however often it is asked, and breaks off
// in the middle of the first label that it sends.
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { answerJson, serve } from '../sandbox.mjs'

const KEY = process.env.SANDBOX_KEY ?? 'shippo_test_sandbox_key_91TzLw'

/** @type {Map<string, { tracking: string, pdf: Buffer }>} */
const labels = new Map()
let isFirst = true

serve('Carrier', 4803, ({ headers }) => headers.authorization === `ShippoToken ${KEY}`, 'ShippoToken', {
  'GET /carrier_accounts': (_request, response) => answerJson(response, 200, { results: [] }),
  'POST /labels': async (request, response) => {
    const { 'idempotency-key': key, 'carrier-api-version': version } = request.headers
    if (typeof key !== 'string' || version !== '2026-01-01') return answerJson(response, 400, { error: 'headers' })
    const { to } = /** @type {any} */ (await json(request))
    let label = labels.get(key)
    if (!label) {
      const tracking = `SB${String(labels.size + 1).padStart(9, '0')}`
      label = { tracking, pdf: makePdf(`${tracking}  ${to.name}, ${to.city}`) }
      labels.set(key, label)
      process.stdout.write(`Made label ${tracking}\n`)
    }
    const { tracking, pdf } = label
    response.writeHead(201, {
      'Content-Type': 'application/pdf',
      'Content-Length': pdf.length,
      'Tracking-Number': tracking,
    })
    const half = pdf.length >> 1
    response.write(pdf.subarray(0, half))
    await sleep(50)
    if (isFirst) {
      isFirst = false
      return void response.destroy()
    }
    response.end(pdf.subarray(half))
  },
})

/** A page of the size of a label (4 × 6 inches) with one line. @param {string} line */
function makePdf(line) {
  const text = line
    .normalize('NFKD')
    .replace(/[^\x20-\x7e]/g, '')
    .replace(/[\\()]/g, '\\$&')
  const content = `BT /F1 14 Tf 20 380 Td (${text}) Tj ET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 288 432] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  let pdf = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const offset = pdf.length
    pdf += `${index + 1} 0 obj\n${object}\nendobj\n`
    return `${String(offset).padStart(10, '0')} 00000 n \n`
  })
  const xref = pdf.length
  const size = objects.length + 1
  pdf += `xref\n0 ${size}\n0000000000 65535 f \n${offsets.join('')}`
  return Buffer.from(`${pdf}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF\n`)
}
