// What one would write by hand to renew tokens: a list of what is due, and for each an HTTP call, and an update of its row
// and of its sealed tokens in one transaction. No claim, no history, no second instance, nothing that survives being killed.
// Run with DATABASE_URL, ENDPOINT, COUNT, AT_ONCE; a line on stdin is a round, its figures are a line on stdout.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { Agent, request as httpRequest } from 'node:http'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import pg from 'pg'

const { DATABASE_URL, ENDPOINT = '', COUNT, AT_ONCE, KEEPS_CONNECTIONS } = process.env
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: Number(AT_ONCE) })
const key = randomBytes(32)
// Fenicia makes each token call on a connection of its own: one that was kept may end while a refresh token is on it.
const agent = new Agent({ keepAlive: KEEPS_CONNECTIONS === 'yes', maxSockets: Number(AT_ONCE) })

await pool.query(`
  create table tokens (id text primary key, version integer not null, expires_at timestamptz, renew_at timestamptz);
  create index on tokens (renew_at);
  create table sealed (id text primary key, value text not null, sealed_at timestamptz not null)`)
for (let index = 0; index < Number(COUNT); index++) {
  const id = `${process.env.PREFIX}${index}`
  await pool.query('insert into tokens values ($1, 0, now(), now())', [id])
  await pool.query('insert into sealed values ($1, $2, now())', [id, seal({ refresh_token: `${id}.0.` })])
}
await pool.query('vacuum analyze')
process.stdout.write('{}\n')

for await (const _ of createInterface({ input: process.stdin })) {
  await pool.query('update tokens set renew_at = now()')
  const started = performance.now()
  const { rows } = await pool.query(
    'select id, value from tokens join sealed using (id) where renew_at <= now() order by renew_at',
  )
  let renewed = 0
  const work = async () => {
    for (let row = rows.pop(); row; row = rows.pop()) {
      await renew(row)
      renewed += 1
    }
  }
  await Promise.all(Array.from({ length: Number(AT_ONCE) }, work))
  const seconds = (performance.now() - started) / 1000
  process.stdout.write(`${JSON.stringify({ renewed, failed: 0, seconds })}\n`)
}
await pool.end()

/** @param {{ id: string, value: string }} row */
async function renew({ id, value }) {
  const { refresh_token: token } = open(value)
  const form = { grant_type: 'refresh_token', refresh_token: token, client_id: id }
  const tokens = await post(new URLSearchParams(form).toString())
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query({
      name: 'row',
      text: `update tokens set version = version + 1, expires_at = now() + $2 * interval '1 second',
        renew_at = now() + $2 * interval '0.8 second' where id = $1`,
      values: [id, tokens.expires_in],
    })
    const { access_token, refresh_token } = tokens
    await client.query({
      name: 'sealed',
      text: 'insert into sealed values ($1, $2, now()) on conflict (id) do update set value = $2, sealed_at = now()',
      values: [id, seal({ access_token, refresh_token })],
    })
    await client.query('commit')
  } finally {
    client.release()
  }
}

/** @param {string} body @returns {Promise<any>} */
function post(body) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }
    const sent = httpRequest(`${ENDPOINT}/token`, { method: 'POST', agent, headers }, async (response) => {
      const answer = await text(response)
      if (response.statusCode === 200) resolve(JSON.parse(answer))
      else reject(new Error(`The token endpoint answered ${response.statusCode} ${answer}`))
    })
    sent.on('error', reject).end(body)
  })
}

/** @param {Record<string, string>} tokens */
function seal(tokens) {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  const sealed = [iv, cipher.update(JSON.stringify(tokens)), cipher.final()]
  return Buffer.concat([...sealed, cipher.getAuthTag()]).toString('base64')
}

/** @param {string} value */
function open(value) {
  const bytes = Buffer.from(value, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
  decipher.setAuthTag(bytes.subarray(-16))
  return JSON.parse(decipher.update(bytes.subarray(12, -16)).toString() + decipher.final().toString())
}
