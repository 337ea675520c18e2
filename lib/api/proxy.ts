import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { ReadableStream as WebStream } from 'node:stream/web'
import { hasScope, type KeyRecord } from '../api-keys'
import { type ProxyAnswer, proxy } from '../integrations/proxy'
import { type ProxyRequest, readProxyTarget } from '../integrations/proxy-request'
import { proxyDeps } from '../integrations/runtime'
import { TokenScanner, tokensIn } from '../leaks'
import { getRuntime } from '../runtime'
import { transportSecurity } from '../security-headers'
import { isCodedOtherwise } from '../transfer-coding'
import { admitCaller } from './admit'
import { type Answer, send, toResponse } from './answer'
import { findKey } from './authenticate'
import { bearerToken, type Credentials, refuseKey } from './bearer'
import { type ApiContext, type Origin, originOf, originOfIncoming } from './context'
import { isPreflight, readableBy } from './cross-origin'
import { answerFailure } from './failures'
import { answerProblem } from './problems'

// `ANY /integrations/{slug}/proxy/{path}` on both mounts: bodies stream both ways, and the target is read undecoded.

/** The service's answer, for either mount to send. */
type Streamed = Extract<ProxyAnswer, { kind: 'answered' }>

/** A call as it came, and who says that it makes it. */
interface ProxyCall {
  credentials: Credentials
  from: Origin
  request: ProxyRequest
  /** The header; missing: the body has none, or there is no body. */
  transferCoding?: string
}

/** Checks the key, then calls the service. */
async function answerCall(call: ProxyCall): Promise<Answer | Streamed> {
  try {
    return await answerCaller(call)
  } catch (error) {
    return unavailable(call.credentials, error)
  }
}

async function answerCaller(call: ProxyCall): Promise<Answer | Streamed> {
  const { credentials, from, request } = call
  const token = bearerToken(credentials)
  if (typeof token !== 'string') return token
  const key = await findKey(token)
  if (!key) return refuseKey(credentials, null, 'unknown')
  const purpose = { scopes: ['integrations:use'], path: request.rawPath, integration: request.slug }
  const refused = admitCaller(credentials, key, from, request.method, purpose)
  if (refused) return refused
  const answer = await answerKey(call, key).catch((error) => unavailable(credentials, error))
  getRuntime().usage.answer(key, answer.status)
  return answer
}

/** Whatever the method: what fails on our side has not reached the service, or was not taken by it, and nothing came of it. */
function unavailable(credentials: Credentials, error: unknown): Answer {
  return answerFailure(credentials, 'GET', error)
}

/** Calls the service for a key that lets the request in. */
async function answerKey(call: ProxyCall, key: KeyRecord): Promise<Answer | Streamed> {
  const { credentials, request, transferCoding } = call
  if (!hasScope(key.scopes, 'integrations:use')) {
    const challenge = 'Bearer realm="Fenicia", error="insufficient_scope", scope="integrations:use"'
    const detail = 'This needs the scope integrations:use, which the API key does not have.'
    return answerProblem(credentials, 'INSUFFICIENT_PERMISSIONS', detail, {
      headers: { 'WWW-Authenticate': challenge },
    })
  }
  if (isCodedOtherwise(transferCoding)) {
    const detail = 'The body may come in chunks, or with its length, but in no other transfer coding. It was not sent.'
    return answerProblem(credentials, 'TRANSFER_CODING_NOT_SUPPORTED', detail)
  }
  const inHeader = tokenInHeaders(request.rawHeaders)
  if (inHeader) {
    noteToken(call, inHeader)
    return refuseToken(credentials)
  }
  const scanner = request.body && new TokenScanner()
  let isInBody = false
  if (scanner) {
    request.inspect = (piece) => {
      const token = isInBody ? null : scanner.scan(piece)
      // Here and not below: the service may have begun to answer before, and then there is nothing left to be refused.
      if (token) noteToken(call, token)
      isInBody ||= token !== null
      return isInBody
    }
  }
  const { accountId, environment } = key
  const answer = await proxy(proxyDeps(), { accountId, environment, key, userId: null }, request)
  if (isInBody) {
    if (answer.kind === 'answered') answer.body.destroy()
    return refuseToken(credentials)
  }
  if (answer.kind === 'answered') return answer
  // So that a refusal of ours is told from one of the service's.
  const headers = { 'Fenicia-Error': answer.code, ...answer.headers }
  return answerProblem(credentials, answer.code, answer.detail, { headers })
}

/** A token of Fenicia that would go to the service, in a header of its own: the caller's Authorization never does. */
function tokenInHeaders(rawHeaders: readonly string[]): string | undefined {
  for (let i = 1; i < rawHeaders.length; i += 2) {
    const value = rawHeaders[i]
    if (value?.includes('fn_') && rawHeaders[i - 1]?.toLowerCase() !== 'authorization') {
      const [token] = tokensIn(value)
      if (token) return token
    }
  }
  return undefined
}

/** Has those told whose key it is. */
function noteToken({ from, request }: ProxyCall, token: string): void {
  getRuntime().leaks.note(token, 'body', { ...from, requestId: request.requestId })
}

/** A service must not learn a token of Fenicia, so that is a mistake. */
function refuseToken(credentials: Credentials): Answer {
  const detail =
    'The request has a token of Fenicia in it, which the service must not learn, so it was not sent to its end. Take it out, and regenerate this one.'
  return answerProblem(credentials, 'TOKEN_IN_REQUEST', detail)
}

/**
 * The headers of the service's answer, and ours beside them. `RateLimit` and `RateLimit-Policy` always speak of the calling
 * key; what the service says of limits of its own goes on under another name.
 */
function headersOf({ headers }: Streamed, { credentials, request }: ProxyCall): [name: string, value: string][] {
  return [
    ...headers.map(([name, value]): [string, string] => [ownLimits.get(name.toLowerCase()) ?? name, value]),
    ...Object.entries(credentials.limits ?? {}),
    ['X-Request-Id', request.requestId],
    ['Fenicia-Integration', request.slug],
  ]
}

const ownLimits = new Map([
  ['ratelimit', 'Fenicia-Upstream-RateLimit'],
  ['ratelimit-policy', 'Fenicia-Upstream-RateLimit-Policy'],
])

/** Whether a request is one of the proxy's. What a page asks beforehand is not the service's to answer. */
export function isProxy({ method, url = '', headers }: IncomingMessage): boolean {
  return readProxyTarget(url) !== null && !isPreflight(method, headers)
}

/** Answers a call straight on `node:http`: streams of the web in between would cost more than the rest of the call. */
export async function answerProxy(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => response.writableFinished || gone.abort())
  const call = incomingCall(request, requestId, gone.signal)
  const more = { ...readableBy(request.headers.origin), ...transportSecurity(getRuntime().config.url) }
  const sendOwn = ({ status, headers, body }: Answer) =>
    send(response, { status, headers: { ...headers, ...more }, body })
  try {
    const answer = await answerCall(call)
    if (!('kind' in answer)) return sendOwn(answer)
    response.writeHead(answer.status, [...headersOf(answer, call), ...Object.entries(more)].flat())
    pass(answer.body, response)
    // Node keeps them back until a piece of the body comes: of a stream of events that may be long, and the caller gives up.
    if (answer.body.readableLength === 0) {
      setImmediate(() => response.writableEnded || answer.body.readableDidRead || response.flushHeaders())
    }
  } catch (error) {
    if (response.headersSent) response.destroy()
    else sendOwn(answerFailure(call.credentials, request.method ?? 'GET', error))
  }
}

/**
 * Passes a body on to the caller. One that breaks off takes the caller's connection along: half an answer must not look like
 * a whole one. By hand, since `pipeline` aborts a controller of its own at the end of each call, which costs as much as the
 * headers.
 */
function pass(body: Readable, response: ServerResponse): void {
  response.on('error', () => body.destroy())
  response.on('close', () => body.destroy())
  response.on('drain', () => body.resume())
  body.on('data', (chunk: Buffer) => {
    if (!response.write(chunk)) body.pause()
  })
  body.on('end', () => response.end())
  body.on('close', () => body.readableEnded || response.destroy())
  body.on('error', () => response.destroy())
  if (response.destroyed) body.destroy()
  else if (body.destroyed && !body.readableEnded) response.destroy()
}

function incomingCall(request: IncomingMessage, requestId: string, signal: AbortSignal): ProxyCall {
  const { headers, rawHeaders, method = 'GET', url = '' } = request
  const bodyBytes = lengthOf(headers['content-length'])
  // A length that is not read, such as one with many zeros before it, is of a body too.
  const hasBody =
    headers['transfer-encoding'] !== undefined || (headers['content-length'] !== undefined && bodyBytes !== 0)
  return {
    credentials: { requestId, authorization: headers.authorization, rawHeaders },
    from: originOfIncoming(request),
    transferCoding: headers['transfer-encoding'],
    request: {
      ...targetOf(url),
      method,
      rawHeaders,
      body: hasBody ? request : null,
      bodyBytes,
      requestId,
      signal,
      startedAt: performance.now(),
    },
  }
}

/** The highest that a `Response` takes. Some services have their own above it, such as 999. */
const MAX_STATUS = 599

/** Answers a call of the portable mount. */
export async function respondProxy(c: ApiContext): Promise<Response> {
  const { raw } = c.req
  const { incoming, requestId } = c.env
  const call = incoming ? incomingCall(incoming, requestId, raw.signal) : webCall(c)
  const answer = await answerCall(call)
  if (!('kind' in answer)) return toResponse(answer)
  const { status, body } = answer
  if (status > MAX_STATUS) {
    body.destroy()
    const detail = `The service answered with the status ${status}, which can’t be passed on, and may have done what was asked or not.`
    return toResponse(answerProblem(call.credentials, 'UPSTREAM_ANSWER_INVALID', detail))
  }
  const headers = headersOf(answer, call)
  if (status === 204 || status === 205 || status === 304 || c.req.method === 'HEAD') {
    body.resume()
    return new Response(null, { status, headers })
  }
  return new Response(Readable.toWeb(body) as unknown as ReadableStream, { status, headers })
}

function webCall(c: ApiContext): ProxyCall {
  const { raw } = c.req
  const { pathname, search } = new URL(raw.url)
  const rawHeaders = [...raw.headers].flat()
  const bodyBytes = lengthOf(raw.headers.get('content-length') ?? undefined)
  const body = raw.body && bodyBytes !== 0 ? Readable.fromWeb(raw.body as unknown as WebStream) : null
  return {
    credentials: {
      requestId: c.env.requestId,
      authorization: raw.headers.get('authorization') ?? undefined,
      rawHeaders,
    },
    from: originOf(c),
    transferCoding: raw.headers.get('transfer-encoding') ?? undefined,
    request: {
      ...targetOf(pathname + search),
      method: raw.method,
      rawHeaders,
      body,
      bodyBytes,
      requestId: c.env.requestId,
      signal: raw.signal,
      startedAt: performance.now(),
    },
  }
}

function targetOf(url: string): Pick<ProxyRequest, 'slug' | 'rawPath' | 'rawQuery'> {
  return readProxyTarget(url) ?? { slug: '', rawPath: '', rawQuery: null }
}

function lengthOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : undefined
}
