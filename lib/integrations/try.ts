import { Readable } from 'node:stream'
import { z } from 'zod'
import type { Actor } from '../audit'
import { readBody } from '../egress/body'
import { isEgressError } from '../egress/errors'
import { newRequestId } from '../ids'
import { tokensIn } from '../leaks/find'
import { urlHoldsToken } from '../text'
import { findIntegration } from './base'
import { type ProxyDeps, proxy } from './proxy'
import type { ProxyProblemCode } from './proxy-problems'
import { MAX_TIMEOUT_MS, methods } from './schemas'

/** A request that a person sends from an integration's page. */
export const tryInput = z.strictObject({
  method: z.enum(methods, `must be one of ${methods.join(', ')}`),
  /** Below the base address, with or without the first slash; a query may follow. */
  path: z.string().max(4_096, 'must be 4096 characters or fewer'),
  headers: z
    .array(
      z.strictObject({
        name: z
          .string()
          .trim()
          .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/, 'must be a header name'),
        value: z
          .string()
          .trim()
          .max(4_096, 'must be 4096 characters or fewer')
          .regex(/^[\u0020-\u007e]*$/, 'must have only characters of ASCII'),
      }),
    )
    .max(20, 'must be 20 or fewer')
    .default([]),
  body: z.string().max(65_536, 'must be 65536 characters or fewer').default(''),
})
export type TryInput = z.output<typeof tryInput>

/** What came of it. */
export type Tried =
  | {
      kind: 'answered'
      status: number
      headers: { name: string; value: string }[]
      /** The beginning, as text; null when it is of another kind. */
      body: string | null
      truncated: boolean
      latencyMs: number
      requestId: string
    }
  | { kind: 'problem'; code: ProxyProblemCode; detail: string; requestId: string }

const MAX_SHOWN = 65_536

/**
 * Sends a request through an integration, as an app would: it is a real one, and noted as the person's. It takes as long as
 * an integration may wait for an answer to begin, and of one that has not ended by then, what came is shown.
 * @throws {Refusal} `not_found`
 */
export async function tryIntegration(
  deps: ProxyDeps,
  actor: Actor,
  id: string,
  { method, path, headers, body }: TryInput,
): Promise<Tried> {
  const { slug, environment } = await findIntegration(deps.db, actor, id)
  const [rawPath = '', ...query] = path.replace(/^\//, '').split('?')
  const requestId = actor.requestId ?? newRequestId()
  if (urlHoldsToken(path) || [body, ...headers.map(({ value }) => value)].some((text) => tokensIn(text).length > 0)) {
    const detail =
      'The request has a token of Fenicia in it, which the service must not learn, so it was not sent. Take it out: it is the credential that the service is to see.'
    return { kind: 'problem', code: 'TOKEN_IN_REQUEST', detail, requestId }
  }
  // A person waits for it: pieces that each come in time could go on for as long as an app's call may take.
  const ending = AbortSignal.timeout(MAX_TIMEOUT_MS)
  const startedAt = performance.now()
  const bytes = Buffer.from(body)
  const answer = await proxy(
    deps,
    { accountId: actor.accountId, environment, key: null, userId: actor.id },
    {
      slug,
      method,
      rawPath,
      rawQuery: query.length > 0 ? query.join('?') : null,
      rawHeaders: headers.flatMap(({ name, value }) => [name, value]),
      body: bytes.length > 0 ? Readable.from([bytes]) : null,
      bodyBytes: bytes.length > 0 ? bytes.length : undefined,
      requestId,
      signal: ending,
      startedAt,
    },
  )
  if (answer.kind === 'problem') return { kind: 'problem', code: answer.code, detail: answer.detail, requestId }
  const latencyMs = Math.round(performance.now() - startedAt)
  const type = answer.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? 'text/plain'
  const encoding = answer.headers.find(([name]) => name.toLowerCase() === 'content-encoding')?.[1]
  const isText =
    encoding === undefined &&
    /^(text\/|application\/([\w.+-]*\+)?(json|xml|x-www-form-urlencoded|javascript)\b)/i.test(type)
  const read = await readBody(answer.body, MAX_SHOWN, ending).catch((error) => {
    // What came until it broke off is in no order to be shown.
    if (isEgressError(error)) return { bytes: Buffer.alloc(0), truncated: true }
    throw error
  })
  answer.body.destroy()
  return {
    kind: 'answered',
    status: answer.status,
    headers: answer.headers.map(([name, value]) => ({ name, value })),
    body: isText ? read.bytes.toString('utf8') : null,
    truncated: read.truncated,
    latencyMs,
    requestId,
  }
}
