import { expect, it } from 'vitest'
import { bad, byRefresh, endpoint, failureOf } from '@/test/token-endpoint'
import { findProvider } from './index'

// Answers of providers that refuse, in their own words, and what they mean.

const fedex = (code: string) => ({ transactionId: 't-1', errors: [{ code, message: 'No.' }] })
const ups = (code: string) => ({ response: { errors: [{ code, message: 'No.' }] } })
const meta = (code: number, message: string) => ({ error: { message, type: 'OAuthException', code } })
const shopify = (words: string) => ({ error: 'invalid_request', error_description: words })
const hubspot = (status: string, error: string) => ({ status, message: 'No.', error, error_description: 'No.' })

it.each<[provider: string, status: string, body: unknown, error: string, isPermanent: boolean]>([
  ['hubspot', '400 Bad Request', { status: 'BAD_REFRESH_TOKEN', message: 'No.' }, 'invalid_grant', true],
  ['hubspot', '400 Bad Request', hubspot('BAD_REFRESH_TOKEN', 'invalid_grant'), 'invalid_grant', true],
  ['hubspot', '400 Bad Request', hubspot('BAD_CLIENT_SECRET', 'invalid_client'), 'invalid_client', true],
  ['hubspot', '400 Bad Request', hubspot('BAD_CLIENT_ID', 'invalid_request'), 'invalid_request', false],
  [
    'google-analytics',
    '401 Unauthorized',
    { error: 'deleted_client', error_description: 'The OAuth client was deleted.' },
    'invalid_client',
    true,
  ],
  [
    'google-analytics',
    '401 Unauthorized',
    { error: 'disabled_client', error_description: 'The OAuth client was disabled.' },
    'invalid_client',
    true,
  ],
  ['google-analytics', '400 Bad Request', { error: 'invalid_grant', error_description: 'No.' }, 'invalid_grant', true],
  ['meta', '400 Bad Request', meta(1, 'Error validating client secret.'), 'invalid_client', true],
  ['meta', '400 Bad Request', meta(190, 'No.'), 'invalid_grant', true],
  ['fedex', '401 Unauthorized', fedex('NOT.AUTHORIZED.ERROR'), 'invalid_client', true],
  ['ups', '401 Unauthorized', ups('10401'), 'invalid_client', true],
  ['shopify', '401 Unauthorized', shopify('This request requires an active refresh_token'), 'invalid_grant', true],
  [
    'shopify',
    '400 Bad Request',
    shopify('The authorization code was not found or was already used'),
    'invalid_grant',
    true,
  ],
  ['shopify', '400 Bad Request', shopify('Missing or invalid client secret'), 'invalid_client', true],
  [
    'shopify',
    '400 Bad Request',
    { error: 'app_not_installed', error_description: 'The application is not installed on this shop.' },
    'unauthorized_client',
    true,
  ],
  [
    'shopify',
    '400 Bad Request',
    { error: 'shop_not_permitted', error_description: 'Client credentials cannot be performed on this shop.' },
    'unauthorized_client',
    true,
  ],
  ['shopify', '400 Bad Request', shopify('Anything else'), 'invalid_request', false],
  ['shopify', '400 Bad Request', { error: 'invalid_grant' }, 'invalid_grant', true],
])('of %s: %s %j', async (provider, status, body, error, isPermanent) => {
  const { call } = await endpoint(bad(body, status))
  const dialect = findProvider(provider)?.dialect
  const failure = await failureOf(call({ authentication: 'body', dialect }, byRefresh))
  expect({ ...failure, isPermanent: failure.isPermanent }).toMatchObject({ code: 'refused', error, isPermanent })
})

it.each([
  [
    'shopify',
    shopify('This request requires an active refresh_token'),
    /^This request .* refresh_token \(invalid_request\)$/,
  ],
  ['shopify', shopify('Anything else'), /^Anything else$/],
  [
    'google-analytics',
    { error: 'invalid_grant', error_description: 'Token has been revoked.' },
    /^Token has been revoked\.$/,
  ],
  [
    'google-analytics',
    { error: 'deleted_client', error_description: 'It was deleted.' },
    /^It was deleted\. \(deleted_client\)$/,
  ],
  ['meta', meta(1, 'Error validating client secret.'), /^Error validating client secret\. \(1\)$/],
  ['meta', meta(1, 'An unknown error has occurred.'), /^An unknown error has occurred\. \(1\)$/],
])('of %s %j is told with the code that it was, once', async (provider, body, words) => {
  const { call } = await endpoint(bad(body))
  const failure = await failureOf(call({ dialect: findProvider(provider)?.dialect }, byRefresh))
  expect(failure.description).toMatch(words)
})

it('takes an unknown error of Meta for no refusal', async () => {
  const { call } = await endpoint(bad(meta(1, 'An unknown error has occurred.')))
  const failure = await failureOf(call({ dialect: findProvider('meta')?.dialect }, byRefresh))
  expect(failure).toMatchObject({ code: 'unusable_answer', error: null })
})
