// Peer (c): http-proxy-3, the maintained successor of http-proxy, with connections that are kept, and one header set on
// each call.
import { Agent, createServer } from 'node:http'
import httpProxy from 'http-proxy-3'

const { PORT, UPSTREAM = '', SECRET = '' } = process.env
const agent = new Agent({ keepAlive: true, maxSockets: 128 })
const proxy = httpProxy.createProxyServer({ target: UPSTREAM, agent, headers: { 'x-api-key': SECRET } })
proxy.on('error', (_error, _request, response) => response.destroy())

const server = createServer((request, response) => proxy.web(request, response))
server.listen(Number(PORT), '127.0.0.1')
process.once('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeAllConnections()
})
