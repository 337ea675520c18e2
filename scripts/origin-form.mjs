// Requests whose target is a whole address, as clients send them that take a server for a proxy (RFC 9112, 3.2.2).

const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/is

/**
 * Has every later listener see a request for a whole address as one for that host's path, which a server must take it for.
 * What stands in the Host header says nothing then.
 * @param {import('node:http').Server} server
 */
export function takeAbsoluteForm(server) {
  server.on('request', (request) => {
    const [, host, rest] = ABSOLUTE.exec(request.url) ?? []
    if (host === undefined) return
    request.url = rest.startsWith('/') ? rest : `/${rest}`
    request.headers.host = host
  })
}
