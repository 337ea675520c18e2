import type { SendMailOptions } from 'nodemailer'
import type { Mail } from './mailer'

/** A mail in nodemailer's form. Nothing in it is ever read from a file or fetched from an address. */
export function messageOf({ id, to, subject, html, text }: Mail, from: string): SendMailOptions {
  return {
    from,
    to,
    subject,
    html,
    text,
    messageId: `<${id}@${domainOf(from)}>`,
    headers: {
      // RFC 3834: no out-of-office note comes back.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

/** The domain of a sender, `Name <a@domain>` or `a@domain`. */
function domainOf(from: string): string {
  return /@([^@>\s]+)>?$/.exec(from)?.[1] ?? 'localhost'
}
