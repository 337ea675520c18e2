import type { RouteConfig } from '@hono/zod-openapi'
import { z } from '@hono/zod-openapi'
import { methods } from '../../integrations/schemas'
import { keyProblems, keyWith, problems, router } from '../define'
import { respondProxy } from '../proxy'

const parameters = z.object({
  slug: z.string().openapi({ param: { name: 'slug', in: 'path' }, example: 'shipping-labels' }),
  path: z.string().openapi({
    param: { name: 'path', in: 'path' },
    description: 'What stands below the integration’s base address; it may have slashes of its own.',
    example: 'shipments',
  }),
})

const DESCRIPTION = `Calls the service behind an integration. Method, path, query, body and headers go to it, below the
integration’s base address; the credential is put on by Fenicia, and your API key never leaves. The answer comes back as
it is: status, headers (but cookies and what concerns the connection) and body, which stream both ways. A refusal of
Fenicia itself is a problem with the header \`Fenicia-Error\`; everything else is the service’s answer.
\`RateLimit\` and \`RateLimit-Policy\` speak of your API key; what the service says in headers of these names comes as
\`Fenicia-Upstream-RateLimit\` and \`Fenicia-Upstream-RateLimit-Policy\`.`

function documented(method: (typeof methods)[number]): RouteConfig {
  return {
    method: method.toLowerCase() as RouteConfig['method'],
    path: '/integrations/{slug}/proxy/{path}',
    operationId: `proxy${method[0]}${method.slice(1).toLowerCase()}`,
    tags: ['Integrations'],
    summary: `Call a service through an integration with ${method}`,
    description: DESCRIPTION.replaceAll('\n', ' '),
    security: keyWith('integrations:use'),
    request: { params: parameters },
    responses: {
      default: { description: 'The service’s own answer.' },
      200: { description: 'The service’s own answer.' },
      ...problems(
        ...keyProblems,
        'INSUFFICIENT_PERMISSIONS',
        'PATH_NOT_ALLOWED',
        'validation:invalid_value',
        'TOKEN_IN_REQUEST',
        'NOT_FOUND',
        'ENVIRONMENT_MISMATCH',
        'METHOD_NOT_ALLOWED',
        'INTEGRATION_PAUSED',
        'INTEGRATION_INCOMPLETE',
        'CREDENTIAL_UNREADABLE',
        'TRANSFER_CODING_NOT_SUPPORTED',
        'CREDENTIAL_REFUSED',
        'UPSTREAM_UNREACHABLE',
        'UPSTREAM_NOT_TRUSTED',
        'UPSTREAM_ADDRESS_REFUSED',
        'UPSTREAM_BROKE_OFF',
        'UPSTREAM_ANSWER_INVALID',
        'REQUEST_NOT_SENDABLE',
        'CALL_ENDED',
        'CREDENTIAL_BUSY',
        'UPSTREAM_TIMEOUT',
      ),
    },
  }
}

const api = router()
for (const method of methods) api.openAPIRegistry.registerPath(documented(method))
// Whatever the method: which ones may be used is the integration's to say.
api.all('/integrations/:slug/proxy', respondProxy)
api.all('/integrations/:slug/proxy/*', respondProxy)

export { api as proxied }
