// A token endpoint that rotates refresh tokens strictly: each is taken once, for the client that it was given to, and answered
// with the next one. GET /count tells how many it has given, so that whoever measures can see that it was asked.
// Refresh tokens are `<client>.<number>.<padding>`, and the first one of a client has the number 0.
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

const { PORT, LIFETIME_SECONDS = '21600' } = process.env
/** As long as those of marketplaces are. */
const PADDING = 'm'.repeat(64)
/** By client: the number of the one refresh token that counts. @type {Map<string, number>} */
const current = new Map()
let count = 0

const server = createServer(async (request, response) => {
  if (request.method !== 'POST') return answer(response, 200, { count })
  const form = new URLSearchParams(await text(request))
  const [client = '', number] = (form.get('refresh_token') ?? '').split('.')
  const known = current.get(client) ?? 0
  const isTaken =
    form.get('grant_type') === 'refresh_token' && form.get('client_id') === client && Number(number) === known
  if (!isTaken) return answer(response, 400, { error: 'invalid_grant' })
  current.set(client, known + 1)
  count += 1
  answer(response, 200, {
    access_token: `at.${client}.${known + 1}.${PADDING}`,
    token_type: 'bearer',
    expires_in: Number(LIFETIME_SECONDS),
    refresh_token: `${client}.${known + 1}.${PADDING}`,
  })
})

/** @param {import('node:http').ServerResponse} response @param {number} status @param {unknown} body */
function answer(response, status, body) {
  const bytes = Buffer.from(JSON.stringify(body))
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length }).end(bytes)
}

server.listen(Number(PORT), '127.0.0.1')
process.once('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeAllConnections()
})
