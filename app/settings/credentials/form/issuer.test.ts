import { expect, it } from 'vitest'
import { emptyValues } from './initial'
import { filledByIssuer } from './issuer'

const asked = { ...emptyValues('oauth2'), issuer: 'https://auth.example.com', revocationUrl: 'https://old.example.com' }
const found: Parameters<typeof filledByIssuer>[2] = {
  issuer: 'https://auth.example.com/',
  authorizationUrl: 'https://auth.example.com/authorize',
  tokenUrl: 'https://auth.example.com/token',
  revocationUrl: null,
  authentications: ['body'],
  namesIssuer: false,
}

it('is filled with what the issuer says, and keeps what it says nothing of', () => {
  expect({ ...asked, ...filledByIssuer(asked, asked, found) }).toEqual({
    ...asked,
    issuer: found.issuer,
    authorizationUrl: found.authorizationUrl,
    tokenUrl: found.tokenUrl,
    clientAuthentication: 'body',
  })
})

it('keeps what was typed while the issuer was asked', () => {
  const now = {
    ...asked,
    tokenUrl: 'https://typed.example.com/token',
    revocationUrl: 'https://typed.example.com/revoke',
    clientAuthentication: 'none' as const,
  }
  expect({ ...now, ...filledByIssuer(asked, now, found) }).toEqual({
    ...now,
    issuer: found.issuer,
    authorizationUrl: found.authorizationUrl,
  })
})

it('takes nothing of an issuer that is not the one in the form any more', () => {
  const now = { ...asked, issuer: 'https://another.example.com' }
  expect({ ...now, ...filledByIssuer(asked, now, found) }).toEqual(now)
})
