import { expect, it } from 'vitest'
import { revokeTokens } from '@/lib/oauth/connect/revocation'
import { Secret } from '@/lib/vault/secret'
import { egressWith, server } from '@/test/egress'
import { eventually } from '@/test/eventually'
import { json } from '@/test/token-endpoint'
import { findProvider } from './index'

// How providers want to be asked to take tokens back.

const FORM = 'token=rt-1&token_type_hint=refresh_token'

it.each([
  ['xero', 'application/x-www-form-urlencoded', FORM, true],
  ['hubspot', 'application/x-www-form-urlencoded', `client_id=shop-1&client_secret=s3cret-1&${FORM}`, false],
  ['quickbooks', 'application/json', '{"token":"rt-1"}', true],
])('%s is asked as its documentation has it', async (id, type, body, isByBasic) => {
  const { templates = [], dialect } = findProvider(id) ?? {}
  const connected = templates.flatMap(({ settings }) =>
    settings.type === 'oauth2' && settings.grant === 'authorization_code' ? [settings] : [],
  )
  expect(connected.map(({ revocation_url }) => revocation_url)).not.toContain(null)
  const [{ client_authentication: authentication } = expect.fail('Nobody connects it in the browser')] = connected
  const { port, received } = await server((socket) => socket.write(json('')))
  const client = { clientId: 'shop-1', clientSecret: new Secret('s3cret-1'), authentication, dialect }
  const at = { ...client, revocationUrl: `http://127.0.0.1:${port}/revoke` }
  const tokens = { refreshToken: new Secret('rt-1'), accessToken: null }
  expect(await revokeTokens(egressWith(['127.0.0.1/32']), at, tokens)).toBe('confirmed')
  await eventually(() => {
    const [head = '', sent = ''] = received().split('\r\n\r\n')
    expect(/^content-type: ([\w/-]+)/im.exec(head)?.[1]).toBe(type)
    expect(/^authorization: Basic /im.test(head)).toBe(isByBasic)
    expect(type === 'application/json' ? sent : sent.split('&').sort().join('&')).toBe(body)
  })
})
