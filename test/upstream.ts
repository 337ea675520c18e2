import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it came. */
export interface Received {
  method: string
  /** Path and query. */
  target: string
  headers: IncomingMessage['headers']
  /** Names and values in turn, as they came. */
  rawHeaders: string[]
  body: string
}

type Respond = (request: Received, response: ServerResponse) => void

/** A service on loopback that remembers all that reaches it. */
export interface Upstream {
  /** Its origin, such as `http://127.0.0.1:4711`. */
  url: string
  port: number
  /** What came since `forget`. */
  received: Received[]
  /** Connections since `forget`, also those on which nothing was sent. */
  connections(): number
  /** What it answers from now on; null: 200 and `{"ok":true}`. */
  respond(how: Respond | null): void
  /** Answers every request with this from now on. */
  respondWith(status: number, headers?: Record<string, string | string[]>, body?: string): void
  /** Forgets what came, and how to answer. */
  forget(): void
  close(): Promise<void>
}

/** Starts one. */
export async function startUpstream(): Promise<Upstream> {
  const received: Received[] = []
  let connections = 0
  let respond: Respond | null = null
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk)
    } catch {
      return
    }
    const { method = '', url: target = '', headers, rawHeaders } = request
    const one = { method, target, headers, rawHeaders, body: Buffer.concat(chunks).toString('utf8') }
    received.push(one)
    if (respond) respond(one, response)
    else response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}')
  })
  server.on('connection', () => {
    connections += 1
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    connections: () => connections,
    respond(how) {
      respond = how
    },
    respondWith(status, headers = {}, body = '') {
      respond = (_, response) => response.writeHead(status, headers).end(body)
    },
    forget() {
      received.length = 0
      connections = 0
      respond = null
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
