import fs from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { makeFile } from './make-file'
import { readKeyFile } from './vault/master-keys'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fenicia-test-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Has the next file that is written be cut off, as by a kill or a full disk. */
function cutOff(): void {
  const write = fs.writeFileSync
  vi.spyOn(fs, 'writeFileSync').mockImplementationOnce((path, _data, options) => {
    write(path, '', options)
    throw new Error('Killed')
  })
  syncBuiltinESMExports()
}

afterEach(() => {
  vi.restoreAllMocks()
  syncBuiltinESMExports()
})

it('a master key whose first writing was cut off is made at the next start', async () => {
  cutOff()
  expect(() => readKeyFile(folder, true)).toThrow('Killed')
  const made = readKeyFile(folder, true)
  expect(made?.key).toHaveLength(32)
  expect(readKeyFile(folder, false)).toEqual(made)
  expect(await readdir(folder)).toEqual(['master.key'])
})

it.each(['EPERM', 'ENOTSUP', 'ENOSYS'])('a file is made once also where there are no links (%s)', async (code) => {
  vi.spyOn(fs, 'linkSync').mockImplementation(() => {
    throw Object.assign(new Error(`${code}: operation not permitted, link`), { code })
  })
  syncBuiltinESMExports()
  const path = join(folder, 'secret')
  expect([makeFile(path, 'one'), makeFile(path, 'two')]).toEqual([true, false])
  expect([await readFile(path, 'utf8'), (await stat(path)).mode & 0o777]).toEqual(['one', 0o600])
  expect(await readdir(folder)).toEqual(['secret'])
})

it('a file is made once, for its owner only, and nothing else is left', async () => {
  const path = join(folder, 'inner', 'secret')
  expect([makeFile(path, 'one'), makeFile(path, 'two')]).toEqual([true, false])
  expect([await readFile(path, 'utf8'), (await stat(path)).mode & 0o777]).toEqual(['one', 0o600])
  // Left by a process that was killed when the file had got its name.
  await writeFile(`${path}.0a1b.part`, 'one')
  expect(makeFile(path, 'three')).toBe(false)
  expect(await readdir(join(folder, 'inner'))).toEqual(['secret'])
})
