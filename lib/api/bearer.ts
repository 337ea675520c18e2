import { isAccepted, type KeyRecord, type KeyStatus } from '../api-keys'
import type { Answer, Asked } from './answer'
import { answerProblem } from './problems'

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

const refusedStatuses: Record<Exclude<KeyStatus, 'active' | 'retiring'>, string> = {
  revoked: 'This API key was revoked. Generate a new one under Settings → API Keys.',
  expired: 'This API key has expired. Generate a new one under Settings → API Keys.',
  retired: 'This API key was regenerated and its old token no longer works. Use the new token.',
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

/** @param key one that is not accepted; null: there is none */
export function refuseKey(asked: Asked, key: KeyRecord | null, scheme?: Scheme): Answer {
  const detail =
    key && !isAccepted(key.status)
      ? refusedStatuses[key.status]
      : 'This is not a valid API key. Check that the whole token was copied, and that it belongs to this server.'
  return unauthorized(asked, 'INVALID_API_KEY', detail, scheme)
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
