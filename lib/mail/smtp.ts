import type { Transporter } from 'nodemailer'
import type { Mail, Mailer, MailResult } from './mailer'
import { messageOf } from './message'
import type { SmtpSettings } from './smtp-settings'

/** What of a server's answer is kept. */
const MAX_ANSWER = 500

/** To a server, at a time. */
export const MAX_CONNECTIONS = 3

const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 }

/** The whole of a mail. A server that goes on answering, a little at a time, is never silent for long enough. */
const TOTAL_MS = 240_000

/** What nodemailer rejects with. */
interface SmtpError {
  code?: string
  /** The command that was answered, such as `RCPT TO`. */
  command?: string
  response?: string
  responseCode?: number
}

/** Sends mails by a server, over a few connections that stay open while there is something to send. */
export class SmtpMailer implements Mailer {
  #transport: Promise<Transporter> | undefined

  constructor(
    private readonly settings: SmtpSettings,
    private readonly from: string,
    /** What may vouch for the server besides the system's authorities. */
    private readonly ca?: string,
  ) {}

  async send(mail: Mail): Promise<MailResult> {
    this.#transport ??= this.#open()
    try {
      const transport = await this.#transport
      const signal = AbortSignal.timeout(TOTAL_MS)
      const { response } = await transport.sendMail({ ...messageOf(mail, this.from), signal })
      return { outcome: 'sent', answer: clean(response ?? '') }
    } catch (error) {
      return judge(error as SmtpError)
    }
  }

  async close(): Promise<void> {
    ;(await this.#transport)?.close()
    this.#transport = undefined
  }

  async #open(): Promise<Transporter> {
    // Loaded with the first mail: a start need not wait for it.
    const { createTransport } = await import('nodemailer')
    const { host, port, tls, auth } = this.settings
    return createTransport({
      pool: true,
      maxConnections: MAX_CONNECTIONS,
      maxMessages: 100,
      host,
      port,
      secure: tls === 'implicit',
      requireTLS: tls === 'required',
      ...(auth && { auth: { user: auth.user, pass: auth.password.reveal() } }),
      tls: {
        minVersion: 'TLSv1.2',
        // Where it may do without encryption, encryption by a stranger is no worse.
        rejectUnauthorized: tls !== 'optional',
        ...(this.ca && { ca: this.ca }),
      },
      ...TIMEOUTS,
    })
  }
}

/** An enhanced code (RFC 3463): its first digit repeats the answer's, its second says what is wrong. */
const ENHANCED = /^\d{3}[ -]\d\.(\d{1,3})\.\d{1,3}\b/
/** Of enhanced codes: security or policy. So a server says that it does not relay for Fenicia, or not from this sender. */
const POLICY = '7'

/**
 * What a failure means. A sender that is refused, a log-in, or encryption that is missing will fail every mail until the
 * operator mends it, so that the mail is kept for then. At the recipient and the content the answer may be of this mail
 * alone, so that the others are tried nevertheless.
 */
function judge({ code, command, response, responseCode }: SmtpError): MailResult {
  const answer = response ? clean(response) : `The mail server was not reached (${code ?? 'no code'})`
  // Nodemailer itself takes the address for none.
  if (code === 'EENVELOPE' && command === 'API') return { outcome: 'refused', answer: 'This is no e-mail address' }
  const isOfTheMail = (command === 'RCPT TO' || command === 'DATA') && responseCode !== undefined
  if (!isOfTheMail) return { outcome: 'unreachable', answer }
  return { outcome: responseCode >= 500 && isForGood(command, answer) ? 'refused' : 'later', answer }
}

/**
 * Whether a 5xx is about this recipient or this mail: then it stays so. What may be about Fenicia is mended some day: policy,
 * and at the content what says no more, since the recipient was taken and mails differ little.
 */
function isForGood(command: string | undefined, answer: string): boolean {
  const subject = ENHANCED.exec(answer)?.[1]
  return subject === undefined ? command === 'RCPT TO' : subject !== POLICY
}

/** One line, as it may be stored and shown. */
function clean(response: string): string {
  return response
    .replace(/[\p{Cc}\p{Cs}]+/gu, ' ')
    .trim()
    .slice(0, MAX_ANSWER)
}
