import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { log } from '../log'
import { MailFolder } from './mail-folder'

let parent: string
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'fenicia-mail-'))
})
afterEach(() => rm(parent, { recursive: true, force: true }))

const MAIL = {
  id: 'dlv_1',
  to: { name: 'Ana', address: 'ana@example.com' },
  subject: 'Hola',
  html: '<p>x</p>',
  text: 'x',
}

it('without a mail server a mail is a file that mail programs open, readable by its owner only, and a line in the log', async () => {
  const info = vi.spyOn(log, 'info').mockImplementation(() => {})
  const folder = join(parent, 'outbox')
  const mails = new MailFolder(folder, 'Fenicia <fenicia@localhost>')
  expect(await mails.send(MAIL)).toMatchObject({ outcome: 'sent' })
  // The same mail again is the same file.
  await mails.send(MAIL)
  expect(await readdir(folder)).toEqual(['dlv_1.eml'])
  const file = join(folder, 'dlv_1.eml')
  const parsed = await simpleParser(await readFile(file))
  expect(parsed).toMatchObject({ subject: 'Hola', html: '<p>x</p>', messageId: '<dlv_1@localhost>' })
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
  expect(info).toHaveBeenCalledWith({ file }, expect.any(String))
})

it('a folder that can’t be written keeps the mail for later', async () => {
  const file = join(parent, 'file')
  await writeFile(file, '')
  const mails = new MailFolder(join(file, 'outbox'), 'fenicia@localhost')
  expect(await mails.send(MAIL)).toMatchObject({ outcome: 'unreachable', answer: expect.stringContaining('ENOTDIR') })
})
