import { type AddressInfo, createServer } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { makeCertificate } from '@/test/certificates'
import { addressesIn, type MailServer, startMailServer } from '@/test/mail-server'
import type { Mail } from './mailer'
import { SmtpMailer } from './smtp'
import { parseSmtpUrl, type SmtpSettings } from './smtp-settings'

const FROM = 'Fenicia <fenicia@shop.example>'
const MAIL: Mail = {
  id: 'dlv_1',
  to: { name: 'Ana Núñez', address: 'ana@example.com' },
  subject: 'MercadoLibre: vuelve a autorizar “Tienda”',
  html: '<p>Hola</p>',
  text: 'Hola',
}
const authority = makeCertificate('authority.test')
const certificate = makeCertificate('localhost', authority)

let server: MailServer | undefined
let mailer: SmtpMailer | undefined
afterEach(async () => {
  await mailer?.close()
  await server?.close()
  mailer = server = undefined
})

async function open(
  options: Parameters<typeof startMailServer>[0] = {},
  change: Partial<SmtpSettings> & { query?: string; login?: string } = {},
): Promise<{ mailer: SmtpMailer; server: MailServer }> {
  const { query = '', login = '', ...rest } = change
  server = await startMailServer({ key: certificate.key, cert: certificate.cert, ...options })
  const settings = parseSmtpUrl(`smtp://${login}localhost:${server.port}${query}`)
  if (!settings) throw new Error('These are no settings')
  mailer = new SmtpMailer({ ...settings, ...rest }, FROM, authority.cert)
  return { mailer, server }
}

describe('a mail server', () => {
  it('gets the mail, in both forms, from the sender and for the person, with an id of its own', async () => {
    const { mailer, server } = await open()
    expect(await mailer.send(MAIL)).toMatchObject({ outcome: 'sent', answer: expect.stringMatching(/^250/) })
    expect(server.received).toMatchObject([{ from: 'fenicia@shop.example', to: ['ana@example.com'] }])
    const { mail } = server.received[0] as MailServer['received'][0]
    expect(addressesIn(mail.from)).toEqual([FROM])
    expect(addressesIn(mail.to)).toEqual(['Ana Núñez <ana@example.com>'])
    expect(mail.subject).toBe(MAIL.subject)
    expect(mail.html).toContain('<p>Hola</p>')
    expect(mail.text?.trim()).toBe('Hola')
    expect(mail.messageId).toBe('<dlv_1@shop.example>')
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated')
  })

  it('is spoken to over STARTTLS, with the log-in', async () => {
    const users = { 'fenicia@shop': 'p@ss:word/ñ' }
    const login = `${encodeURIComponent('fenicia@shop')}:${encodeURIComponent('p@ss:word/ñ')}@`
    const { mailer, server } = await open({ users }, { tls: 'required', login })
    expect(await mailer.send(MAIL)).toMatchObject({ outcome: 'sent' })
    expect(server.received).toMatchObject([{ encrypted: true, user: 'fenicia@shop' }])
  })

  it('is spoken to encrypted from the first byte where its address says so', async () => {
    const { mailer, server } = await open({ secure: true }, { tls: 'implicit' })
    expect(await mailer.send(MAIL)).toMatchObject({ outcome: 'sent' })
    expect(server.received).toMatchObject([{ encrypted: true }])
  })

  it('that offers no encryption gets nothing where it is required', async () => {
    const users = { fenicia: 'hush' }
    const { mailer, server } = await open(
      { users, disabledCommands: ['STARTTLS'] },
      { tls: 'required', login: 'fenicia:hush@' },
    )
    expect(await mailer.send(MAIL)).toMatchObject({ outcome: 'unreachable' })
    expect(server.received).toEqual([])
  })

  it('that cannot prove who it is gets nothing', async () => {
    const stranger = makeCertificate('localhost')
    const { mailer, server } = await open({ key: stranger.key, cert: stranger.cert }, { tls: 'required' })
    expect(await mailer.send(MAIL)).toMatchObject({ outcome: 'unreachable' })
    expect(server.received).toEqual([])
  })

  it.each([
    [550, 'refused', 'No such user here'],
    [552, 'refused', 'Mailbox full'],
    [550, 'refused', '5.1.1 No such user here'],
    // So say servers that do not let Fenicia send at all.
    [554, 'later', '5.7.1 <ana@example.com>: Relay access denied'],
    [550, 'later', '5.7.60 Client does not have permissions to send as this sender'],
    [450, 'later', 'Greylisted, try again'],
    // It ends the connection: that is so for all mails.
    [421, 'unreachable', 'Too busy'],
  ] as const)('that answers %i to a recipient has it %s, and its words kept', async (code, outcome, text) => {
    const { mailer } = await open({ refuse: () => ({ code, text }) })
    const result = await mailer.send(MAIL)
    expect(result.outcome).toBe(outcome)
    expect(result.answer).toContain(`${code} `)
    expect(result.answer).toContain(text)
  })

  it.each([
    [552, 'refused', '5.3.4 Message too big'],
    [550, 'later', '5.7.1 The sender is not authorized'],
    // Without a code of what is wrong, it may be the sender as well.
    [554, 'later', 'Message rejected: Email address is not verified'],
    [451, 'later', 'Try again'],
  ] as const)('that answers %i to the content has it %s, and its words kept', async (code, outcome, text) => {
    const { mailer } = await open({ refuseContent: () => ({ code, text }) })
    const result = await mailer.send(MAIL)
    expect(result.outcome).toBe(outcome)
    expect(result.answer).toContain(`${code} ${text}`)
  })

  it('that does not let Fenicia in keeps no mail from another try, and the password is not told', async () => {
    const { mailer } = await open({ users: { fenicia: 'other' } }, { login: 'fenicia:hush-hush@' })
    const result = await mailer.send(MAIL)
    expect(result).toMatchObject({ outcome: 'unreachable', answer: expect.stringContaining('535') })
    expect(JSON.stringify(result)).not.toContain('hush-hush')
  })

  it('that is not there is unreachable', async () => {
    const { mailer, server } = await open()
    await server.close()
    expect(await mailer.send(MAIL)).toMatchObject({ outcome: 'unreachable', answer: expect.stringContaining('E') })
  })

  it('that goes on answering and comes to no end is let go of before another worker takes the mail', async () => {
    const timeout = AbortSignal.timeout
    const lasting = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms / 400))
    let trickle: NodeJS.Timeout | undefined
    const stalling = createServer((socket) => {
      socket.on('error', () => {}).on('close', () => clearInterval(trickle))
      socket.write('220 localhost\r\n')
      socket.on('data', (sent) => {
        if (String(sent).startsWith('EHLO')) socket.write('250 localhost\r\n')
        else trickle ??= setInterval(() => socket.write('250-Still at it\r\n'), 20)
      })
    })
    await new Promise<void>((resolve) => stalling.listen(0, '127.0.0.1', resolve))
    const settings = parseSmtpUrl(`smtp://127.0.0.1:${(stalling.address() as AddressInfo).port}`)
    mailer = new SmtpMailer(settings as SmtpSettings, FROM)
    expect(await mailer.send(MAIL)).toMatchObject({ outcome: 'unreachable', answer: expect.stringContaining('EABORT') })
    expect(lasting.mock.calls).toEqual([[240_000]])
    // It waits for connections to end.
    await new Promise((resolve) => stalling.close(resolve))
  })

  it('gets many mails over a few connections', async () => {
    const { mailer, server } = await open()
    const results = await Promise.all(Array.from({ length: 30 }, (_, at) => mailer.send({ ...MAIL, id: `dlv_${at}` })))
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['sent']))
    expect(server.received).toHaveLength(30)
    expect(server.connections).toBeLessThanOrEqual(3)
  })

  it('gets no header that a name smuggles in', async () => {
    const { mailer, server } = await open()
    const to = { name: 'Ana\r\nBcc: eve@example.com', address: 'ana@example.com' }
    await mailer.send({ ...MAIL, to, subject: 'A\r\nBcc: eve@example.com' })
    expect(server.received.map(({ to, mail }) => [to, mail.bcc])).toEqual([[['ana@example.com'], undefined]])
  })

  it('is not asked to deliver to what is no address', async () => {
    const { mailer, server } = await open()
    expect(await mailer.send({ ...MAIL, to: { name: 'Ana', address: 'nobody' } })).toMatchObject({ outcome: 'refused' })
    expect(server.received).toEqual([])
  })
})
