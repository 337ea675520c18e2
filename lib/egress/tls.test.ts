import type { TlsOptions } from 'node:tls'
import { describe, expect, it, vi } from 'vitest'
import { makeCertificate, type TestCertificate } from '@/test/certificates'
import { egressWith, resolver, server } from '@/test/egress'
import { answer, type Listener } from '@/test/listener'
import { readBody } from './body'
import { isEgressError } from './errors'

const NAME = 'erp.internal'
const authority = makeCertificate('Test authority')
const good = makeCertificate(NAME, authority)

const trusting = () => egressWith([NAME], { resolve: resolver(['127.0.0.1']), ca: [authority.cert], connectMs: 1000 })

const serverWith = ({ cert, key }: TestCertificate, options: TlsOptions = {}) =>
  server((socket) => socket.write(answer('ok')), { tls: { cert, key, ...options } })

/** What a call comes to; unless it is answered, nothing of it may have reached the server. */
async function outcomeOf({ port, received }: Pick<Listener, 'port' | 'received'>): Promise<string> {
  try {
    const { body } = await trusting().request(`https://${NAME}:${port}/`, { headers: [['x-key', 's3cret']] })
    return (await readBody(body, 100)).bytes.toString()
  } catch (error) {
    if (!isEgressError(error)) throw error
    expect(received()).not.toMatch(/GET|s3cret/)
    return `${error.stage}: ${error.code}`
  }
}

describe('a certificate', () => {
  it('of a trusted authority, for the name, in its time, is taken', async () => {
    expect(await outcomeOf(await serverWith(good))).toBe('ok')
  })

  it.each([
    ['that has expired', () => makeCertificate(NAME, authority, [-30, -1]), 'tls_expired'],
    ['that is not valid yet', () => makeCertificate(NAME, authority, [1, 30]), 'tls_expired'],
    ['that signs itself', () => makeCertificate(NAME), 'tls_self_signed'],
    ['of an unknown authority', () => makeCertificate(NAME, makeCertificate('Elsewhere')), 'tls_untrusted'],
    ['for another name', () => makeCertificate('shop.example.com', authority), 'tls_name_mismatch'],
    ['for names below', () => makeCertificate(`*.${NAME}`, authority), 'tls_name_mismatch'],
  ])('%s is refused before anything is sent', async (_what, make, code) => {
    expect(await outcomeOf(await serverWith(make()))).toBe(`tls: ${code}`)
  })

  it('is looked at also when the environment says that none is', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    vi.spyOn(process, 'emitWarning').mockReturnValue()
    expect(await outcomeOf(await serverWith(makeCertificate(NAME)))).toBe('tls: tls_self_signed')
  })

  it('is asked for by the name, not by the address that is dialled', async () => {
    const names: string[] = []
    const SNICallback: TlsOptions['SNICallback'] = (name, done) => {
      names.push(name)
      done(null)
    }
    expect(await outcomeOf(await serverWith(good, { SNICallback }))).toBe('ok')
    expect(names).toEqual([NAME])
  })
})

describe('a server', () => {
  it('with TLS passes through all four stages', async () => {
    const { port } = await serverWith(good)
    const stages: string[] = []
    const { body } = await trusting().request(`https://${NAME}:${port}/`, {
      onStage: ({ stage }) => stages.push(stage),
    })
    body.destroy()
    expect(stages).toEqual(['address', 'connection', 'tls', 'request'])
  })

  it('that speaks TLS 1.1 at most is refused', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    expect(await outcomeOf(await serverWith(good, old))).toBe('tls: tls_other')
  })

  it('that does not speak TLS is refused', async () => {
    const plain = await server(() => {}, { onBytes: (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n') })
    expect(await outcomeOf(plain)).toBe('tls: tls_other')
  })

  it('that never answers the handshake runs out of time there', async () => {
    expect(await outcomeOf(await server(() => {}))).toBe('tls: timeout_connect')
  })

  it('that resets the connection in the handshake is told as that', async () => {
    const rude = await server(() => {}, { onBytes: (socket) => socket.resetAndDestroy() })
    expect(await outcomeOf(rude)).toBe('tls: connection_reset')
  })
})
