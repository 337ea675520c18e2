import { expect, it } from 'vitest'
import { egressWith, server } from '@/test/egress'
import { bad, json } from '@/test/token-endpoint'
import { Secret } from '../../vault'
import { revokeTokens } from './revocation'

it.each([
  ['confirmed', json({})],
  ['confirmed', json('')],
  ['refused', bad({ error: 'invalid_client' })],
  // As servers do that answer all with 200.
  ['refused', json({ error: 'invalid_client', error_description: 'Client key or secret is incorrect.' })],
])('tells that tokens are %s by what the answer says, whatever its status', async (expected, answer) => {
  const { port } = await server((socket) => socket.write(answer))
  const revocationUrl = `http://127.0.0.1:${port}/revoke`
  const client = {
    clientId: 'shop-1',
    clientSecret: new Secret('s3cret-1'),
    authentication: 'body',
    revocationUrl,
  } as const
  const tokens = { refreshToken: new Secret('rt-1'), accessToken: null }
  expect(await revokeTokens(egressWith(['127.0.0.1/32']), client, tokens)).toBe(expected)
})
