import { createRoute } from '@hono/zod-openapi'
import { credentialChanges, credentialForm, testChanges, testCredential, testForm } from '../../credentials'
import { credentialStore } from '../../credentials/runtime'
import { json } from '../answer'
import { refuseFurtherScope, requireScope } from '../authenticate'
import { actorOf, callerMay } from '../context'
import { testReportResource, testReportSchema } from '../credential-resources'
import { bodyProblems, idParam, jsonAnswer, jsonBody, keyProblems, keyWith, problems, router } from '../define'
import { requireJson, requireJsonIfAny } from '../validation'

const tags = ['Credentials']
const params = idParam('cred_019ab0c1d2e37f4a8b5c6d7e8f901234')
const inputProblems = [...keyProblems, ...bodyProblems, 'INSUFFICIENT_PERMISSIONS'] as const

const test = createRoute({
  method: 'post',
  path: '/credentials/test',
  operationId: 'testCredentialForm',
  tags,
  summary: 'Test a credential before it is stored',
  description:
    'Sends the test request, exactly as the form says, and stores nothing – but for an OAuth2 refresh token, which the test spends: what it gets for it is kept for a day, under `draft_id`. An account may test or renew 30 times in five minutes.',
  security: keyWith('credentials:test'),
  middleware: [requireScope('credentials:test'), requireJson()] as const,
  request: { body: jsonBody(credentialForm) },
  responses: {
    200: jsonAnswer(testReportSchema, 'What was found, good or bad.'),
    ...problems(...inputProblems, 'NOT_FOUND', 'ENVIRONMENT_MISMATCH', 'RATE_LIMITED'),
  },
})

const testStored = createRoute({
  method: 'post',
  path: '/credentials/{id}/test',
  operationId: 'testCredential',
  tags,
  summary: 'Test a stored credential',
  description:
    'Without a body: as it is stored; the result is kept with it. With changes: as it would be after them; nothing is stored, and the scope `credentials:update` is needed too.',
  security: keyWith('credentials:test'),
  middleware: [requireScope('credentials:test'), requireJsonIfAny()] as const,
  request: { params, body: { ...jsonBody(credentialChanges), required: false } },
  responses: {
    200: jsonAnswer(testReportSchema, 'What was found, good or bad.'),
    ...problems(...inputProblems, 'NOT_FOUND', 'ENVIRONMENT_MISMATCH', 'RATE_LIMITED'),
  },
})

export const credentialTests = router()
  .openapi(test, async (c) => {
    const report = await testForm(credentialStore(), actorOf(c), c.req.valid('json'), null, {
      signal: c.req.raw.signal,
    })
    return json(c, 200, testReportResource(report, report))
  })
  .openapi(testStored, async (c) => {
    const { id } = c.req.valid('param')
    const options = { signal: c.req.raw.signal }
    const changes = c.req.valid('json')
    if (!changes || Object.keys(changes).length === 0) {
      return json(c, 200, testReportResource(await testCredential(credentialStore(), actorOf(c), id, options)))
    }
    // Another address of the service would show, to whoever may only test, what the credential opens.
    if (!callerMay(c, 'credentials:update')) return refuseFurtherScope(c, 'credentials:update') as never
    const report = await testChanges(credentialStore(), actorOf(c), id, changes, options)
    return json(c, 200, testReportResource(report, report))
  })
