import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'

/** A server that answers with whatever bytes a test wants, and remembers all that reached it. */
export interface Listener {
  port: number
  /** Sockets that were accepted. */
  connections(): number
  /** Sockets that are open. */
  open(): number
  /** All that was sent to it. */
  received(): string
  close(): Promise<void>
}

/**
 * Listens on loopback.
 * @param onRequest called with each request head, once it is complete
 * @param options `onBytes` is called with whatever comes, HTTP or not
 */
export async function listen(
  onRequest: (socket: Socket, head: string) => void,
  options: { tls?: TlsOptions; host?: string; port?: number; onBytes?(socket: Socket): void } = {},
): Promise<Listener> {
  const { tls, host = '127.0.0.1', port = 0, onBytes } = options
  const sockets = new Set<Socket>()
  let connections = 0
  let received = ''
  const accept = (socket: Socket) => {
    let pending = ''
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      onBytes?.(socket)
      received += chunk.toString('latin1')
      pending += chunk.toString('latin1')
      for (let end = pending.indexOf('\r\n\r\n'); end !== -1; end = pending.indexOf('\r\n\r\n')) {
        const head = pending.slice(0, end)
        pending = pending.slice(end + 4)
        onRequest(socket, head)
      }
    })
  }
  const server = tls ? createTlsServer(tls, accept) : createServer(accept)
  // Of TLS too, the connection counts, not only the handshake that came to its end.
  server.on('connection', (socket: Socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('tlsClientError', () => {})
  server.listen(port, host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    open: () => sockets.size,
    received: () => received,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A plain answer. */
export function answer(body: string, headers = '', status = '200 OK'): string {
  return `HTTP/1.1 ${status}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`
}
