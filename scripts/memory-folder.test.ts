import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { makeMemoryFolder } from './memory-folder.mjs'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fenicia-memory-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
})

it('makes a folder that others may pass through, where there is room', () => {
  const folder = makeMemoryFolder(root, 1)
  expect(readdirSync(root).map((name) => join(root, name))).toEqual([folder])
  expect(statSync(folder ?? '').mode & 0o777).toBe(0o711)
  expect(readdirSync(folder ?? '')).toEqual([])
})

it.each([
  ['there is no room', () => makeMemoryFolder(root, Number.MAX_SAFE_INTEGER)],
  ['there is no such place', () => makeMemoryFolder(join(root, 'none'), 1)],
])('makes none where %s', (_, make) => {
  expect(make()).toBeNull()
  expect(readdirSync(root)).toEqual([])
})

it('removes what a run left behind that was killed long ago, and nothing else', () => {
  const hours = (count: number) => new Date(Date.now() - count * 3_600_000)
  const put = (name: string, changed: Date) => {
    mkdirSync(join(root, name))
    utimesSync(join(root, name), changed, changed)
  }
  // No process has such an id: the largest that Linux gives is smaller.
  put('fenicia-test-99999999-dead', hours(2))
  put('fenicia-test-99999999-just', hours(0))
  put(`fenicia-test-${process.pid}-alive`, hours(2))
  put('others', hours(2))
  makeMemoryFolder(root, Number.MAX_SAFE_INTEGER)
  expect(readdirSync(root).sort()).toEqual(
    [`fenicia-test-${process.pid}-alive`, 'fenicia-test-99999999-just', 'others'].sort(),
  )
})
