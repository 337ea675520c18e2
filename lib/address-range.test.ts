import { describe, expect, it } from 'vitest'
import { areRangesWithin, isInRanges } from './address-range'

describe('an address', () => {
  it.each([
    ['203.0.113.7', ['203.0.113.7'], true],
    ['203.0.113.8', ['203.0.113.7'], false],
    ['203.0.113.8', ['198.51.100.1', '203.0.113.0/24'], true],
    ['203.0.114.0', ['203.0.113.0/24'], false],
    ['203.0.113.255', ['203.0.113.77/24'], true],
    ['8.8.8.8', ['0.0.0.0/0'], true],
    ['2001:db8::1', ['0.0.0.0/0'], false],
    ['2001:db8:0:0::1', ['2001:db8::/32'], true],
    ['2001:DB8::1', ['2001:db8::1'], true],
    ['2001:db9::1', ['2001:db8::/32'], false],
    ['::1', ['::/0'], true],
    ['10.0.0.1', ['::/0'], false],
    // However the two write an IPv4 address inside IPv6.
    ['203.0.113.7', ['::ffff:203.0.113.7'], true],
    ['203.0.113.7', ['::ffff:203.0.113.0/120'], true],
    // As a gateway may name it that listens on both.
    ['::ffff:203.0.113.7', ['203.0.113.0/24'], true],
    ['::FFFF:cb00:7107', ['203.0.113.7'], true],
    ['::ffff:203.0.113.7', ['::/0'], false],
    ['fe80::1%eth0', ['fe80::/10'], true],
    ['nonsense', ['0.0.0.0/0', '::/0'], false],
    ['', ['0.0.0.0/0', '::/0'], false],
    [null, ['0.0.0.0/0', '::/0'], false],
    ['203.0.113.7', [], false],
    ['203.0.113.7', ['nonsense', '300.0.0.1', '203.0.113.7/33'], false],
  ])('%s is in %o: %s', (address, ranges, expected) => {
    expect(isInRanges(address, ranges)).toBe(expected)
  })
})

describe('ranges', () => {
  it.each([
    [['10.1.0.0/16', '10.2.3.4'], ['10.0.0.0/8'], true],
    [['10.0.0.0/8'], ['10.1.0.0/16'], false],
    [['10.0.0.0/8'], ['10.0.0.0/9', '10.128.0.0/9'], false],
    [['10.1.0.0/16', '192.168.0.1'], ['10.0.0.0/8', '192.168.0.0/24'], true],
    [['2001:db8:1::/48'], ['2001:db8::/32'], true],
    [['::ffff:10.0.0.1'], ['10.0.0.0/8'], true],
    [['::/0'], ['0.0.0.0/0'], false],
    [['nonsense'], ['0.0.0.0/0'], false],
    // Not an IPv4 address inside IPv6, however it is written.
    [['::8.8.8.8'], ['::/96'], true],
    [['::8.8.8.8'], ['::ffff:0:0/90'], false],
    [['::808:808'], ['::8.8.0.0/112'], true],
    [[], ['10.0.0.0/8'], true],
  ])('%o lie within %o: %s', (ranges, outer, expected) => {
    expect(areRangesWithin(ranges, outer)).toBe(expected)
  })
})
