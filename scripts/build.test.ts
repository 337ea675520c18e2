import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { hashSources, OTHER_FOLDERS, SOURCE_FOLDERS } from './build.mjs'
import { ROOT } from './run.mjs'

let root: string
const write = (path: string, content: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fenicia-build-'))
  write('package.json', '{}')
  write('app/page.tsx', 'export default 1')
  write('lib/deep/down/module.ts', 'export const a = 1')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

it.each([
  ['a changed page', 'app/page.tsx'],
  ['a changed module', 'lib/deep/down/module.ts'],
  ['a new module', 'lib/new.ts'],
  ['a stylesheet', 'app/globals.css'],
  ['a picture', 'public/mark.svg'],
  ['the lockfile', 'package-lock.json'],
  ["Next's configuration", 'next.config.ts'],
  ['an entry file', 'proxy.ts'],
  ['what an entry file loads', 'instrumentation-node.ts'],
  ['how people sign in', 'auth.ts'],
])('builds again after %s', async (_, path) => {
  const before = await hashSources(root)
  write(path, 'changed')
  expect(await hashSources(root)).not.toBe(before)
})

it('builds again after a renamed file', async () => {
  const before = await hashSources(root)
  rmSync(join(root, 'app/page.tsx'))
  write('app/other.tsx', 'export default 1')
  expect(await hashSources(root)).not.toBe(before)
})

it.each([
  ['a test', 'lib/deep/module.test.ts'],
  ['a test of a component', 'components/key.test.tsx'],
  ['a migration, which is applied at start', 'db/migrations/0001_next.sql'],
  ['documentation', 'README.md'],
  ['local configuration', '.env'],
  ['data', '.fenicia/pgdata/PG_VERSION'],
])('keeps the build after %s', async (_, path) => {
  const before = await hashSources(root)
  write(path, 'changed')
  expect(await hashSources(root)).toBe(before)
})

it('looks at what files say, not at when they were written', async () => {
  const before = await hashSources(root)
  utimesSync(join(root, 'app/page.tsx'), new Date(), new Date(Date.now() + 60_000))
  expect(await hashSources(root)).toBe(before)
})

it('knows of each folder of the repository whether a build reads it', () => {
  const made = [
    '.git',
    '.next',
    '.fenicia',
    '.trigger',
    'node_modules',
    'test-results',
    'playwright-report',
    'coverage',
  ]
  const folders = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const unknown = folders
    .map(({ name }) => name)
    .filter((name) => ![...SOURCE_FOLDERS, ...OTHER_FOLDERS, ...made].includes(name))
  expect(unknown).toEqual([])
})

it('knows of each module in the root whether a build reads it', async () => {
  const tools = ['drizzle', 'playwright', 'trigger', 'vitest'].map((tool) => `${tool}.config.ts`)
  const read = readdirSync(ROOT).filter((name) => /\.tsx?$/.test(name) && !/\.test\.ts$|\.d\.ts$/.test(name))
  const unread = []
  for (const name of read.filter((each) => !tools.includes(each))) {
    const before = await hashSources(root)
    write(name, 'changed')
    if ((await hashSources(root)) === before) unread.push(name)
  }
  expect(unread).toEqual([])
})
