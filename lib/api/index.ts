import type { RequestListener } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { newRequestId } from '@/lib/ids'
import { tokensIn } from '../leaks'
import { getRuntime } from '../runtime'
import { transportSecurity } from '../security-headers'
import { decodeAscii, urlHoldsToken } from '../text'
import { createApi, createRefusal } from './app'
import { originOfIncoming } from './context'
import { documentOf } from './document'
import { answerFastMe, isFastMe } from './fast-me'
import { unreadable } from './problems'
import { answerProxy, isProxy } from './proxy'

/** The API, and what answers in its place where an address holds a token. */
function createMount() {
  return { api: createApi(), refusal: createRefusal() }
}
type Mount = ReturnType<typeof createMount>

export { type ProblemCode, problemAnchor, problemCodes } from './problems'
export { MAX_BODY_BYTES } from './validation'

/** The API as a listener of `node:http`: the fast mount. */
export function apiListener(): RequestListener {
  const mount = createMount()
  const listener = getRequestListener(
    (request, bindings) => answer(mount, request, bindings.incoming.url ?? '', bindings as HttpBindings),
    // What never becomes a request: an address or a Host header that is none.
    // By HTTP/1.0 a host need not be named; nothing here depends on it.
    { errorHandler: () => unreadable(newRequestId()), hostname: 'localhost' },
  )
  return (request, response) => {
    if (isFastMe(request)) answerFastMe(request, response, { requestId: newRequestId(), security: security() })
    else if (isProxy(request) && !urlHoldsToken(request.url ?? '')) void answerProxy(request, response, newRequestId())
    else {
      for (const [name, value] of Object.entries(security())) response.setHeader(name, value)
      void listener(request, response)
    }
  }
}

let portable: Mount | undefined

/** The API as a function of a request: the portable mount. */
export async function apiFetch(request: Request, bindings: Partial<HttpBindings>): Promise<Response> {
  portable ??= createMount()
  const response = await answer(portable, request, request.url, bindings)
  for (const [name, value] of Object.entries(security())) response.headers.set(name, value)
  return response
}

/**
 * What every answer says, whoever makes it. Calls, and `GET /me`, have it with their headers: once any was set before, Node
 * keeps one of several of a name, and sets each of the others by itself.
 */
function security(): Record<string, string> {
  return transportSecurity(getRuntime().config.url)
}

/** The OpenAPI 3.1 document of the API. */
export function openApiDocument() {
  return documentOf(createApi())
}

/** Gives the request its id, and refuses a token in its address. */
function answer(
  { api, refusal }: Mount,
  request: Request,
  url: string,
  bindings: Partial<HttpBindings>,
): Response | Promise<Response> {
  const requestId = newRequestId()
  if (urlHoldsToken(url)) {
    const { leaks } = getRuntime()
    const { incoming } = bindings
    const from = incoming ? originOfIncoming(incoming) : { address: null, userAgent: request.headers.get('user-agent') }
    for (const token of tokensIn(decodeAscii(url))) leaks.note(token, 'url', { ...from, requestId })
    return refusal.fetch(request, Object.assign(bindings, { requestId }))
  }
  return api.fetch(request, Object.assign(bindings, { requestId }))
}
