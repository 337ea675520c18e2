import type { IncomingHttpHeaders } from 'node:http'
import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { readProxyTarget } from '../integrations/proxy-request'
import { methods } from '../integrations/schemas'
import { getRuntime } from '../runtime'
import { noContent } from './answer'
import type { ApiEnv } from './context'

/** What a page may read of an answer beside what it always may. */
const ofProxy = ['*']
const ofApi = [
  'X-Request-Id',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
  'Location',
  'Fenicia-Error',
  'Fenicia-Integration',
]

/**
 * CORS for the configured origins, none by default. Never with cookies: a browser app brings a key. What goes through an
 * integration is the service's to name: its headers, and any method.
 */
export function crossOrigin(origins: string[]): MiddlewareHandler<ApiEnv> {
  const allow = { origin: origins, maxAge: 600 }
  const allowProxy = cors({ ...allow, allowMethods: [...methods], exposeHeaders: ofProxy })
  const allowApi = cors({
    ...allow,
    allowMethods: ['GET', 'POST', 'PATCH', 'DELETE'],
    allowHeaders: ['Authorization', 'Content-Type'],
    exposeHeaders: ofApi,
  })
  return async (c, next) => {
    const origin = c.req.header('origin') ?? ''
    if (!origins.includes(origin)) return next()
    const isProxied = readProxyTarget(c.req.path) !== null
    // To `cors`, each is a question beforehand. This one is meant.
    if (c.req.method === 'OPTIONS' && c.req.header('access-control-request-method') === undefined) {
      await next()
      c.header('Access-Control-Allow-Origin', origin)
      c.header('Access-Control-Expose-Headers', (isProxied ? ofProxy : ofApi).join(','))
      c.header('Vary', 'Origin', { append: true })
      return
    }
    const preflight = await (isProxied ? allowProxy : allowApi)(c, next)
    return preflight && noContent(c, Object.fromEntries(preflight.headers))
  }
}

/** Whether a page of a configured origin asks beforehand what it may send. */
export function isPreflight(method: string | undefined, headers: IncomingHttpHeaders): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined && isConfigured(headers.origin)
}

/** The headers by which a page of a configured origin may read the answer to a call through an integration. */
export function readableBy(origin: string | undefined): Record<string, string> {
  if (origin === undefined || !isConfigured(origin)) return {}
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Expose-Headers': ofProxy.join(','),
    Vary: 'Origin',
  }
}

function isConfigured(origin: string | undefined): boolean {
  return origin !== undefined && getRuntime().config.corsOrigins.includes(origin)
}
