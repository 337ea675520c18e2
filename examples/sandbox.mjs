// What the sandboxes share: a server on this machine that stands for an external service. It says of each request what it
// was and how it answered, and never what secret came with it.
import { createServer } from 'node:http'

/**
 * @typedef {import('node:http').IncomingMessage} Request
 * @typedef {import('node:http').ServerResponse} Response
 * @typedef {(request: Request, response: Response, url: URL) => void | Promise<void>} Handler
 */

/** Fenicia's API keys are for Fenicia: none may ever arrive at a service. */
const FENICIA_TOKEN = /fn_(live|test)_[0-9A-Za-z]/

/**
 * Serves until it is stopped.
 * @param {string} name
 * @param {number} defaultPort unless SANDBOX_PORT says otherwise
 * @param {(request: Request) => boolean} isLetIn whether a request has the secret
 * @param {string} challenge what a refusal says in WWW-Authenticate
 * @param {Record<string, Handler>} routes by `METHOD /path`
 */
export function serve(name, defaultPort, isLetIn, challenge, routes) {
  const port = Number(process.env.SANDBOX_PORT ?? defaultPort)
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://sandbox')
    response.once('close', () => {
      const end = response.writableFinished ? response.statusCode : `${response.statusCode}, broken off`
      process.stdout.write(`${request.method} ${request.url} ${end}\n`)
    })
    if (FENICIA_TOKEN.test(request.rawHeaders.join())) {
      process.stdout.write('An API key of Fenicia has arrived here, which must never happen.\n')
      return answerJson(response, 500, { error: 'fenicia_token' })
    }
    if (!isLetIn(request)) {
      response.setHeader('WWW-Authenticate', challenge)
      return answerJson(response, 401, { error: 'unauthorized' })
    }
    const handler = routes[`${request.method} ${url.pathname}`]
    if (!handler) return answerJson(response, 404, { error: 'not_found' })
    await handler(request, response, url)
  })
  server.once('error', (error) => {
    const inUse = 'code' in error && error.code === 'EADDRINUSE'
    const words = inUse
      ? `Port ${port} is in use by another program, perhaps this sandbox in another terminal.`
      : error.message
    process.stderr.write(`${words}\n`)
    process.exitCode = 1
  })
  server.listen(port, '127.0.0.1', () => process.stdout.write(`${name} on http://127.0.0.1:${port}\n`))
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      server.close()
      server.closeAllConnections()
    })
  }
}

/** @param {Response} response @param {number} status @param {unknown} body */
export function answerJson(response, status, body) {
  const bytes = Buffer.from(JSON.stringify(body))
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': bytes.length }).end(bytes)
}
