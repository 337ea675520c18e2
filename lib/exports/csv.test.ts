import { expect, it } from 'vitest'
import { csvLine } from './csv'

it.each([
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\r\nlines', '"two\r\nlines"'],
  ['=1+1', "'=1+1"],
  ['+49 30', "'+49 30"],
  ['-2', "'-2"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1+1', "'\t=1+1"],
  ['＝1+1', "'＝1+1"],
  ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
  ['a=b', 'a=b'],
  // In a language that writes 1,5 a spreadsheet begins a cell at each semicolon.
  ["curl;=cmd|' /C calc'!A0;", "curl;'=cmd|' /C calc'!A0;"],
  ['curl;"=1+1', `"curl;""'=1+1"`],
  ['a;b; c', 'a;b; c'],
])('writes %j as %j', (text, cell) => {
  expect(csvLine([text])).toBe(`${cell}\r\n`)
})

it('leaves numbers and what is not there as they are', () => {
  expect(csvLine([-2, null, 0])).toBe('-2,,0\r\n')
})
