// Peer (b): node:http and an undici pool that streams, with one header set on each call. What one would write by hand to
// keep a secret out of an app: nobody is asked for a key, nothing is looked up, checked or recorded.
import { createServer } from 'node:http'
import { Pool } from 'undici'

const { PORT, UPSTREAM = '', SECRET = '' } = process.env
const pool = new Pool(UPSTREAM, { connections: 128 })

const server = createServer((request, response) => {
  const { host: _host, connection: _connection, 'transfer-encoding': framing, ...headers } = request.headers
  const hasBody = framing !== undefined || headers['content-length'] !== undefined
  pool.stream(
    {
      path: request.url ?? '/',
      method: /** @type {import('undici').Dispatcher.HttpMethod} */ (request.method),
      headers: { ...headers, 'x-api-key': SECRET },
      body: hasBody ? request : null,
    },
    ({ statusCode, headers: { connection: _, 'keep-alive': _keepAlive, ...answered } }) =>
      response.writeHead(statusCode, answered),
    (error) => error && response.destroy(),
  )
})
server.listen(Number(PORT), '127.0.0.1')
process.once('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeAllConnections()
})
