import type { IncomingHttpHeaders } from 'node:http'
import { isHeaderAllowed } from '../egress/request'
import { plainName } from '../header-name'
import { withoutTokens } from '../text'
import { holdsSecret } from '../vault/blank'
import type { Secret } from '../vault/secret'

type Header = readonly [name: string, value: string]

/** What belongs to one connection (RFC 9110, 7.6.1), beside what `Connection` names. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])

/**
 * What a caller’s request has for Fenicia, or of the way to it, and not for the service; and what would have a server
 * answer another path or method than the ones that the integration’s rules were asked about.
 */
const NOT_SENT = new Set([
  'authorization',
  'cookie',
  'cookie2',
  'host',
  'content-length',
  'expect',
  'forwarded',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'true-client-ip',
  'fastly-client-ip',
  'fly-client-ip',
  'x-azure-clientip',
  'x-envoy-external-address',
  'x-host',
  'via',
  'cdn-loop',
  'origin',
  'referer',
  'x-rewrite-url',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
])
const NOT_SENT_BEGINNINGS = ['proxy-', 'x-forwarded', 'x-original-', 'cf-', 'sec-', 'fenicia-', 'x-fenicia-']

/**
 * The headers of a call to the service: the caller's, as far as they are meant for it and in their order, then the
 * integration's, then the credential's. Of two parties' of the same name, the later one's is sent; only a caller may name a
 * header twice, and the schemas see to that. Names are compared as the many servers see them that take `X_Api_Key` for
 * `X-Api-Key`. A header with a token of Fenicia's is not sent.
 * @param rawHeaders names and values in turn, as `node:http` has them
 * @param more `plain`: for an integration that looks into answers, which therefore must come uncompressed
 */
export function requestHeaders(
  rawHeaders: readonly string[],
  more: { fixed: readonly { name: string; value: string }[]; credential: readonly Header[]; plain?: boolean },
): [name: string, value: string][] {
  const sent = pairsOf(rawHeaders)
  const fixed = more.fixed.map(({ name, value }): Header => [name, value])
  const ofCredential = namesOf(more.credential)
  const plain = new Set(more.plain ? ['accept-encoding'] : [])
  const taken = new Set([...namesOf(fixed), ...ofCredential, ...plain, ...namedByConnection(sent)])
  const kept = sent.filter(
    ([name, value]) => isForService(name) && !taken.has(plainName(name)) && withoutTokens(value) === value,
  )
  const own = fixed.filter(([name]) => !ofCredential.has(plainName(name)) && !plain.has(plainName(name)))
  const encoding: Header[] = more.plain ? [['Accept-Encoding', 'identity']] : []
  return [...kept, ...own, ...encoding, ...more.credential].map(([name, value]) => [name, value])
}

function isForService(name: string): boolean {
  const plain = plainName(name)
  if (!isHeaderAllowed(name) || HOP_BY_HOP.has(plain) || NOT_SENT.has(plain)) return false
  return !NOT_SENT_BEGINNINGS.some((beginning) => plain.startsWith(beginning))
}

/**
 * What is not passed back: cookies and whatever else a browser would remember for, or do to, all of Fenicia's origin; and
 * what a web server or CDN before Fenicia would take for orders of Fenicia's, such as to send one of its own files.
 */
const NOT_PASSED = new Set([
  'set-cookie',
  'set-cookie2',
  'alt-svc',
  'strict-transport-security',
  'expect-ct',
  'clear-site-data',
  'service-worker-allowed',
  'nel',
  'report-to',
  'reporting-endpoints',
  'accept-ch',
  'critical-ch',
  'origin-agent-cluster',
  'speculation-rules',
  'use-as-dictionary',
  'set-login',
  'refresh',
  'x-content-type-options',
  'cache-control',
  'x-request-id',
  'x-sendfile',
  'x-reproxy-url',
  'surrogate-control',
  'edge-control',
])
const NOT_PASSED_BEGINNINGS = [
  'proxy-',
  'access-control-',
  'content-security-policy',
  'public-key-pins',
  'attribution-reporting-',
  'fenicia-',
  'x-accel-',
  'x-lighttpd-',
  'x-litespeed-',
]

/**
 * The headers of the service's answer as they go back to the caller, names in lower case as they came. Nothing of an answer
 * is ever run or remembered by a browser as Fenicia's own: it is sandboxed. A header in which the service echoes a secret is
 * removed, see `holdsSecret`; one of the answer's body is not.
 *
 * An answer belongs to whoever holds the key, while its address is the same for all: shared caches may not have it,
 * whatever the service says, and private ones tell it apart by the key. A service that says nothing of caching did not
 * think of caches, so that none may keep it. What it says beside that (`max-age`, `no-cache`) is the caller's to use.
 */
export function responseHeaders(
  headers: IncomingHttpHeaders,
  secrets: readonly Secret[],
): [name: string, value: string][] {
  const received = Object.entries(headers).flatMap(([name, value = []]) =>
    [value].flat().map((one): Header => [name, one]),
  )
  const unfit = namedByConnection(received)
  for (const [name, value] of received) if (holdsSecret(value, secrets)) unfit.add(plainName(name))
  if (!isLengthConsistent(headers)) unfit.add('content-length')
  const fit = received.filter(([name, value]) => !unfit.has(plainName(name)) && isSendable(value))
  const valuesOf = (wanted: string) => fit.filter(([name]) => name === wanted).map(([, value]) => value)
  const caching = valuesOf('cache-control').join(', ')
  const [upstreamId] = valuesOf('x-request-id')
  return [
    ...fit.filter(([name]) => isForCaller(name)).map(([name, value]): [string, string] => [name, value]),
    ...(upstreamId === undefined ? [] : [['Fenicia-Upstream-Request-Id', upstreamId] as [string, string]]),
    ...cachingHeaders(caching),
    ['X-Content-Type-Options', 'nosniff'],
    ['Content-Security-Policy', "sandbox; default-src 'none'"],
  ]
}

function isForCaller(name: string): boolean {
  if (HOP_BY_HOP.has(name) || NOT_PASSED.has(name) || name.endsWith('cdn-cache-control')) return false
  return !NOT_PASSED_BEGINNINGS.some((beginning) => name.startsWith(beginning))
}

/** @param received what the service says; empty: nothing */
function cachingHeaders(received: string): [name: string, value: string][] {
  if (received === '') return [['Cache-Control', 'no-store']]
  const directives = received.match(/(?:[^,"]|"[^"]*"?)+/g) ?? []
  // Of these, some let a shared cache keep the answer to a request with Authorization (RFC 9111, 3.5).
  const kept = directives
    .map((directive) => directive.trim())
    .filter((text) => !/^(public|private|s-maxage)\b/i.test(text))
  return [
    ['Cache-Control', ['private', ...kept.filter((text) => text !== '')].join(', ')],
    ['Vary', 'Authorization'],
  ]
}

/** Whether a Content-Length can be meant: one number, and no other framing beside it (RFC 9112, 6.3). */
function isLengthConsistent(headers: IncomingHttpHeaders): boolean {
  const length: unknown = headers['content-length']
  return typeof length === 'string' && /^\d{1,15}$/.test(length) && headers['transfer-encoding'] === undefined
}

/** Whether `node:http` would take a value instead of throwing. */
function isSendable(value: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
}

/** The headers that `Connection` says are for this connection only, lower case. */
function namedByConnection(headers: readonly Header[]): Set<string> {
  const connection = headers.filter(([name]) => name.toLowerCase() === 'connection')
  return new Set(connection.flatMap(([, value]) => value.split(',').map((name) => plainName(name.trim()))))
}

function pairsOf(rawHeaders: readonly string[]): Header[] {
  return rawHeaders.flatMap((name, index): Header[] => (index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : []))
}

function namesOf(headers: readonly Header[]): Set<string> {
  return new Set(headers.map(([name]) => plainName(name)))
}
