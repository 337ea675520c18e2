import { cors } from 'hono/cors'
import { HTTPException } from 'hono/http-exception'
import { isDatabaseUnavailable } from '@/db/errors'
import { LookupUnavailableError } from '../api-keys'
import { isRefusal } from '../errors'
import { log } from '../log'
import { getRuntime } from '../runtime'
import type { ApiContext } from './context'
import { router } from './define'
import { describeApi } from './document'
import { invalidRequest, problem, refusalCodes } from './problems'
import { bulkRevocations } from './routes/bulk-revocations'
import { introspect } from './routes/introspect'
import { keys } from './routes/keys'
import { me } from './routes/me'
import { verify } from './routes/verify'

/**
 * The public API, as it is configured. `index.ts` hands it requests: what every request needs is done there, since a
 * middleware for all would cost each of them several promises.
 */
export function createApi() {
  const api = router().basePath('/api/v1')

  const { corsOrigins } = getRuntime().config
  if (corsOrigins.length > 0) api.use(crossOrigin(corsOrigins))

  api.route('/', me)
  api.route('/', verify)
  api.route('/', keys)
  api.route('/', introspect)
  api.route('/', bulkRevocations)
  describeApi(api)

  refuseOtherMethods(api)
  api.notFound((c) => problem(c, 'NOT_FOUND', 'There is nothing at this address. See /docs/api for what there is.'))
  api.onError((error, c) => answerError(c, error))
  return api
}

/** CORS for the configured origins, none by default. Never with cookies: a browser app brings a key. */
function crossOrigin(origins: string[]) {
  return cors({
    origin: (origin) => (origins.includes(origin) ? origin : null),
    allowMethods: ['GET', 'POST', 'PATCH'],
    allowHeaders: ['Authorization', 'Content-Type'],
    exposeHeaders: ['X-Request-Id', 'Retry-After', 'Location'],
    maxAge: 600,
  })
}

/** For each address that exists: OPTIONS tells its methods, and the rest is refused with them. */
function refuseOtherMethods(api: ReturnType<typeof router>): void {
  const methods = new Map<string, Set<string>>()
  for (const { path, method } of api.routes) {
    if (method === 'ALL') continue
    const known = methods.get(path) ?? new Set(method === 'GET' ? ['HEAD'] : [])
    methods.set(path, known.add(method))
    if (method === 'GET') known.add('HEAD')
  }
  // More specific addresses first: `/keys/verify` must not be taken for `/keys/:id`.
  const paths = [...methods].sort(([a], [b]) => Number(a.includes(':')) - Number(b.includes(':')))
  for (const [path, known] of paths) {
    const allow = [...known, 'OPTIONS'].join(', ')
    api.all(path.replace('/api/v1', ''), (c) =>
      c.req.method === 'OPTIONS'
        ? new Response(null, { status: 204, headers: { Allow: allow, 'Cache-Control': 'no-store' } })
        : problem(c, 'METHOD_NOT_ALLOWED', `This address answers ${allow}.`, { headers: { Allow: allow } }),
    )
  }
}

function answerError(c: ApiContext, error: Error): Response {
  if (isRefusal(error)) {
    return error.code === 'invalid'
      ? invalidRequest(c, error.fields)
      : problem(c, refusalCodes[error.code], error.message, { errors: error.fields })
  }
  if (error instanceof HTTPException && error.status < 500) {
    return invalidRequest(c, [{ field: '', code: 'invalid_format', message: 'The request could not be read' }])
  }
  if (error instanceof LookupUnavailableError || isDatabaseUnavailable(error)) {
    log.error({ err: error, requestId: c.env.requestId }, 'The database did not answer')
    return problem(c, 'SERVICE_UNAVAILABLE', 'The database does not answer. Nothing was changed; try again shortly.', {
      headers: { 'Retry-After': '2' },
    })
  }
  log.error({ err: error, requestId: c.env.requestId }, 'An API request failed')
  return problem(c, 'INTERNAL_ERROR', `Something went wrong on our side. Quote ${c.env.requestId} when you report it.`)
}
