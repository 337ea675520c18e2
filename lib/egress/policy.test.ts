import { describe, expect, it } from 'vitest'
import { policyOf } from '@/test/egress'
import { isAddressAllowed, parseAllowance } from './policy'

const PUBLIC_ONLY = policyOf()
const OWN = new Set(['198.100.1.1', '2600:1::1'])
const SHOP = { host: 'shop.example.com', port: 443 }

describe('without an allow-list', () => {
  it.each([
    ['1.1.1.1', 'public'],
    ['8.8.8.8', 'public'],
    ['100.63.255.255', 'below CGNAT'],
    ['100.128.0.0', 'above CGNAT'],
    ['172.15.255.255', 'below 172.16/12'],
    ['172.32.0.0', 'above 172.16/12'],
    ['223.255.255.255', 'the last of unicast'],
    ['2606:4700:4700::1111', 'public'],
    ['2a00:1450:4001:81b::200e', 'public'],
    ['::ffff:8.8.8.8', 'public, mapped'],
    ['::ffff:808:808', 'public, mapped, in hexadecimal'],
    ['64:ff9b::808:808', 'public, behind NAT64'],
  ])('%s may be called: %s', (address) => {
    expect(isAddressAllowed(PUBLIC_ONLY, SHOP, address, OWN)).toBe(true)
  })

  it.each([
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'this network'],
    ['10.0.0.1', 'private'],
    ['100.64.0.1', 'CGNAT'],
    ['100.127.255.255', 'CGNAT'],
    ['100.100.100.200', 'metadata of Alibaba'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['168.63.129.16', 'metadata of Azure, a public address'],
    ['169.254.0.1', 'link-local'],
    ['169.254.169.254', 'metadata'],
    ['169.254.170.2', 'metadata of ECS'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.0.0.192', 'metadata of Oracle'],
    ['192.0.0.8', 'protocol assignments'],
    ['192.0.2.1', 'documentation'],
    ['192.88.99.1', '6to4 relay'],
    ['192.168.1.1', 'private'],
    ['198.18.0.1', 'benchmarking'],
    ['198.19.255.255', 'benchmarking'],
    ['198.51.100.1', 'documentation'],
    ['203.0.113.1', 'documentation'],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.255', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['::127.0.0.1', 'IPv4-compatible'],
    ['::8.8.8.8', 'IPv4-compatible: not the public address inside'],
    ['::ffff:127.0.0.1', 'loopback, mapped'],
    ['::ffff:7f00:1', 'loopback, mapped, in hexadecimal'],
    ['0:0:0:0:0:ffff:a00:1', 'private, mapped, written out'],
    ['::ffff:169.254.169.254', 'metadata, mapped'],
    ['::ffff:0:127.0.0.1', 'translated, RFC 6145'],
    ['64:ff9b::127.0.0.1', 'loopback, behind NAT64'],
    ['64:ff9b::a9fe:a9fe', 'metadata, behind NAT64'],
    ['64:ff9b:1::8.8.8.8', 'local NAT64'],
    ['100::1', 'discarded'],
    ['2001::1', 'Teredo'],
    ['2001:2::1', 'benchmarking'],
    ['2001:10::1', 'ORCHID'],
    ['2001:20::1', 'ORCHIDv2'],
    ['2001:db8::1', 'documentation'],
    ['2002:7f00:1::', 'loopback, in 6to4'],
    ['2002:808:808::', 'public, in 6to4: a tunnel all the same'],
    ['3fff::1', 'documentation'],
    ['4000::1', 'given to nobody'],
    ['5f00::1', 'segment routing'],
    ['fc00::1', 'unique local'],
    ['fd00:ec2::254', 'metadata of AWS'],
    ['fd20:ce::254', 'metadata of GCP'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local, with a zone'],
    ['fec0::1', 'site-local'],
    ['ff02::1', 'multicast'],
    ['198.100.1.1', 'public, but this machine’s'],
    ['2600:1::1', 'public, but this machine’s'],
    ['2600:1:0:0::1', 'public, but this machine’s, written longer'],
    ['::ffff:198.100.1.1', 'public, but this machine’s, mapped'],
    ['0177.0.0.1', 'not an address’s spelling'],
    ['8.8.8', 'not an address’s spelling'],
    ['[2606:4700:4700::1111]', 'not an address’s spelling'],
    ['', 'no address'],
  ])('%s may not: %s', (address) => {
    expect(isAddressAllowed(PUBLIC_ONLY, SHOP, address, OWN)).toBe(false)
  })
})

describe('an item of the allow-list', () => {
  const at = (host: string, port = 443) => ({ host, port })
  it.each([
    ['a name opens what it ordinarily means', 'erp.internal', at('erp.internal'), '10.0.0.1', true],
    ['loopback too', 'erp.internal', at('erp.internal'), '127.0.0.1', true],
    ['unique local too', 'erp.internal', at('erp.internal'), 'fd12::1', true],
    ['this machine’s address too', 'erp.internal', at('erp.internal'), '198.100.1.1', true],
    ['but not link-local', 'erp.internal', at('erp.internal'), 'fe80::1', false],
    ['nor metadata', 'erp.internal', at('erp.internal'), '169.254.169.254', false],
    ['nor metadata in an ordinary range', 'erp.internal', at('erp.internal'), 'fd00:ec2::254', false],
    ['nor what is nobody’s', 'erp.internal', at('erp.internal'), '::127.0.0.1', false],
    ['nor another name', 'erp.internal', at('wms.erp.internal'), '10.0.0.1', false],
    ['a name with a port opens that port', 'erp.internal:8443', at('erp.internal', 8443), '10.0.0.1', true],
    ['and no other', 'erp.internal:8443', at('erp.internal', 443), '10.0.0.1', false],
    ['a name in capitals is the same', 'ERP.Internal', at('erp.internal'), '10.0.0.1', true],
    ['a name in another script is the same', 'bücher.example', at('xn--bcher-kva.example'), '10.0.0.1', true],
    ['an address opens itself', '10.0.0.7', at('shop.example.com'), '10.0.0.7', true],
    ['and not its neighbour', '10.0.0.7', at('shop.example.com'), '10.0.0.8', false],
    ['an address is opened in its IPv6 form', '10.0.0.7', at('shop.example.com'), '::ffff:10.0.0.7', true],
    ['and behind NAT64', '10.0.0.7', at('shop.example.com'), '64:ff9b::10.0.0.7', true],
    ['an address with a port opens that port', '10.0.0.7:8443', at('10.0.0.7', 8443), '10.0.0.7', true],
    ['and no other', '10.0.0.7:8443', at('10.0.0.7', 443), '10.0.0.7', false],
    ['an IPv6 address with a port', '[fd12::7]:8443', at('fd12::7', 8443), 'fd12::7', true],
    ['and no other', '[fd12::7]:8443', at('fd12::7', 443), 'fd12::7', false],
    ['a network opens its first', '192.168.4.0/22', at('a.example.com'), '192.168.4.0', true],
    ['and its last', '192.168.4.0/22', at('a.example.com'), '192.168.7.255', true],
    ['and none behind', '192.168.4.0/22', at('a.example.com'), '192.168.8.0', false],
    ['an IPv6 network', 'fd12:3456::/32', at('a.example.com'), 'fd12:3456:ffff::1', true],
    ['and none behind', 'fd12:3456::/32', at('a.example.com'), 'fd12:3457::1', false],
    ['a network opens what is no ordinary range', '169.254.0.0/16', at('a.example.com'), '169.254.7.7', true],
    ['but no metadata', '169.254.0.0/16', at('a.example.com'), '169.254.169.254', false],
    ['not even all of them', '0.0.0.0/0', at('a.example.com'), '169.254.169.254', false],
    ['which only an item of its own opens', '169.254.169.254', at('a.example.com'), '169.254.169.254', true],
    ['all of IPv4 is none of IPv6', '0.0.0.0/0', at('a.example.com'), '::1', false],
  ])('%s (%s)', (_what, item, destination, address, isAllowed) => {
    expect(isAddressAllowed(policyOf(item), destination, address, OWN)).toBe(isAllowed)
  })

  it.each([
    'https://erp.internal',
    'erp.internal/path',
    'erp.internal:0',
    'erp.internal:65536',
    'erp.internal:22',
    'erp.internal:https',
    'me@erp.internal',
    '*.internal',
    '*',
    'erp internal',
    '10.0.0.0/33',
    '10.0.0/8',
    '10.0.0.0/',
    '10.0.0.0/8:443',
    'fd12::/129',
    'fd12::7:8443:',
    '[fd12::7',
    '::ffff:10.0.0.0/104',
    '64:ff9b::/96',
    'fe80::1%eth0',
    '0x7f.1',
    '2130706433',
    '127.1',
    '..',
  ])('is nothing else: %s', (item) => {
    expect(parseAllowance(item)).toBeNull()
  })
})
