import { afterAll, describe, expect, it } from 'vitest'
import { startTestApi } from '@/test/api'
import { checkEveryAnswer, operationsOf } from '@/test/api-contract'
import { apiFetch, openApiDocument } from './index'

// What comes before a call is looked at: its headers, its method, its address.

const api = await startTestApi({ FENICIA_LOG_LEVEL: 'error' })
afterAll(() => api.stop())
const account = await api.makeAccount('Ana’s shop')
const { id, token } = await api.makeKey(account, { name: 'Caller', scopes: ['keys:*'] })

const codeOf = (body: unknown) => (body as { code?: string } | undefined)?.code
const raw = (...lines: string[]) => api.sendRaw(`${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`)
const GET_ME = ['GET /api/v1/me HTTP/1.1', 'Host: localhost']

describe('the Authorization header', () => {
  it.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('takes the scheme as %s', async (scheme) => {
    const { status } = await api.call('GET', '/me', { headers: { Authorization: `${scheme} ${token}` } })
    expect(status).toBe(200)
  })

  it.each([
    ['', 'INVALID_AUTHORIZATION_FORMAT'],
    ['Bearer', 'INVALID_AUTHORIZATION_FORMAT'],
    ['Bearer ', 'INVALID_AUTHORIZATION_FORMAT'],
    [token, 'INVALID_AUTHORIZATION_FORMAT'],
    [`Bearer${token}`, 'INVALID_AUTHORIZATION_FORMAT'],
    [`Bearer ${token} ${token}`, 'INVALID_AUTHORIZATION_FORMAT'],
    [`Bearer ${token},Bearer ${token}`, 'INVALID_AUTHORIZATION_FORMAT'],
    [`Basic ${btoa(`${id}:${token}`)}`, 'INVALID_AUTHORIZATION_FORMAT'],
    [`Bearer ${'a'.repeat(8_000)}`, 'INVALID_AUTHORIZATION_FORMAT'],
    [`Bearer "${token}"`, 'INVALID_API_KEY'],
    [`Bearer ${token}x`, 'INVALID_API_KEY'],
    [`Bearer ${token.slice(0, -1)}`, 'INVALID_API_KEY'],
    [`Bearer ${token.toUpperCase()}`, 'INVALID_API_KEY'],
    [`Bearer ${token.replace('fn_live', 'fn_test')}`, 'INVALID_API_KEY'],
    ['Bearer null', 'INVALID_API_KEY'],
  ])('refuses %j with %s', async (value, code) => {
    const answer = await api.call('GET', '/me', { headers: { Authorization: value } })
    expect([answer.status, codeOf(answer.body)]).toEqual([401, code])
    checkEveryAnswer(answer)
    expect(answer.text).not.toContain(token.slice(8))
    expect(answer.headers.get('www-authenticate')).toContain(
      code === 'INVALID_API_KEY' ? 'invalid_token' : 'invalid_request',
    )
  })

  it('is asked for without naming an error when there was none', async () => {
    const { headers } = await api.call('GET', '/me')
    expect(headers.get('www-authenticate')).toBe('Bearer realm="Fenicia"')
  })

  it.each([
    ['the same twice', `Authorization: Bearer ${token}`, `Authorization: Bearer ${token}`],
    ['a good one first', `Authorization: Bearer ${token}`, 'authorization: Bearer other'],
    ['a good one last', 'AUTHORIZATION: Bearer other', `Authorization: Bearer ${token}`],
  ])('is refused when there are several: %s', async (_, ...headers) => {
    const text = await raw(...GET_ME, ...headers)
    expect(text).toMatch(/^HTTP\/1\.1 401 /)
    expect(text).toContain('"code":"INVALID_AUTHORIZATION_FORMAT"')
    expect(text).toContain('this request has several')
  })

  it('is refused when there are several, as Basic and through the portable mount too', async () => {
    const basic = `Basic ${btoa(`${id}:${token}`)}`
    const form = ['Content-Type: application/x-www-form-urlencoded', 'Content-Length: 7', `Authorization: ${basic}`]
    const text = await api.sendRaw(
      `${['POST /api/v1/introspect HTTP/1.1', 'Host: localhost', ...form, `Authorization: ${basic}`, 'Connection: close', '', 'token=x'].join('\r\n')}`,
    )
    expect(text).toMatch(/^HTTP\/1\.1 401 /)
    expect(text).toContain('this request has several')

    const authorization = `Bearer ${token}`
    const request = new Request('http://localhost/api/v1/me', { headers: { authorization } })
    const incoming = {
      headers: { authorization },
      rawHeaders: ['Authorization', authorization, 'authorization', authorization],
      socket: {},
    }
    expect((await apiFetch(request, { incoming: incoming as never })).status).toBe(401)
  })
})

describe('a token in the query', () => {
  it.each([
    ['as it is', `?token=${token}`],
    ['in the name', `?${token}`],
    ['percent-encoded', `?t=${token.replaceAll('_', '%5F')}`],
    ['percent-encoded whole', `?t=${[...token].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')}`],
    ['beside what can’t be decoded', `?x=%&y=%ff&t=${token.replaceAll('_', '%5f')}`],
  ])('is refused %s, even with a good header, and not repeated', async (_, query) => {
    for (const path of ['/me', '/keys', '/nowhere']) {
      const answer = await api.call('GET', `${path}${query}`, { token })
      expect([answer.status, codeOf(answer.body)]).toEqual([400, 'TOKEN_IN_URL'])
      checkEveryAnswer(answer)
      expect(answer.text).not.toContain(token.slice(8))
    }
  })

  it('is refused through the portable mount', async () => {
    expect((await apiFetch(new Request(`http://localhost/api/v1/me?t=${token}`), {})).status).toBe(400)
  })

  it('is not to be confused with words that begin like one', async () => {
    expect((await api.call('GET', '/keys?q=fn_live_', { token })).status).toBe(200)
  })
})

describe('the method', () => {
  const operations = operationsOf(openApiDocument())
  // What stands below an integration is the service's, whatever the method.
  const ours = operations.filter(({ path }) => !path.includes('/proxy/'))
  const paths = [...new Set(ours.map(({ path }) => path)), '/openapi.json']
  const methodsOf = (path: string) => {
    const documented = operations.filter((operation) => operation.path === path)
    const methods = path === '/openapi.json' ? ['GET'] : documented.map(({ method }) => method)
    return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort()
  }
  const allowed = (headers: Headers) => (headers.get('allow') ?? '').split(', ').sort()

  it.each(paths)('of %s is one that it has: any other is refused with those in Allow', async (path) => {
    const url = path.replace('{id}', id)
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'QUERY']) {
      if (methodsOf(path).includes(method)) continue
      const answer = await api.call(method, url, { token })
      expect([method, answer.status]).toEqual([method, 405])
      checkEveryAnswer(answer)
      expect(allowed(answer.headers)).toEqual(methodsOf(path))
    }
  })

  it.each(paths)('OPTIONS of %s tells its methods, without a key', async (path) => {
    const answer = await api.call('OPTIONS', path.replace('{id}', id))
    expect([answer.status, answer.text]).toEqual([204, ''])
    checkEveryAnswer(answer)
    expect(allowed(answer.headers)).toEqual(methodsOf(path))
  })

  it.each(paths.filter((path) => methodsOf(path).includes('GET')))(
    'HEAD of %s is GET without the body',
    async (path) => {
      for (const call of [{ token }, {}, { token: `${token}x` }]) {
        const [head, get] = [
          await api.call('HEAD', path.replace('{id}', id), call),
          await api.call('GET', path.replace('{id}', id), call),
        ]
        expect([head.status, head.text]).toEqual([get.status, ''])
        checkEveryAnswer(head)
        for (const name of ['content-type', 'www-authenticate'])
          expect(head.headers.get(name)).toBe(get.headers.get(name))
      }
    },
  )
})

describe('the address', () => {
  it.each(['', '/', '/me/', '/ME', '/keys/x/y', '/nowhere', '/__proto__', '/keys/key_1/constructor'])(
    'answers 404 for %j, whatever the method',
    async (path) => {
      for (const method of ['GET', 'POST', 'OPTIONS', 'DELETE']) {
        const answer = await api.call(method, path, { token })
        expect([answer.status, codeOf(answer.body)]).toEqual([404, 'NOT_FOUND'])
        checkEveryAnswer(answer)
      }
    },
  )

  it('of a key may be anything, and is then no key’s', async () => {
    for (const odd of ['%00', '%ff', '%ed%a0%80', '%', '%2e%2e', '..%2f..', "'--", 'k'.repeat(6_000), '%f0%9f%94%91']) {
      const answer = await api.call('GET', `/keys/${odd}`, { token })
      expect([odd.slice(0, 20), answer.status]).toEqual([odd.slice(0, 20), 404])
      checkEveryAnswer(answer)
    }
  })

  it.each([
    ['leaves the API', 'GET /api/v1/../../etc/passwd HTTP/1.1', 'Host: localhost', 404],
    ['holds a backslash', 'GET /api/v1/\\me HTTP/1.1', 'Host: localhost', 400],
    ['has a Host that is none', 'GET /api/v1/me HTTP/1.1', 'Host: not a host', 400],
    ['has a Host with credentials', 'GET /api/v1/me HTTP/1.1', 'Host: me@localhost', 400],
  ])('is refused as a problem when it %s', async (_, line, host, status) => {
    const text = await raw(line, host, `Authorization: Bearer ${token}`)
    expect(text).toContain(`HTTP/1.1 ${status} `)
    expect(text).toMatch(/^Content-Type: application\/problem\+json\r$/im)
    expect(text).toMatch(/^Cache-Control: no-store\r$/im)
    expect(text).toMatch(/^X-Request-Id: req_[0-9a-f]{32}\r$/im)
  })
})

describe('/me as the authorization sub-request of a gateway', () => {
  it('answers 200 or 401 whatever of the original request is handed on', async () => {
    const handedOn = {
      'X-Original-URI': '/orders?page=2',
      'Content-Type': 'multipart/form-data; boundary=x',
      Cookie: 'a=b',
    }
    for (const method of ['GET', 'HEAD']) {
      const call = { headers: handedOn, body: 'x'.repeat(100_000) }
      expect((await api.call(method, '/me?page=2&page=3', { ...call, token })).status).toBe(200)
      expect((await api.call(method, '/me?page=2', { ...call, token: `${token}x` })).status).toBe(401)
      expect((await api.call(method, '/me?page=2', call)).status).toBe(401)
    }
  })
})

it('tells pages of other origins nothing, unless some are configured', async () => {
  for (const method of ['GET', 'OPTIONS']) {
    const headers = { Origin: 'https://app.example.org', 'Access-Control-Request-Method': 'GET' }
    const answer = await api.call(method, '/me', { token, headers })
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
  }
})

it('answers by HTTP/1.0 as well, which needs to name no host', async () => {
  const account = await api.makeAccount('Old Gateway')
  const { token } = await api.makeKey(account, {})
  for (const path of ['me', 'me?', 'nothing']) {
    const answer = await api.sendRaw(`GET /api/v1/${path} HTTP/1.0\r\nAuthorization: Bearer ${token}\r\n\r\n`)
    expect(answer).toMatch(path === 'nothing' ? /^HTTP\/1.1 404 / : /^HTTP\/1.1 200 /)
  }
})
