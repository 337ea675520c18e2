import { getRuntime } from '../runtime'
import { json } from './answer'
import { type Router, router } from './define'
import { registerEvents } from './webhook-events'

type Document = ReturnType<Router['getOpenAPI31Document']>

/** `GET /openapi.json`, and what the document needs beside the routes. */
export function document(api: Router): Router {
  api.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'A token of Settings → API Keys, such as `fn_live_…`.',
  })
  api.openAPIRegistry.registerComponent('securitySchemes', 'basic', {
    type: 'http',
    scheme: 'basic',
    description: 'The key’s id as user name and its token as password.',
  })
  registerEvents(api)
  // Made once: it costs milliseconds, and anybody may ask for it.
  let made: Document | undefined
  const routes = router()
  routes.get('/openapi.json', (c) => {
    made ??= documentOf(api)
    return json(c, 200, made)
  })
  return routes
}

/** The OpenAPI 3.1 document, made from the route schemas. */
export function documentOf(api: Router): Document {
  return api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Fenicia API',
      version: '1',
      description: 'Every call carries an API key made under Settings → API Keys.',
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    servers: [{ url: getRuntime().config.url, description: 'This server' }],
    tags: [
      { name: 'Calling key', description: 'What the key that calls is.' },
      { name: 'Verification', description: 'Is a token good? For gateways and services that accept Fenicia’s keys.' },
      { name: 'API keys', description: 'The keys of the account.' },
      { name: 'Credentials', description: 'Secrets of external services: written and used, never read.' },
      { name: 'Integrations', description: 'The only place where a credential is used, and the calls through it.' },
      { name: 'Webhooks', description: 'Addresses of yours that are told of what happens.' },
      { name: 'Leaks', description: 'For whoever finds a token where it does not belong.' },
      { name: 'Audit', description: 'Who changed what, from where, and what was refused.' },
    ],
  })
}
