import { createRoute, z } from '@hono/zod-openapi'
import { countLeakReport } from '../../accounts/throttle'
import { reportLeak } from '../../leaks'
import { parseUrl } from '../../parse-url'
import { getRuntime } from '../../runtime'
import { isStorable } from '../../text'
import { json } from '../answer'
import { originOf } from '../context'
import { bodyProblems, jsonAnswer, jsonBody, problems, router } from '../define'
import { requireJson } from '../validation'

const storableText = (max: number) =>
  z
    .string()
    .max(max, `must be ${max} characters or fewer`)
    .refine(isStorable, 'must not contain control characters or broken Unicode')

const outcomes = ['revoked', 'flagged', 'ended_before', 'unknown'] as const

const reportLeaks = createRoute({
  method: 'post',
  path: '/leaks',
  operationId: 'reportLeaks',
  tags: ['Leaks'],
  summary: 'Report leaked tokens',
  description:
    'For whoever has found a token of Fenicia where it does not belong: no key is needed, the token itself is enough. Its key is revoked at once, unless its account has chosen to be told only, and the account’s people are told where it was found. A token that was reported before may be reported again. Limited by the address that reports.',
  security: [],
  middleware: [requireJson()] as const,
  request: {
    body: jsonBody(
      z
        .strictObject({
          tokens: z
            .array(z.string().max(1_024, 'must be 1024 characters or fewer'))
            .min(1, 'must have a token')
            .max(100, 'must be 100 tokens or fewer')
            .openapi({ example: ['fn_live_…'] }),
          source_url: storableText(1_000)
            .refine(
              (text) => /^https?:/i.test(text) && parseUrl(text) !== null,
              'must be an http:// or https:// address',
            )
            .optional()
            .openapi({
              format: 'uri',
              description: 'Where they were found.',
              example: 'https://paste.example.com/1f3a',
            }),
          comment: storableText(1_000).optional().openapi({ description: 'For the account’s people.' }),
        })
        .openapi('LeakReport'),
    ),
  },
  responses: {
    200: jsonAnswer(
      z
        .object({
          data: z.array(z.object({ outcome: z.enum(outcomes) })).openapi({
            description:
              'For each token, in the order of the report. `revoked`: its key does not work any more. `flagged`: its account decides. `ended_before`: its key did not work any more. `unknown`: no key has it.',
          }),
        })
        .openapi('LeakOutcomes'),
      'What became of each.',
    ),
    ...problems(...bodyProblems, 'RATE_LIMITED'),
  },
})

export const leaks = router().openapi(reportLeaks, async (c) => {
  const { tokens, source_url = null, comment = null } = c.req.valid('json')
  const { db } = getRuntime().database
  const { address, userAgent } = originOf(c)
  await countLeakReport(db, address, tokens.length)
  const from = { address, userAgent, requestId: c.env.requestId }
  const data: { outcome: (typeof outcomes)[number] }[] = []
  for (const token of tokens) {
    data.push({ outcome: await reportLeak(db, token, { source: 'report', url: source_url, comment, from }) })
  }
  getRuntime().jobs?.trigger('notifications.deliver')
  return json(c, 200, { data })
})
