import { createRoute } from '@hono/zod-openapi'
import { getBulkRevocation } from '../../api-keys'
import { getRuntime } from '../../runtime'
import { json } from '../answer'
import { requireScope } from '../authenticate'
import { callerAccountId, wallOf } from '../context'
import { idParam, jsonAnswer, keyProblems, keyWith, problems, router } from '../define'
import { bulkRevocationResource, bulkRevocationSchema } from '../resources'

const get = createRoute({
  method: 'get',
  path: '/bulk-revocations/{id}',
  operationId: 'getBulkRevocation',
  tags: ['API keys'],
  summary: 'Get the progress of a bulk revocation',
  description:
    'Bulk revocations are started under Settings → API Keys → Review. A test key finds those of test keys only.',
  security: keyWith('keys:read'),
  middleware: requireScope('keys:read'),
  request: { params: idParam('bulk_019ab0c1d2e37f4a8b5c6d7e8f901234') },
  responses: {
    200: jsonAnswer(bulkRevocationSchema, 'How far it is.'),
    ...problems(...keyProblems, 'INSUFFICIENT_PERMISSIONS', 'NOT_FOUND'),
  },
})

export const bulkRevocations = router().openapi(get, async (c) =>
  json(
    c,
    200,
    bulkRevocationResource(
      await getBulkRevocation(getRuntime().database.db, callerAccountId(c), c.req.valid('param').id, wallOf(c)),
    ),
  ),
)
