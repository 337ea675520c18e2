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
  SLOW,
  SLOW_MS,
} from '@/test/token-endpoint'
import { isEgressError } from '../egress/errors'
import { Secret } from '../vault/secret'
import { isOAuthError } from './errors'
import type { OAuthClient } from './token-endpoint'

const NEXT = 'n3xt-S3cret/+ &=~ñ'
const unknown = bad({ error: 'invalid_client', error_description: 'Unknown client' }, '401 Unauthorized')
const withNext = (over: Partial<OAuthClient> = {}) => ({ nextClientSecret: new Secret(NEXT), ...over })

/** The secrets that reached the endpoint, in their order. */
const secretsIn = (received: string) =>
  received
    .split('POST ')
    .flatMap((request) => new URLSearchParams(request.split('\r\n\r\n')[1] ?? '').getAll('client_secret'))

describe('a client secret that has a successor', () => {
  it.each([byClient, byRefresh])('is used while it is known ($kind)', async (grant) => {
    const { listener, call } = await endpoint(good())
    expect(await call(withNext(), grant)).toMatchObject({ usedNextSecret: false })
    expect(listener.connections()).toBe(1)
  })

  it.each<[string, first: string]>([
    ['401', unknown],
    ['400', bad({ error: 'invalid_client' })],
    ['200', bad({ error: 'invalid_client' }, '200 OK')],
    ['401 without a word', html('401 Unauthorized')],
  ])('gives way to it in the same call when it is refused with %s', async (_status, first) => {
    for (const grant of [byClient, byRefresh]) {
      const { listener, call } = await endpoint(first, good({ expires_in: 60 }))
      const tokens = await call(withNext({ authentication: 'body' }), grant)
      expect(tokens).toMatchObject({ usedNextSecret: true })
      expect(tokens.accessToken.reveal()).toBe('at-1')
      await eventually(() => expect(secretsIn(listener.received())).toEqual([CLIENT_SECRET, NEXT]))
    }
  })

  it.each<[string, first: string]>([
    ['a refresh token that is refused', bad({ error: 'invalid_grant' })],
    ['a refresh token that is refused with 401', bad({ error: 'invalid_grant' }, '401 Unauthorized')],
    ['a client without the right', bad({ error: 'unauthorized_client' })],
    ['an overload', html('503 Service Unavailable')],
    ['an overload that blames the client', bad({ error: 'temporarily_unavailable' }, '401 Unauthorized')],
    ['400 without a word', html('400 Bad Request')],
  ])('is not blamed for %s', async (_what, first) => {
    const { listener, call } = await endpoint(first, good())
    await failureOf(call(withNext(), byRefresh))
    expect(listener.connections()).toBe(1)
  })

  it('is not replaced where the client does not authenticate at all', async () => {
    const { listener, call } = await endpoint(unknown, good())
    await failureOf(call(withNext({ authentication: 'none' }), byRefresh))
    expect(listener.connections()).toBe(1)
  })

  it.each<[string, second: string, Record<string, unknown>]>([
    ['refused too', unknown, { code: 'refused', error: 'invalid_client', isPermanent: true }],
    ['known, and the grant is refused', bad({ error: 'invalid_grant' }), { error: 'invalid_grant', isPermanent: true }],
    ['met by an overload', html('503 Service Unavailable'), { code: 'unavailable', isPermanent: false }],
  ])('leaves the last word to the second: %s', async (_what, second, expected) => {
    const { listener, call } = await endpoint(unknown, second)
    const error = await failureOf(call(withNext(), byRefresh))
    expect({ ...error, isPermanent: error.isPermanent }).toMatchObject(expected)
    expect(listener.connections()).toBe(2)
  })

  it('shares one time limit with it, and tells stages once', async () => {
    const { call } = await endpoint(`${SLOW}${unknown}`, '')
    const stages: string[] = []
    const startedAt = performance.now()
    const error = await call(withNext(), byRefresh, {
      limits: { totalMs: SLOW_MS + 200 },
      onStage: ({ stage }) => stages.push(stage),
    }).catch((thrown: unknown) => thrown)
    expect(isEgressError(error)).toBe(true)
    expect(performance.now() - startedAt).toBeLessThan(SLOW_MS * 2)
    expect(stages).toEqual(['address', 'connection', 'request'])
  })

  it.each([
    [unknown, 'both'],
    [bad({ error: 'invalid_grant' }), 'the second alone'],
  ])('shows neither of the two in an error, whoever says them', async (second) => {
    const echo = [CLIENT_SECRET, NEXT, Buffer.from(`shop-1:${NEXT}`).toString('base64')].join(' ')
    const echoing = (bytes: string) => {
      const code = /"error":"(\w+)"/.exec(bytes)?.[1]
      return bad({ error: code, error_description: echo }, '401 Unauthorized')
    }
    for (const answers of [[echoing(unknown)], [echoing(unknown), echoing(second)], [echoing(second)]]) {
      for (const authentication of ['basic', 'body'] as const) {
        const { call } = await endpoint(...answers)
        const error = await call(withNext({ authentication }), byRefresh).catch((thrown: unknown) => thrown)
        expect(isOAuthError(error)).toBe(true)
        const shown = `${inspect(error, { depth: 10, showHidden: true })} ${JSON.stringify(error)}`
        expect(shown).toContain('[secret]')
        expect(shown).not.toContain('S3cret')
      }
    }
  })
})
