import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '@/test/api'

// Runs the commands of the READMEs, in a shell, as a reader would.

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** Writes what a script has and gets – environment, arguments, answers – to a folder. */
const WITNESS = join(ROOT, 'examples/witness.mjs')

/** Each of them starts half a dozen processes. */
const TIMEOUT = 120_000

let api: TestApi
let setupToken: string
let account: string
let folder: string
/** What an example's commands have in common. */
let shared: Record<string, string>
const running: ChildProcess[] = []

beforeAll(async () => {
  api = await startTestApi({ FENICIA_EGRESS_ALLOW: '127.0.0.1' })
})
afterAll(() => api.stop())

beforeEach(async () => {
  account = await api.makeAccount('Phoenix Traders')
  const scopes = ['credentials:*', 'integrations:*', 'keys:create']
  ;({ token: setupToken } = await api.makeKey(account, { name: 'Setup', scopes }))
  folder = await mkdtemp(join(tmpdir(), 'fenicia-examples-'))
  const port = await freePort()
  shared = {
    PATH: process.env.PATH ?? '',
    FENICIA_URL: api.url.replace('/api/v1', ''),
    SANDBOX_PORT: String(port),
    SERVICE_URL: `http://127.0.0.1:${port}`,
  }
})
afterEach(async () => {
  for (const child of running.splice(0)) await end(child)
  await rm(folder, { recursive: true, force: true })
})

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'close')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** A command of a README: the code block of that name. */
async function command(example: string, block: string): Promise<string> {
  const text = await readFile(join(ROOT, 'examples', example, 'README.md'), 'utf8')
  const found = new RegExp(`^\`\`\`sh ${block}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(text)?.[1]
  if (!found) throw new Error(`The README of ${example} has no block “${block}”`)
  return found.trim()
}

interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** Starts a command with its files in the test's folder: the repository is there under its own names. */
function start(line: string, env: Record<string, string>): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn('sh', ['-c', line.replaceAll('examples/', `${ROOT}examples/`)], {
    cwd: folder,
    env: { NODE_ENV: 'production', ...shared, ...env },
  })
  running.push(child)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  return { child, ended: once(child, 'close').then(([code]) => ({ code, stdout, stderr })) }
}

interface Sandbox {
  /** What it has said so far. */
  log(): string
  stop(): Promise<void>
}

/** Starts a sandbox; it is ready once this has answered. */
async function startSandbox(example: string, env: Record<string, string> = {}): Promise<Sandbox> {
  const { child } = start(`exec ${await command(example, 'sandbox')}`, env)
  let log = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text) => {
      log += text
    })
  }
  await expect.poll(() => log).toContain('http://127.0.0.1')
  return { log: () => log, stop: () => end(child) }
}

/** Runs an example's setup as its README has it. */
async function setUp(example: string, line?: string): Promise<Ended> {
  return start(line ?? (await command(example, 'setup')), { FENICIA_SETUP_TOKEN: setupToken }).ended
}

/** Sets an example up; the answer is the key that its script gets. */
async function keyFor(example: string): Promise<string> {
  const { code, stdout, stderr } = await setUp(example)
  expect(code, stderr).toBe(0)
  expect(stderr).toContain('Test: The service accepted the credential')
  expect(stdout).toMatch(/^fn_live_\w{38}\n$/)
  return stdout.trim()
}

async function runScript(example: string, token: string): Promise<Ended> {
  const env = { FENICIA_TOKEN: token, NODE_OPTIONS: `--import=${WITNESS}`, WITNESS_FOLDER: folder }
  return start(await command(example, 'run'), env).ended
}

/** Everything that a script had, got and left: environment, arguments, answers, files and output. */
async function remainsOf({ stdout, stderr }: Ended): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const texts = await Promise.all(files.map((path) => readFile(path, 'utf8')))
  return [stdout, stderr, ...texts].join('\n')
}

/** That a script never had a secret, by a search that does find what it had. */
async function expectNeverHad(ended: Ended, token: string, secrets: string[]): Promise<void> {
  const remains = await remainsOf(ended)
  expect(remains, 'environment').toContain(token)
  expect(remains, 'answers').toContain('"fenicia-integration"')
  for (const secret of secrets) {
    const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').replace(/=+$/, '')]
    for (const form of forms) expect(remains.includes(form), `a form of a secret: ${forms.indexOf(form)}`).toBe(false)
  }
}

const jsonLines = async (path: string) =>
  (await readFile(join(folder, path), 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

describe('sync-orders', { timeout: TIMEOUT }, () => {
  const SECRET = 'marketplace-sandbox-token-7Qm2Vx'

  it('has each order once, however often it is told to wait, stopped and run again', async () => {
    const { log } = await startSandbox('sync-orders')
    const token = await keyFor('sync-orders')
    const first = await runScript('sync-orders', token)
    expect(first.code, first.stderr).toBe(0)
    expect(first.stderr).toContain('answered with status 429. Trying again in 1.0 s.')
    expect(first.stderr).toContain('answered with status 503. Trying again in 1.0 s.')
    const ids = Array.from({ length: 250 }, (_, index) => `MP-${1001 + index}`)
    expect((await jsonLines('orders.jsonl')).map(({ id }) => id)).toEqual(ids)
    await expectNeverHad(first, token, [SECRET])

    // As a run leaves it that was killed after it wrote a page and before it noted so.
    const { size } = await stat(join(folder, 'orders.jsonl'))
    const lines = (await readFile(join(folder, 'orders.jsonl'), 'utf8')).split('\n')
    const bytes = Buffer.byteLength(`${lines.slice(0, 200).join('\n')}\n`)
    await writeFile(join(folder, 'orders.jsonl.state'), JSON.stringify({ cursor: '200', bytes }))
    const second = await runScript('sync-orders', token)
    expect(second.stderr).toContain('50 new order(s)')
    expect((await jsonLines('orders.jsonl')).map(({ id }) => id)).toEqual(ids)
    expect((await stat(join(folder, 'orders.jsonl'))).size).toBe(size)

    const third = await runScript('sync-orders', token)
    expect(third.stderr).toContain('0 new order(s)')
    expect(log()).toContain('GET /orders?limit=100 200')
    expect(log()).not.toContain('Fenicia')
  })

  it('has a sandbox that says when another program has its port', async () => {
    await startSandbox('sync-orders')
    const { code, stderr } = await start(await command('sync-orders', 'sandbox'), {}).ended
    expect(stderr).toBe(
      `Port ${shared.SANDBOX_PORT} is in use by another program, perhaps this sandbox in another terminal.\n`,
    )
    expect(code).toBe(1)
  })

  it('stores no secret that the marketplace refuses', async () => {
    await startSandbox('sync-orders', { SANDBOX_TOKEN: 'another-token-than-is-typed' })
    const { code, stdout, stderr } = await setUp('sync-orders')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('The service refused the credential (status 401).')
    expect(stderr).toContain('Nothing was stored.')
    expect(stderr).not.toContain(SECRET)
    const { body } = await api.call('GET', '/credentials', { token: setupToken })
    expect(body).toMatchObject({ total: 0 })
  })

  it('stores the secret as tested, and makes a key for this integration only', async () => {
    await startSandbox('sync-orders')
    const token = await keyFor('sync-orders')
    const credentials = await api.call('GET', '/credentials', { token: setupToken })
    expect(credentials.body).toMatchObject({ data: [{ last_test: { result: 'good' } }] })
    const { body } = await api.call('GET', '/me', { token })
    expect(body).toMatchObject({ key: { scopes: ['integrations:use'] } })
    const [credential] = (credentials.body as { data: [{ id: string; hosts: [string] }] }).data
    const other = { name: 'Other', slug: 'other', credential_id: credential.id, base_url: credential.hosts[0] }
    expect((await api.call('POST', '/integrations', { token: setupToken, body: other })).status).toBe(201)
    expect((await api.call('GET', '/integrations/other/proxy/me', { token: setupToken })).status).toBe(200)
    expect((await api.call('GET', '/integrations/other/proxy/me', { token })).status).toBe(403)
  })

  it('says who refused and what to do, and ends with 2', async () => {
    const sandbox = await startSandbox('sync-orders')
    const token = await keyFor('sync-orders')
    const { body } = await api.call('GET', '/integrations', { token: setupToken })
    const [{ id }] = (body as { data: [{ id: string }] }).data

    const unknown = await runScript('sync-orders', `${token.slice(0, -1)}!`)
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('Fenicia does not accept the API key') })
    const { token: useless } = await api.makeKey(account, { scopes: ['orders:read'] })
    const lacking = await runScript('sync-orders', useless)
    expect(lacking).toMatchObject({ code: 2, stderr: expect.stringContaining('lacks integrations:use') })
    await api.call('PATCH', `/integrations/${id}`, { token: setupToken, body: { paths: ['/elsewhere'] } })
    const notAllowed = await runScript('sync-orders', token)
    const words = 'Fenicia does not allow this to the API key'
    expect(notAllowed).toMatchObject({ code: 2, stderr: expect.stringContaining(words) })
    await api.call('PATCH', `/integrations/${id}`, { token: setupToken, body: { paths: ['/orders'] } })

    await sandbox.stop()
    await startSandbox('sync-orders', { SANDBOX_TOKEN: 'the-next-token-8sPw' })
    const refused = await runScript('sync-orders', token)
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('does not take the credential') })
    // The secret is rotated by setting up again; the script goes on with the key that it has.
    const rotation = (await command('sync-orders', 'setup')).replace(SECRET, 'the-next-token-8sPw')
    const rotated = await setUp('sync-orders', `${rotation} 'Orders sync 2'`)
    expect(rotated).toMatchObject({ code: 0, stderr: expect.stringContaining('Replaced the secret') })
    expect(await runScript('sync-orders', token)).toMatchObject({ code: 0 })
  })
})

describe('erp-export', { timeout: TIMEOUT }, () => {
  it('writes each day’s orders in UTF-8, and asks for none twice', async () => {
    const { log } = await startSandbox('erp-export')
    const token = await keyFor('erp-export')
    const ended = await runScript('erp-export', token)
    expect(ended.code, ended.stderr).toBe(0)
    expect(await jsonLines('erp-orders/2026-11-02.jsonl')).toEqual([
      { number: '2026-11-02/1', customer: 'Muñoz & Hijos, S.A.', amount: 1234.5 },
      { number: '2026-11-02/2', customer: 'Café "Zoë"', amount: 1235.5 },
      { number: '2026-11-02/3', customer: 'Bäckerei Groß; Filiale 2', amount: 1236.5 },
      { number: '2026-11-02/4', customer: 'O\'Brien "The Shop"', amount: 1237.5 },
      { number: '2026-11-02/5', customer: 'Garçon\nBordeaux', amount: 1238.5 },
    ])
    expect(await jsonLines('erp-orders/2026-11-08.jsonl')).toEqual([])
    expect(await readdir(join(folder, 'erp-orders'))).toHaveLength(7)
    await expectNeverHad(ended, token, ['Contraseña-del-ERP-58', 'fenicia-export:Contraseña-del-ERP-58'])

    const before = log()
    expect(before.match(/date=2026-11-02 200/g)).toHaveLength(1)
    expect(await runScript('erp-export', token)).toMatchObject({ code: 0 })
    expect(log()).toBe(before)
  })
})

describe('shipping-label', { timeout: TIMEOUT }, () => {
  it('saves a whole PDF though the first broke off, and makes one label however often it is run', async () => {
    const { log } = await startSandbox('shipping-label')
    const token = await keyFor('shipping-label')
    const ended = await runScript('shipping-label', token)
    expect(ended.code, ended.stderr).toBe(0)
    expect(ended.stderr).toContain('Trying again')
    expect(log()).toContain('POST /labels 201, broken off')
    const pdf = await readFile(join(folder, 'labels/MP-1001.pdf'), 'latin1')
    expect(pdf).toMatch(/^%PDF-1\.4\n[\s\S]*SB000000001 {2}Zoe Munoz, Valencia[\s\S]*%%EOF\n$/)
    await expectNeverHad(ended, token, ['shippo_test_sandbox_key_91TzLw'])

    const again = await runScript('shipping-label', token)
    expect(again.stderr).toContain('tracking number SB000000001')
    expect(log().match(/Made label/g)).toHaveLength(1)
    expect(await readdir(join(folder, 'labels'))).toEqual(['MP-1001.pdf'])
  })
})

describe('nightly-sync', { timeout: TIMEOUT }, () => {
  /** What every secret of the sandbox begins with, those that it makes up included. */
  const SECRETS = ['night-market-client-secret', 'night-market-access', 'night-market-refresh']
  const renewals = (log: string) => log.match(/POST \/oauth\/token 200/g)?.length ?? 0

  it('reads on through two renewals that the script does not notice, and each refresh token is spent once', async () => {
    const { log } = await startSandbox('nightly-sync')
    const token = await keyFor('nightly-sync')
    const before = renewals(log())
    expect(before, 'the test is a renewal').toBe(1)

    const ended = await runScript('nightly-sync', token)
    expect(ended.code, ended.stderr).toBe(0)
    expect(renewals(log()) - before).toBeGreaterThanOrEqual(2)
    expect(log()).not.toMatch(/ (400|401)\n/)
    expect(log()).not.toContain('a second time')
    expect(ended.stderr).not.toContain('401')
    const ids = Array.from({ length: 300 }, (_, index) => `NM-${5001 + index}`)
    expect((await jsonLines('night-orders/changes-after-0.jsonl')).map(({ id }) => id)).toEqual(ids)
    await expectNeverHad(ended, token, SECRETS)

    // By the next night the token has ended long ago.
    const again = await runScript('nightly-sync', token)
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('0 order(s) changed') })
    expect(await readdir(join(folder, 'night-orders'))).toEqual(['changes-after-0.jsonl', 'last-change'])
  })

  it('stores nothing when the marketplace does not know the app', async () => {
    await startSandbox('nightly-sync', { SANDBOX_SECRET: 'another-secret-than-is-typed' })
    const { code, stdout, stderr } = await setUp('nightly-sync')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Nothing was stored.')
    for (const secret of SECRETS) expect(stderr).not.toContain(secret)
    const { body } = await api.call('GET', '/credentials', { token: setupToken })
    expect(body).toMatchObject({ total: 0 })
  })

  it('says that the credential has to be seen to once the marketplace has taken the right away', async () => {
    const sandbox = await startSandbox('nightly-sync')
    const token = await keyFor('nightly-sync')
    await sandbox.stop()
    // Begun anew, it knows none of the tokens that it has given.
    await startSandbox('nightly-sync')
    const refused = await runScript('nightly-sync', token)
    expect(refused.code, refused.stderr).toBe(2)
    expect(refused.stderr).toMatch(/CREDENTIAL_REFUSED|does not take the credential/)
  })
})
