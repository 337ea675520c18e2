import type { AdmissionRefusal, KeyRecord } from '../api-keys'
import type { Answer, Asked } from './answer'
import { answerProblem, type ProblemCode } from './problems'

/** What a request says of its caller, whichever mount it came by. */
export interface Credentials extends Asked {
  authorization: string | undefined
  /** Names and values in turn. Node keeps the first of several Authorization headers; only this tells that there were more. */
  rawHeaders: readonly string[]
}

export type Scheme = 'Bearer' | 'Basic'

/** Bytes of an Authorization header that are looked at; a token needs far fewer. */
export const MAX_AUTHORIZATION = 1_024

const BEARER = /^bearer +([\x21-\x7e]+) *$/i

/** What a key that does not let a request in is answered. */
const refusals: Record<AdmissionRefusal, { code: ProblemCode; detail: string }> = {
  unknown: {
    code: 'INVALID_API_KEY',
    detail: 'This is not a valid API key. Check that the whole token was copied, and that it belongs to this server.',
  },
  revoked: {
    code: 'INVALID_API_KEY',
    detail: 'This API key was revoked. Generate a new one under Settings → API Keys.',
  },
  expired: {
    code: 'INVALID_API_KEY',
    detail: 'This API key has expired. Generate a new one under Settings → API Keys.',
  },
  retired: {
    code: 'INVALID_API_KEY',
    detail: 'This API key was regenerated and its old token no longer works. Use the new token.',
  },
  paused: {
    code: 'INVALID_API_KEY',
    detail: 'This API key is paused. Resume it under Settings → API Keys; its token stays the same.',
  },
  address_not_allowed: {
    code: 'ADDRESS_NOT_ALLOWED',
    detail:
      'This API key may not be used from the address that the request came from. The addresses of the key and of its account decide.',
  },
  method_not_allowed: {
    code: 'METHOD_NOT_GRANTED',
    detail: 'This API key may not be used with this method.',
  },
  rate_limited: {
    code: 'RATE_LIMITED',
    detail: 'This API key has made as many requests as it may for now. Retry-After says when it may go on.',
  },
  quota_exceeded: {
    code: 'QUOTA_EXCEEDED',
    detail: 'This API key has used up its requests of this calendar month.',
  },
}

/** The token of the Authorization header (RFC 6750 §2.1), or the refusal. */
export function bearerToken(credentials: Credentials): string | Answer {
  const { authorization } = credentials
  if (authorization === undefined) {
    return unauthorized(credentials, 'MISSING_AUTHORIZATION', 'Send your API key as “Authorization: Bearer fn_live_…”.')
  }
  const several = refuseSeveral(credentials)
  if (several) return several
  const token = authorization.length <= MAX_AUTHORIZATION ? BEARER.exec(authorization)?.[1] : undefined
  return (
    token ??
    unauthorized(
      credentials,
      'INVALID_AUTHORIZATION_FORMAT',
      'The Authorization header must be the word Bearer, one space and the token.',
    )
  )
}

/** Refuses more than one Authorization header: which one is meant, nobody can tell. */
export function refuseSeveral(credentials: Credentials, scheme?: Scheme): Answer | null {
  if (countAuthorizationHeaders(credentials.rawHeaders) <= 1) return null
  const detail = 'Send one Authorization header; this request has several.'
  return unauthorized(credentials, 'INVALID_AUTHORIZATION_FORMAT', detail, scheme)
}

function countAuthorizationHeaders(rawHeaders: readonly string[]): number {
  let count = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]
    if (name?.length === 13 && name.toLowerCase() === 'authorization') count++
  }
  return count
}

/** The answer to a request that its key does not let in. */
export function refuseKey(asked: Asked, key: KeyRecord | null, reason: AdmissionRefusal, scheme?: Scheme): Answer {
  const { code, detail } = refusals[reason]
  if (code === 'INVALID_API_KEY') return unauthorized(asked, code, detail, scheme)
  const { rate, quota } = key?.allowance ?? {}
  const wait = reason === 'rate_limited' ? rate : reason === 'quota_exceeded' ? quota : null
  return answerProblem(asked, code, detail, wait ? { headers: { 'Retry-After': String(wait.seconds) } } : {})
}

/** RFC 6750 §3: no error when nothing was sent. */
const bearerErrors = {
  MISSING_AUTHORIZATION: '',
  INVALID_AUTHORIZATION_FORMAT: ', error="invalid_request"',
  INVALID_API_KEY: ', error="invalid_token"',
} as const

/** @param scheme the one that the caller used: RFC 6749 §5.2 */
export function unauthorized(
  asked: Asked,
  code: keyof typeof bearerErrors,
  detail: string,
  scheme: Scheme = 'Bearer',
): Answer {
  const challenge = `${scheme} realm="Fenicia"${scheme === 'Bearer' ? bearerErrors[code] : ''}`
  return answerProblem(asked, code, detail, { headers: { 'WWW-Authenticate': challenge } })
}
