import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, startTestApi, type TestApi } from '@/test/api'
import { startUpstream, type Upstream } from '@/test/upstream'
import { log } from '../log'
import { pruneDrafts } from '.'

// A secret of each type goes through all of its life; afterwards it is looked for in everything that Fenicia said or kept.

const scopes = ['credentials:*', 'integrations:*']
/** Stands in the database as it is: what finds it, would find a secret. */
const CONTROL = 'Control-name-5f0c9e'

let serial = 0
/** A secret that is found wherever it stands. */
function canary(kind: string): string {
  serial += 1
  return `canary-${kind}/${serial}+Qz"7 xW~k=9`
}

const token = {
  client: canary('client'),
  refresh: canary('refresh1'),
  next: canary('refresh2'),
  access: canary('access'),
}
const secrets = {
  api_key: [canary('key')],
  query: [canary('query')],
  bearer: [`canary-bearer/${serial}+Qz"7xW~k=9`],
  basic: [canary('user'), canary('password')],
  headers: [canary('h1'), canary('h2')],
  oauth2: Object.values(token),
  replaced: [`canary-replaced/1+Qz"7xW~k=9`],
}
const all = Object.values(secrets).flat()

let api: TestApi
let service: Upstream
let key: string
const logged: string[] = []
const restore: (() => void)[] = []
const answers: string[] = []

beforeAll(async () => {
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write
    // By hand: a spy would end with the first test.
    stream.write = ((chunk: string | Uint8Array, ...rest: never[]) => {
      logged.push(String(chunk))
      return write.call(stream, chunk, ...rest)
    }) as typeof write
    restore.push(() => {
      stream.write = write
    })
  }
  service = await startUpstream()
  api = await startTestApi({ FENICIA_EGRESS_ALLOW: '127.0.0.1' })
})
afterAll(async () => {
  for (const undo of restore) undo()
  await api.stop()
  await service.close()
})

async function call(method: string, path: string, body?: unknown): Promise<Answer> {
  const answer = await api.call(method, path, { token: key, body })
  answers.push(`${answer.text}\n${JSON.stringify([...answer.headers])}`)
  return answer
}

/** How a secret may be spelled, those parts of its base64 that depend on nothing around it among them. */
function spellingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
      .slice(offset === 0 ? 0 : offset + 1, -1),
  )
  const hex = bytes.toString('hex')
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    hex,
    hex.toUpperCase(),
    encodeURIComponent(secret),
    new URLSearchParams({ '': secret }).toString().slice(1),
  ]
}

/** The secrets that stand in a text, in any spelling. */
function foundIn(text: string | Buffer, wanted = all): string[] {
  return wanted.filter((secret) => spellingsOf(secret).some((spelling) => text.includes(spelling)))
}

/** Answers with all that came, in headers only: what a body says is the caller's. */
function echoing(status: number): void {
  service.respond(({ headers, target, method }, response) => {
    const given = [...Object.entries(headers)].filter(
      ([, value]) => String(value).includes('canary') || String(value).startsWith('Basic'),
    )
    const values = [...given.map(([, value]) => String(value)), target]
    const echoed = values.flatMap((value, at) => [
      [`x-echo-${at}`, value],
      [`x-base64-${at}`, Buffer.from(value.replace(/^(Tok |Bearer |.*k=)/, '')).toString('base64')],
      [`x-hex-${at}`, Buffer.from(value).toString('hex')],
      [`x-url-${at}`, encodeURIComponent(value)],
    ])
    response.writeHead(status, {
      'content-type': 'text/plain',
      'www-authenticate': `Key realm=${values.join(' ')}`,
      ...Object.fromEntries(echoed),
    })
    response.end(method === 'GET' ? values.join('\n') : 'ok')
  })
}

/** All that a credential goes through. */
async function live(name: string, form: Record<string, unknown>, change: Record<string, unknown>): Promise<void> {
  // An account of its own for each, since an account may not test often.
  ;({ token: key } = await api.makeKey(await api.makeAccount(name), { scopes }))
  const body = { name, test: { url: `${service.url}/me` }, ...form }
  const draft: Record<string, unknown> = {}
  for (const status of [200, 401, 302, 500]) {
    echoing(status)
    const tested = await call('POST', '/credentials/test', { ...body, ...draft })
    expect(tested.status, tested.text).toBe(200)
    const { draft_id, receipt } = tested.body as { draft_id: string | null; receipt: string }
    Object.assign(draft, { draft_id, receipt })
  }
  const made = await call('POST', '/credentials', { ...body, ...draft })
  expect(made.status, made.text).toBe(201)
  const { id } = made.body as { id: string }
  const slug = name.toLowerCase()
  const used = await call('POST', '/integrations', { name, slug, credential_id: id, base_url: service.url })
  expect(used.status, used.text).toBe(201)

  echoing(200)
  service.received.length = 0
  expect((await call('POST', `/integrations/${slug}/proxy/x?a=1`, { a: 1 })).status).toBe(200)
  // That it is not found in the answers says something only if it was in the request.
  expect(foundIn(JSON.stringify(service.received).replaceAll('\\"', '"')).length + basicCount()).toBeGreaterThan(0)
  service.respond((_, response) => response.socket?.destroy())
  await call('GET', `/integrations/${slug}/proxy/x`)

  for (const path of [`/credentials/${id}`, '/credentials', `/credentials?q=${name}`, '/credential-drafts'])
    await call('GET', path)
  echoing(401)
  await call('POST', `/credentials/${id}/test`)
  await call('POST', `/credentials/${id}/test`, change)
  expect((await call('PATCH', `/credentials/${id}`, { name: `${name} 2` })).status).toBe(200)
  expect((await call('PATCH', `/credentials/${id}`, change)).status).toBe(200)
  await call('POST', `/credentials/${id}/test`)
  // Refusals of what holds a secret.
  await call('POST', '/credentials', { ...body, hosts: ['https://127.0.0.9'], color: 'red' })
  await call('POST', '/credentials', { ...body, test: { url: 'nope' } })
  await call('POST', '/credentials', { ...body, name: `${name} 2` })
  await call('POST', '/credentials', JSON.stringify(body).slice(0, -2))
  await api.runtime.calls.flush()
  await call('GET', `/integrations/${slug}/calls`).catch(() => {})
  expect((await call('DELETE', `/credentials/${id}?even_if_used=true`)).status).toBe(204)
}

function basicCount(): number {
  return service.received.filter(
    ({ headers }) => foundIn(Buffer.from((headers.authorization ?? '').slice(6), 'base64').toString()).length > 0,
  ).length
}

describe('a secret', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    [
      CONTROL,
      {
        type: 'api_key',
        placement: { in: 'header', name: 'X-Key', prefix: 'Tok ' },
        secret: { key: secrets.api_key[0] },
      },
      { secret: { key: secrets.replaced[0] } },
    ],
    [
      'Query',
      { type: 'api_key', placement: { in: 'query', name: 'k' }, secret: { key: secrets.query[0] } },
      { expires_at: '2030-01-01T00:00:00Z' },
    ],
    ['Bearer', { type: 'bearer', secret: { token: secrets.bearer[0] } }, { secret: { token: secrets.replaced[0] } }],
    [
      'Basic',
      { type: 'basic', secret: { username: secrets.basic[0], password: secrets.basic[1] } },
      { secret: { password: secrets.replaced[0] } },
    ],
    [
      'Headers',
      { type: 'headers', headers: ['X-A', 'X-B'], secret: { 'X-A': secrets.headers[0], 'X-B': secrets.headers[1] } },
      { secret: { 'X-A': secrets.replaced[0] } },
    ],
  ])('of %s lives', async (name, form, change) => {
    await live(name, form, change)
  })

  it('of OAuth2 lives, and its tokens', async () => {
    const endpoint = await startUpstream()
    let turn = 0
    endpoint.respond(({ body, headers }, response) => {
      turn += 1
      const isGood = turn % 3 !== 0
      const answer = isGood
        ? { access_token: token.access, token_type: 'bearer', refresh_token: token.next, expires_in: 3600 }
        : { error: 'invalid_request', error_description: `You sent ${body} with ${headers.authorization}` }
      response.writeHead(isGood ? 200 : 400, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    })
    try {
      const form = {
        type: 'oauth2',
        grant: 'refresh_token',
        token_url: `${endpoint.url}/token`,
        client_id: 'client-1',
        client_authentication: 'body',
        secret: { client_secret: token.client, refresh_token: token.refresh },
      }
      await live('OAuth', form, { secret: { client_secret: secrets.replaced[0] } })
      expect(foundIn(endpoint.received.map(({ body }) => body).join('\n'))).toEqual([
        token.client,
        token.refresh,
        token.next,
        secrets.replaced[0],
      ])
    } finally {
      await endpoint.close()
    }
  })
})

describe('a secret that the service echoes in a header', () => {
  const secret = secrets.bearer[0] as string
  it.each<[string, string]>([
    ['as it is', secret],
    ['within what it says', `the key ${secret} is unknown`],
    ['as it was sent', `Bearer ${secret}`],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64, one byte later', Buffer.from(`a${secret}`).toString('base64')],
    ['in base64, two bytes later', Buffer.from(`ab${secret}`).toString('base64')],
    ['in base64 as it was sent', Buffer.from(`Bearer ${secret}`).toString('base64')],
    ['in base64url as it was sent', Buffer.from(`Bearer ${secret}`).toString('base64url')],
    ['in hexadecimal', Buffer.from(secret).toString('hex')],
    ['URL-encoded', encodeURIComponent(secret)],
    ['every byte URL-encoded', Buffer.from(secret).toString('hex').replace(/../g, '%$&')],
    ['in JSON', JSON.stringify({ key: secret })],
    ['in JSON with escaped slashes', JSON.stringify({ key: secret }).replaceAll('/', '\\/')],
  ])('is not passed back: %s', async (_, echoed) => {
    const { token: own } = await api.makeKey(await api.makeAccount('Echo'), { scopes })
    const made = await api.call('POST', '/credentials', {
      token: own,
      body: { type: 'bearer', name: 'E', hosts: [service.url], secret: { token: secret } },
    })
    const body = { name: 'E', slug: 'e', credential_id: (made.body as { id: string }).id, base_url: service.url }
    expect((await api.call('POST', '/integrations', { token: own, body })).status).toBe(201)
    service.respondWith(200, { 'x-echo': echoed, 'x-other': 'stays' })
    const answer = await api.call('GET', '/integrations/e/proxy/x', { token: own })
    expect(answer.headers.get('x-other')).toBe('stays')
    expect(answer.headers.get('x-echo')).toBeNull()
  })
})

describe('afterwards it is', () => {
  it('in no answer', () => {
    expect(answers.length).toBeGreaterThan(100)
    expect(answers.filter((answer) => foundIn(answer).length > 0)).toEqual([])
  })

  it('in no line of the log', () => {
    log.warn('The last line')
    expect(logged.join('')).toContain('The last line')
    expect(foundIn(logged.join(''))).toEqual([])
  })

  it('in no table', async () => {
    const { db } = api.runtime.database
    const tables = (await db.execute(
      sql`select schemaname, tablename from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
    )) as unknown as {
      rows: { schemaname: string; tablename: string }[]
    }
    const dumps: string[] = []
    for (const { schemaname, tablename } of tables.rows) {
      const { rows } = (await db.execute(
        sql`select t::text as line from ${sql.identifier(schemaname)}.${sql.identifier(tablename)} t`,
      )) as unknown as { rows: { line: string }[] }
      dumps.push(...rows.map(({ line }) => line))
    }
    // What a composite quotes, it doubles.
    const dump = dumps.join('\n').replaceAll('""', '"').replaceAll('\\\\', '\\')
    expect(dump).toContain('credential.deleted')
    expect(dump).toContain(CONTROL)
    expect(foundIn(dump)).toEqual([])
  })

  it('in no file of the database, not in its log of changes either', async () => {
    const { db } = api.runtime.database
    const { config } = api.runtime
    await pruneDrafts(db, api.runtime.vault)
    await db.execute(sql`checkpoint`)
    if (config.database.driver !== 'pglite') return expect.fail('has no folder')
    const { folder } = config.database
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    const withControl: string[] = []
    for (const file of files) {
      const bytes = await readFile(file)
      if (bytes.includes(CONTROL)) withControl.push(file)
      expect(foundIn(bytes), file).toEqual([])
    }
    expect(withControl.some((file) => file.includes('pg_wal'))).toBe(true)
    expect(withControl.some((file) => file.includes(`${join('base', '')}`))).toBe(true)
  })
})
