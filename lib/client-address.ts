import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import proxyaddr from 'proxy-addr'
import { getRuntime } from './runtime'

/** What tells who is at the other end of a request: all of `IncomingMessage` that is looked at. */
export type Peer = Pick<IncomingMessage, 'headers' | 'socket'>

/**
 * The address that a request came from: the peer's, or what trusted proxies (FENICIA_TRUSTED_PROXIES) say before it in
 * X-Forwarded-For. What anybody else writes there is not believed. An IPv4 address inside IPv6 is given as IPv4.
 * @returns null once the connection is gone
 */
export function clientAddress(request: Peer, trustedProxies = getRuntime().config.trustedProxies): string | null {
  // Nobody before the peer is believed, so the chain need not be taken apart.
  if (trustedProxies.length === 0) return addressOrNull(request.socket.remoteAddress)
  // The peer first, then X-Forwarded-For from its end, as far as each is a trusted proxy, and one more.
  const chain = proxyaddr.all(request as IncomingMessage, trustFor(trustedProxies))
  return chain.map(addressOrNull).findLast((candidate) => candidate !== null) ?? null
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

/** An IPv4 address inside IPv6 becomes IPv4; what is no address, null. */
function addressOrNull(text = ''): string | null {
  const address = /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(text) ? text.slice('::ffff:'.length) : text
  return isIP(address) === 0 ? null : address
}
