import type { RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { createApi } from './app'
import { documentOf } from './document'

/** The API as a listener of `node:http`: the fast mount. */
export function apiListener(): RequestListener {
  return getRequestListener(createApi().fetch)
}

let portable: ReturnType<typeof createApi> | undefined

/** The API as a function of a request: the portable mount. */
export function apiFetch(request: Request, bindings: Parameters<ReturnType<typeof createApi>['fetch']>[1]) {
  portable ??= createApi()
  return portable.fetch(request, bindings)
}

/** The OpenAPI 3.1 document of the API. */
export function openApiDocument() {
  return documentOf(createApi())
}
