import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** A certificate with its key, and whom it may vouch for. */
export interface TestCertificate {
  cert: string
  key: string
  name: string
  privateKey: KeyObject
}

const tag = (id: number, ...parts: Buffer[]): Buffer => {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([id, ...size]), content])
}
const sequence = (...parts: Buffer[]) => tag(0x30, ...parts)
const oid = (hex: string) => tag(0x06, Buffer.from(hex, 'hex'))
const TRUE = tag(0x01, Buffer.from([0xff]))
const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'))

const distinguished = (name: string) => sequence(tag(0x31, sequence(oid('550403'), tag(0x0c, Buffer.from(name)))))
/** RFC 5280, 4.1.2.5.1: UTCTime, `YYMMDDHHMMSSZ`. */
const time = (date: Date) =>
  tag(
    0x17,
    Buffer.from(
      `${date
        .toISOString()
        .replace(/[-:T]|\.\d+/g, '')
        .slice(2)}`,
    ),
  )

/**
 * Makes a certificate (RFC 5280) for a DNS name.
 * @param issuer who signs it; itself when there is none, and then it is an authority
 * @param days its life, from and to, counted from now
 */
export function makeCertificate(
  name: string,
  issuer?: TestCertificate,
  days: [number, number] = [-1, 1],
): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const [from, to] = days.map((day) => time(new Date(Date.now() + day * 86_400_000))) as [Buffer, Buffer]
  const extensions = [sequence(oid('551d11'), tag(0x04, sequence(tag(0x82, Buffer.from(name)))))]
  if (!issuer) extensions.push(sequence(oid('551d13'), TRUE, tag(0x04, sequence(TRUE))))
  const body = sequence(
    tag(0xa0, tag(0x02, Buffer.from([2]))),
    tag(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    distinguished(issuer?.name ?? name),
    sequence(from, to),
    distinguished(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tag(0xa3, sequence(...extensions)),
  )
  const signature = sign('sha256', body, issuer?.privateKey ?? privateKey)
  const certificate = sequence(body, ECDSA_WITH_SHA256, tag(0x03, Buffer.from([0]), signature))
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    name,
    privateKey,
  }
}
