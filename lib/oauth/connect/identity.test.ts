import { generateKeyPair, SignJWT } from 'jose'
import { expect, it } from 'vitest'
import { Secret } from '../../vault/secret'
import { readIdToken } from './identity'

const ISSUER = 'https://login.example.com'
const CLIENT_ID = 'app'
const settings = { issuer: ISSUER, client_id: CLIENT_ID }

interface Made {
  audience?: string
  issuer?: string
  nonce?: string
  ends?: string
}

async function idToken(
  alg: string,
  { audience = CLIENT_ID, issuer = ISSUER, nonce = 'n', ends = '5m' }: Made = {},
): Promise<Secret> {
  const key = alg.startsWith('HS') ? Buffer.alloc(64, 1) : (await generateKeyPair(alg)).privateKey
  const token = new SignJWT({ nonce, email: 'shop@example.com' })
    .setProtectedHeader({ alg })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject('merchant')
    .setIssuedAt()
    .setExpirationTime(ends)
  return new Secret(await token.sign(key))
}

it.each(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'HS256'])(
  'tells whose account it is, however its issuer signs: %s',
  async (alg) => {
    expect(await readIdToken(settings, await idToken(alg), 'n')).toEqual({
      issuer: ISSUER,
      subject: 'merchant',
      label: 'shop@example.com',
    })
  },
)

it.each([
  ['of another client', { audience: 'another-app' }],
  ['of another issuer', { issuer: 'https://evil.example' }],
  ['of another request', { nonce: 'another' }],
  ['that has ended', { ends: '10 minutes ago' }],
])('takes none %s', async (_, made) => {
  for (const alg of ['RS256', 'ES256']) expect(await readIdToken(settings, await idToken(alg, made), 'n')).toBeNull()
})

it.each(['', 'a.b', 'a.b.c', 'e30.e30.', 'a.b.c.d.e'])('takes nothing that is none: “%s”', async (text) => {
  expect(await readIdToken(settings, new Secret(text), null)).toBeNull()
})
