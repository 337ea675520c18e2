import { expect, test } from 'vitest'
import { boundText, milliseconds, ratio, table, whole } from './report.mjs'

test('a table aligns figures to the right and words to the left', () => {
  const text = table([
    ['server', 'requests/s', 'p50'],
    ['Fenicia', '13,500', '4.70 ms'],
    ['(b) bare node:http + pg', '900', '–'],
  ])
  expect(text).toBe(
    [
      'server                   requests/s      p50',
      '-----------------------  ----------  -------',
      'Fenicia                      13,500  4.70 ms',
      '(b) bare node:http + pg         900        –',
    ].join('\n'),
  )
})

test('figures keep the digits that mean something', () => {
  expect([
    whole(13_499.6),
    milliseconds(0.0844),
    milliseconds(4.7),
    milliseconds(48.12),
    milliseconds(-3.865),
    milliseconds(-48.12),
  ]).toEqual(['13,500', '0.084', '4.70', '48.1', '-3.87', '-48.1'])
  expect([ratio(0.654), ratio(4.84), ratio(132.2)]).toEqual(['0.65', '4.8', '132'])
  expect([boundText({ atLeast: 20 }), boundText({ atMost: 1.4 })]).toEqual(['≥ 20', '≤ 1.4'])
})
