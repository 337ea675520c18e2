// The service that is called, directly and through each proxy: `node:http` that answers 1 kB of JSON to anything. Two
// addresses are for asking whether a proxy does its work: /checked, which wants the secret, and /body, which takes bodies
// of any size, and gives them.
import { createServer } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { paused, produce } from '../lib/bodies.mjs'

const { PORT, SECRET } = process.env

const orders = Array.from({ length: 8 }, (_, index) => ({
  id: `order_${10_000 + index}`,
  status: index % 2 === 0 ? 'paid' : 'shipped',
  customer: { name: 'Hanno Barca', city: 'Carthage' },
  total: { amount: 1_250 + index, currency: 'EUR' },
}))
const body = Buffer.from(JSON.stringify({ orders }))

const server = createServer(async (request, response) => {
  if (request.url === '/body') return streamBody(request, response)
  const isRefused = request.url === '/checked' && request.headers['x-api-key'] !== SECRET
  response.writeHead(isRefused ? 401 : 200, { 'content-type': 'application/json', 'content-length': body.length })
  response.end(body)
})

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function streamBody(request, response) {
  try {
    if (request.method === 'GET') {
      const bytes = Number(request.headers['x-bytes'])
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes })
      return await pipeline(produce(bytes), response)
    }
    const received = await paused(request)
    response.end(JSON.stringify({ received }))
  } catch {
    response.destroy()
  }
}

server.listen(Number(PORT), '127.0.0.1')
process.once('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeAllConnections()
})
