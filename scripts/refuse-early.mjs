// What Next can't take as a request: it answers 500 and writes its stack to the log, for whoever sends it.

/**
 * Answers a request that no page or handler could.
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @returns {boolean} whether it was one
 */
export function refuseEarly(request, response) {
  const { method, url = '' } = request
  if (url === '*' && method === 'OPTIONS') return end(response, 204)
  // The Fetch standard has no request of this method, and it would show a page what its browser hides from it.
  if (method === 'TRACE') return end(response, 501)
  return !url.startsWith('/') && end(response, 400)
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 */
function end(response, status) {
  response.writeHead(status, { 'Cache-Control': 'no-store', ...(status !== 204 && { 'Content-Length': 0 }) }).end()
  return true
}
