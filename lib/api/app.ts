import { randomUUID } from 'node:crypto'
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

/** A token anywhere in a query: there it would end up in logs, histories and Referer headers. */
const TOKEN_IN_QUERY = /fn_(live|test)_[0-9A-Za-z]{20}/

/** The public API. Needs the runtime only when it answers. */
export function createApi() {
  const api = router().basePath('/api/v1')

  api.use(async (c, next) => {
    c.set('requestId', `req_${randomUUID().replaceAll('-', '')}`)
    const query = c.req.url.indexOf('?')
    if (query !== -1 && TOKEN_IN_QUERY.test(safeDecode(c.req.url.slice(query)))) {
      return problem(
        c,
        'TOKEN_IN_URL',
        'Tokens do not belong in URLs, where logs keep them. Send it as “Authorization: Bearer …”, and regenerate this one.',
      )
    }
    return next()
  })
  api.use(crossOrigin())

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
function crossOrigin() {
  const allow = cors({
    origin: (origin) => (getRuntime().config.corsOrigins.includes(origin) ? origin : null),
    allowMethods: ['GET', 'POST', 'PATCH'],
    allowHeaders: ['Authorization', 'Content-Type'],
    exposeHeaders: ['X-Request-Id', 'Retry-After', 'Location'],
    maxAge: 600,
  })
  const handler: typeof allow = (c, next) =>
    getRuntime().config.corsOrigins.length > 0 && c.req.header('origin') !== undefined ? allow(c, next) : next()
  return handler
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
    log.error({ err: error, requestId: c.var.requestId }, 'The database did not answer')
    return problem(c, 'SERVICE_UNAVAILABLE', 'The database does not answer. Nothing was changed; try again shortly.', {
      headers: { 'Retry-After': '2' },
    })
  }
  log.error({ err: error, requestId: c.var.requestId }, 'An API request failed')
  return problem(c, 'INTERNAL_ERROR', `Something went wrong on our side. Quote ${c.var.requestId} when you report it.`)
}

function safeDecode(query: string): string {
  try {
    return decodeURIComponent(query)
  } catch {
    return query
  }
}
