import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { openDatabase } from './client'

// What PGlite's file system throws, such as when the disk is full, is no Error and has no words.
const failure = vi.hoisted(() => ({ name: 'ErrnoError', errno: 51 }))
vi.mock('@electric-sql/pglite', () => ({
  PGlite: { defaultStartParams: [], create: () => Promise.reject(failure) },
}))

it('says where the embedded database can’t be written and what to look at, and gives the folder back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fenicia-full-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const opened = openDatabase({ driver: 'pglite', folder })
  await expect(opened).rejects.toMatchObject({
    name: 'DataFolderError',
    message: expect.stringContaining('disk is full'),
  })
  await expect(opened).rejects.toThrow(folder)
  expect(existsSync(join(folder, 'lock.1')) && readFileSync(join(folder, 'lock.1'), 'utf8')).toBe('')
})
