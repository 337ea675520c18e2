// Peer (a): node:http that touches no database. What Node's HTTP server allows at most, to an answer of the same size.
import { createServer } from 'node:http'

const answer = JSON.parse(process.env.ANSWER ?? '')

const server = createServer((_request, response) => {
  const body = JSON.stringify(answer)
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  })
  response.end(body)
})
server.listen(Number(process.env.PORT), '127.0.0.1')
process.once('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeAllConnections()
})
