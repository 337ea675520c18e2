import { expect, it } from 'vitest'
import { parseCsv } from './csv.mjs'

it.each([
  [
    'a;b\r\nc;d\r\n',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [
    'a;b\nc;d',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  ['"a;b";"say ""hi""";"two\nlines"', [['a;b', 'say "hi"', 'two\nlines']]],
  ['a;;\n', [['a', '', '']]],
  ['""', []],
  ['\r\n\r\n', []],
  ['', []],
])('%j is read as rows of cells', (text, rows) => expect(parseCsv(text, ';')).toEqual(rows))
