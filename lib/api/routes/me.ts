import { createRoute, z } from '@hono/zod-openapi'
import { environments } from '@/db/schema'
import type { KeyRecord } from '../../api-keys'
import { json } from '../answer'
import { requireKey } from '../authenticate'
import { callerKey } from '../context'
import { jsonAnswer, keyProblems, problems, router } from '../define'
import { isoOrNull, scopeSchema } from '../resources'

const meSchema = z
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
  .openapi('Me')

const getMe = createRoute({
  method: 'get',
  path: '/me',
  operationId: 'getMe',
  tags: ['Calling key'],
  summary: 'The calling key',
  description:
    'Tells whose key this is and what it may do. Answers 200 or 401, so a gateway can use it as its authorization sub-request; 403 or 429 when the key’s limits do not let it in, and 503 when Fenicia cannot tell. It counts as a request of the key.',
  security: [{ bearer: [] }],
  middleware: requireKey,
  responses: {
    200: jsonAnswer(meSchema, 'The key is accepted.'),
    ...problems(...keyProblems),
  },
})

/** The calling key, as this address tells it. */
export function callingKey(key: KeyRecord): z.input<typeof meSchema> {
  return {
    account: { id: key.accountId, name: key.accountName },
    key: {
      id: key.id,
      name: key.name,
      environment: key.environment,
      scopes: key.scopes,
      expires_at: isoOrNull(key.expiresAt),
    },
  }
}

// `fast-me.ts` answers the same on the fast mount.
export const me = router().openapi(getMe, (c) => json(c, 200, callingKey(callerKey(c))))
