import { expect, it } from 'vitest'
import { compareInstallation, refuseNode } from './install.mjs'

const lock = {
  packages: {
    '': { name: 'fenicia' },
    'node_modules/next': { version: '16.0.0', integrity: 'sha512-next' },
    'node_modules/vitest': { version: '4.0.0', integrity: 'sha512-vitest', dev: true },
    'node_modules/playwright': { version: '1.0.0', integrity: 'sha512-playwright', devOptional: true },
    'node_modules/other-platform': { version: '1.0.0', integrity: 'sha512-other', optional: true },
  },
}
const pick = (...names: string[]) => ({
  packages: Object.fromEntries(
    Object.entries(lock.packages).filter(([path]) => names.some((name) => path.endsWith(name))),
  ),
})
const isPresent = () => true

it.each([
  ['no installation, or one that was cut off', undefined, 'nothing'],
  ['production packages only', pick('next'), 'production'],
  ['production packages and some of the test tools', pick('next', 'vitest'), 'production'],
  ['everything for this platform', pick('next', 'vitest', 'playwright'), 'everything'],
  ['test tools without what serving needs', pick('vitest', 'playwright'), 'nothing'],
  [
    'another version',
    { packages: { 'node_modules/next': { version: '15.0.0', integrity: 'sha512-next' } } },
    'nothing',
  ],
  ['another content', { packages: { 'node_modules/next': { version: '16.0.0', integrity: 'sha512-?' } } }, 'nothing'],
])('recognises %s', (_, installed, has) => {
  expect(compareInstallation(lock, installed, isPresent).has).toBe(has)
})

it('counts a package whose files were deleted as missing', () => {
  const installed = pick('next', 'vitest', 'playwright')
  expect(compareInstallation(lock, installed, (path: string) => !path.endsWith('next')).has).toBe('nothing')
})

it('sees test tools of an older lockfile, so that an update never removes them', () => {
  const older = { packages: { 'node_modules/vitest': { version: '3.0.0', integrity: 'sha512-old', dev: true } } }
  expect(compareInstallation(lock, older, isPresent)).toEqual({ has: 'nothing', hasTestTools: true })
})

it.each(['v20.19.0', 'v20.20.2', 'v22.0.0', 'v100.0.0'])('runs on Node %s', (version) => {
  expect(refuseNode(version)).toBeUndefined()
})

it.each(['v20.18.3', 'v18.20.0', 'v8.17.0'])('refuses Node %s, saying which one it needs', (version) => {
  expect(refuseNode(version)).toContain(`Fenicia needs Node 20.19 or newer; this is ${version}.`)
})

it('finds in the lockfile every package for every platform, without which npm refuses to install on the others', async () => {
  // npm leaves out what the registry at hand doesn't offer, and says nothing.
  const { packages } = (await import('../package-lock.json')).default as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>
  }
  const resolve = (from: string, name: string): boolean => {
    for (let folder = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0))) {
      if (`${folder}/node_modules/${name}`.replace(/^\//, '') in packages) return true
      if (folder === '') return false
    }
  }
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !resolve(path, name)),
  )
  expect(missing).toEqual([])
})
