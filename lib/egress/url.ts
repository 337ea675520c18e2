import { isIP } from 'node:net'
import { parseUrl } from '../parse-url'
import { EgressError } from './errors'
import { normalizeName } from './name'
import { type Destination, type EgressPolicy, isAddressAllowed, isOnAllowList } from './policy'
import { isNeverHttp } from './ports'

const MAX_LENGTH = 8192
const NOBODY: ReadonlySet<string> = new Set()

/**
 * Judges a URL that a person typed, as far as it can be judged without looking its name up. Spellings are made one by the
 * URL standard (https://url.spec.whatwg.org/#host-parsing) – decimal, octal, hexadecimal and short IPv4, percent-encoding,
 * IDN – and it is that one which is judged and called. A dot at the end of the name is dropped.
 * @returns the URL to call
 * @throws {EgressError} url_refused, scheme_refused, address_refused, all of stage `address`
 */
export function judgeUrl(text: string, policy: EgressPolicy): URL {
  // What the URL standard would silently drop or turn over is more likely a trick than a slip.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (text.length > MAX_LENGTH || /[\u0000-\u0020\u007f\\]/.test(text)) throw refusal()
  if (text.includes('#')) throw refusal('An address to call has no part after “#”.')
  const url = parseUrl(text)
  if (!url) throw refusal()
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new EgressError('scheme_refused', 'address')
  if (url.username || url.password) throw refusal('An address to call holds no user name and no password.')
  const target = destinationOf(url)
  if (isIP(target.host) === 0) {
    const name = normalizeName(target.host)
    if (name === null) throw refusal()
    target.host = name
    url.hostname = name
  }
  if (isNeverHttp(target.port)) throw refusal('No server for HTTP is at this port.')
  if (isIP(target.host) !== 0 && !isAddressAllowed(policy, target, target.host, NOBODY)) {
    throw new EgressError('address_refused', 'address')
  }
  if (url.protocol === 'http:' && !isOnAllowList(policy, target)) throw new EgressError('scheme_refused', 'address')
  return url
}

/** Host without brackets and port of a URL. */
export function destinationOf({ protocol, hostname, port }: Pick<URL, 'protocol' | 'hostname' | 'port'>): Destination {
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || (protocol === 'https:' ? 443 : 80)) }
}

function refusal(message?: string): EgressError {
  return new EgressError('url_refused', 'address', message)
}
