// How long a request may take to arrive. Node has one time for all; a call through an integration brings a body of any size.

/** As long as the proxy gives the whole of a call. */
const LONGEST_MS = 3_600_000
/** Node's own time. */
const USUAL_MS = 300_000

const PROXIED = /^\/api\/v1\/integrations\/[^/]+\/proxy(?:[/?]|$)/

/**
 * Gives bodies of calls through integrations the time that they need, and all others no more than they had, also those of
 * calls that are answered already, such as for want of a key: whoever sends a body by single bytes would else hold a
 * connection for an hour.
 * @param {import('node:http').Server} server
 * @param {number} [usualMs] for tests: how long other bodies may take
 */
export function endLateBodies(server, usualMs = USUAL_MS) {
  server.requestTimeout = LONGEST_MS
  server.on('request', (request, response) => {
    const { headers, url = '' } = request
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return
    const bound = () => {
      const timer = setTimeout(() => request.complete || request.socket.destroy(), usualMs).unref()
      request.once('close', () => clearTimeout(timer))
    }
    if (PROXIED.test(url)) response.once('finish', bound)
    else bound()
  })
}
