import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

export type Address = ipaddr.IPv4 | ipaddr.IPv6

/** What IANA gives out to be reached from everywhere. All that is outside is special, or nobody's yet. */
const GLOBAL_UNICAST_V6 = ipaddr.IPv6.parseCIDR('2000::/3')
/** NAT64's well-known prefix (RFC 6052): on networks without IPv4, every IPv4 host is seen behind it. */
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96')

/**
 * Where clouds answer a machine about itself, credentials included. Some are outside of every special range: Azure's is a
 * public address. AWS, ECS, EKS, GCP, Azure, Oracle, Alibaba, Scaleway.
 */
const METADATA = new Set(
  [
    '169.254.169.254',
    '169.254.170.2',
    '169.254.170.23',
    '169.254.42.42',
    '168.63.129.16',
    '192.0.0.192',
    '100.100.100.200',
    'fd00:ec2::254',
    'fd00:ec2::23',
    'fd20:ce::254',
    'fd00:42::42',
  ].map((text) => ipaddr.parse(text).toNormalizedString()),
)

/** What a name on the allow-list may mean besides public addresses. Link-local, multicast and the like need a CIDR. */
const ORDINARY_RANGES = new Set<string>(['unicast', 'loopback', 'private', 'carrierGradeNat', 'uniqueLocal'])

/**
 * Reads an address as it is spelled by the URL standard and by the resolver: four decimals, or IPv6 without brackets.
 * @returns null for what is no address, or for one in another spelling
 */
export function readAddress(text: string): Address | null {
  const family = isIP(text)
  if (family === 0) return null
  if (family === 4) return ipaddr.IPv4.parse(text)
  // The library takes `::8.8.8.8` for a mapped address; sockets do not. The URL standard writes it without decimals.
  const { hostname } = new URL(`http://[${text.replace(/%.*/, '')}]`)
  return ipaddr.IPv6.parse(hostname.slice(1, -1))
}

/**
 * The address that a packet would reach in the end: one that is mapped into IPv6 (RFC 4291, 2.5.5.2) or translated by
 * NAT64 (RFC 6052) is the IPv4 address inside. Tunnels (6to4, Teredo) stay what they are, and are not public.
 */
export function reachedBy(address: Address): Address {
  if (!isV6(address) || !(address.isIPv4MappedAddress() || address.match(NAT64))) return address
  return new ipaddr.IPv4(address.toByteArray().slice(-4))
}

/** Whether an address is a public server's, whoever asks. */
export function isPublic(address: Address): boolean {
  if (isMetadata(address) || address.range() !== 'unicast') return false
  return !isV6(address) || address.match(GLOBAL_UNICAST_V6)
}

/** Whether a name that the operator vouches for may mean this address. */
export function isOrdinary(address: Address): boolean {
  if (isMetadata(address) || !ORDINARY_RANGES.has(address.range())) return false
  return isPublic(address) || address.range() !== 'unicast'
}

export function isMetadata(address: Address): boolean {
  return METADATA.has(address.toNormalizedString())
}

function isV6(address: Address): address is ipaddr.IPv6 {
  return address.kind() === 'ipv6'
}
