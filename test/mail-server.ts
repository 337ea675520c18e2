import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

/** What a mail server took: whom for, over what, and the mail as a reader's program sees it. */
export interface ReceivedMail {
  from: string
  to: string[]
  encrypted: boolean
  user: string | null
  mail: ParsedMail
}

export interface MailServer {
  port: number
  received: ReceivedMail[]
  /** Connections that were made so far. */
  connections: number
  close(): Promise<void>
}

type Refusal = { code: number; text: string }

const errorOf = ({ code, text }: Refusal) => Object.assign(new Error(text), { responseCode: code })

/**
 * A real mail server on this machine.
 * @param refuse what it says to a recipient instead of taking the mail
 * @param refuseContent what it says to the mail itself, once it has read it
 */
export async function startMailServer(
  options: SMTPServerOptions & {
    users?: Record<string, string>
    refuse?: (address: string) => Refusal | null
    refuseContent?: () => Refusal
  } = {},
): Promise<MailServer> {
  const { users, refuse, refuseContent, ...rest } = options
  const state: MailServer = { port: 0, received: [], connections: 0, close: async () => {} }
  const server = new SMTPServer({
    authOptional: !users,
    disableReverseLookup: true,
    ...rest,
    onConnect(_session, done) {
      state.connections += 1
      done()
    },
    onAuth({ username, password }, _session, done) {
      if (username && users?.[username] === password) done(null, { user: username })
      else done(Object.assign(new Error('Authentication credentials invalid'), { responseCode: 535 }))
    },
    onRcptTo({ address }, _session, done) {
      const refusal = refuse?.(address)
      done(refusal ? errorOf(refusal) : null)
    },
    async onData(stream, session, done) {
      const mail = await simpleParser(stream)
      if (refuseContent) return done(errorOf(refuseContent()))
      const { mailFrom, rcptTo } = session.envelope
      state.received.push({
        from: mailFrom ? mailFrom.address : '',
        to: rcptTo.map(({ address }) => address),
        encrypted: session.secure,
        user: (session.user as string | undefined) ?? null,
        mail,
      })
      done()
    },
  })
  // What clients break off is theirs to tell of.
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.server.address()
  if (typeof address !== 'object' || !address) throw new Error('The mail server has no port')
  state.port = address.port
  state.close = () => new Promise((resolve) => server.close(() => resolve()))
  return state
}

/** The addresses of a header, each as `Name <address>`. */
export function addressesIn(header: AddressObject | AddressObject[] | undefined): string[] {
  return [header ?? []].flat().flatMap(({ value }) => value.map(({ name, address }) => `${name} <${address}>`))
}
