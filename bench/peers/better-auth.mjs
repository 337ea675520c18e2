// Peer (c): verifies the key of each request with better-auth's api-key plugin, on Postgres.
import { createServer } from 'node:http'
import { auth, pool } from './better-auth-options.mjs'

const server = createServer(async (request, response) => {
  const token = request.headers.authorization?.slice('Bearer '.length) ?? ''
  const { valid, key } = await auth.api.verifyApiKey({ body: { key: token } })
  if (!valid || !key) return void response.writeHead(401).end()
  const { id, name, referenceId, permissions, expiresAt } = key
  const body = JSON.stringify({
    account: { id: referenceId },
    key: { id, name, permissions, expires_at: expiresAt },
  })
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  })
  response.end(body)
})
server.listen(Number(process.env.PORT), '127.0.0.1')
process.once('SIGTERM', () => {
  server.close(() => pool.end().then(() => process.exit(0)))
  server.closeAllConnections()
})
