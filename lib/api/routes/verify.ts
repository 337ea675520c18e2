import { createRoute, z } from '@hono/zod-openapi'
import { environments } from '@/db/schema'
import { isAccepted, isScope, type KeyRecord, missingScopes } from '../../api-keys'
import { getRuntime } from '../../runtime'
import { json } from '../answer'
import { findKey, requireScope } from '../authenticate'
import { type ApiContext, callerAccountId, originOf, wallOf } from '../context'
import { bodyProblems, jsonAnswer, jsonBody, keyProblems, keyWith, problems, router } from '../define'
import { problem } from '../problems'
import { isoOrNull, scopeSchema } from '../resources'
import { requireJson } from '../validation'

/** Why a token is not good, one for each case. */
const reasons = ['unknown', 'revoked', 'expired', 'retired', 'missing_scope'] as const
type Reason = (typeof reasons)[number]

const reasonWords: Record<Reason, string> = {
  unknown: 'The token is no API key of this account.',
  revoked: 'The API key was revoked.',
  expired: 'The API key has expired.',
  retired: 'The API key was regenerated; this old token no longer works.',
  missing_scope: 'The API key is good, but lacks a scope that was asked for.',
}

const verdictSchema = z
  .object({
    valid: z.boolean(),
    reason: z.enum(reasons).nullable(),
    missing_scopes: z.array(scopeSchema),
    key: z
      .object({
        id: z.string(),
        name: z.string(),
        environment: z.enum(environments),
        scopes: z.array(scopeSchema),
        expires_at: z.iso.datetime().nullable(),
      })
      .nullable()
      .openapi({ description: 'The key, when the token is one of this account.' }),
  })
  .openapi('Verdict')
type Verdict = z.output<typeof verdictSchema>

const verifyKey = createRoute({
  method: 'post',
  path: '/keys/verify',
  operationId: 'verifyKey',
  tags: ['Verification'],
  summary: 'Verify a token',
  description:
    'Is this token good, for these scopes? By default the answer is 200 with `valid` and a reason, whatever the verdict. With `answer: "status"` a bad token is answered 401 and a missing scope 403, for callers that look at the status alone. A good token counts as used.',
  security: keyWith('keys:verify'),
  middleware: [requireScope('keys:verify'), requireJson()] as const,
  request: {
    body: jsonBody(
      z
        .strictObject({
          token: z.string().max(1_024, 'must be 1024 characters or fewer').openapi({ example: 'fn_live_…' }),
          scopes: z
            .array(z.string().refine(isScope, 'is not a scope of the catalogue'))
            .max(100)
            .default([])
            .openapi({ description: 'Scopes that the token must have.', example: ['orders:read'] }),
          answer: z.enum(['body', 'status'], 'must be "body" or "status"').default('body'),
        })
        .openapi('Verification'),
    ),
  },
  responses: {
    200: jsonAnswer(verdictSchema, 'The verdict.'),
    ...problems(...keyProblems, ...bodyProblems, 'INSUFFICIENT_PERMISSIONS'),
  },
})

export const verify = router().openapi(verifyKey, async (c) => {
  const { token, scopes, answer } = c.req.valid('json')
  const key = await findOwnKey(c, token)
  const verdict = judge(key, scopes)
  if (verdict.valid && key) getRuntime().usage.record(key, originOf(c))
  // The types of a route's answers know its JSON alone, not the problems that it declares as well.
  if (answer === 'status' && verdict.reason) return refusal(c, verdict.reason, verdict.missing_scopes) as never
  return json(c, 200, verdict)
})

/** The verdict as a status, with the challenge that a gateway may hand on (RFC 6750 §3.1). */
function refusal(c: ApiContext, reason: Reason, missing: string[]): Response {
  const [code, error] =
    reason === 'missing_scope'
      ? (['INSUFFICIENT_PERMISSIONS', `insufficient_scope", scope="${missing.join(' ')}`] as const)
      : (['INVALID_API_KEY', 'invalid_token'] as const)
  return problem(c, code, reasonWords[reason], {
    headers: { 'WWW-Authenticate': `Bearer realm="Fenicia", error="${error}"` },
  })
}

/** A key of the caller's account – and of its environment, for a test key; another's is as unknown as none. */
export async function findOwnKey(c: ApiContext, token: string): Promise<KeyRecord | null> {
  const key = await findKey(token)
  const wall = wallOf(c)
  return key && key.accountId === callerAccountId(c) && (!wall || key.environment === wall) ? key : null
}

function judge(key: KeyRecord | null, required: string[]): Verdict {
  if (!key) return { valid: false, reason: 'unknown', missing_scopes: [], key: null }
  const shown = {
    id: key.id,
    name: key.name,
    environment: key.environment,
    scopes: key.scopes,
    expires_at: isoOrNull(key.expiresAt),
  }
  if (!isAccepted(key.status)) return { valid: false, reason: key.status, missing_scopes: [], key: shown }
  const missing = missingScopes(key.scopes, required)
  return {
    valid: missing.length === 0,
    reason: missing.length === 0 ? null : 'missing_scope',
    missing_scopes: missing,
    key: shown,
  }
}
