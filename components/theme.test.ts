import { expect, test } from 'vitest'
import { themeFrom } from './theme'

test.each([
  ['light', 'light'],
  ['dark', 'dark'],
  ['system', 'system'],
  [undefined, 'system'],
  ['"><script>', 'system'],
])('the theme cookie %s means %s', (value, theme) => {
  expect(themeFrom(value)).toBe(theme)
})
