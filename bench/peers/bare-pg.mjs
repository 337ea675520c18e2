// Peer (b): node:http and pg with one prepared query a request, on the table that the product verifies with. What one
// would write by hand: nothing else is checked, recorded or protected.
import { hash } from 'node:crypto'
import { createServer } from 'node:http'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 })

const find = {
  name: 'find_key',
  text: `select k.id, k.name, k.environment, k.scopes, k.expires_at,
      k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
        and (k.retires_at is null or k.retires_at > now()) as accepted,
      k.account_id, a.name as account_name
    from api_keys k join accounts a on a.id = k.account_id where k.token_hash = $1`,
}

const server = createServer(async (request, response) => {
  const token = request.headers.authorization?.slice('Bearer '.length) ?? ''
  const { rows } = await pool.query({ ...find, values: [hash('sha256', token, 'base64url')] })
  const key = rows[0]
  if (!key?.accepted) return void response.writeHead(401).end()
  const { id, name, environment, scopes, expires_at, account_id, account_name } = key
  const body = JSON.stringify({
    account: { id: account_id, name: account_name },
    key: { id, name, environment, scopes, expires_at },
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
