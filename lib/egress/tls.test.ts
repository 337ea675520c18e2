import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeCertificate, type TestCertificate } from '@/test/certificates'
import { answer, type Listener, listen } from '@/test/listener'
import { Egress } from './agent'
import { readBody } from './body'
import { isEgressError } from './errors'

const authority = makeCertificate('Test authority')
const yes = 'erp.internal'

const opened: { close(): Promise<void> }[] = []
afterAll(() => Promise.all(opened.map((each) => each.close())))

async function serverWith(certificate: TestCertificate, more: object = {}): Promise<Listener> {
  const { cert, key } = certificate
  const listener = await listen((socket) => socket.write(answer('ok')), { tls: { cert, key, ...more } })
  opened.push(listener)
  return listener
}

function egress(address = '127.0.0.1'): Egress {
  const resolve = async () => [{ address, family: 4 }]
  const made = new Egress({ allow: [{ name: yes }] }, { resolve, ca: [authority.cert], connectMs: 1000 })
  opened.push(made)
  return made
}

/** What a call says, and what reached the server of the request. */
async function outcomeOf({ port, received }: Listener): Promise<string> {
  try {
    const { body } = await egress().request(`https://${yes}:${port}/`, { headers: [['x-key', 's3cret']] })
    return (await readBody(body, 100)).bytes.toString()
  } catch (error) {
    if (!isEgressError(error)) throw error
    expect(received()).toBe('')
    return `${error.stage}: ${error.code}`
  }
}

describe('a certificate', () => {
  let good: TestCertificate
  beforeAll(() => {
    good = makeCertificate(yes, authority)
  })

  it('of a trusted authority, for the name, in its time, is taken', async () => {
    expect(await outcomeOf(await serverWith(good))).toBe('ok')
  })

  it.each([
    ['that has expired', () => makeCertificate(yes, authority, [-30, -1]), 'tls_expired'],
    ['that is not valid yet', () => makeCertificate(yes, authority, [1, 30]), 'tls_expired'],
    ['that signs itself', () => makeCertificate(yes), 'tls_self_signed'],
    ['of an unknown authority', () => makeCertificate(yes, makeCertificate('Elsewhere')), 'tls_untrusted'],
    ['for another name', () => makeCertificate('shop.example.com', authority), 'tls_name_mismatch'],
    ['for a name below', () => makeCertificate('*.erp.internal', authority), 'tls_name_mismatch'],
  ])('%s is refused before anything is sent', async (_what, make, code) => {
    expect(await outcomeOf(await serverWith(make()))).toBe(`tls: ${code}`)
  })

  it('is refused also when the environment says that none is looked at', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    vi.spyOn(process, 'emitWarning').mockReturnValue()
    expect(await outcomeOf(await serverWith(makeCertificate(yes)))).toBe('tls: tls_self_signed')
  })

  it('is asked for by the name, and compared with it, not with the address that was dialled', async () => {
    const names: string[] = []
    const SNICallback = (name: string, done: (error: null) => void) => {
      names.push(name)
      done(null)
    }
    expect(await outcomeOf(await serverWith(good, { SNICallback }))).toBe('ok')
    expect(names).toEqual([yes])
  })
})

describe('a server', () => {
  it('that only speaks TLS 1.1 is refused', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }
    expect(await outcomeOf(await serverWith(makeCertificate(yes, authority), old))).toBe('tls: tls_other')
  })

  it('that does not speak TLS is refused', async () => {
    const listener = await listen((socket) => socket.write(answer('ok')))
    opened.push(listener)
    const garbage = await listen(() => {})
    opened.push(garbage)
    const { createServer } = await import('node:net')
    const plain = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n').on('error', () => {}))
    await new Promise<void>((done) => plain.listen(0, '127.0.0.1', done))
    const { port } = plain.address() as { port: number }
    expect(await outcomeOf({ ...listener, port, received: () => '' })).toBe('tls: tls_other')
    plain.close()
  })

  it('that never answers the handshake runs out of time there', async () => {
    const silent = await listen(() => {})
    opened.push(silent)
    expect(await outcomeOf({ ...silent, received: () => '' })).toBe('tls: timeout_connect')
  })

  it('that resets in the handshake is told as that', async () => {
    const { createServer } = await import('node:net')
    const rude = createServer((socket) => socket.on('error', () => {}).once('data', () => socket.resetAndDestroy()))
    await new Promise<void>((done) => rude.listen(0, '127.0.0.1', done))
    const { port } = rude.address() as { port: number }
    const call = egress().request(`https://${yes}:${port}/`)
    await expect(call).rejects.toMatchObject({ stage: 'tls', code: 'connection_reset' })
    rude.close()
  })

  it('of https passes through all four stages', async () => {
    const { port } = await serverWith(makeCertificate(yes, authority))
    const stages: string[] = []
    const { body } = await egress().request(`https://${yes}:${port}/`, { onStage: ({ stage }) => stages.push(stage) })
    body.destroy()
    expect(stages).toEqual(['address', 'connection', 'tls', 'request'])
  })
})
