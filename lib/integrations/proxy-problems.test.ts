import { expect, it } from 'vitest'
import { Refusal } from '../errors'
import { OAuthError } from '../oauth'
import type { OAuthErrorCode } from '../oauth/errors'
import { problemOf } from './proxy-problems'

it.each<[OAuthErrorCode, string, number]>([
  ['refused', 'CREDENTIAL_REFUSED', 502],
  ['unusable_answer', 'CREDENTIAL_REFUSED', 502],
  ['no_refresh_token', 'CREDENTIAL_REFUSED', 502],
  ['unavailable', 'CREDENTIAL_BUSY', 503],
  ['busy', 'CREDENTIAL_BUSY', 503],
])(
  'tells an app of tokens that are not there (%s) without the provider’s words, which may name a secret',
  (code, problem, status) => {
    const error = new OAuthError(code, { error: 'invalid_grant', description: 'earlier-token-7hG2k was used before' })
    const told = problemOf(error)
    expect(told).toMatchObject({ code: problem, status, outcome: 'token_unavailable' })
    expect(told?.detail).toContain('(invalid_grant)')
    // It may have been sent once, and refused for a token that had ended.
    expect(told?.detail).toContain('was not carried out')
    expect(JSON.stringify(told)).not.toContain('earlier-token')
  },
)

it('tells an app of a credential that was deleted meanwhile what it tells of one that was deleted before', () => {
  expect(problemOf(new Refusal('not_found', 'There is no such credential.'))).toMatchObject({
    code: 'INTEGRATION_INCOMPLETE',
    status: 409,
  })
})

it('leaves Fenicia’s own failures to who answers for them', () => {
  expect(problemOf(new Error('a mistake'))).toBeNull()
})
