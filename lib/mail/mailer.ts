import type { Config } from '../config'
import { MailFolder } from './mail-folder'
import { SmtpMailer } from './smtp'

/** A mail as it is handed over. It holds no secret but the one-time link that it may be for. */
export interface Mail {
  /** Of one's own, and the same whenever the same mail is sent again, so that a second copy is known as such. */
  id: string
  to: { name: string; address: string }
  subject: string
  html: string
  text: string
}

/**
 * What became of a mail.
 * sent: the server has taken it. refused: it will not take this mail, ever (5xx). later: not now (4xx), or not until somebody
 * has mended something (a 5xx that is not of this mail alone).
 * unreachable: the server was not reached, or does not let Fenicia in; that is so for all mails.
 */
export interface MailResult {
  outcome: 'sent' | 'refused' | 'later' | 'unreachable'
  /** What the server said, or why it was not reached: for people. */
  answer: string
}

/** Sends mails. */
export interface Mailer {
  /** Never throws for what a mail server may do. */
  send(mail: Mail): Promise<MailResult>
  /** Ends open connections, once what is being sent has been. */
  close(): Promise<void>
}

/** The way of mails that the configuration names: a mail server, or files for the operator to look at. */
export function openMailer({ mail }: Pick<Config, 'mail'>): Mailer {
  return mail.smtp ? new SmtpMailer(mail.smtp, mail.from) : new MailFolder(mail.folder, mail.from)
}
