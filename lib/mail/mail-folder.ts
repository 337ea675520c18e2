import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '@/db/make-folder'
import { log } from '../log'
import type { Mail, Mailer, MailResult } from './mailer'
import { messageOf } from './message'

/** Where there is no mail server: mails become `.eml` files, which any mail program opens, and a line in the log. */
export class MailFolder implements Mailer {
  constructor(
    private readonly folder: string,
    private readonly from: string,
  ) {}

  async send(mail: Mail): Promise<MailResult> {
    try {
      // Loaded with the first mail: a start need not wait for it.
      const { createTransport } = await import('nodemailer')
      const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
      const { message } = await transport.sendMail(messageOf(mail, this.from))
      const file = join(this.folder, `${mail.id}.eml`)
      makeFolder(this.folder)
      // Under another name until it is whole, for whoever watches the folder.
      await writeFile(`${file}.part`, message as Buffer, { mode: 0o600 })
      await rename(`${file}.part`, file)
      log.info({ file }, 'A mail was written to a file, since SMTP_URL is not set')
      return { outcome: 'sent', answer: `Written to ${file}` }
    } catch (error) {
      const { code, syscall } = error as NodeJS.ErrnoException
      if (!syscall) throw error
      return { outcome: 'unreachable', answer: `The folder of mails can’t be written: ${code}` }
    }
  }

  async close(): Promise<void> {}
}
