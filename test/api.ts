import { createServer, request as httpRequest } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { eq } from 'drizzle-orm'
import { accounts, apiKeys } from '@/db/schema'
import { apiListener } from '@/lib/api'
import { createApiKey, createKeyInput } from '@/lib/api-keys'
import { operatorActor } from '@/lib/audit'
import type { Runtime } from '@/lib/runtime'
import { startRuntime } from '@/lib/start'
import { createTestDatabase } from './databases'

/** An answer, read to its end. */
export interface Answer {
  status: number
  headers: Headers
  text: string
  /** The body as JSON; undefined when it is empty. */
  body: unknown
}

export interface Call {
  token?: string
  headers?: Record<string, string>
  /** Sent as JSON; as it is when it is a string or bytes. */
  body?: unknown
}

export interface TestKey {
  id: string
  token: string
}

/** The public API behind a real listener, on a database of its own. */
export interface TestApi {
  /** `http://127.0.0.1:<port>/api/v1` */
  url: string
  runtime: Runtime
  call(method: string, path: string, call?: Call): Promise<Answer>
  /** Sends bytes as they are and answers what came back until the server closed or fell silent for `quietMs`. */
  sendRaw(bytes: string | Buffer, quietMs?: number): Promise<string>
  makeAccount(name: string): Promise<string>
  /** Without a rate, unless `input` says otherwise. */
  makeKey(accountId: string, input: Record<string, unknown>): Promise<TestKey>
  /** Writes into a key's row what only time or a person would. */
  alterKey(id: string, change: Partial<typeof apiKeys.$inferInsert>): Promise<void>
  stop(): Promise<void>
}

/** @param env configuration; without a DATABASE_URL there is an embedded database of its own */
export async function startTestApi(env: Record<string, string> = {}): Promise<TestApi> {
  const { config, drop } = await createTestDatabase('pglite')
  if (config.driver !== 'pglite') throw new Error('Only an embedded database has a folder')
  const runtime = await startRuntime({ FENICIA_DATA: config.folder, ...env })
  const { db } = runtime.database
  const server = createServer(apiListener())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  let serial = 0

  return {
    url: `http://127.0.0.1:${port}/api/v1`,
    runtime,
    call: (method, path, call = {}) => send(port, method, path, call),
    sendRaw: (bytes, quietMs) => sendRaw(port, bytes, quietMs),
    makeAccount: async (name) => {
      const id = `acc_${++serial}`
      await db.insert(accounts).values({ id, name })
      return id
    },
    makeKey: (accountId, input) =>
      createApiKey(
        db,
        operatorActor(accountId),
        createKeyInput.parse({ name: `Key ${++serial}`, scopes: ['orders:read'], rate: null, ...input }),
      ),
    alterKey: async (id, change) => {
      await db.update(apiKeys).set(change).where(eq(apiKeys.id, id))
    },
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await runtime.stop()
      await drop()
    },
  }
}

/** By `node:http`, which, unlike `fetch`, sends what it is told to: a body with GET, any header. */
export function send(port: number, method: string, path: string, { token, headers = {}, body }: Call): Promise<Answer> {
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body)
  const payload = body === undefined ? undefined : isRaw ? body : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      port,
      host: '127.0.0.1',
      method,
      path: `/api/v1${path}`,
      headers: {
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(payload === undefined
          ? {}
          : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(payload)) }),
        ...headers,
      },
    })
    request.on('error', reject)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('error', reject)
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        const pairs = Object.entries(response.headersDistinct).flatMap(([name, values = []]) =>
          values.map((value): [string, string] => [name, value]),
        )
        const isJson = /json/.test(response.headers['content-type'] ?? '')
        resolve({
          status: response.statusCode ?? 0,
          headers: new Headers(pairs),
          text,
          body: isJson && text !== '' ? JSON.parse(text) : undefined,
        })
      })
    })
    request.end(payload)
  })
}

function sendRaw(port: number, bytes: string | Buffer, quietMs = 1_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let received = ''
    socket.setTimeout(quietMs, () => socket.destroy())
    socket.on('data', (chunk) => {
      received += chunk
    })
    socket.on('error', (error) => (received === '' ? reject(error) : undefined))
    socket.on('close', () => resolve(received))
    socket.write(bytes)
  })
}
