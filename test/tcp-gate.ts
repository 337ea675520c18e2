import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A TCP proxy that stands between a client and a server of this machine, and can misbehave as networks do. */
export interface TcpGate {
  port: number
  /** The first bytes that each client sent, oldest first. */
  greetings: Buffer[]
  /** From now on nothing comes through, in either direction, until `open`: a network that hangs. */
  shut(): void
  /** Breaks every connection and, until `open`, each new one: a server that is down. */
  refuse(): void
  open(): void
  /** Breaks every connection. */
  cut(): void
  close(): Promise<void>
}

/** Starts a gate before a port of this machine. */
export async function startTcpGate(port: number): Promise<TcpGate> {
  const greetings: Buffer[] = []
  const sockets = new Set<Socket>()
  let isShut = false
  let isRefusing = false
  const server = createServer((client) => {
    if (isRefusing) {
      client.destroy()
      return
    }
    const target = connect({ host: '127.0.0.1', port, noDelay: true })
    client.once('data', (chunk) => greetings.push(chunk))
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(from)
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      // What a broken connection means is for the two ends to judge.
      from.on('error', () => {})
      from.pipe(to)
      if (isShut) from.pause()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The gate has no port')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: address.port,
    greetings,
    shut() {
      isShut = true
      for (const socket of sockets) socket.pause()
    },
    refuse() {
      isRefusing = true
      cut()
    },
    open() {
      isRefusing = false
      isShut = false
      for (const socket of sockets) socket.resume()
    },
    cut,
    async close() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
