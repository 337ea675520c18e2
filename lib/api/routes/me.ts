import { createRoute, z } from '@hono/zod-openapi'
import { environments } from '@/db/schema'
import { json } from '../answer'
import { withKey } from '../authenticate'
import { jsonAnswer, keyProblems, problems, router } from '../define'
import { isoOrNull, scopeSchema } from '../resources'

const getMe = createRoute({
  method: 'get',
  path: '/me',
  operationId: 'getMe',
  tags: ['Calling key'],
  summary: 'The calling key',
  description:
    'Tells whose key this is and what it may do. Answers 200 or 401 (503 when Fenicia cannot tell), so a gateway can use it as its authorization sub-request.',
  security: [{ bearer: [] }],
  responses: {
    200: jsonAnswer(
      z
        .object({
          account: z.object({ id: z.string(), name: z.string() }),
          key: z.object({
            id: z.string(),
            name: z.string(),
            environment: z.enum(environments),
            scopes: z.array(scopeSchema),
            expires_at: z.iso.datetime().nullable(),
          }),
        })
        .openapi('Me'),
      'The key is accepted.',
    ),
    ...problems(...keyProblems),
  },
})

export const me = router().openapi(
  getMe,
  withKey((c, key) =>
    json(c, 200, {
      account: { id: key.accountId, name: key.accountName },
      key: {
        id: key.id,
        name: key.name,
        environment: key.environment,
        scopes: key.scopes,
        expires_at: isoOrNull(key.expiresAt),
      },
    }),
  ),
)
