import type { IncomingMessage } from 'node:http'
import proxyaddr from 'proxy-addr'
import { plainAddress } from './address-range'
import { getRuntime } from './runtime'

/** What tells who is at the other end of a request: all of `IncomingMessage` that is looked at. */
export type Peer = Pick<IncomingMessage, 'headers' | 'socket'>

/**
 * The address that a request came from: the peer's, or what trusted proxies (FENICIA_TRUSTED_PROXIES) say before it in
 * X-Forwarded-For. What anybody else writes there is not believed. An IPv4 address inside IPv6 is given as IPv4.
 * @returns null once the connection is gone
 */
export function clientAddress(request: Peer, trustedProxies = getRuntime().config.trustedProxies): string | null {
  let client = plainAddress(request.socket.remoteAddress ?? '')
  // Nobody before the peer is believed, so the chain need not be taken apart.
  if (client === null || trustedProxies.length === 0) return client
  const isTrusted = trustFor(trustedProxies)
  // Node joins what several headers of this name say.
  const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',')
  for (const named of forwarded.reverse()) {
    const before: string | null = isTrusted(client, 0) ? plainAddress(withoutPort(named.trim())) : null
    if (before === null) break
    client = before
  }
  return client
}

/** Some proxies name the port too, as `198.51.100.1:50123` or `[2001:db8::5]:50123`. */
function withoutPort(text: string): string {
  return /^(?:\[(.+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d+)?$/.exec(text)?.slice(1).find(Boolean) ?? text
}

const compiled = new WeakMap<string[], ReturnType<typeof proxyaddr.compile>>()

function trustFor(proxies: string[]): ReturnType<typeof proxyaddr.compile> {
  let trust = compiled.get(proxies)
  if (!trust) {
    trust = proxyaddr.compile(proxies)
    compiled.set(proxies, trust)
  }
  return trust
}
