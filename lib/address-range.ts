import { BlockList, isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { LRUCache } from 'lru-cache'
import { readAddress } from './egress/address'

/** An address, or a CIDR range: an address of IPv4 or IPv6 and how many of its first bits count. */
const RANGE = /^([0-9a-f.:]{2,45})(?:\/(\d{1,3}))?$/i

interface Range {
  address: string
  bits: number
  family: 'ipv4' | 'ipv6'
}

/**
 * An address as it is compared and kept: an IPv4 address inside IPv6, as sockets that listen on both name it, is IPv4.
 * @returns null for what is no address
 */
export function plainAddress(text: string): string | null {
  if (isIP(text) === 0) return null
  // All others are what they are, and cost no more than this look.
  if (!/ffff/i.test(text)) return text
  const address = readAddress(text)
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : text
}

/** An IPv4 address inside IPv6 is what `plainAddress` makes of it: IPv4. */
function readRange(text: string): Range | null {
  const [, written = '', prefix] = RANGE.exec(text) ?? []
  const address = readAddress(written)
  if (!address) return null
  const family = address.kind()
  const longest = family === 'ipv4' ? 32 : 128
  const bits = prefix === undefined ? longest : Number(prefix)
  if (bits > longest) return null
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= 96) {
    return { address: address.toIPv4Address().toString(), bits: bits - 96, family: 'ipv4' }
  }
  // As it is read: of `::8.8.8.8` the library makes another address than sockets do.
  return { address: address.toString(), bits, family }
}

/** By families, since in a list of both, an IPv4 address is in ranges of IPv6 as well. */
type Compiled = Record<Range['family'], BlockList>

/** Made once for each list: it costs more than a request has to spend. */
const compiled = new LRUCache<string, Compiled>({ max: 1_000 })

function compile(ranges: readonly string[]): Compiled {
  const name = ranges.join()
  const known = compiled.get(name)
  if (known) return known
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() }
  for (const text of ranges) {
    const range = readRange(text)
    if (range) lists[range.family].addSubnet(range.address, range.bits, range.family)
  }
  compiled.set(name, lists)
  return lists
}

/**
 * Whether an address is one of these, or in one of these ranges.
 * @param address of a client; null, or what is no address, is in none
 */
export function isInRanges(address: string | null, ranges: readonly string[]): boolean {
  // A zone (`fe80::1%eth0`) is a matter of the machine that the address was seen on.
  const plain = plainAddress(address?.split('%', 1)[0] ?? '')
  if (plain === null) return false
  const family = isIP(plain) === 4 ? 'ipv4' : 'ipv6'
  return compile(ranges)[family].check(plain, family)
}

/** Whether every one of these ranges lies in one of those. */
export function areRangesWithin(ranges: readonly string[], outer: readonly string[]): boolean {
  const held = outer.flatMap((text) => readRange(text) ?? [])
  return ranges.every((text) => {
    const range = readRange(text)
    return range !== null && held.some((one) => isWithin(range, one))
  })
}

function isWithin(range: Range, { address, bits, family }: Range): boolean {
  if (range.family !== family || range.bits < bits) return false
  return family === 'ipv4'
    ? ipaddr.IPv4.parse(range.address).match(ipaddr.IPv4.parse(address), bits)
    : ipaddr.IPv6.parse(range.address).match(ipaddr.IPv6.parse(address), bits)
}
