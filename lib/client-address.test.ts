import { expect, it } from 'vitest'
import { clientAddress, type Peer } from './client-address'

const from = (remoteAddress: string | undefined, forwardedFor?: string) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwardedFor } }) as unknown as Peer

const cases: [what: string, peer: Peer, trusted: string[], address: string | null][] = [
  ['is the peer', from('203.0.113.7'), [], '203.0.113.7'],
  ['ignores what anybody may write', from('203.0.113.7', '198.51.100.1'), [], '203.0.113.7'],
  ['ignores what an untrusted peer forwards', from('203.0.113.7', '198.51.100.1'), ['10.0.0.0/8'], '203.0.113.7'],
  ['is what a trusted proxy saw', from('10.1.2.3', '198.51.100.1'), ['10.0.0.0/8'], '198.51.100.1'],
  [
    'is not what the client sent to the proxy',
    from('10.1.2.3', '192.0.2.9, 198.51.100.1'),
    ['10.0.0.0/8'],
    '198.51.100.1',
  ],
  ['goes through several proxies', from('::1', '198.51.100.1, 10.1.2.3'), ['loopback', '10.0.0.0/8'], '198.51.100.1'],
  ['is the proxy when it forwards nothing', from('10.1.2.3'), ['10.0.0.0/8'], '10.1.2.3'],
  ['is the proxy when it forwards no address', from('10.1.2.3', 'unknown'), ['10.0.0.0/8'], '10.1.2.3'],
  ['is told without its port', from('10.1.2.3', '198.51.100.1:50123'), ['10.0.0.0/8'], '198.51.100.1'],
  ['is told without its port, of IPv6', from('10.1.2.3', '[2001:db8::5]:50123'), ['10.0.0.0/8'], '2001:db8::5'],
  [
    'goes through proxies that are named with their ports',
    from('10.1.2.3', '198.51.100.1:50123, 10.9.9.9:4711'),
    ['10.0.0.0/8'],
    '198.51.100.1',
  ],
  ['is the last that is an address', from('10.1.2.3', '192.0.2.9, unknown, 10.9.9.9'), ['10.0.0.0/8'], '10.9.9.9'],
  ['is IPv4 when a proxy names it inside IPv6', from('10.1.2.3', '::ffff:c633:6401'), ['10.0.0.0/8'], '198.51.100.1'],
  ['is IPv4 when it came through IPv6', from('::ffff:203.0.113.7'), [], '203.0.113.7'],
  ['trusts a proxy that came through IPv6', from('::ffff:10.1.2.3', '2001:db8::5'), ['10.0.0.0/8'], '2001:db8::5'],
  ['is unknown once the connection is gone', from(undefined), ['10.0.0.0/8'], null],
  ['is unknown rather than forged once the connection is gone', from(undefined, '192.0.2.9'), ['10.0.0.0/8'], null],
]

it.each(cases)('the address of a client %s', (_, peer, trusted, address) => {
  expect(clientAddress(peer, trusted)).toBe(address)
})
