import { isIP } from 'node:net'
import { parseUrl } from './parse-url'

/** What to do with a request that names a host: serve it, send it to our address, or refuse it. */
export type HostVerdict = 'served' | 'elsewhere' | 'refused'

/**
 * Judges the Host header of a request. Our own address is served, and so are addresses of machines (IP addresses,
 * localhost): no other site can make a browser believe that those are its own. Any other name may be another site's that
 * points here (DNS rebinding); it is sent to our address, if that is known, else refused.
 * @param url our public address (FENICIA_URL or http://localhost:…)
 */
export function judgeHost(host: string | null, url: string): HostVerdict {
  if (!host) return 'served'
  const ours = new URL(url)
  const named = host.toLowerCase()
  // The port that goes without saying is in none of our addresses; some proxies name it all the same.
  const withPort = ours.port === '' ? `${ours.host}:${ours.protocol === 'https:' ? 443 : 80}` : ours.host
  if (named === ours.host || named === withPort || isMachine(hostname(host))) return 'served'
  return isMachine(hostname(ours.host)) ? 'refused' : 'elsewhere'
}

/** Whether a request that changes something comes from one of our own pages, by its Origin header (RFC 6454). */
export function isOwnOrigin(origin: string | null, host: string | null, url: string): boolean {
  if (origin === null) return true
  const parsed = parseUrl(origin)
  return parsed !== null && (origin === url || parsed.host === host?.toLowerCase())
}

/** Without port and without the brackets of an IPv6 address. */
function hostname(host: string): string {
  return host
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
}

function isMachine(name: string): boolean {
  return isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost')
}
