import { expect, it } from 'vitest'
import { eventually } from '@/test/eventually'
import {
  BREAKS_OFF,
  bad,
  byClient,
  byRefresh,
  endpoint,
  failureOf,
  good,
  html,
  json,
  REFRESH_TOKEN,
} from '@/test/token-endpoint'
import { isEgressError } from '../egress/errors'
import { Secret } from '../vault/secret'
import type { Grant, OAuthClient, ObtainedTokens } from './token-endpoint'

// What real token endpoints do, and a client must survive: the whole list, each behaviour once, in its order. An endpoint
// answers on a real socket, with the bytes that are written here. Other oddities are in token-endpoint.test.ts.
//
// Of what is not one call, other tests tell:
// 3. an answer that is lost after the provider has rotated the token: token-keeper.integration.test.ts, “keeps tokens”,
//    and lease.integration.test.ts.
// 5. an access token that is revoked before its end: token-keeper.integration.test.ts, “after a 401, unless tokens are
//    there that are newer”; lib/integrations answers a call's 401 so.
// 6. two workers at once: token-keeper.integration.test.ts, “renews once”, with strict rotation.

interface Row {
  behaviour: string
  answers: string[]
  client?: Partial<OAuthClient>
  grant?: Grant
  timeoutMs?: number
  /** Of the tokens that are obtained. */
  tokens?: Partial<Record<'accessToken' | 'refreshToken' | 'scope' | 'seconds' | 'refreshSeconds', unknown>>
  /** Of the OAuthError that is thrown. */
  error?: Record<string, unknown>
  /** Code of the EgressError that is thrown. */
  broken?: string
  /** What the endpoint has got. */
  sent?: { basic?: string; form?: Record<string, string> }
  calls?: number
}

const now = Math.round(Date.now() / 1000)
const iso = (seconds: number) => new Date(seconds * 1000).toISOString()
const dateOf = (seconds: number) =>
  `date: ${new Date(seconds * 1000).toUTCString()}\r\ncontent-type: application/json\r\n`
const said = (error: string, words = 'No.') => ({ error, error_description: words })
const permanent = (error: string, status = 400) => ({ code: 'refused', error, status, isPermanent: true })
const unusable = (status: number) => ({ code: 'unusable_answer', error: null, status, isPermanent: false })
const unavailable = (status: number, retryAfterMs: number | null) => ({
  code: 'unavailable',
  status,
  retryAfterMs,
  isPermanent: false,
})

const rows: Record<string, Row[]> = {
  '1. the answer': [
    { behaviour: 'no refresh_token: the old one is kept', answers: [good()], tokens: { refreshToken: REFRESH_TOKEN } },
    {
      behaviour: 'a refresh_token of null: the old one is kept',
      answers: [good({ refresh_token: null })],
      tokens: { refreshToken: REFRESH_TOKEN },
    },
    {
      behaviour: 'an empty refresh_token: the old one is kept',
      answers: [good({ refresh_token: '' })],
      tokens: { refreshToken: REFRESH_TOKEN },
    },
    {
      behaviour: 'a new refresh_token: it replaces the old one',
      answers: [good({ refresh_token: 'rt-2' })],
      tokens: { refreshToken: 'rt-2' },
    },
    {
      behaviour: 'a refresh_token for client credentials: none is kept',
      answers: [good({ refresh_token: 'rt-2' })],
      grant: byClient,
      tokens: { refreshToken: undefined },
    },
    { behaviour: 'expires_in is a number', answers: [good({ expires_in: 3600 })], tokens: { seconds: 3600 } },
    { behaviour: 'expires_in is missing', answers: [good()], tokens: { seconds: null } },
    { behaviour: 'expires_in is a string', answers: [good({ expires_in: '21600' })], tokens: { seconds: 21600 } },
    {
      behaviour: 'expires_in is absolute',
      answers: [good({ expires_in: now + 3600 })],
      tokens: { seconds: 3600 },
    },
    { behaviour: 'expires_in is 0', answers: [good({ expires_in: 0 })], tokens: { seconds: null } },
    { behaviour: 'expires_at instead', answers: [good({ expires_at: now + 3600 })], tokens: { seconds: 3600 } },
    {
      behaviour: 'expires_at is a date',
      answers: [good({ expires_at: iso(now + 3600) })],
      tokens: { seconds: 3600 },
    },
    { behaviour: 'no token_type', answers: [json({ access_token: 'at-1' })], tokens: { accessToken: 'at-1' } },
    ...['bearer', 'Bearer', 'BEARER', 'BearerToken', null].map((type) => ({
      behaviour: `a token_type of ${type}`,
      answers: [good({ token_type: type })],
      tokens: { accessToken: 'at-1' },
    })),
  ],
  '2. errors': [
    {
      behaviour: 'as HTTP 200 with an error body',
      answers: [bad(said('invalid_grant'), '200 OK')],
      error: permanent('invalid_grant', 200),
    },
    { behaviour: 'as HTML', answers: [html('400 Bad Request')], error: unusable(400) },
    { behaviour: 'as HTML with 200', answers: [html('200 OK')], error: unusable(200) },
    {
      behaviour: 'as 400 without error',
      answers: [bad({ message: 'Bad client' })],
      error: { ...unusable(400), description: 'Bad client' },
    },
    ...['Token revoked', 'Token expired', 'Refresh token already used', 'Another request uses this token'].map(
      (words) => ({
        behaviour: `invalid_grant, whatever it means: ${words}`,
        answers: [bad(said('invalid_grant', words))],
        error: { ...permanent('invalid_grant'), description: words },
      }),
    ),
  ],
  '3. overload, and answers that do not come': [
    {
      behaviour: '429 with Retry-After',
      answers: [html('429 Too Many Requests', 'retry-after: 7\r\n')],
      error: unavailable(429, 7_000),
    },
    {
      behaviour: '503 with Retry-After',
      answers: [html('503 Service Unavailable', 'retry-after: 120\r\n')],
      error: unavailable(503, 120_000),
    },
    {
      behaviour: '503 with a Retry-After that is a date, of a clock ten minutes ahead',
      answers: [
        html(
          '503 Service Unavailable',
          `${dateOf(now + 600)}retry-after: ${new Date((now + 600 + 90) * 1000).toUTCString()}\r\n`,
        ),
      ],
      error: { ...unavailable(503, null), retryAfterMs: 89_000 },
    },
    {
      behaviour: '503 without Retry-After',
      answers: [html('503 Service Unavailable')],
      error: unavailable(503, null),
    },
    { behaviour: 'no answer in time', answers: [''], timeoutMs: 300, broken: 'timeout_headers' },
    {
      behaviour: 'half an answer, and then silence',
      answers: [`${BREAKS_OFF}1`],
      timeoutMs: 300,
      broken: 'timeout_body',
    },
    {
      behaviour: 'half an answer, and then the end: the refresh token may be spent, and is not sent again',
      answers: [BREAKS_OFF],
      broken: 'connection_reset',
      calls: 1,
    },
  ],
  '4. client authentication': [
    {
      behaviour: 'by Basic',
      answers: [good()],
      client: { authentication: 'basic', clientSecret: new Secret('secret-1') },
      sent: { basic: 'shop-1:secret-1', form: { grant_type: 'refresh_token', refresh_token: REFRESH_TOKEN } },
    },
    {
      behaviour: 'by body',
      answers: [good()],
      client: { authentication: 'body', clientSecret: new Secret('secret-1') },
      sent: { form: { client_id: 'shop-1', client_secret: 'secret-1' } },
    },
    ...(['basic', 'body'] as const).map((authentication) => ({
      behaviour: `refused but the other: by ${authentication}, which is told as what it is`,
      answers: [bad(said('invalid_client'), '401 Unauthorized')],
      client: { authentication },
      error: permanent('invalid_client', 401),
    })),
    {
      behaviour: 'by Basic with an id that needs form-encoding first',
      answers: [good()],
      client: { clientId: 'shop app:1/é', clientSecret: new Secret('a b&c=d') },
      sent: { basic: 'shop+app%3A1%2F%C3%A9:a+b%26c%3Dd' },
    },
  ],
  '5. clocks': [-600, -300, 300, 600].flatMap((skew) => [
    {
      behaviour: `a clock that is ${skew} s off, which tells an absolute end`,
      answers: [good({ expires_at: now + skew + 900 }, dateOf(now + skew))],
      tokens: { seconds: 900 },
    },
    {
      behaviour: `a clock that is ${skew} s off, and tokens of a minute`,
      answers: [good({ expires_at: iso(now + skew + 60) }, dateOf(now + skew))],
      tokens: { seconds: 60 },
    },
    {
      behaviour: `a clock that is ${skew} s off, which tells a lifetime`,
      answers: [good({ expires_in: 900 }, dateOf(now + skew))],
      tokens: { seconds: 900 },
    },
  ]),
  '7. the refresh token’s own lifetime': [
    { behaviour: 'is not told', answers: [good({ refresh_token: 'rt-2' })], tokens: { refreshSeconds: null } },
    ...['refresh_token_expires_in', 'refresh_expires_in', 'refresh_token_expires_at', 'refresh_expires_at'].flatMap(
      (name) => [
        {
          behaviour: `is told as ${name}, of seconds`,
          answers: [good({ refresh_token: 'rt-2', [name]: 7_776_000 })],
          tokens: { refreshSeconds: 7_776_000 },
        },
        {
          behaviour: `is told as ${name}, of a point in time`,
          answers: [good({ refresh_token: 'rt-2', [name]: now + 7_776_000 })],
          tokens: { refreshSeconds: 7_776_000 },
        },
      ],
    ),
    {
      behaviour: 'is told as 0, which means without end',
      answers: [good({ refresh_expires_in: 0 })],
      tokens: { refreshSeconds: null },
    },
    {
      behaviour: 'is told of the old one, which stays',
      answers: [good({ refresh_token_expires_in: 3600 })],
      tokens: { refreshToken: REFRESH_TOKEN, refreshSeconds: 3600 },
    },
    {
      behaviour: 'is of no meaning with client credentials',
      answers: [good({ refresh_expires_in: 1800 })],
      grant: byClient,
      tokens: { refreshSeconds: null },
    },
  ],
}

it.each(Object.entries(rows).flatMap(([item, of]) => of.map((row) => [item, row.behaviour, row] as const)))(
  '%s: %s',
  async (_item, _behaviour, row) => {
    const { listener, call } = await endpoint(...row.answers)
    const limits = row.timeoutMs === undefined ? {} : { totalMs: row.timeoutMs }
    const sentAt = Date.now()
    const result = call(row.client, row.grant ?? byRefresh, { limits })
    if (row.error) {
      const error = await failureOf(result)
      expect({ ...error, isPermanent: error.isPermanent }).toMatchObject(row.error)
    } else if (row.broken) {
      const error = await result.catch((thrown: unknown) => thrown)
      expect(isEgressError(error) && error.code).toBe(row.broken)
    } else {
      expectTokens(await result, row, sentAt)
    }
    expect(listener.connections()).toBe(row.calls ?? 1)
    if (row.sent) await expectSent(listener, row.sent)
  },
)

function expectTokens(tokens: ObtainedTokens, { tokens: expected = {} }: Row, sentAt: number): void {
  const { seconds, refreshSeconds, ...rest } = expected
  const said = {
    accessToken: tokens.accessToken.reveal(),
    refreshToken: tokens.refreshToken?.reveal(),
    scope: tokens.scope,
  }
  expect(said).toMatchObject(rest)
  if ('seconds' in expected) expectEnd(tokens.expiresAt, seconds as number | null, sentAt)
  if ('refreshSeconds' in expected) expectEnd(tokens.refreshExpiresAt, refreshSeconds as number | null, sentAt)
}

/** By our own clock, to two seconds; never later than it is, but for the call's own time. */
function expectEnd(end: Date | null, seconds: number | null, sentAt: number): void {
  if (seconds === null) {
    expect(end).toBeNull()
    return
  }
  const lasts = ((end?.getTime() ?? 0) - sentAt) / 1000
  expect(lasts).toBeGreaterThan(seconds - 5)
  expect(lasts).toBeLessThan(seconds + 1)
}

async function expectSent(listener: { received(): string }, { basic, form }: NonNullable<Row['sent']>): Promise<void> {
  await eventually(() => {
    const [head = '', body = ''] = listener.received().split('\r\n\r\n')
    const authorization = /^authorization: Basic (\S+)/im.exec(head)?.[1]
    expect(authorization && Buffer.from(authorization, 'base64').toString()).toBe(basic)
    expect(Object.fromEntries(new URLSearchParams(body))).toMatchObject(form ?? {})
  })
}
