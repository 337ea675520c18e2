import { expect, it } from 'vitest'
import { countSelected, everything, forget, isSelected, nothing, select } from './selection'

const LIMIT = 10_000

it('chooses some keys', () => {
  const two = select(select(nothing, ['a', 'b', 'c'], true), ['b'], false)
  expect(['a', 'b', 'c'].map((id) => isSelected(two, id))).toEqual([true, false, true])
  expect(countSelected(two, 312, LIMIT)).toBe(2)
})

it('chooses all but some, on pages not seen too', () => {
  const most = select(select(everything, ['a', 'b'], false), ['a'], true)
  expect(['a', 'b', 'never seen'].map((id) => isSelected(most, id))).toEqual([true, false, true])
  expect(countSelected(most, 312, LIMIT)).toBe(311)
})

it('forgets keys that have left the list, chosen or not', () => {
  const two = forget(select(nothing, ['a', 'b'], true), ['b', 'never chosen'])
  expect(countSelected(two, 311, LIMIT)).toBe(1)
  const allButOne = select(everything, ['a', 'b'], false)
  expect(countSelected(forget(allButOne, ['a', 'never seen']), 310, LIMIT)).toBe(309)
})

it('chooses no more than can be revoked in one go', () => {
  expect(countSelected(everything, 12_345, LIMIT)).toBe(10_000)
})
