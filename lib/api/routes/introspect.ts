import { createRoute, z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { endOf } from '../../api-keys'
import { getRuntime } from '../../runtime'
import { admit } from '../admit'
import { json } from '../answer'
import { authenticateByBasic, passOn, requireScope } from '../authenticate'
import { type ApiEnv, originOf } from '../context'
import { formBody, jsonAnswer, keyProblems, problems, router } from '../define'
import { requireForm } from '../validation'
import { entryFields, entryOf, findOwnKey } from './verify'

const form = z
  .object({
    token: z.string().openapi({ example: 'fn_live_…' }),
    token_type_hint: z.string().optional().openapi({ description: 'Taken and ignored: there is one type.' }),
    ...entryFields,
  })
  .openapi('Introspection')

const introspectToken = createRoute({
  method: 'post',
  path: '/introspect',
  operationId: 'introspectToken',
  tags: ['Verification'],
  summary: 'Introspect a token',
  description:
    'RFC 7662. The caller authenticates with its API key, either as `Authorization: Bearer` or as an OAuth2 client with HTTP Basic: the key’s id as client ID, its token as client secret. An active token counts as used: each introspection is a request of its key, and one beyond its limits is answered as not active.',
  security: [{ bearer: ['keys:verify'] }, { basic: ['keys:verify'] }],
  middleware: [requireClient(), requireForm()] as const,
  request: {
    body: formBody(form),
  },
  responses: {
    200: jsonAnswer(
      z
        .object({
          active: z.boolean(),
          scope: z.string().optional().openapi({ example: 'orders:read products:read' }),
          client_id: z.string().optional().openapi({ description: 'The key’s id.' }),
          username: z.string().optional().openapi({ description: 'The key’s name.' }),
          token_type: z.literal('Bearer').optional(),
          exp: z.int().optional().openapi({
            description:
              'When the token ends, in seconds since 1970: its expiry or, of a regenerated key’s old token, the end of the overlap; absent: never.',
          }),
          sub: z.string().optional().openapi({ description: 'The account’s id.' }),
          iss: z.string().optional(),
          environment: z.string().optional(),
        })
        .openapi('IntrospectionAnswer'),
      'Whether the token is active; for one that is not, nothing more.',
    ),
    ...problems(
      ...keyProblems,
      'validation:missing_field',
      'validation:invalid_format',
      'validation:invalid_value',
      'INSUFFICIENT_PERMISSIONS',
      'PAYLOAD_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
    ),
  },
})

export const introspect = router().openapi(introspectToken, async (c) => {
  // The route's types lose a form's; its validation has passed, so this does too.
  const { token, address, method } = form.parse(await c.req.parseBody())
  const key = await findOwnKey(c, token)
  const admission = admit(key, originOf(c), entryOf({ address, method }), { scopes: [], path: c.req.path })
  if (!key || !admission.admitted) return json(c, 200, { active: false })
  // Who keeps the answer for as long as it says would go on to take the old token of a key after its overlap.
  const end = endOf(key)
  return json(c, 200, {
    active: true,
    scope: key.scopes.join(' '),
    client_id: key.id,
    username: key.name,
    token_type: 'Bearer' as const,
    ...(end ? { exp: Math.floor(end.getTime() / 1000) } : {}),
    sub: key.accountId,
    iss: getRuntime().config.url,
    environment: key.environment,
  })
})

/** Bearer as everywhere, or HTTP Basic as OAuth2 clients do. */
function requireClient(): MiddlewareHandler<ApiEnv> {
  const byBearer = requireScope('keys:verify')
  return async (c, next) => {
    const header = c.req.header('authorization') ?? ''
    if (!/^basic( |$)/i.test(header)) return byBearer(c, next)
    const refused = await authenticateByBasic(c, header, ['keys:verify'])
    return refused ?? passOn(c, next, 'keys:verify')
  }
}
