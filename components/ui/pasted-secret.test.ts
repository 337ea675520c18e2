import { expect, it } from 'vitest'
import { cleanPastedSecret } from './pasted-secret'

it.each([
  ['sk_live_1', 'sk_live_1', null],
  [' sk_live_1 ', 'sk_live_1', '2 spaces around the secret were removed.'],
  ['sk_live_1\n', 'sk_live_1', '1 line break around the secret was removed.'],
  ['\tsk_live_1\r\n', 'sk_live_1', '1 space and 1 line break around the secret were removed.'],
  ['two words', 'two words', null],
  ['a\nb', 'ab', '1 line break inside the secret was removed: look whether more was copied than it.'],
  [
    ' a\nb\nc',
    'abc',
    '1 space around the secret was removed. 2 line breaks inside the secret were removed: look whether more was copied than it.',
  ],
  ['  ', '', '2 spaces around the secret were removed.'],
])('makes of %j the secret %j and says %j', (pasted, text, notice) => {
  expect(cleanPastedSecret(pasted)).toEqual({ text, notice })
})
