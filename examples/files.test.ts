import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { writeWhole } from './files.mjs'

it('a file whose content breaks off stays as it was', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fenicia-files-'))
  const path = join(folder, 'label.pdf')
  async function* broken() {
    yield Buffer.from('half')
    throw new TypeError('terminated')
  }
  await expect(writeWhole(path, broken())).rejects.toThrow('terminated')
  await expect(readFile(path)).rejects.toThrow('ENOENT')
  expect(await writeWhole(path, 'whole')).toBe(5)
  await expect(writeWhole(path, broken())).rejects.toThrow('terminated')
  expect(await readFile(path, 'utf8')).toBe('whole')
  await rm(folder, { recursive: true })
})
