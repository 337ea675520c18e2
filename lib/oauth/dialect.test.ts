import { createHmac } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { eventually } from '@/test/eventually'
import {
  bad,
  byClient,
  byRefresh,
  CLIENT_SECRET,
  endpoint,
  failureOf,
  good,
  html,
  json,
  REFRESH_TOKEN,
} from '@/test/token-endpoint'
import { Secret } from '../vault/secret'
import { identityOfConsent, isSigned, readAuthorization, type TokenDialect } from './dialect'
import type { Grant, OAuthClient } from './token-endpoint'

const inAnHour = Math.round(Date.now() / 1000) + 3600

/** What reached the endpoint: its first line, its headers and its body. */
async function sent(dialect: TokenDialect, grant: Grant = byRefresh, over: Partial<OAuthClient> = {}) {
  const { listener, call } = await endpoint(good())
  await call({ authentication: 'body', dialect, ...over }, grant)
  return eventually(() => {
    const [head = '', body = ''] = listener.received().split('\r\n\r\n')
    const [line = '', ...headers] = head.split('\r\n')
    expect(body).toHaveLength(Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0))
    const [method, target = ''] = line.split(' ')
    return { method, target: new URL(target, 'http://x'), headers: headers.join('\n'), body }
  })
}
const formOf = (body: string) => Object.fromEntries(new URLSearchParams(body))

describe('a dialect', () => {
  it('that says nothing changes nothing', async () => {
    const [plain, empty] = await Promise.all([sent({}), sent({ parameters: {}, answer: {} })])
    expect(empty.body).toBe(plain.body)
    expect(plain.method).toBe('POST')
    expect(formOf(plain.body)).toEqual({
      grant_type: 'refresh_token',
      refresh_token: REFRESH_TOKEN,
      client_id: 'shop-1',
      client_secret: CLIENT_SECRET,
    })
  })

  it('calls parameters and grants by other names, and joins scopes by commas', async () => {
    const dialect: TokenDialect = {
      parameters: { client_id: 'client_key', client_secret: 'app_secret' },
      grantTypes: { client_credentials: 'app_token' },
      scopeSeparator: ',',
    }
    const { body } = await sent(dialect, byClient, { scopes: ['orders', 'items.list'] })
    expect(formOf(body)).toEqual({
      grant_type: 'app_token',
      client_key: 'shop-1',
      app_secret: CLIENT_SECRET,
      scope: 'orders,items.list',
    })
    expect(formOf((await sent(dialect)).body).grant_type).toBe('refresh_token')
  })

  it('lets nobody say what the flow says under the name that the provider has for it', async () => {
    const dialect: TokenDialect = {
      parameters: { client_id: 'client_key', client_secret: 'app_secret' },
      exchange: { grantType: 'fb_exchange_token', parameter: 'fb_exchange_token' },
    }
    for (const method of [undefined, 'GET'] as const) {
      const { body, target } = await sent({ ...dialect, method }, byRefresh, {
        parameters: ['client_key', 'app_secret', 'fb_exchange_token'].map((name) => ({ name, value: 'stolen' })),
      })
      expect(`${body}${target.search}`).not.toContain('stolen')
      expect(`${body}${target.search}`).toContain('client_key=shop-1')
    }
  })

  it('sends everything in the query of a GET, beside what the address has', async () => {
    const { method, target, headers, body } = await sent({ method: 'GET' }, byRefresh, {
      parameters: [
        { name: 'fields', value: 'a b' },
        { name: 'constructor', value: 'c' },
      ],
    })
    expect(method).toBe('GET')
    expect(body).toBe('')
    expect(headers).not.toMatch(/^content-(type|length)/im)
    expect(Object.fromEntries(target.searchParams)).toEqual({
      grant_type: 'refresh_token',
      refresh_token: REFRESH_TOKEN,
      client_id: 'shop-1',
      client_secret: CLIENT_SECRET,
      fields: 'a b',
      constructor: 'c',
    })
  })

  it('sends a JSON object', async () => {
    const { method, headers, body } = await sent({ body: 'json' })
    expect(method).toBe('POST')
    expect(headers.match(/^content-type: .*$/gim)).toEqual(['content-type: application/json'])
    expect(JSON.parse(Buffer.from(body, 'latin1').toString('utf8'))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: REFRESH_TOKEN,
      client_id: 'shop-1',
      client_secret: CLIENT_SECRET,
    })
  })

  it('adds headers, with an id that each call has of its own', async () => {
    const dialect: TokenDialect = {
      headers: [
        { name: 'WM_SVC.NAME', value: 'Fenicia' },
        { name: 'WM_QOS.CORRELATION_ID', value: '{uuid}' },
      ],
    }
    const ids = await Promise.all(
      [1, 2].map(async () => {
        const { headers } = await sent(dialect, byClient, { authentication: 'basic' })
        expect(headers).toMatch(/^WM_SVC\.NAME: Fenicia$/im)
        expect(headers).toMatch(/^authorization: Basic /im)
        return /^WM_QOS\.CORRELATION_ID: ([0-9a-f-]{36})$/im.exec(headers)?.[1]
      }),
    )
    expect(ids[0]).toBeTruthy()
    expect(ids[0]).not.toBe(ids[1])
  })

  describe('exchanges access tokens', () => {
    const dialect: TokenDialect = {
      method: 'GET',
      exchange: { grantType: 'fb_exchange_token', parameter: 'fb_exchange_token' },
    }

    it('by sending the token itself', async () => {
      const { target } = await sent(dialect)
      expect(Object.fromEntries(target.searchParams)).toEqual({
        grant_type: 'fb_exchange_token',
        fb_exchange_token: REFRESH_TOKEN,
        client_id: 'shop-1',
        client_secret: CLIENT_SECRET,
      })
    })

    it('so that each is what the next one is got for, until its end', async () => {
      const { call } = await endpoint(good({ expires_in: 5_183_944, refresh_token: 'not-used' }))
      const tokens = await call({ dialect }, byRefresh)
      expect(tokens.refreshToken?.reveal()).toBe('at-1')
      expect(tokens.expiresAt).not.toBeNull()
      expect(tokens.refreshExpiresAt).toEqual(tokens.expiresAt)
    })

    it('but none that the client has for itself', async () => {
      const { target } = await sent(dialect, byClient)
      expect(target.searchParams.get('grant_type')).toBe('client_credentials')
    })
  })

  describe('finds an answer’s fields', () => {
    const wrapped: TokenDialect = {
      answer: {
        access_token: 'data.access_token',
        refresh_token: 'data.refresh_token',
        expires_in: 'data.access_token_expire_in',
        refresh_token_expires_in: 'data.refresh_token_expire_in',
        scope: 'data.granted_scopes',
      },
      identity: 'data.open_id',
      errors: {
        code: 'code',
        message: 'message',
        success: ['0'],
        meanings: { '36004004': 'invalid_grant', '36004005': 'invalid_client', '50000': 'temporarily_unavailable' },
      },
    }

    it('below a member, with points in time instead of lifetimes', async () => {
      const { call } = await endpoint(
        json({
          code: 0,
          message: 'success',
          data: {
            access_token: 'TTP_1',
            access_token_expire_in: inAnHour,
            refresh_token: 'TTP_2',
            refresh_token_expire_in: inAnHour + 3600,
            open_id: '7010736057180325637',
            granted_scopes: ['seller.order', 'seller.product'],
          },
        }),
      )
      const tokens = await call({ dialect: wrapped }, byRefresh)
      expect(tokens.accessToken.reveal()).toBe('TTP_1')
      expect(tokens.refreshToken?.reveal()).toBe('TTP_2')
      expect(tokens).toMatchObject({ scope: 'seller.order seller.product', identity: '7010736057180325637' })
      const secondsUntil = (date: Date | null) => Math.round(((date?.getTime() ?? 0) - Date.now()) / 1000)
      expect(secondsUntil(tokens.expiresAt)).toBeGreaterThan(3590)
      expect(secondsUntil(tokens.expiresAt)).toBeLessThanOrEqual(3601)
      expect(secondsUntil(tokens.refreshExpiresAt)).toBeGreaterThan(7190)
    })

    it('where RFC 6749 has them, once the provider comes to it', async () => {
      const { call } = await endpoint(good({ expires_in: 60, refresh_token: 'rt-2' }))
      const tokens = await call({ dialect: wrapped }, byRefresh)
      expect(tokens.refreshToken?.reveal()).toBe('rt-2')
      expect(tokens.expiresAt).not.toBeNull()
    })

    it.each([
      [36004004, { code: 'refused', error: 'invalid_grant', isPermanent: true }],
      ['36004005', { code: 'refused', error: 'invalid_client', isPermanent: true }],
      [50000, { code: 'unavailable', error: 'temporarily_unavailable', isPermanent: false }],
      [12345, { code: 'unusable_answer', error: null, isPermanent: false }],
    ])('an error that came with 200, of code %s', async (code, expected) => {
      const { call } = await endpoint(json({ code, message: 'No luck', data: { access_token: 'TTP_1' } }))
      const error = await failureOf(call({ dialect: wrapped }, byRefresh))
      expect({ ...error, isPermanent: error.isPermanent }).toMatchObject({
        status: 200,
        description: `No luck (${code})`,
        ...expected,
      })
    })

    it.each<[string, unknown]>([
      ['nothing', {}],
      ['a list', { data: [{ access_token: 'TTP_1' }] }],
      ['a text', { data: 'access_token' }],
      ['null', { data: null }],
      ['what all objects have', { data: { constructor: 'x' } }],
    ])('not in %s', async (_what, body) => {
      const { call } = await endpoint(json(body))
      expect(await failureOf(call({ dialect: wrapped }, byRefresh))).toMatchObject({ code: 'unusable_answer' })
    })
  })

  describe('reads errors', () => {
    const nested: TokenDialect = {
      errors: { code: 'error.code', message: 'error.message', meanings: { '190': 'invalid_grant' } },
    }
    const named: TokenDialect = { errors: { code: 'error', meanings: { invalid_code: 'invalid_grant' } } }

    it('of codes of their own, in a member', async () => {
      const body = { error: { message: 'The session has been invalidated.', type: 'OAuthException', code: 190 } }
      const { call } = await endpoint(bad(body))
      const error = await failureOf(call({ dialect: nested }, byRefresh))
      expect(error).toMatchObject({
        code: 'refused',
        error: 'invalid_grant',
        description: 'The session has been invalidated. (190)',
      })
      expect(error.isPermanent).toBe(true)
    })

    it('of names of their own, and of RFC 6749’s beside them', async () => {
      for (const [code, error] of [
        ['invalid_code', 'invalid_grant'],
        ['invalid_client', 'invalid_client'],
      ]) {
        const { call } = await endpoint(json({ error: code }))
        expect(await failureOf(call({ dialect: named }, byRefresh))).toMatchObject({ code: 'refused', error })
      }
    })

    it('not in a success that says something under the same name, unless it is a known error', async () => {
      const dialect: TokenDialect = { errors: { code: 'status', meanings: { BAD_REFRESH_TOKEN: 'invalid_grant' } } }
      const { call } = await endpoint(good({ status: 'OK' }), good({ status: 'BAD_REFRESH_TOKEN' }))
      expect((await call({ dialect }, byRefresh)).accessToken.reveal()).toBe('at-1')
      expect(await failureOf(call({ dialect }, byRefresh))).toMatchObject({ error: 'invalid_grant' })
    })

    it.each([
      ['429', html('429 Too Many Requests', 'retry-after: 7\r\n'), { code: 'unavailable', retryAfterMs: 7_000 }],
      ['500 with a verdict', bad({ error: { code: 190 } }, '500 Internal Server Error'), { code: 'unavailable' }],
      ['a page', html('400 Bad Request'), { code: 'unusable_answer', error: null }],
    ])('as any: %s', async (_what, bytes, expected) => {
      const { call } = await endpoint(bytes)
      expect(await failureOf(call({ dialect: nested }, byRefresh))).toMatchObject(expected)
    })

    it('by whose meaning the client’s next secret is tried', async () => {
      const dialect: TokenDialect = { errors: { code: 'status', meanings: { BAD_CLIENT: 'invalid_client' } } }
      const { call } = await endpoint(bad({ status: 'BAD_CLIENT' }), good())
      const tokens = await call({ dialect, nextClientSecret: new Secret('next-secret-1') }, byRefresh)
      expect(tokens.usedNextSecret).toBe(true)
    })
  })

  describe('tells whose tokens they are', () => {
    it.each<[unknown, string | null]>([
      ['shop-7', 'shop-7'],
      [123456789, '123456789'],
      // As a number it has lost its last digits: another account’s would be the same.
      [Number.MAX_SAFE_INTEGER + 1, null],
      ['', null],
      [null, null],
      [undefined, null],
      [{ id: 1 }, null],
      ['a\nb', null],
      ['x'.repeat(257), null],
      [REFRESH_TOKEN, null],
      [`of ${CLIENT_SECRET}`, null],
      ['at-1-is-long-enough', null],
    ])('%j is %j', async (user_id, identity) => {
      const { call } = await endpoint(good({ access_token: 'at-1-is-long-enough', user_id }))
      expect((await call({ dialect: { identity: 'user_id' } }, byRefresh)).identity).toBe(identity)
    })

    it('only where it says so', async () => {
      const { call } = await endpoint(good({ user_id: 'shop-7' }))
      expect((await call({}, byRefresh)).identity).toBeNull()
    })
  })

  describe('reads the answer of an authorization endpoint', () => {
    const dialect: TokenDialect = { authorization: { code: 'spapi_oauth_code', identity: 'selling_partner_id' } }
    const read = (query: string) => [...readAuthorization(new URLSearchParams(query), dialect)].flat().join(' ')

    it('under the names of RFC 6749, and leaves what is there twice to be refused', () => {
      expect(read('state=s&spapi_oauth_code=c')).toBe('state s code c')
      expect(read('code=a&spapi_oauth_code=b')).toBe('code a code b')
      expect(read('spapi_oauth_code=a&spapi_oauth_code=b')).toBe('code a code b')
      expect([...readAuthorization(new URLSearchParams('spapi_oauth_code=c'), {}).keys()]).toEqual(['spapi_oauth_code'])
    })

    it.each([
      ['selling_partner_id=A3', 'A3'],
      ['selling_partner_id=', null],
      ['selling_partner_id=A3&selling_partner_id=A4', null],
      [`selling_partner_id=${'x'.repeat(257)}`, null],
      ['selling_partner_id=a%0Ab', null],
      ['shop=A3', null],
    ])('for whose it is: %s is %j', (query, identity) => {
      expect(identityOfConsent(new URLSearchParams(query), dialect)).toBe(identity)
    })
  })

  describe('knows the signature of an authorization endpoint', () => {
    const dialect: TokenDialect = { authorization: { signature: 'hmac' } }
    // As Shopify's libraries have it for an example: https://hexdocs.pm/shopify_oauth/Shopify.OAuth.html
    const hmac = '700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf'
    const rest = 'code=0907a61c0c8d55e99db179b68161bc00&shop=some-shop.myshopify.com&timestamp=1337178173'
    const state = 'state=0.6784241404160823'
    const known = [new Secret('hush')]
    const judge = (query: string, secrets: (Secret | null | undefined)[] = known) =>
      isSigned(new URLSearchParams(query), dialect, secrets)

    it.each([
      ['as it is sent', `${rest}&${state}&hmac=${hmac}`],
      ['in another order', `hmac=${hmac}&${state}&${rest}`],
    ])('of what is %s', (_, query) => {
      expect(judge(query)).toBe(true)
      expect(judge(query, [new Secret('another'), new Secret('hush')])).toBe(true)
    })

    it('of characters that a query writes otherwise', () => {
      const query = 'host=YWRt%2Fa%3D%3D&note=a+b%20%26%20%C3%A9&hmac='
      const expected = createHmac('sha256', 'hush')
        .update('host=YWRt%2Fa%3D%3D&note=a%20b%20%26%20%C3%A9')
        .digest('hex')
      expect(judge(query + expected)).toBe(true)
    })

    it.each([
      ['there is none', `${rest}&${state}`],
      ['it is empty', `${rest}&${state}&hmac=`],
      ['it is cut', `${rest}&${state}&hmac=${hmac.slice(2)}`],
      ['it has more after it', `${rest}&${state}&hmac=${hmac}00`],
      ['it has no digits after it', `${rest}&${state}&hmac=${hmac}zz`],
      ['there are two', `${rest}&${state}&hmac=${hmac}&hmac=${hmac}`],
      ['it is of another shop', `${rest.replace('some', 'sane')}&${state}&hmac=${hmac}`],
      ['something was added', `${rest}&${state}&scope=all&hmac=${hmac}`],
      ['something was left out', `${rest}&hmac=${hmac}`],
    ])('to be none when %s', (_, query) => {
      expect(judge(query)).toBe(false)
    })

    it('to be none of another secret, of an empty one, or of a client without', () => {
      const query = `${rest}&${state}&hmac=${hmac}`
      for (const secrets of [[new Secret('Hush')], [null, undefined], []]) expect(judge(query, secrets)).toBe(false)
      const empty = createHmac('sha256', '').update('code=c').digest('hex')
      expect(judge(`code=c&hmac=${empty}`, [new Secret('')])).toBe(false)
    })

    it('only where there is one', () => {
      expect(isSigned(new URLSearchParams('code=c'), {}, [])).toBe(true)
      expect(isSigned(new URLSearchParams('code=c&hmac=x'), { authorization: { code: 'c' } }, known)).toBe(true)
    })
  })

  it('tells no secret in an error, wherever it makes it stand', async () => {
    const echo = `<${REFRESH_TOKEN}> <${CLIENT_SECRET}>`
    for (const dialect of [
      { method: 'GET' },
      { body: 'json' },
      { exchange: { grantType: 'x', parameter: 'x' } },
      { errors: { code: 'error.code', message: 'error.message', meanings: { [echo]: 'invalid_grant' } } },
    ] as TokenDialect[]) {
      const { call } = await endpoint(bad({ error: { code: echo, message: echo }, error_description: echo }))
      const error = await failureOf(call({ dialect, authentication: 'body' }, byRefresh))
      const shown = `${inspect(error, { depth: 10, showHidden: true })} ${JSON.stringify(error)} ${error.message}`
      expect(shown).not.toContain(REFRESH_TOKEN)
      expect(shown).not.toContain(CLIENT_SECRET)
    }
  })

  it('can’t lead elsewhere: a redirect is not followed, and secrets of a GET stay out of it', async () => {
    const { listener, call } = await endpoint(html('302 Found', 'location: http://127.0.0.1:1/\r\n'))
    const error = await failureOf(call({ dialect: { method: 'GET' }, authentication: 'body' }, byRefresh))
    expect(error).toMatchObject({ code: 'unusable_answer', status: 302 })
    expect(listener.connections()).toBe(1)
  })
})
