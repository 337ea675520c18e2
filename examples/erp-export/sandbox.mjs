// An old ERP to try the example with: orders of a day as CSV in Latin-1, with semicolons, quotes and decimal commas.
import { answerJson, serve } from '../sandbox.mjs'

const USER = process.env.SANDBOX_USER ?? 'fenicia-export'
const PASSWORD = process.env.SANDBOX_PASSWORD ?? 'Contraseña-del-ERP-58'
const BASIC = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`

const CUSTOMERS = [
  'Muñoz & Hijos, S.A.',
  'Café “Zoë”',
  'Bäckerei Groß; Filiale 2',
  'O’Brien "The Shop"',
  'Garçon\nBordeaux',
]
/** What of Unicode is not in Latin-1 the ERP has never had. */
const LATIN1 = CUSTOMERS.map((name) => name.replace(/[“”]/g, '"').replace(/’/g, "'"))

serve('ERP', 4802, ({ headers }) => headers.authorization === BASIC, 'Basic realm="ERP", charset="UTF-8"', {
  'GET /ping': (_request, response) => void response.writeHead(204).end(),
  'GET /export/orders.csv': (_request, response, { searchParams }) => {
    const date = searchParams.get('date') ?? ''
    if (!/^\d{4}-\d\d-\d\d$/.test(date)) return answerJson(response, 400, { error: 'date' })
    // Nobody works on Sundays.
    if (new Date(`${date}T00:00:00Z`).getUTCDay() === 0) return void response.writeHead(204).end()
    const rows = LATIN1.map((customer, index) => [`${date}/${index + 1}`, customer, `${1_234 + index},50`])
    const lines = [['Nr', 'Kunde', 'Betrag'], ...rows].map((cells) => cells.map(quote).join(';'))
    response.writeHead(200, { 'Content-Type': 'text/csv; charset=ISO-8859-1' })
    response.end(Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1'))
  },
})

/** @param {string} cell */
function quote(cell) {
  return /[;"\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
