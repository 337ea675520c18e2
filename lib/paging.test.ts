import { expect, it } from 'vitest'
import { cursorNumber, readCursor, writeCursor } from './paging'

it('a cursor comes back as it was written', () => {
  expect(readCursor(writeCursor('at', '1764122400123456', 'call_1'), 'at', cursorNumber)).toEqual({
    value: '1764122400123456',
    id: 'call_1',
  })
})

it.each([
  ['of another order', writeCursor('name', '1', 'call_1')],
  ['without a number', writeCursor('at', 'abc', 'call_1')],
  ['with a number that is none of the list', writeCursor('at', '9'.repeat(40), 'call_1')],
  ['of nothing', 'x'],
])('a cursor %s is refused', (_, cursor) => {
  expect(() => readCursor(cursor, 'at', cursorNumber)).toThrow(
    expect.objectContaining({ code: 'invalid', fields: [expect.objectContaining({ field: 'cursor' })] }),
  )
})
