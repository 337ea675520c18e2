import type { IncomingMessage, ServerResponse } from 'node:http'
import { hashToken, isWellFormedToken, type KeyRecord } from '../api-keys'
import { getRuntime } from '../runtime'
import { admitCaller } from './admit'
import { type Answer, type Asked, answerText, send } from './answer'
import { bearerToken, refuseKey } from './bearer'
import { originOfIncoming } from './context'
import { answerFailure } from './failures'
import { callingKey } from './routes/me'

const PURPOSE = { scopes: [], path: '/api/v1/me' }

const PLAIN_HOST = /^[\w.-]+(:\d{1,5})?$/

/**
 * Whether a request is the plain `GET /me` that a gateway sends before each of its own. Whatever is unusual about it, a
 * query, another site's page or a strange Host header, goes the way of all calls.
 */
export function isFastMe({ method, url, headers: { host = '', origin } }: IncomingMessage): boolean {
  return method === 'GET' && url === '/api/v1/me' && origin === undefined && PLAIN_HOST.test(host)
}

/**
 * Answers `GET /me` straight on `node:http`, as `routes/me.ts` does through Hono, but without a `Request`, a `Response`
 * and a promise: together they cost more than the look-up.
 */
export function answerFastMe(request: IncomingMessage, response: ServerResponse, asked: Asked): void {
  const { headers, rawHeaders } = request
  const token = bearerToken({ ...asked, authorization: headers.authorization, rawHeaders })
  if (typeof token !== 'string') send(response, token)
  else if (!isWellFormedToken(token)) send(response, refuseKey(asked, null, 'unknown'))
  else {
    getRuntime().keyLookup.enter(hashToken(token), {
      resolve: (key) => send(response, answerKey(asked, key, request)),
      reject: (error) => send(response, answerFailure(asked, 'GET', error)),
    })
  }
}

function answerKey(asked: Asked, key: KeyRecord | null, request: IncomingMessage): Answer {
  const refused = admitCaller(asked, key, originOfIncoming(request), 'GET', PURPOSE)
  if (refused || !key) return refused ?? refuseKey(asked, null, 'unknown')
  getRuntime().usage.answer(key, 200)
  let text = texts.get(key)
  if (text === undefined) {
    text = JSON.stringify(callingKey(key))
    texts.set(key, text)
  }
  return answerText(asked, 200, text)
}

/** What keys are told, for as long as what was read of them is remembered: to put it together is a twentieth of a request. */
const texts = new WeakMap<KeyRecord, string>()
