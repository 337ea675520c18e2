// The HTTP server. What begins with /api/v1/ goes straight to the public API, which instrumentation put on globalThis
// when Next started (the fast mount); all else goes to Next. In development Next serves the API too, so that edits reload.
import { createServer } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { endLateBodies } from './scripts/late-bodies.mjs'
import { takeAbsoluteForm } from './scripts/origin-form.mjs'
import { outliveReaders } from './scripts/output.mjs'
import { refuseEarly } from './scripts/refuse-early.mjs'
import { RequestContexts } from './scripts/request-contexts.mjs'

// V8 lets garbage pile up in proportion to the machine's memory, several times what is in use. Half as much again is enough:
// 100 MB less resident under load, and no request slower.
setFlagsFromString('--heap-growing-percent=50')
// With the database on the same two cores, the threads that share the collection of new garbage wait for each other more
// than they collect: one thread does it in half the processor's time.
setFlagsFromString('--no-parallel-scavenge')

outliveReaders()
const dev = process.argv.includes('--dev')
process.env.NODE_ENV = dev ? 'development' : 'production'
// Next would tell its maker of this machine and of what is edited on it.
process.env.NEXT_TELEMETRY_DISABLED = '1'
process.chdir(import.meta.dirname)

const contexts = new RequestContexts()
// Next and React take what the environment provides.
globalThis.AsyncLocalStorage = contexts.Storage
const { default: next } = await import('next')

const server = createServer()
// Before whoever looks at a request's address.
takeAbsoluteForm(server)
endLateBodies(server)
// The reloading of edits travels over a WebSocket, which Next serves on the server that it is told of.
const app = next({ dev, dir: import.meta.dirname, ...(dev && { httpServer: server }) })
await app.prepare()
const handle = app.getRequestHandler()

// Next runs instrumentation, which starts Fenicia, with its first request: that one is ours, and nobody else waits for it.
const warmUp = createServer((request, response) => void contexts.during(() => handle(request, response)))
await new Promise((resolve) => warmUp.listen(0, '127.0.0.1', resolve))
await (await fetch(`http://127.0.0.1:${warmUp.address().port}/api/health`)).text()
warmUp.closeAllConnections()
warmUp.close()

const runtime = globalThis[Symbol.for('fenicia.runtime')]
globalThis[Symbol.for('fenicia.request')] ??= new contexts.Storage()
const requests = globalThis[Symbol.for('fenicia.request')]
const { apiListener, activity } = runtime
const { host, port, ownUrl } = runtime.config

// Where Next reaches itself when an action redirects. It would guess port 3000 and the outside's protocol otherwise, and
// send the person's cookies there.
const ownHost = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? (host.includes(':') ? `[${host}]` : host)
process.env.__NEXT_PRIVATE_ORIGIN = `http://${ownHost}:${port}`

let stopping = false
server.on('request', (request, response) => {
  activity.note()
  // Whoever asks one thing after the other would never let go of a connection.
  if (stopping) response.shouldKeepAlive = false
  if (!dev && request.url.startsWith('/api/v1/')) apiListener(request, response)
  else if (!refuseEarly(request, response)) {
    void contexts.during(() => requests.run(request, () => handle(request, response)))
  }
})
// Longer than the idle time of usual reverse proxies (60 s), which would otherwise reuse a connection as we close it.
server.keepAliveTimeout = 65_000

// Of sockets that became WebSockets the server no longer knows.
const webSockets = new Set()
if (dev) {
  server.on('upgrade', (_request, socket) => {
    webSockets.add(socket)
    socket.once('close', () => webSockets.delete(socket))
  })
}

server.on('error', (error) => {
  process.stderr.write(
    error.code === 'EADDRINUSE'
      ? `Port ${port} on ${host} is in use by another program: stop it, or set PORT to another port.\n`
      : `Fenicia can't listen on ${host}:${port}: ${error.message}\n`,
  )
  stop(1)
})
server.listen(port, host, () => {
  process.stdout.write(`Fenicia is ready on ${ownUrl}\n  data:  ${runtime.database.description}\n  stop:  Ctrl+C\n`)
})

/** What is not answered by then, such as a stream, is cut off: whoever stops a container kills it after ten seconds. */
const CUT_OFF_MS = 7_000

/** Stops accepting, finishes what was asked, writes what is buffered, closes the database. */
async function stop(code) {
  if (stopping) return
  stopping = true
  // Requests that wait for a database which hangs would all be cut off, and then what is buffered waited for as long again.
  runtime.beginStop()
  const cutOff = setTimeout(() => server.closeAllConnections(), CUT_OFF_MS)
  // An answer that had begun before has promised that its connection stays.
  const idle = setInterval(() => server.closeIdleConnections(), 100)
  await new Promise((resolve) => {
    server.close(resolve)
    server.closeIdleConnections()
    for (const socket of webSockets) socket.destroy()
  })
  clearTimeout(cutOff)
  clearInterval(idle)
  try {
    await runtime.stop()
  } catch (error) {
    process.stderr.write(`Fenicia could not stop in order: ${error instanceof Error ? error.stack : error}\n`)
    process.exit(1)
  }
  process.exit(code)
}
process.on('SIGTERM', () => stop(0))
process.on('SIGINT', () => stop(0))
