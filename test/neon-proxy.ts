import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { createWebSocketStream, WebSocketServer } from 'ws'

/**
 * What Neon runs in front of its databases, small: each WebSocket becomes a TCP connection to the `address` (host:port)
 * of its query. It lets Neon's driver work on a Postgres of our own. Only addresses of this machine are connected to.
 */
export async function startNeonProxy(): Promise<{ address: string; close(): Promise<void> }> {
  const server = createServer()
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket, request) => {
    const target = new URL(request.url ?? '/', 'http://proxy').searchParams.get('address') ?? ''
    const [, host, port] = /^(127\.0\.0\.1|localhost):(\d+)$/.exec(target) ?? []
    if (!host || !port) return socket.close(1008, 'address must be a port of this machine')
    const stream = createWebSocketStream(socket)
    const tcp = connect({ host, port: Number(port), noDelay: true })
    // One end that breaks breaks the other; what that means is for the driver to judge.
    stream.on('error', () => tcp.destroy())
    tcp.on('error', () => stream.destroy())
    stream.pipe(tcp).pipe(stream)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The Neon proxy has no port')
  return {
    address: `127.0.0.1:${address.port}`,
    close: async () => {
      for (const client of sockets.clients) client.terminate()
      server.close()
      await once(server, 'close')
    },
  }
}
