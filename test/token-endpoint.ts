import { expect } from 'vitest'
import { isOAuthError, type OAuthError } from '@/lib/oauth/errors'
import type { CallOptions } from '@/lib/oauth/fetch'
import { type Grant, type OAuthClient, obtainTokens } from '@/lib/oauth/token-endpoint'
import { Secret } from '@/lib/vault/secret'
import { egressWith, server } from './egress'
import { answer } from './listener'

export const CLIENT_SECRET = 'cl1ent-S3cret/+ &=~ñ'
export const REFRESH_TOKEN = 'refr3sh.Token_~+/=%'
export const byClient: Grant = { kind: 'client_credentials' }
export const byRefresh: Grant = { kind: 'refresh_token', refreshToken: new Secret(REFRESH_TOKEN) }
export const JSON_TYPE = 'content-type: application/json\r\n'

export const json = (body: unknown, headers = JSON_TYPE, status?: string) =>
  answer(JSON.stringify(body), headers, status)
export const good = (more: Record<string, unknown> = {}, headers = JSON_TYPE) =>
  json({ access_token: 'at-1', token_type: 'Bearer', ...more }, headers)
export const bad = (body: unknown, status = '400 Bad Request', headers = JSON_TYPE) => json(body, headers, status)
export const html = (status: string, headers = '') =>
  answer('<html>Sign in</html>', `content-type: text/html\r\n${headers}`, status)

/** Half an answer, and then the end of the connection. */
export const BREAKS_OFF = 'HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"access_token":"at-'

/** Before an answer that comes late. */
export const SLOW = 'slow: '
export const SLOW_MS = 500

/**
 * A token endpoint that answers with these bytes, one after the other and then the last, and a call of it. After
 * `BREAKS_OFF` it closes the connection; after `SLOW`, it takes its time.
 */
export async function endpoint(...answers: string[]) {
  let calls = 0
  const listener = await server((socket) => {
    const bytes = answers[Math.min(calls, answers.length - 1)] ?? ''
    calls += 1
    if (bytes === BREAKS_OFF) socket.end(bytes)
    else if (bytes.startsWith(SLOW)) setTimeout(() => socket.write(bytes.slice(SLOW.length)), SLOW_MS)
    else socket.write(bytes)
  })
  const egress = egressWith(['127.0.0.1/32'])
  return {
    listener,
    call: (over: Partial<OAuthClient> = {}, grant: Grant = byClient, options: CallOptions = {}) =>
      obtainTokens(
        egress,
        {
          tokenUrl: `http://127.0.0.1:${listener.port}/oauth/token`,
          clientId: 'shop-1',
          clientSecret: new Secret(CLIENT_SECRET),
          authentication: 'basic',
          scopes: [],
          audience: null,
          parameters: [],
          ...over,
        },
        grant,
        options,
      ),
  }
}

export async function failureOf(call: Promise<unknown>): Promise<OAuthError> {
  const error = await call.then(
    () => expect.fail('Tokens were obtained'),
    (thrown: unknown) => thrown,
  )
  if (!isOAuthError(error)) throw error
  return error
}
