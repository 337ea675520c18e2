import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ALONE } from '../vitest.config'

const ROOT = join(import.meta.dirname, '..')
const FOLDERS = ['app', 'components', 'db', 'emails', 'jobs', 'lib', 'scripts', 'test']

it('runs alone what puts something in place of a module, and nothing else', async () => {
  const files = await Promise.all(FOLDERS.map((folder) => readdir(join(ROOT, folder), { recursive: true })))
  const tests = files.flatMap((names, at) =>
    names.filter((name) => /\.test\.tsx?$/.test(name)).map((name) => join(FOLDERS[at] ?? '', name)),
  )
  expect(tests.length).toBeGreaterThan(ALONE.length)
  const replacing = tests.filter((file) => /^vi\.(do)?[mM]ock\(/m.test(readFileSync(join(ROOT, file), 'utf8')))
  expect(replacing.sort()).toEqual(ALONE)
})
