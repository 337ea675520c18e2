import { getRuntime } from '../runtime'
import { noContent } from './answer'
import { crossOrigin } from './cross-origin'
import { type Router, router } from './define'
import { document } from './document'
import { answerError } from './failures'
import { problem, tokenInUrl } from './problems'
import { auditEvents } from './routes/audit-events'
import { bulkRevocations } from './routes/bulk-revocations'
import { credentialDrafts } from './routes/credential-drafts'
import { credentialRenewals } from './routes/credential-renewals'
import { credentialTests } from './routes/credential-tests'
import { credentials } from './routes/credentials'
import { integrations } from './routes/integrations'
import { introspect } from './routes/introspect'
import { keyUsage } from './routes/key-usage'
import { keys } from './routes/keys'
import { leaks } from './routes/leaks'
import { me } from './routes/me'
import { proxied } from './routes/proxy'
import { reviews } from './routes/reviews'
import { verify } from './routes/verify'
import { webhooks } from './routes/webhooks'

/**
 * The public API, as it is configured. `index.ts` hands it requests: what every request needs is done there, since a
 * middleware for all would cost each of them several promises.
 */
export function createApi() {
  const api = router().basePath('/api/v1')

  const { corsOrigins } = getRuntime().config
  if (corsOrigins.length > 0) api.use(crossOrigin(corsOrigins))

  // Before what tells the methods of an address: here they are the integration's to tell.
  api.route('/', proxied)
  // What has a name of its own before what takes an id, so that `/keys/verify` is never taken for `/keys/{id}`, whatever
  // the method.
  for (const resource of [
    me,
    verify,
    keys,
    keyUsage,
    reviews,
    credentialTests,
    credentialRenewals,
    credentials,
    credentialDrafts,
    integrations,
    introspect,
    auditEvents,
    bulkRevocations,
    leaks,
    webhooks,
    document(api),
  ]) {
    api.route('/', resource)
    refuseOtherMethods(api, resource.routes)
  }

  api.notFound((c) => problem(c, 'NOT_FOUND', 'There is nothing at this address. See /docs/api for what there is.'))
  api.onError((error, c) => answerError(c, error))
  return api
}

/**
 * Refuses every request, each of which has a token in its address. Apart from the API, which must not look for anything at
 * such an address, and with its CORS: a browser app has to be able to read what is wrong.
 */
export function createRefusal() {
  const refusal = router()
  const { corsOrigins } = getRuntime().config
  if (corsOrigins.length > 0) refusal.use(crossOrigin(corsOrigins))
  refusal.notFound((c) => tokenInUrl(c.env.requestId))
  return refusal
}

/** For each address that exists: OPTIONS tells its methods, and the rest is refused with them. */
function refuseOtherMethods(api: Router, routes: { path: string; method: string }[]): void {
  const methods = new Map<string, Set<string>>()
  for (const { path, method } of routes) {
    const known = methods.get(path) ?? new Set()
    methods.set(path, known.add(method))
    if (method === 'GET') known.add('HEAD')
  }
  for (const [path, known] of methods) {
    const allow = [...known, 'OPTIONS'].join(', ')
    api.all(path, (c) =>
      c.req.method === 'OPTIONS'
        ? noContent(c, { Allow: allow })
        : problem(c, 'METHOD_NOT_ALLOWED', `This address answers ${allow}.`, { headers: { Allow: allow } }),
    )
  }
}
