import { expect, it } from 'vitest'
import { emptyTrail, pageLabel, placeOf, stepped } from './page-trail'

const list = 'q=erp'
const unknown = { index: null, previous: null }
const three = stepped(stepped(emptyTrail, list, undefined, 'c2'), list, 'c2', 'c3')

it('knows each page that was walked through', () => {
  expect(placeOf(three, list, undefined)).toEqual({ index: 0, previous: null })
  expect(placeOf(three, list, 'c2')).toEqual({ index: 1, previous: null })
  expect(placeOf(three, list, 'c3')).toEqual({ index: 2, previous: 'c2' })
})

it('does not know a page of another list, or one that a link led to', () => {
  expect(placeOf(three, 'q=other', 'c3')).toEqual(unknown)
  expect(placeOf(three, list, 'c9')).toEqual(unknown)
})

it('walks back to where a link led, without a number', () => {
  const linked = stepped(emptyTrail, list, 'c7', 'c8')
  expect(placeOf(linked, list, 'c8')).toEqual({ index: null, previous: 'c7' })
  expect(placeOf(linked, list, 'c7')).toEqual(unknown)
})

it('forgets what came after a page that is left another way', () => {
  // Keys made meanwhile: the second page now ends elsewhere.
  const again = stepped(three, list, 'c2', 'c3b')
  expect(placeOf(again, list, 'c3b')).toEqual({ index: 2, previous: 'c2' })
  expect(placeOf(again, list, 'c3')).toEqual(unknown)
})

it('starts anew with another list', () => {
  expect(stepped(three, 'q=other', undefined, 'd2')).toEqual({ list: 'q=other', cursors: ['d2'], fromStart: true })
})

it.each([
  [0, 25, 60, '1–25 of 60 keys'],
  [48, 4, 1_204, '1,201–1,204 of 1,204 keys'],
  [0, 7, 7, '7 keys'],
  [0, 1, 1, '1 key'],
  [null, 25, 60, '60 keys'],
])('says of page %o, of %i rows, what it has of %i', (index, rows, total, label) => {
  expect(pageLabel(index, { data: Array(rows).fill(null), total }, 25, 'key')).toBe(label)
})
