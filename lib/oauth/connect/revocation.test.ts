import { expect, it } from 'vitest'
import { egressWith, server } from '@/test/egress'
import { eventually } from '@/test/eventually'
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

it.each<[expected: string, first: string, sent: string[]]>([
  ['confirmed', json({}), ['first rt-1', 'first at-1']],
  // The first was withdrawn at the provider before anything was renewed.
  ['confirmed', bad({ error: 'invalid_client' }, '401 Unauthorized'), ['first rt-1', 'next rt-1', 'next at-1']],
  ['unknown', bad({}, '503 Service Unavailable'), ['first rt-1', 'first at-1']],
])('tells %s by the secret that the provider knows', async (expected, first, sent) => {
  const answers = [first]
  const { port, received } = await server((socket) => socket.write(answers.shift() ?? json({})))
  const client = {
    clientId: 'shop-1',
    clientSecret: new Secret('first'),
    nextClientSecret: new Secret('next'),
    authentication: 'body',
    revocationUrl: `http://127.0.0.1:${port}/revoke`,
  } as const
  const tokens = { refreshToken: new Secret('rt-1'), accessToken: new Secret('at-1') }
  expect(await revokeTokens(egressWith(['127.0.0.1/32']), client, tokens)).toBe(expected)
  await eventually(() => {
    const bodies = received().split('POST ').slice(1)
    const forms = bodies.map((request) => new URLSearchParams(request.split('\r\n\r\n')[1]))
    expect(forms.map((form) => `${form.get('client_secret')} ${form.get('token')}`)).toEqual(sent)
  })
})
