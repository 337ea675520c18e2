import { createRoute } from '@hono/zod-openapi'
import { listAuditEvents, listAuditEventsQuery } from '../../audit'
import { getRuntime } from '../../runtime'
import { json } from '../answer'
import { auditEventListSchema, auditEventResource } from '../audit-resources'
import { requireLive, requireScope } from '../authenticate'
import { callerAccountId } from '../context'
import { jsonAnswer, keyProblems, keyWith, problems, router } from '../define'

const list = createRoute({
  method: 'get',
  path: '/audit-events',
  operationId: 'listAuditEvents',
  tags: ['Audit'],
  summary: 'List audit events',
  description:
    'The latest first, of the whole account: a live key with `audit:read` sees what happened to live and to test things, and a test key is refused. An event is in the list once its change has happened, and stays as it is until the account’s policy no longer keeps it.',
  security: keyWith('audit:read'),
  middleware: [requireScope('audit:read'), requireLive] as const,
  request: { query: listAuditEventsQuery },
  responses: {
    200: jsonAnswer(auditEventListSchema, 'A page of audit events.'),
    ...problems(
      ...keyProblems,
      'INSUFFICIENT_PERMISSIONS',
      'ENVIRONMENT_MISMATCH',
      'validation:invalid_value',
      'validation:invalid_format',
      'validation:unknown_field',
    ),
  },
})

export const auditEvents = router().openapi(list, async (c) => {
  const page = await listAuditEvents(getRuntime().database.db, callerAccountId(c), c.req.valid('query'))
  return json(c, 200, { data: page.events.map(auditEventResource), next_cursor: page.nextCursor })
})
