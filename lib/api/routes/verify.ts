import { isIP } from 'node:net'
import { createRoute, z } from '@hono/zod-openapi'
import { environments } from '@/db/schema'
import {
  type AdmissionRefusal,
  admissionRefusals,
  type Entry,
  isAccepted,
  isScope,
  type KeyRecord,
  type LimitState,
  missingScopes,
} from '../../api-keys'
import { getRuntime } from '../../runtime'
import { admit } from '../admit'
import { json } from '../answer'
import { findKey, requireScope } from '../authenticate'
import { type ApiContext, callerAccountId, originOf, wallOf } from '../context'
import { bodyProblems, jsonAnswer, jsonBody, keyProblems, keyWith, problems, router } from '../define'
import { type ProblemCode, problem } from '../problems'
import { isoOrNull, scopeSchema } from '../resources'
import { requireJson } from '../validation'

/** Why a token is not good, one for each case. */
const reasons = [...admissionRefusals, 'missing_scope'] as const
type Reason = AdmissionRefusal | 'missing_scope'

/** In the words of `answer: "status"`, with the code of the problem. */
const refusals: Record<Reason, { code: ProblemCode; detail: string }> = {
  unknown: { code: 'INVALID_API_KEY', detail: 'The token is no API key of this account.' },
  revoked: { code: 'INVALID_API_KEY', detail: 'The API key was revoked.' },
  expired: { code: 'INVALID_API_KEY', detail: 'The API key has expired.' },
  retired: { code: 'INVALID_API_KEY', detail: 'The API key was regenerated; this old token no longer works.' },
  paused: { code: 'INVALID_API_KEY', detail: 'The API key is paused.' },
  address_not_allowed: {
    code: 'ADDRESS_NOT_ALLOWED',
    detail: 'The API key may not be used from the address that was named, or none was named.',
  },
  method_not_allowed: {
    code: 'METHOD_NOT_GRANTED',
    detail: 'The API key may not be used with the method that was named, or none was named.',
  },
  rate_limited: { code: 'RATE_LIMITED', detail: 'The API key has made as many requests as it may for now.' },
  quota_exceeded: { code: 'QUOTA_EXCEEDED', detail: 'The API key has used up its requests of this calendar month.' },
  missing_scope: {
    code: 'INSUFFICIENT_PERMISSIONS',
    detail: 'The API key is good, but lacks a scope that was asked for.',
  },
}

/** Where the request came from, and how, that the token was sent with: for keys that are bound to addresses or methods. */
export const entryFields = {
  address: z
    .string()
    .refine((text) => isIP(text) !== 0, 'must be an IP address')
    .optional()
    .openapi({
      description: 'Address that the token was sent from. A key that is bound to addresses is good from those alone.',
      example: '203.0.113.7',
    }),
  method: z
    .string()
    .regex(/^[A-Za-z]{1,16}$/, 'must be an HTTP method')
    .optional()
    .openapi({
      description: 'Method that the token was sent with. A key that is bound to methods is good with those alone.',
      example: 'GET',
    }),
}

const limitSchema = z.object({
  limit: z.int().openapi({ example: 100 }),
  remaining: z.int().openapi({ example: 42 }),
  reset_seconds: z.int().openapi({ description: 'Until the limit begins anew.', example: 17 }),
})

const verdictSchema = z
  .object({
    valid: z.boolean(),
    reason: z.enum(reasons).nullable(),
    missing_scopes: z.array(scopeSchema),
    limits: z.object({ rate: limitSchema.nullable(), monthly_quota: limitSchema.nullable() }).nullable().openapi({
      description: 'What the key’s limits leave it; null: it has none, or the token is none of this account.',
    }),
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
    'Is this token good, for these scopes? By default the answer is 200 with `valid` and a reason, whatever the verdict. With `answer: "status"` a bad token is answered 401 and a missing scope 403, for callers that look at the status alone, and one that its limits refuse 403 or 429. A good token counts as used: each verification is a request of its key, and spends of its rate and quota.',
  security: keyWith('keys:verify'),
  middleware: [requireScope('keys:verify'), requireJson()] as const,
  request: {
    body: jsonBody(
      z
        .strictObject({
          token: z.string().max(1_024, 'must be 1024 characters or fewer').openapi({ example: 'fn_live_…' }),
          scopes: z
            .array(z.string().refine(isScope, 'is not a scope: /docs/api lists them'))
            .max(100, 'must be 100 or fewer')
            .default([])
            .openapi({ description: 'Scopes that the token must have.', example: ['orders:read'] }),
          ...entryFields,
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
  const { token, scopes, answer, address, method } = c.req.valid('json')
  const key = await findOwnKey(c, token)
  const verdict = judge(c, key, scopes, entryOf({ address, method }))
  // The types of a route's answers know its JSON alone, not the problems that it declares as well.
  if (answer === 'status' && verdict.reason) return refusal(c, verdict.reason, verdict) as never
  return json(c, 200, verdict)
})

/** The request that a token is verified for. Nothing is taken for granted of what the caller does not say. */
export function entryOf({ address, method }: { address?: string; method?: string }): Entry {
  return { address: address ?? null, method: method?.toUpperCase() ?? null }
}

/** The verdict as a status, with the challenge that a gateway may hand on (RFC 6750 §3.1). */
function refusal(c: ApiContext, reason: Reason, { missing_scopes: missing, limits }: Verdict): Response {
  const { code, detail } = refusals[reason]
  const wait = reason === 'rate_limited' ? limits?.rate : reason === 'quota_exceeded' ? limits?.monthly_quota : null
  if (wait) return problem(c, code, detail, { headers: { 'Retry-After': String(wait.reset_seconds) } })
  const challenges: Partial<Record<ProblemCode, string>> = {
    INVALID_API_KEY: 'error="invalid_token"',
    INSUFFICIENT_PERMISSIONS: `error="insufficient_scope", scope="${missing.join(' ')}"`,
  }
  const challenge = challenges[code]
  return problem(
    c,
    code,
    detail,
    challenge ? { headers: { 'WWW-Authenticate': `Bearer realm="Fenicia", ${challenge}` } } : {},
  )
}

/** A key of the caller's account – and of its environment, for a test key; another's is as unknown as none. */
export async function findOwnKey(c: ApiContext, token: string): Promise<KeyRecord | null> {
  const key = await findKey(token)
  const wall = wallOf(c)
  return key && key.accountId === callerAccountId(c) && (!wall || key.environment === wall) ? key : null
}

/** A token that lacks a scope is told so before it is counted: no request came of it. */
function judge(c: ApiContext, key: KeyRecord | null, required: string[], entry: Entry): Verdict {
  if (!key) return { valid: false, reason: 'unknown', missing_scopes: [], limits: null, key: null }
  const missing = isAccepted(key.status) ? missingScopes(key.scopes, required) : []
  if (missing.length > 0) getRuntime().usage.refuse(key, 'missing_scope')
  const purpose = { scopes: required, path: c.req.path }
  const admission = missing.length > 0 ? null : admit(key, originOf(c), entry, purpose)
  const reason = !admission ? 'missing_scope' : admission.admitted ? null : admission.reason
  return {
    valid: reason === null,
    reason,
    missing_scopes: missing,
    limits: limitsOf(key),
    key: {
      id: key.id,
      name: key.name,
      environment: key.environment,
      scopes: key.scopes,
      expires_at: isoOrNull(key.expiresAt),
    },
  }
}

function limitsOf({ allowance }: KeyRecord): Verdict['limits'] {
  if (!allowance) return null
  return { rate: limitOf(allowance.rate), monthly_quota: limitOf(allowance.quota) }
}

function limitOf(state: LimitState | null): z.output<typeof limitSchema> | null {
  return state && { limit: state.limit, remaining: state.remaining, reset_seconds: state.seconds }
}
