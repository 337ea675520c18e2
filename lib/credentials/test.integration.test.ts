import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { auditEvents, credentials, signInFailures } from '@/db/schema'
import { startTestApi, type TestApi } from '@/test/api'
import { Contract, checkEveryAnswer } from '@/test/api-contract'
import { makeCertificate } from '@/test/certificates'
import { closedPort, egressWith, failingResolver, resolver, server } from '@/test/egress'
import { eventually } from '@/test/eventually'
import { held } from '@/test/oauth-server'
import { startUpstream, type Upstream } from '@/test/upstream'
import { openApiDocument } from '../api'
import { type Actor, operatorActor } from '../audit'
import { parseInput } from '../input'
import { type CredentialStore, credentialForm, type FormTestReport, testForm } from '.'
import { credentialStore } from './runtime'

const SECRET = 'canary-Tt5/Wq+8Zk"3 mN~1'
const scopes = ['credentials:*', 'integrations:*']

let api: TestApi
let upstream: Upstream
let contract: Contract
let account: string
let token: string

beforeAll(async () => {
  upstream = await startUpstream()
  api = await startTestApi({ FENICIA_EGRESS_ALLOW: '127.0.0.1' })
  contract = new Contract(openApiDocument())
})
afterAll(async () => {
  await api.stop()
  await upstream.close()
})
// An account of its own for each, since an account may not test often.
beforeEach(async () => {
  upstream.forget()
  account = await api.makeAccount('Tyre Trade')
  ;({ token } = await api.makeKey(account, { name: 'ERP', scopes }))
})

type Fields = Record<string, unknown>
interface Report {
  result: string
  detail: string
  advice: string | null
  stages: { server: string; stage: string; outcome: string; ms: number | null }[]
  answer: Record<'location' | 'www_authenticate' | 'retry_after' | 'excerpt', string | null> & { status: number }
  receipt: string | null
  draft_id: string | null
}

function form(fields: Fields = {}): Fields {
  return {
    type: 'api_key',
    name: 'Carrier',
    placement: { in: 'header', name: 'X-Key' },
    test: { url: `${upstream.url}/me` },
    secret: { key: SECRET },
    ...fields,
  }
}

async function call(method: string, path: string, body?: unknown) {
  const answer = await api.call(method, path, { token, body })
  checkEveryAnswer(answer)
  return answer
}

async function tested(fields: Fields = {}): Promise<Report> {
  const answer = await call('POST', '/credentials/test', form(fields))
  expect(answer.status, answer.text).toBe(200)
  contract.check('testCredentialForm', answer)
  return answer.body as Report
}

async function save(fields: Fields = {}): Promise<Fields & { id: string }> {
  const answer = await call('POST', '/credentials', form(fields))
  expect(answer.status, answer.text).toBe(201)
  return answer.body as Fields & { id: string }
}

describe('what a test finds', () => {
  it.each<[string, number, Record<string, string>, Fields, string, RegExp]>([
    ['200', 200, {}, {}, 'good', /accepted the credential \(status 200\)/],
    ['204', 204, {}, {}, 'good', /status 204/],
    ['401 with a challenge', 401, { 'www-authenticate': 'Bearer realm="x"' }, {}, 'refused', /refused.*401/],
    ['403', 403, {}, {}, 'refused', /refused.*403/],
    ['404', 404, {}, {}, 'unproven', /404.*does not prove/],
    ['400', 400, {}, {}, 'unproven', /400.*does not prove/],
    ['429 with Retry-After', 429, { 'retry-after': '17' }, {}, 'unproven', /429.*Retry-After: 17/],
    ['500', 500, {}, {}, 'unproven', /problem of its own \(status 500\)/],
    ['503', 503, {}, {}, 'unproven', /503/],
    ['a status of its own list', 404, {}, { good: ['404'] }, 'good', /404/],
    ['a class of its own list', 422, {}, { good: ['4xx'] }, 'good', /422/],
    ['200, which is not in its own list', 200, {}, { good: ['204'] }, 'unproven', /200/],
    ['401, which is not in its own list', 401, {}, { good: ['404'] }, 'refused', /401/],
  ])('of %s', async (_, status, headers, test, result, detail) => {
    upstream.respondWith(
      status,
      { 'content-type': 'application/json', ...headers },
      status === 204 ? '' : '{"said":"this"}',
    )
    const report = await tested({ test: { url: `${upstream.url}/me`, ...test } })
    expect(report).toMatchObject({ result, answer: { status }, draft_id: null })
    expect(report.detail).toMatch(detail)
    if (result !== 'good') expect(report.advice).toMatch(/\.$/)
    expect(report.answer.www_authenticate).toBe(headers['www-authenticate'] ?? null)
    expect(report.answer.retry_after).toBe(headers['retry-after'] ?? null)
    // What a service answers to whoever is let in is its data, and nothing of it is shown.
    expect(report.answer.excerpt).toBe(result === 'good' || status < 300 ? null : '{"said":"this"}')
    const last = { good: 'passed', refused: 'failed', unproven: 'unproven' }[result]
    expect(report.stages).toEqual([
      { server: 'service', stage: 'address', outcome: 'passed', ms: expect.any(Number) },
      { server: 'service', stage: 'connection', outcome: 'passed', ms: expect.any(Number) },
      { server: 'service', stage: 'request', outcome: 'passed', ms: expect.any(Number) },
      { server: 'service', stage: 'authentication', outcome: last, ms: null },
    ])
  })

  it.each<[string, Fields, (r: Upstream['received'][0] | undefined) => unknown, unknown]>([
    ['api_key in a header', {}, (r) => r?.headers['x-key'], SECRET],
    [
      'api_key in the query',
      { placement: { in: 'query', name: 'k' } },
      (r) => r?.target,
      `/me?k=${encodeURIComponent(SECRET)}`,
    ],
    [
      'bearer',
      { type: 'bearer', placement: undefined, secret: { token: 'tok-123456' } },
      (r) => r?.headers.authorization,
      'Bearer tok-123456',
    ],
    [
      'basic',
      { type: 'basic', placement: undefined, secret: { username: 'ñ', password: 'p' } },
      (r) => r?.headers.authorization,
      `Basic ${Buffer.from('ñ:p').toString('base64')}`,
    ],
    [
      'headers',
      { type: 'headers', placement: undefined, headers: ['X-A'], secret: { 'X-A': 'v' } },
      (r) => r?.headers['x-a'],
      'v',
    ],
  ])('is found with exactly one request, as the form says: %s', async (_, fields, read, expected) => {
    await tested(fields)
    expect(upstream.received).toHaveLength(1)
    const [one] = upstream.received
    expect(one).toMatchObject({ method: 'GET', body: '' })
    expect(read(one)).toBe(expected)
    expect(one?.rawHeaders.join()).not.toContain('fn_live_')
  })

  it.each(['HEAD', 'OPTIONS'])('is found with %s', async (method) => {
    expect(await tested({ test: { method, url: upstream.url } })).toMatchObject({ result: 'good' })
    expect(upstream.received).toMatchObject([{ method }])
  })

  it('of a redirect is told and not followed, and nothing is sent to where it leads', async () => {
    const second = await startUpstream()
    try {
      for (const status of [301, 302, 303, 307, 308]) {
        upstream.respondWith(status, { location: `${second.url}/me?next=1` })
        const report = await tested()
        expect(report.detail).toContain(`${second.url}/me`)
        expect(report.detail).toContain('not followed')
        expect(report.answer.location).toBe(`${second.url}/me`)
      }
      expect(second.connections()).toBe(0)
    } finally {
      await second.close()
    }
  })

  it.each<[string, string | undefined, string, Fields?]>([
    ['nothing', undefined, 'good'],
    ['another path', '/v2/me', 'good'],
    ['a path that only begins alike', '/authors/logins', 'good'],
    ['a page to log in', '/login?next=/me', 'unproven'],
    ['such a page, deeper', '/accounts/Sign-In/', 'unproven'],
    ['such a page, of a kind of file', '/users/log_in.php', 'unproven'],
    ['single sign-on', '/sso', 'unproven'],
    ['what begins an authorization', '/auth/start', 'unproven'],
    ['such a page, with a parameter in its path', '/login;jsessionid=0A1B', 'unproven'],
    ['such a page, of a kind of its own', '/wp-login.php?redirect_to=x', 'unproven'],
    ['such a page, within a page', '/#/login?next=me', 'unproven'],
    ['where one authorizes', '/oauth2/authorize?client_id=x', 'unproven'],
    ['what nobody can read', 'http://[', 'unproven'],
    ['another host', 'https://id.example.com/', 'unproven'],
    ['another port', 'http://127.0.0.1:1/me', 'unproven'],
    ['a page to log in, which counts as good', '/login', 'good', { good: ['3xx'] }],
    ['a page to log in, beside one to which the test goes itself', '/auth/me/', 'good', { url: '/auth/me' }],
  ])('of a redirect to %s', async (_, location, result, { url = '/me', ...test } = {}) => {
    upstream.respondWith(302, location === undefined ? {} : { location })
    const report = await tested({ test: { url: `${upstream.url}${url}`, ...test } })
    expect(report).toMatchObject({ result, advice: result === 'good' ? null : expect.stringMatching(/count as good/) })
    if (result === 'unproven') expect(report.detail).toMatch(/redirects to .* \(status 302\), .* does not prove/)
  })

  it('of a redirect to a page to log in, where the secret is too short for anything to be shown', async () => {
    upstream.respondWith(302, { location: '/login' })
    const report = await tested({ secret: { key: 'ab' } })
    expect(report).toMatchObject({ result: 'unproven', answer: { location: null } })
    expect(report.detail).not.toContain('/login')
  })

  it('of a port at which nobody listens', async () => {
    const port = await closedPort()
    const report = await tested({ test: { url: `http://127.0.0.1:${port}/` } })
    expect(report).toMatchObject({
      result: 'failed',
      answer: null,
      stages: [
        { stage: 'address', outcome: 'passed' },
        { stage: 'connection', outcome: 'failed', ms: null },
      ],
    })
    expect(report.advice).toMatch(/port/)
  })

  it('of a server that breaks off, or speaks something else', async () => {
    const breaking = await server((socket) => socket.destroy())
    expect(await tested({ test: { url: `http://127.0.0.1:${breaking.port}/` } })).toMatchObject({
      result: 'failed',
      answer: null,
    })
    const other = await server((socket) => socket.end('220 mail ready\r\n'))
    expect(await tested({ test: { url: `http://127.0.0.1:${other.port}/` } })).toMatchObject({
      result: 'failed',
      answer: null,
    })
  })
})

describe('what a test finds on its way', () => {
  const NAME = 'erp.example.com'
  const actor = () => ({ ...operatorActor(account), id: 'usr_1' }) as Actor & { id: string }
  const run = (egress: CredentialStore['egress'], url: string, fields: Fields = {}): Promise<FormTestReport> =>
    testForm({ ...credentialStore(), egress }, actor(), parseInput(credentialForm, form({ test: { url }, ...fields })))
  const failing = (report: FormTestReport) => [
    report.result,
    report.stages.at(-1)?.stage,
    report.stages.at(-1)?.outcome,
  ]

  it('a name that there is not, or that can’t be looked up', async () => {
    const unknown = await run(egressWith([], { resolve: failingResolver('ENOTFOUND') }), `https://${NAME}/`)
    expect(failing(unknown)).toEqual(['failed', 'address', 'failed'])
    expect(unknown.detail).toMatch(/No server has this name/)
    const unavailable = await run(egressWith([], { resolve: failingResolver('EAI_AGAIN') }), `https://${NAME}/`)
    expect(unavailable.detail).toMatch(/could not be looked up/)
  })

  it.each([
    ['127.0.0.1'],
    ['10.1.2.3'],
    ['169.254.169.254'],
    ['::1'],
    ['::ffff:127.0.0.1'],
    ['fd00::1'],
    ['100.64.0.1'],
    ['0.0.0.0'],
  ])('an address that may not be called, of which nothing is told: %s', async (address) => {
    const report = await run(egressWith([], { resolve: resolver([address]) }), `https://${NAME}:${upstream.port}/`)
    const { receipt: _receipt, testedAt: _at, ...told } = report
    expect(told).toEqual({
      result: 'failed',
      detail: 'This address may not be called.',
      advice: expect.stringContaining('FENICIA_EGRESS_ALLOW'),
      stages: [{ server: 'service', stage: 'address', outcome: 'failed', ms: null }],
      answer: null,
      draftId: null,
    })
    expect(JSON.stringify(told)).not.toContain(address)
    expect(upstream.connections()).toBe(0)
  })

  it('a certificate, each with its words, before the secret is sent', async () => {
    const authority = makeCertificate('Authority')
    const egress = () => egressWith([NAME], { resolve: resolver(['127.0.0.1']), ca: [authority.cert] })
    for (const [made, words] of [
      [makeCertificate(NAME), /self-signed/],
      [makeCertificate(NAME, authority, [-9, -1]), /expired/],
      [makeCertificate('other.example.com', authority), /another name/],
      [makeCertificate(NAME, makeCertificate('Nobody')), /not trusted/],
    ] as const) {
      const listener = await server((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'), {
        tls: { cert: made.cert, key: made.key },
      })
      const report = await run(egress(), `https://${NAME}:${listener.port}/`)
      expect(failing(report)).toEqual(['failed', 'tls', 'failed'])
      expect(report.detail).toMatch(words)
      expect(listener.received()).not.toMatch(/GET|canary/)
    }
    const good = makeCertificate(NAME, authority)
    const listener = await server((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'), {
      tls: { cert: good.cert, key: good.key },
    })
    const report = await run(egress(), `https://${NAME}:${listener.port}/`)
    expect(report.stages.map(({ stage }) => stage)).toEqual([
      'address',
      'connection',
      'tls',
      'request',
      'authentication',
    ])
    expect(report.result).toBe('good')
  })

  it('a service that is too slow, whether it is its headers or its body', async () => {
    const real = egressWith(['127.0.0.1/32'])
    const impatient: CredentialStore['egress'] = {
      policy: real.policy,
      request: (url, options) =>
        real.request(url, { ...options, limits: { ...options?.limits, headersMs: 1_000, totalMs: 1_500 } }),
    }
    const silent = await server(() => {})
    const report = await run(impatient, `http://127.0.0.1:${silent.port}/`)
    expect(failing(report)).toEqual(['failed', 'request', 'failed'])
    expect(report.detail).toMatch(/in time/)
    // The status says all that is asked: a body that never ends takes nothing from it.
    const endless = await server((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 99\r\n\r\nabc'),
    )
    expect(await run(impatient, `http://127.0.0.1:${endless.port}/`)).toMatchObject({
      result: 'good',
      answer: { excerpt: null },
    })
  })

  it('the end that the caller made of it', async () => {
    const silent = await server(() => {})
    const gone = new AbortController()
    const running = testForm(
      { ...credentialStore(), egress: egressWith(['127.0.0.1/32']) },
      actor(),
      parseInput(credentialForm, form({ test: { url: `http://127.0.0.1:${silent.port}/` } })),
      null,
      { signal: gone.signal },
    )
    await eventually(() => expect(silent.received()).toContain('GET'))
    gone.abort()
    expect(await running).toMatchObject({ result: 'failed' })
    await eventually(() => expect(silent.open()).toBe(0))
  })
})

/** How servers spell what they echo. */
const base64 = (text: string) => Buffer.from(text).toString('base64')
const unicode = (text: string) => text.replace(/./g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
const lower = (text: string) => text.replace(/%../g, (code) => code.toLowerCase())
const spellings: [string, (secret: string) => string][] = [
  ['raw', (secret) => secret],
  ['in capitals', (secret) => secret.toUpperCase()],
  ['base64', base64],
  ['base64, one byte later', (secret) => base64(`a${secret}`).slice(2)],
  ['base64, two bytes later', (secret) => base64(`ab${secret}`).slice(3)],
  ['base64 of user and password', (secret) => base64(`user:${secret}`).slice(7)],
  ['base64url', (secret) => Buffer.from(secret).toString('base64url')],
  ['hexadecimal', (secret) => Buffer.from(secret).toString('hex')],
  ['hexadecimal in capitals', (secret) => Buffer.from(secret).toString('hex').toUpperCase()],
  ['URL-encoded', encodeURIComponent],
  ['URL-encoded in small letters', (secret) => lower(encodeURIComponent(secret))],
  ['every byte URL-encoded', (secret) => Buffer.from(secret).toString('hex').replace(/../g, '%$&')],
  ['of a form', (secret) => new URLSearchParams({ '': secret }).toString().slice(1)],
  ['in JSON', (secret) => JSON.stringify(secret).slice(1, -1)],
  [
    'in JSON with escaped slashes, as PHP writes it',
    (secret) => JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/'),
  ],
  ['base64 in JSON with escaped slashes', (secret) => base64(secret).replaceAll('/', '\\/')],
  ['in JSON with every character escaped', unicode],
]

/** What is left of a secret in a text: eight characters of its spelling in a row are more than chance. */
function expectNothingOf(spelled: string, texts: (string | null | undefined)[]): void {
  const pieces =
    spelled.length < 8 ? [spelled] : Array.from({ length: spelled.length - 7 }, (_, at) => spelled.slice(at, at + 8))
  for (const text of texts) for (const piece of pieces) expect(text ?? '').not.toContain(piece)
}

const shownIn = ({ detail, advice, answer }: Report) => [
  detail,
  advice,
  answer.location,
  answer.www_authenticate,
  answer.retry_after,
  answer.excerpt,
]

describe('a secret that the service echoes', () => {
  it.each(spellings)('is blanked: %s', async (_, spell) => {
    const spelled = spell(SECRET)
    const isForHeader = /^[\x20-\x7e]*$/.test(spelled)
    upstream.respondWith(
      401,
      {
        'content-type': 'application/json',
        ...(isForHeader ? { 'www-authenticate': `Bearer error="${spelled}"`, 'retry-after': spelled } : {}),
        ...(spelled.includes('\\') ? {} : { location: `/${spelled.includes('%') ? spelled : encodeURI(spelled)}/x` }),
      },
      `{"error":"the key ${spelled} is unknown; ${spelled}${spelled}"}`,
    )
    const report = await tested()
    expect(report.answer.excerpt).toMatch(/^\{"error":"the key /)
    expectNothingOf(spelled, shownIn(report))
    expectNothingOf(SECRET, shownIn(report))
    // That of a stored one too, and what is kept of it.
    const { id } = await save()
    const answer = await call('POST', `/credentials/${id}/test`)
    contract.check('testCredential', answer)
    expectNothingOf(spelled, shownIn(answer.body as Report))
    expectNothingOf(spelled, [(await call('GET', `/credentials/${id}`)).text])
  })

  it('is blanked where it stands in the address of a redirect, also with the slashes that a backslash becomes', async () => {
    const secret = 'canary\\Wq8\\Zk3mN1'
    upstream.respondWith(302, { location: `/back/${secret}/x` })
    const report = await tested({ secret: { key: secret } })
    expectNothingOf(secret.replaceAll('\\', '/'), shownIn(report))
  })

  it('is blanked to its end where the body is longer than what is read of it', async () => {
    const secret = `canary-${'0123456789abcdef'.repeat(250)}`
    upstream.respondWith(401, { 'content-type': 'text/plain' }, Array(40).fill(secret).join(' '))
    const report = await tested({ secret: { key: secret } })
    expectNothingOf('canary-0123456789', shownIn(report))
    expectNothingOf('0123456789abcdef', shownIn(report))
  })

  it('is blanked where control characters stand between its letters, which are shown as spaces', async () => {
    upstream.respond((_, response) => {
      response
        .writeHead(401, { 'content-type': 'text/plain; charset=utf-16le' })
        .end(Buffer.from(`key ${SECRET}`, 'utf16le'))
    })
    const report = await tested()
    expectNothingOf([...SECRET].join(' '), shownIn(report))
  })

  it.each([
    ['a key', { secret: { key: 'k-1' } }],
    ['a user name', { type: 'basic', placement: undefined, secret: { username: 'ana', password: 'long-enough-1' } }],
    [
      'one of several headers',
      {
        type: 'headers',
        placement: undefined,
        headers: ['X-A', 'X-B'],
        secret: { 'X-A': 'v', 'X-B': 'long-enough-1' },
      },
    ],
  ])('that is short hides all that the service said: %s', async (_, fields) => {
    upstream.respondWith(
      401,
      { 'content-type': 'text/plain', 'www-authenticate': 'X k-1 ana v', 'retry-after': 'k-1', location: '/k-1' },
      'k-1 ana v',
    )
    const { answer, detail } = await tested(fields)
    expect(answer).toEqual({ status: 401, location: null, www_authenticate: null, retry_after: null, excerpt: null })
    expect(detail).toBe('The service refused the credential (status 401).')
  })

  it('is blanked where its UTF-8 is read byte by byte, as of a header', async () => {
    const secret = 'contraseña-canary'
    const bytewise = Buffer.from(secret).toString('latin1')
    upstream.respond((_, response) => {
      response
        .writeHead(401, {
          'content-type': 'text/plain',
          'www-authenticate': `X ${bytewise}`,
          location: `/of/${bytewise}`,
        })
        .end(Buffer.concat([Buffer.from(`${secret} `), Buffer.from([0xff])]))
    })
    const fields = { type: 'basic', placement: undefined, secret: { username: 'somebody', password: secret } }
    const report = await tested(fields)
    expect(report.answer.www_authenticate).toBe('X [secret]')
    expect(report.answer.location).toBe(`${upstream.url}/of/[secret]`)
    for (const part of [secret, bytewise, 'contrase']) expectNothingOf(part, shownIn(report))
  })

  it('that is empty hides nothing of what the service said', async () => {
    upstream.respondWith(401, { 'content-type': 'text/plain', 'www-authenticate': 'Basic realm="x"' }, 'no')
    const secret = { username: 'sk_live_0123456789', password: '' }
    expect((await tested({ type: 'basic', placement: undefined, secret })).answer).toMatchObject({
      www_authenticate: 'Basic realm="x"',
      excerpt: 'no',
    })
  })

  it('is shown as little of as there is room for, and only where it is text', async () => {
    upstream.respondWith(401, { 'content-type': 'text/html' }, 'a'.repeat(5_000))
    expect((await tested()).answer.excerpt).toHaveLength(600)
    upstream.respondWith(401, { 'content-type': 'image/png' }, 'abc')
    expect((await tested()).answer.excerpt).toBeNull()
    upstream.respondWith(401, {}, 'abc')
    expect((await tested()).answer.excerpt).toBeNull()
  })
})

describe('the limit', () => {
  it('lets an account test 30 times in five minutes, whatever is tested and however many at once', async () => {
    const { id } = await save()
    const answers = await Promise.all(
      Array.from({ length: 36 }, (_, at) =>
        at % 3 === 0
          ? call('POST', `/credentials/${id}/test`)
          : at % 3 === 1
            ? call('POST', `/credentials/${id}/test`, { name: 'Changed' })
            : call('POST', '/credentials/test', form()),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(30)
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(6)
    expect(upstream.received).toHaveLength(30)
    for (const answer of refused) {
      expect(answer.body).toMatchObject({ code: 'RATE_LIMITED', detail: expect.stringMatching(/again in \d+ seconds/) })
    }
    // Another account tests on.
    ;({ token } = await api.makeKey(await api.makeAccount('Another'), { scopes }))
    expect((await call('POST', '/credentials/test', form())).status).toBe(200)
    await api.runtime.database.db.delete(signInFailures)
  })

  it('says in a header too how long to wait', async () => {
    const answers = await Promise.all(Array.from({ length: 31 }, () => call('POST', '/credentials/test', form())))
    const refused = answers.find(({ status }) => status === 429)
    expect(refused?.headers.get('retry-after')).toMatch(/^\d+$/)
  })

  it('does not count what is refused before it is sent', async () => {
    for (let time = 0; time < 40; time += 1) {
      expect((await call('POST', '/credentials/test', form({ secret: {} }))).status).toBe(400)
    }
    expect((await tested()).result).toBe('good')
  })
})

describe('a form without a test request', () => {
  it('is refused, naming the field', async () => {
    const answer = await call('POST', '/credentials/test', form({ test: null, hosts: [upstream.url] }))
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'test.url', code: 'missing_field' }] } })
    const { id } = await save({ test: null, hosts: [upstream.url] })
    const stored = await call('POST', `/credentials/${id}/test`)
    expect(stored).toMatchObject({ status: 400, body: { errors: [{ field: 'test.url', code: 'missing_field' }] } })
    contract.check('testCredential', stored)
    expect(upstream.connections()).toBe(0)
  })
})

describe('a receipt', () => {
  it('saves the form that was tested as tested, with what was found and by whom', async () => {
    const { receipt } = await tested()
    const saved = await save({ receipt, name: 'Another name' })
    expect(saved.last_test).toMatchObject({ result: 'good', detail: expect.stringContaining('200'), by: 'ERP' })
    upstream.respondWith(401)
    const refused = await tested()
    expect((await save({ receipt: refused.receipt, name: 'Refused' })).last_test).toMatchObject({ result: 'refused' })
  })

  it.each<[string, Fields]>([
    ['the secret', { secret: { key: `${SECRET}x` } }],
    ['the header', { placement: { in: 'header', name: 'X-Kez' } }],
    ['the prefix', { placement: { in: 'header', name: 'X-Key', prefix: 'a' } }],
    ['the place', { placement: { in: 'query', name: 'X-Key' } }],
    ['the type', { type: 'bearer', placement: undefined, secret: { token: 'tok-123456' } }],
    ['one more host', { hosts: ['https://api.example.com'] }],
    ['the path of the test', { test: { url: 'UPSTREAM/you' } }],
    ['the query of the test', { test: { url: 'UPSTREAM/me?a=1' } }],
    ['the method of the test', { test: { url: 'UPSTREAM/me', method: 'HEAD' } }],
    ['what counts as good', { test: { url: 'UPSTREAM/me', good: ['2xx'] } }],
  ])('is of no use once another is %s', async (_, fields) => {
    const change = JSON.parse(JSON.stringify(fields).replaceAll('UPSTREAM', upstream.url)) as Fields
    if ('type' in fields) change.placement = undefined
    const { receipt } = await tested()
    expect((await save({ ...change, receipt })).last_test).toBeNull()
  })

  it('is of no use in another account, damaged, or made up', async () => {
    const { receipt } = await tested()
    const damaged = `${receipt?.slice(0, -3)}abc`
    expect((await save({ receipt: damaged, name: 'Damaged' })).last_test).toBeNull()
    expect((await save({ receipt: 'x', name: 'Made up' })).last_test).toBeNull()
    const [head = '', payload = ''] = (receipt ?? '').split('.')
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
    expect((await save({ receipt: none, name: 'None' })).last_test).toBeNull()
    expect(Buffer.from(head + payload, 'base64url').toString('utf8')).not.toContain('canary')
    ;({ token } = await api.makeKey(await api.makeAccount('Another'), { scopes }))
    expect((await save({ receipt })).last_test).toBeNull()
  })

  it('of changes is of no use once what is stored has changed since', async () => {
    const { id } = await save()
    const changes = { test: { url: `${upstream.url}/you` } }
    const first = (await call('POST', `/credentials/${id}/test`, changes)).body as Report
    await call('PATCH', `/credentials/${id}`, { secret: { key: 'another-secret-1' } })
    const saved = await call('PATCH', `/credentials/${id}`, { ...changes, receipt: first.receipt })
    expect(saved.body).toMatchObject({ last_test: null })
    const second = (await call('POST', `/credentials/${id}/test`, { placement: { in: 'header', name: 'X-2' } }))
      .body as Report
    const again = await call('PATCH', `/credentials/${id}`, {
      placement: { in: 'header', name: 'X-2' },
      receipt: second.receipt,
    })
    expect(again.body).toMatchObject({ last_test: { result: 'good' } })
  })
})

describe('a test of a stored credential', () => {
  it('is kept with it, audited, until something is changed that is sent', async () => {
    const { id } = await save()
    const answer = await call('POST', `/credentials/${id}/test`)
    expect(answer.body).toMatchObject({ result: 'good', receipt: null, draft_id: null })
    const read = async () => ((await call('GET', `/credentials/${id}`)).body as Fields).last_test
    expect(await read()).toMatchObject({ result: 'good', by: 'ERP' })
    await call('PATCH', `/credentials/${id}`, { name: 'Renamed' })
    expect(await read()).toMatchObject({ result: 'good' })
    await call('PATCH', `/credentials/${id}`, { secret: { key: 'another-secret-1' } })
    expect(await read()).toBeNull()
    const rows = await api.runtime.database.db.select().from(auditEvents).where(eq(auditEvents.targetId, id))
    expect(rows.map(({ action }) => action)).toContain('credential.tested')
  })

  it('with changes stores nothing', async () => {
    const { id, ...before } = await save()
    const [row] = await api.runtime.database.db.select().from(credentials).where(eq(credentials.id, id))
    const answer = await call('POST', `/credentials/${id}/test`, { placement: { in: 'header', name: 'X-New' } })
    expect(answer.body).toMatchObject({ result: 'good', receipt: expect.any(String) })
    expect(upstream.received.at(-1)?.headers['x-new']).toBe(SECRET)
    expect((await call('GET', `/credentials/${id}`)).body).toEqual({ id, ...before })
    expect(await api.runtime.database.db.select().from(credentials).where(eq(credentials.id, id))).toEqual([row])
  })

  it('is not kept when the credential is changed meanwhile', async () => {
    const { id } = await save()
    const { promise, proceed } = held()
    upstream.respond(async (_, response) => {
      await promise
      response.end()
    })
    const running = call('POST', `/credentials/${id}/test`)
    await eventually(() => expect(upstream.received).toHaveLength(1))
    expect((await call('PATCH', `/credentials/${id}`, { secret: { key: 'another-secret-1' } })).status).toBe(200)
    proceed()
    expect((await running).body).toMatchObject({ result: 'good' })
    expect((await call('GET', `/credentials/${id}`)).body).toMatchObject({ last_test: null })
  })
})
