import { expect, test } from 'vitest'
import { rotated } from './turns.mjs'

test('each round begins with the next server and leaves none out', () => {
  expect([0, 1, 2, 3].map((round) => rotated(['a', 'b', 'c'], round).join(''))).toEqual(['abc', 'bca', 'cab', 'abc'])
})
