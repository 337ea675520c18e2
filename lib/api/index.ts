import type { RequestListener } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { newRequestId } from '@/lib/ids'
import { tokensIn } from '../leaks'
import { getRuntime } from '../runtime'
import { createApi } from './app'
import { originOfIncoming } from './context'
import { documentOf } from './document'
import { answerFastMe, isFastMe } from './fast-me'
import { tokenInUrl, unreadable } from './problems'
import { answerProxy, isProxy } from './proxy'

type Api = ReturnType<typeof createApi>

export { type ProblemCode, problemAnchor, problemCodes } from './problems'
export { MAX_BODY_BYTES } from './validation'

/** The API as a listener of `node:http`: the fast mount. */
export function apiListener(): RequestListener {
  const api = createApi()
  const listener = getRequestListener(
    (request, bindings) => answer(api, request, bindings.incoming.url ?? '', bindings as HttpBindings),
    // What never becomes a request: an address or a Host header that is none.
    { errorHandler: () => unreadable(newRequestId()) },
  )
  return (request, response) => {
    if (isFastMe(request)) answerFastMe(request, response, { requestId: newRequestId() })
    else if (isProxy(request) && !hasToken(request.url ?? '')) void answerProxy(request, response, newRequestId())
    else void listener(request, response)
  }
}

let portable: Api | undefined

/** The API as a function of a request: the portable mount. */
export function apiFetch(request: Request, bindings: Partial<HttpBindings>): Response | Promise<Response> {
  portable ??= createApi()
  return answer(portable, request, request.url, bindings)
}

/** The OpenAPI 3.1 document of the API. */
export function openApiDocument() {
  return documentOf(createApi())
}

/** A token anywhere in an address: there it would end up in logs, histories and Referer headers. */
const TOKEN_IN_URL = /fn_(live|test)_[0-9A-Za-z]{20}/

/** Gives the request its id, and refuses a token in its address. */
function answer(
  api: Api,
  request: Request,
  url: string,
  bindings: Partial<HttpBindings>,
): Response | Promise<Response> {
  const requestId = newRequestId()
  if (hasToken(url)) {
    const { leaks } = getRuntime()
    const { incoming } = bindings
    const from = incoming ? originOfIncoming(incoming) : { address: null, userAgent: request.headers.get('user-agent') }
    for (const token of tokensIn(decode(url))) leaks.note(token, 'url', { ...from, requestId })
    return tokenInUrl(requestId)
  }
  return api.fetch(request, Object.assign(bindings, { requestId }))
}

function hasToken(url: string): boolean {
  return TOKEN_IN_URL.test(decode(url))
}

/** Undoes percent-encoding of ASCII, as far as there is any: a token must be found beside what can't be decoded. */
function decode(url: string): string {
  return url.replace(/%([2-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
