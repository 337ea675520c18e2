import { expect, it } from 'vitest'
import { adviceOnOAuth } from './advice'

const CLIENT = /client ID and client secret/
const ADDRESS = /address of the token endpoint/

it.each([
  // RFC 6749, 5.2: the client was not known, whatever else the answer says or does not.
  ['unusable_answer', null, 401, CLIENT],
  ['refused', 'invalid_client', 400, CLIENT],
  ['unusable_answer', null, 400, ADDRESS],
  ['unusable_answer', null, 404, ADDRESS],
  ['unusable_answer', null, 200, ADDRESS],
] as const)('of %s, %s, status %i says what to look at', (code, error, status, words) => {
  expect(adviceOnOAuth({ code, error, status })).toMatch(words)
})
