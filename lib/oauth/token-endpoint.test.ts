import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { eventually } from '@/test/eventually'
import { answer } from '@/test/listener'
import {
  bad,
  byClient,
  byRefresh,
  CLIENT_SECRET,
  endpoint,
  failureOf,
  good,
  html,
  JSON_TYPE,
  json,
  REFRESH_TOKEN,
} from '@/test/token-endpoint'
import { isEgressError } from '../egress/errors'
import { Secret } from '../vault/secret'
import type { CallOptions } from './fetch'
import type { Grant, OAuthClient } from './token-endpoint'

// What is usual among real endpoints is in real-endpoints.test.ts, and what providers call otherwise in dialect.test.ts.

describe('asks', () => {
  /** The head and the form that were sent. */
  async function sent(over: Partial<OAuthClient>, grant: Grant) {
    const { listener, call } = await endpoint(good())
    await call(over, grant)
    return eventually(() => {
      const [head = '', body = ''] = listener.received().split('\r\n\r\n')
      expect(body).toHaveLength(Number(/^content-length: (\d+)/im.exec(head)?.[1]))
      return { head, form: Object.fromEntries(new URLSearchParams(body)), pairs: [...new URLSearchParams(body)] }
    })
  }
  const basicOf = (head: string) =>
    Buffer.from(/^authorization: Basic (\S+)/im.exec(head)?.[1] ?? '', 'base64').toString()

  it('with client credentials, and HTTP Basic form-encoded', async () => {
    const { head, form } = await sent({ clientId: 'shop 1:é' }, byClient)
    expect(head).toMatch(/^POST \/oauth\/token HTTP\/1\.1\r\n/)
    expect(head).toMatch(/^content-type: application\/x-www-form-urlencoded/im)
    expect(head).toMatch(/^accept: application\/json/im)
    expect(head).toMatch(/^user-agent: Fenicia\r$/im)
    expect(basicOf(head)).toBe('shop+1%3A%C3%A9:cl1ent-S3cret%2F%2B+%26%3D%7E%C3%B1')
    expect(form).toEqual({ grant_type: 'client_credentials' })
  })

  it('with ids and secrets such as UUIDs as they are, since many servers don’t decode Basic', async () => {
    const { head } = await sent({ clientId: '0b9e-4c.a_1', clientSecret: new Secret('Zm9v_YmFy-1.2') }, byClient)
    expect(basicOf(head)).toBe('0b9e-4c.a_1:Zm9v_YmFy-1.2')
  })

  it('with a refresh token, and the client in the form', async () => {
    const { head, form } = await sent({ authentication: 'body' }, byRefresh)
    expect(head).not.toMatch(/^authorization/im)
    expect(form).toEqual({
      grant_type: 'refresh_token',
      refresh_token: REFRESH_TOKEN,
      client_id: 'shop-1',
      client_secret: CLIENT_SECRET,
    })
  })

  it.each<[string, Partial<OAuthClient>]>([
    ['says that it has none', { authentication: 'none' }],
    ['has none', { authentication: 'basic', clientSecret: null }],
    ['has an empty one', { authentication: 'body', clientSecret: new Secret('') }],
  ])('without a secret when the client %s', async (_what, over) => {
    const { head, form } = await sent(over, byRefresh)
    expect(head).not.toMatch(/^authorization/im)
    expect(form).toEqual({ grant_type: 'refresh_token', refresh_token: REFRESH_TOKEN, client_id: 'shop-1' })
  })

  it.each([byClient, byRefresh])(
    'with scopes, audience and parameters, which change nothing of the flow ($kind)',
    async (grant) => {
      const owned = ['grant_type', 'client_id', 'client_secret', 'refresh_token', 'client_assertion']
      const { form, pairs } = await sent(
        {
          scopes: ['orders:read', 'orders:write'],
          audience: 'https://api.shop.example',
          parameters: [
            ...owned.map((name) => ({ name, value: 'stolen' })),
            { name: 'resource', value: 'a' },
            { name: 'resource', value: 'b' },
          ],
        },
        grant,
      )
      expect(form).toMatchObject({ scope: 'orders:read orders:write', audience: 'https://api.shop.example' })
      expect(form.grant_type).toBe(grant.kind)
      expect(pairs.filter(([name]) => name === 'resource')).toEqual([
        ['resource', 'a'],
        ['resource', 'b'],
      ])
      expect(JSON.stringify(pairs)).not.toContain('stolen')
    },
  )

  it('on a connection of its own, whose stages are told, and which is closed', async () => {
    const { listener, call } = await endpoint(good())
    const stages: string[] = []
    for (let n = 0; n < 2; n++) await call({}, byClient, { onStage: ({ stage }) => stages.push(stage) })
    expect(stages).toEqual(Array(2).fill(['address', 'connection', 'request']).flat())
    expect(listener.connections()).toBe(2)
    await eventually(() => expect(listener.open()).toBe(0))
  })
})

describe('takes', () => {
  const within = (seconds: number) => (date: Date | null) => {
    const left = ((date?.getTime() ?? 0) - Date.now()) / 1000
    expect(left).toBeLessThanOrEqual(seconds)
    expect(left).toBeGreaterThan(seconds - 5)
  }
  const unknown = (date: Date | null) => expect(date).toBeNull()

  it.each<[string, bytes: string, expiry: (date: Date | null) => void]>([
    ['an answer by the book', good({ expires_in: 3600 }), within(3600)],
    ['an expires_in of null', good({ expires_in: null }), unknown],
    ['an expires_in that is no number', good({ expires_in: 'never' }), unknown],
    ['a negative expires_in', good({ expires_in: -5 }), unknown],
    ['a token_type of its own', good({ token_type: 'Application Access Token' }), unknown],
    ['JSON that says it is a text', json({ access_token: 'at-1' }, 'content-type: text/plain\r\n'), unknown],
    ['JSON that says nothing of itself', json({ access_token: 'at-1' }, ''), unknown],
    ['JSON after a byte order mark', answer('\ufeff{"access_token":"at-1"}', JSON_TYPE), unknown],
    ['a success that is 201', json({ access_token: 'at-1' }, JSON_TYPE, '201 Created'), unknown],
    ['an empty error beside the token', good({ error: '', error_description: '' }), unknown],
    ['an id token, which nobody can judge here', good({ id_token: 'e30.e30.x' }), unknown],
    ['a challenge beside the token', json({ access_token: 'at-1' }, 'www-authenticate: Basic realm="x"\r\n'), unknown],
  ])('%s', async (_what, bytes, expiry) => {
    const { call } = await endpoint(bytes)
    const tokens = await call()
    expect(tokens.accessToken.reveal()).toBe('at-1')
    expiry(tokens.expiresAt)
  })

  it.each<[unknown, string | null]>([
    ['orders:read', 'orders:read'],
    [['orders:read', 'shop:read'], 'orders:read shop:read'],
    [null, null],
    ['', null],
    [undefined, null],
  ])('a scope of %j', async (scope, expected) => {
    const { call } = await endpoint(good({ scope }))
    expect((await call()).scope).toBe(expected)
  })
})

describe('fails on', () => {
  const refused = (error: string, isPermanent: boolean, status = 400) => ({
    code: 'refused',
    error,
    isPermanent,
    status,
  })
  const unusable = (status: number) => ({ code: 'unusable_answer', error: null, isPermanent: false, status })
  const unavailable = (status: number, retryAfterMs: number | null = null, error: string | null = null) => ({
    code: 'unavailable',
    isPermanent: false,
    status,
    retryAfterMs,
    error,
  })
  const said = (error: string) => ({ error, error_description: 'No.' })

  it.each<[string, bytes: string, expected: Record<string, unknown>]>([
    ['a grant that is refused', bad(said('invalid_grant')), { ...refused('invalid_grant', true), description: 'No.' }],
    ['a client that is refused', bad(said('invalid_client'), '401 Unauthorized'), refused('invalid_client', true, 401)],
    [
      'a client that is refused with a challenge',
      bad(said('invalid_client'), '401 Unauthorized', `${JSON_TYPE}www-authenticate: Basic realm="x"\r\n`),
      { ...refused('invalid_client', true, 401), description: 'No.' },
    ],
    ['a client without the right', bad(said('unauthorized_client')), refused('unauthorized_client', true)],
    ['scopes that are refused', bad(said('invalid_scope')), refused('invalid_scope', false)],
    ['an unknown grant', bad(said('unsupported_grant_type')), refused('unsupported_grant_type', false)],
    ['a request that is refused', bad(said('invalid_request')), refused('invalid_request', false)],
    ['access that is denied', bad(said('access_denied'), '403 Forbidden'), refused('access_denied', false, 403)],
    ['a refusal of another name', bad(said('shop_closed')), refused('shop_closed', false)],
    [
      'a refusal as text',
      bad(said('invalid_grant'), undefined, 'content-type: text/html\r\n'),
      refused('invalid_grant', true),
    ],
    [
      'a refusal beside an empty token',
      bad({ ...said('invalid_grant'), access_token: '' }, '200 OK'),
      refused('invalid_grant', true, 200),
    ],
    ['400 without an error', bad({ message: 'Bad client' }), { ...unusable(400), description: 'Bad client' }],
    [
      'an error that is an object',
      bad({ error: { message: 'Bad client' } }),
      { ...unusable(400), description: 'Bad client' },
    ],
    ['an error in words', bad({ error: 'Invalid Grant!' }), unusable(400)],
    ['an error without end', bad({ error: 'a'.repeat(65) }), unusable(400)],
    ['nothing at all', answer('', JSON_TYPE), unusable(200)],
    ['no content', 'HTTP/1.1 204 No Content\r\n\r\n', unusable(204)],
    ['no token', json({ ok: true }), unusable(200)],
    ['a token that is no string', json({ access_token: { value: 'x' } }), unusable(200)],
    ['a list', json([{ access_token: 'at-1' }]), unusable(200)],
    ['a token with a key', json({ access_token: 'at-1', token_type: 'DPoP' }), unusable(200)],
    ['a token with a signature', json({ access_token: 'at-1', token_type: 'mac' }), unusable(200)],
    ['a redirect', html('302 Found', 'location: /elsewhere\r\n'), unusable(302)],
    [
      'a redirect with a token',
      json({ access_token: 'at-1' }, 'location: /x\r\n', '307 Temporary Redirect'),
      unusable(307),
    ],
    [
      'a redirect with an error',
      bad(said('invalid_grant'), '302 Found'),
      { code: 'unusable_answer', isPermanent: false },
    ],
    ['a status without meaning', answer('', '', '799 What'), unavailable(799)],
    ['401 without an error', html('401 Unauthorized'), unusable(401)],
    ['404', html('404 Not Found'), unusable(404)],
    [
      '429 with an error',
      bad(said('invalid_request'), '429 Too Many Requests'),
      unavailable(429, null, 'invalid_request'),
    ],
    ['500', html('500 Internal Server Error'), unavailable(500)],
    [
      '500 with a verdict',
      bad(said('invalid_grant'), '500 Internal Server Error'),
      unavailable(500, null, 'invalid_grant'),
    ],
    [
      '503 with a date',
      html('503 Service Unavailable', 'retry-after: Fri, 01 Jan 2100 00:00:00 GMT\r\n'),
      unavailable(503, 86_400_000),
    ],
    [
      'an overload by error code',
      bad(said('temporarily_unavailable')),
      unavailable(400, null, 'temporarily_unavailable'),
    ],
    ['a breakdown by error code', bad(said('server_error')), unavailable(400, null, 'server_error')],
  ])('%s', async (_what, bytes, expected) => {
    const { listener, call } = await endpoint(bytes)
    const error = await failureOf(call({}, byRefresh))
    expect({ ...error, isPermanent: error.isPermanent }).toMatchObject(expected)
    expect(error.message).toMatch(/^The token endpoint [\s\S]*[.”]$/)
    expect(listener.connections()).toBe(1)
  })

  it('a description that is too long, or holds what is not to be shown', async () => {
    const description = `a\r\nb\u0000c\u202ed\ud800e ${'😀'.repeat(400)}`
    const { call } = await endpoint(bad({ error: 'invalid_grant', error_description: description }))
    const error = await failureOf(call())
    expect(error.description).toMatch(/^a b c d.e 😀+$/u)
    expect([...(error.description ?? '')]).toHaveLength(300)
  })

  it.each<[string, bytes: string, code: string, CallOptions]>([
    ['an answer that is too large', answer('x'.repeat(256 * 1024 + 1)), 'too_large', {}],
    [
      'an answer that breaks off',
      `HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{`,
      'timeout_body',
      { limits: { totalMs: 300 } },
    ],
    ['what is no HTTP', 'SSH-2.0-OpenSSH\r\n\r\n', 'protocol', {}],
    ['a call that is aborted', '', 'aborted', { signal: AbortSignal.abort() }],
    ['a server that is silent', '', 'timeout_headers', { limits: { totalMs: 300 } }],
  ])('%s, as any call does', async (_what, bytes, code, options) => {
    const { call } = await endpoint(bytes)
    await expect(call({}, byRefresh, options)).rejects.toMatchObject({ name: 'EgressError', code })
  })

  it.each([
    '',
    'token',
    'ftp://shop.example/',
    'https://',
    'http://127.0.0.1\\@shop.example/',
    'https://10.0.0.1/',
    'http://shop.example/',
  ])('an address that may not be called: %s', async (tokenUrl) => {
    const { call } = await endpoint(good())
    const error = await call({ tokenUrl }).catch((thrown: unknown) => thrown)
    expect(isEgressError(error) && error.stage).toBe('address')
  })
})

describe('tells no secret in an error', () => {
  const basic = Buffer.from(`shop-1:${new URLSearchParams([['', CLIENT_SECRET]]).toString().slice(1)}`)
  const formsOf = (secret: string) => [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(secret).toString('base64url'),
    Buffer.from(secret).toString('hex'),
    Buffer.from(secret).toString('hex').toUpperCase(),
  ]
  const forms = [...formsOf(CLIENT_SECRET), ...formsOf(REFRESH_TOKEN), basic.toString('base64').replace(/=+$/, '')]
  const shownOf = (error: unknown) =>
    [
      String(error),
      JSON.stringify(error),
      inspect(error, { depth: 10, showHidden: true }),
      (error as Error).message,
      (error as Error).stack,
    ].join('\n')
  const echo = forms.map((form) => `<${form}>`).join(' ')

  const long = 'x'.repeat(290)
  it.each<[string, string]>([
    ['a refusal', bad({ error: 'invalid_grant', error_description: echo })],
    ['a refusal as 200', bad({ error: 'invalid_grant', error_description: echo }, '200 OK')],
    ['a refusal that is cut within it', bad({ error: 'invalid_grant', error_description: `${long} ${REFRESH_TOKEN}` })],
    ['other words', bad({ message: echo })],
    ['a nested error', bad({ error: { message: echo, code: echo } })],
    ['an error code', bad({ error: echo, error_description: echo })],
    ['an overload', bad({ error: echo, error_description: echo }, '503 Service Unavailable')],
    ['a page', answer(`<html>${echo}</html>`, 'content-type: text/html\r\n', '400 Bad Request')],
    ['JSON that is none', answer(`{"access_token": ${echo}`, JSON_TYPE)],
    ['a token of another kind', good({ token_type: 'mac', access_token: REFRESH_TOKEN, scope: echo })],
    ['a redirect', answer('', `location: /?${encodeURIComponent(echo)}\r\n`, '302 Found')],
    ['a challenge', bad({}, '401 Unauthorized', `www-authenticate: Basic realm="${encodeURIComponent(echo)}"\r\n`)],
  ])('that comes back in %s', async (_where, bytes) => {
    const { call } = await endpoint(bytes)
    for (const authentication of ['basic', 'body'] as const) {
      const error = await failureOf(call({ authentication }, byRefresh))
      expect(error.cause).toBeUndefined()
      const shown = shownOf(error)
      for (const form of forms) expect(shown).not.toContain(form)
      expect(shown).not.toContain(REFRESH_TOKEN.slice(0, 8))
    }
  })

  it('that is made of the letters of an error code', async () => {
    const secret = new Secret('horse_battery')
    const { call } = await endpoint(bad({ error: 'horse_battery' }))
    const error = await failureOf(call({}, { kind: 'refresh_token', refreshToken: secret }))
    expect(error).toMatchObject({ code: 'unusable_answer', error: null })
    expect(shownOf(error)).not.toContain('horse_battery')
  })

  it('that is too short to be found: what the provider said is not told at all', async () => {
    const { call } = await endpoint(bad({ error: 'invalid_client', error_description: 'not pw123' }))
    const error = await failureOf(call({ clientSecret: new Secret('pw123') }))
    expect(error).toMatchObject({ error: 'invalid_client', description: null })
  })

  it('in errors of calls that were not answered', async () => {
    const { call } = await endpoint('SSH-2.0-OpenSSH\r\n\r\n')
    const error = await call({}, byRefresh).catch((thrown: unknown) => thrown)
    expect(isEgressError(error)).toBe(true)
    for (const form of forms) expect(shownOf(error)).not.toContain(form)
  })
})
