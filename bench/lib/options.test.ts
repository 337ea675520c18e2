import { expect, test } from 'vitest'
import { parseOptions } from './options.mjs'

test('a full run repeats each measurement often, a quick one seldom, and both can be told how often', () => {
  const full = { command: 'verify', quick: false, json: false, rounds: 5, seconds: 4 }
  expect(parseOptions(['verify'])).toEqual(full)
  expect(parseOptions(['footprint', '--json', '--quick'])).toEqual({
    command: 'footprint',
    quick: true,
    json: true,
    rounds: 2,
    seconds: 1,
  })
  expect(parseOptions(['proxy'])).toEqual({ ...full, command: 'proxy' })
  expect(parseOptions(['verify', '--rounds', '9', '--seconds', '2'])).toEqual({ ...full, rounds: 9, seconds: 2 })
})

test.each([
  [[], 'Say what to measure'],
  [['verfy'], '"verfy" is no measurement: verify, proxy, renewal, footprint'],
  [['verify', '--fast'], '"--fast" is no option'],
  [['verify', '--rounds'], '--rounds must be followed by a whole number from 1 to 50'],
  [['verify', '--rounds', '0'], 'from 1 to 50'],
  [['verify', '--seconds', '1.5'], 'from 1 to 600'],
])('%j is refused with the reason', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message)
})

test.each([[['--help']], [['verify', '-h']]])('%j asks for help', (args) => {
  expect(parseOptions(args)).toBe('help')
})
