import { isIP } from 'node:net'
import { parseUrl } from '../parse-url'
import { type Address, isMetadata, isOrdinary, isPublic, reachedBy, readAddress } from './address'
import { normalizeName } from './name'
import { isNeverHttp } from './ports'

/** One item of FENICIA_EGRESS_ALLOW. Without a port, it opens all that HTTP may use. */
export type EgressAllowance =
  | { readonly name: string; readonly port?: number }
  | { readonly network: string; readonly bits: number; readonly port?: number }

/** Which addresses that are not public may be called. A plain value: it is passed on, compared and never changed. */
export interface EgressPolicy {
  readonly allow: readonly EgressAllowance[]
}

/** Where a call goes: a name or an address without brackets, and the port. */
export interface Destination {
  host: string
  port: number
}

/**
 * Reads one item: a host, host:port, address, [IPv6]:port or CIDR.
 * @returns null for anything else, such as an address in a spelling that could be mistaken (`0x7f.1`)
 */
export function parseAllowance(item: string): EgressAllowance | null {
  const cidr = /^([0-9a-f.:]+)\/(\d{1,3})$/i.exec(item)
  if (cidr) return parseNetwork(cidr[1] as string, Number(cidr[2]))
  if (isIP(item) !== 0) return parseNetwork(item)
  const parts = /^(\[[0-9a-f:.]+\]|[^\s:/?#@\\%[\]]+)(?::(\d{1,5}))?$/i.exec(item)
  if (!parts) return null
  const host = (parts[1] as string).replace(/^\[|\]$/g, '')
  const port = parts[2] === undefined ? {} : { port: Number(parts[2]) }
  if (port.port !== undefined && (port.port < 1 || port.port > 65535 || isNeverHttp(port.port))) return null
  if (isIP(host) !== 0) return parseNetwork(host, undefined, port)
  const url = parseUrl(`https://${host}`)
  const name = url && normalizeName(url.hostname)
  return name === null || isIP(name) !== 0 ? null : { name, ...port }
}

function parseNetwork(network: string, bits?: number, port: { port?: number } = {}): EgressAllowance | null {
  const address = readAddress(network)
  // Addresses are judged in their IPv4 form where they have one: a network of another form would open nothing.
  if (address === null || network.includes('%') || reachedBy(address) !== address) return null
  const longest = address.toByteArray().length * 8
  return (bits ?? longest) > longest ? null : { network, bits: bits ?? longest, ...port }
}

/**
 * Judges one address that a destination has. Public ones may be called, except those of this machine; others when an item
 * of the policy covers them. A cloud's metadata address is opened only by an item that names it and nothing else.
 * @param text an address as the resolver or the URL standard spell it
 * @param own addresses of this machine's interfaces: what listens on them may be shut off from the outside
 */
export function isAddressAllowed(
  policy: EgressPolicy,
  { host, port }: Destination,
  text: string,
  own: ReadonlySet<string>,
): boolean {
  const address = parseAddress(text)
  if (address === null) return false
  if (isNetworkAllowed(policy, address, port)) return true
  return isNamed(policy, { host, port }) ? isOrdinary(address) : isPublic(address) && !own.has(address.toString())
}

/**
 * Whether the operator has opened this destination by its name or its address: only then a secret may go to it without
 * encryption.
 */
export function isOnAllowList(policy: EgressPolicy, { host, port }: Destination): boolean {
  const address = parseAddress(host)
  return address === null ? isNamed(policy, { host, port }) : isNetworkAllowed(policy, address, port)
}

export function isNamed({ allow }: EgressPolicy, { host, port }: Destination): boolean {
  return allow.some((item) => 'name' in item && item.name === host && (item.port ?? port) === port)
}

function parseAddress(text: string): Address | null {
  const address = readAddress(text)
  return address && reachedBy(address)
}

function isNetworkAllowed({ allow }: EgressPolicy, address: Address, port: number): boolean {
  return allow.some((item) => {
    if (!('network' in item) || (item.port ?? port) !== port) return false
    const network = readAddress(item.network)
    if (network?.kind() !== address.kind()) return false
    const isSingle = item.bits === network.toByteArray().length * 8
    return address.match(network, item.bits) && (isSingle || !isMetadata(address))
  })
}
