import { LABEL, oauth2 } from './shapes'
import type { Provider } from './types'

export const payments: Provider[] = [
  {
    id: 'mercado-pago',
    name: 'Mercado Pago',
    monogram: 'MP',
    group: 'payments',
    templates: [
      {
        label: 'Access token',
        settings: { type: 'bearer' },
        hosts: ['https://api.mercadopago.com'],
        test: { method: 'GET', url: 'https://api.mercadopago.com/v1/payment_methods', good: [] },
        integration: { base_url: 'https://api.mercadopago.com', headers: [] },
        hint: 'The access token among the credentials of your own application; it begins with APP_USR, or TEST for the sandbox.',
      },
      {
        label: 'Connect in the browser',
        settings: oauth2({
          grant: 'authorization_code',
          authorization_url: 'https://auth.mercadopago.com/authorization',
          authorization_parameters: [{ name: 'platform_id', value: 'mp' }],
          token_url: 'https://api.mercadopago.com/oauth/token',
          client_authentication: 'body',
          scopes: ['offline_access', 'read', 'write'],
        }),
        hosts: ['https://api.mercadopago.com'],
        test: { method: 'GET', url: 'https://api.mercadopago.com/v1/payment_methods', good: [] },
        integration: { base_url: 'https://api.mercadopago.com', headers: [] },
        hint: 'For a seller who authorizes your application. Client ID and secret are those of the application; enter Fenicia’s redirect address there, exactly. Access tokens last 180 days, and each renewal brings a new refresh token.',
      },
      {
        label: 'Refresh token of a seller',
        settings: oauth2({
          grant: 'refresh_token',
          token_url: 'https://api.mercadopago.com/oauth/token',
          client_authentication: 'body',
        }),
        hosts: ['https://api.mercadopago.com'],
        test: { method: 'GET', url: 'https://api.mercadopago.com/v1/payment_methods', good: [] },
        integration: { base_url: 'https://api.mercadopago.com', headers: [] },
        hint: 'For a seller who authorized your application with offline_access. Access tokens last 180 days, and each renewal brings a new refresh token.',
      },
    ],
    dialect: { identity: 'user_id' },
    sources: [
      {
        url: 'https://www.mercadopago.com.mx/developers/en/reference/payment_methods/_payment_methods/get',
        checked: '2026-11-25',
        shows: 'GET /v1/payment_methods with the access token as Bearer',
      },
      {
        url: 'https://mercadopago.com.mx/developers/en/reference/oauth/_oauth_token/post',
        checked: '2026-11-25',
        shows: 'Token address, client_id and client_secret in the body, the grants, the forms of a token',
      },
      {
        url: 'https://mercadopago.com.mx/developers/en/docs/oauth/renewal',
        checked: '2026-11-25',
        shows: '180 days, offline_access, a new refresh token with each renewal',
      },
      {
        url: 'https://github.com/alexandregama/mercado-pago-java-sdk/issues/58',
        checked: '2026-11-25',
        shows: 'The documentation’s own example of the token request as a form, quoted (today’s shows JSON)',
      },
      {
        url: 'https://github.com/mercadopago/sdk-nodejs/blob/1476eae981779ac1b653e06e2fc0818277350c2c/src/clients/oAuth/getAuthorizationURL/index.ts',
        checked: '2026-11-25',
        shows: 'The consent address with platform_id=mp, in Mercado Pago’s own library',
      },
      {
        url: 'https://www.mercadopago.com.mx/developers/es/reference/oauth/_oauth_token/post',
        checked: '2026-11-25',
        shows: 'The scopes offline_access, read and write; error codes, which are those of RFC 6749',
      },
      {
        url: 'https://www.mercadopago.com.mx/developers/en/docs/oauth/management',
        checked: '2026-11-25',
        shows: 'What makes tokens invalid before their end',
      },
    ],
  },
  {
    id: 'stripe',
    name: 'Stripe',
    monogram: 'ST',
    group: 'payments',
    templates: [
      {
        label: 'Secret or restricted key',
        settings: { type: 'bearer' },
        hosts: ['https://api.stripe.com'],
        test: { method: 'GET', url: 'https://api.stripe.com/v1/balance', good: [] },
        integration: { base_url: 'https://api.stripe.com/v1', headers: [] },
        hint: 'From the Dashboard’s API keys: sk_live_…, or sk_test_… for test mode. A restricted key is safer, but fails the test unless it may read the balance.',
      },
      {
        label: 'Key as user name',
        settings: { type: 'basic' },
        hosts: ['https://api.stripe.com'],
        test: { method: 'GET', url: 'https://api.stripe.com/v1/balance', good: [] },
        integration: { base_url: 'https://api.stripe.com/v1', headers: [] },
        hint: 'The same key by HTTP Basic: it is the user name, and the password stays empty.',
      },
    ],
    sources: [
      {
        url: 'https://docs.stripe.com/api/authentication?lang=curl',
        checked: '2026-11-25',
        shows: 'HTTP Basic with the key as user name and no password, or Bearer; beginnings of keys; restricted keys',
      },
      {
        url: 'https://docs.stripe.com/api/balance/balance_retrieve',
        checked: '2026-11-25',
        shows: 'GET /v1/balance, without parameters',
      },
    ],
  },
  {
    id: 'paypal',
    name: 'PayPal',
    monogram: 'PP',
    group: 'payments',
    templates: [
      {
        label: 'Client credentials',
        settings: oauth2({
          grant: 'client_credentials',
          token_url: 'https://api-m.paypal.com/v1/oauth2/token',
          client_authentication: 'basic',
        }),
        hosts: ['https://api-m.paypal.com'],
        test: null,
        integration: { base_url: 'https://api-m.paypal.com', headers: [] },
        hint: 'Client ID and secret of your live app, from Apps & Credentials in the Developer Dashboard.',
      },
      {
        label: 'Client credentials, sandbox',
        isSandbox: true,
        settings: oauth2({
          grant: 'client_credentials',
          token_url: 'https://api-m.sandbox.paypal.com/v1/oauth2/token',
          client_authentication: 'basic',
        }),
        hosts: ['https://api-m.sandbox.paypal.com'],
        test: null,
        integration: { base_url: 'https://api-m.sandbox.paypal.com', headers: [] },
        hint: 'Client ID and secret of your sandbox app, from Apps & Credentials in the Developer Dashboard.',
      },
    ],
    sources: [
      {
        url: 'https://developer.paypal.com/api/rest/authentication/',
        checked: '2026-11-25',
        shows: 'Token address (in the sandbox), grant, HTTP Basic of the client, Bearer on requests',
      },
      {
        url: 'https://raw.githubusercontent.com/api-evangelist/paypal/refs/heads/main/openapi/paypal-notification-webhooks-openapi-original.yml',
        checked: '2026-11-25',
        shows: 'Copy of PayPal’s OpenAPI: the hosts of sandbox and live',
      },
      {
        url: 'https://www.paypal.com/sm/cshelp/article/how-do-i-get-an-access-token-ts2128',
        checked: '2026-11-25',
        shows: 'Client ID and secret are in Apps & Credentials',
      },
    ],
  },
  {
    id: 'conekta',
    name: 'Conekta',
    monogram: 'CK',
    group: 'payments',
    templates: [
      {
        label: 'Private key',
        settings: { type: 'bearer' },
        hosts: ['https://api.conekta.io'],
        test: { method: 'GET', url: 'https://api.conekta.io/customers?limit=1', good: [] },
        integration: {
          base_url: 'https://api.conekta.io',
          headers: [{ name: 'Accept', value: 'application/vnd.conekta-v2.2.0+json' }],
        },
        hint: 'The private key from Conekta’s panel; sandbox and production have keys of their own. Accept chooses the version of the API.',
      },
    ],
    sources: [
      {
        url: 'https://developers.conekta.com/api',
        checked: '2026-11-25',
        shows: 'Bearer with the private key, keys by mode, Accept with the version',
      },
      {
        url: 'https://raw.githubusercontent.com/api-evangelist/conekta/refs/heads/main/openapi/conekta-api-openapi.yml',
        checked: '2026-11-25',
        shows: 'Copy of Conekta’s OpenAPI: version 2.2.0, its media type and host',
      },
      {
        url: 'https://github.com/conekta/openapi/blob/08dae05f0304e5ec4d4f81255d3d2ec220fd9ca8/resources/customers/create_customer.yml',
        checked: '2026-11-25',
        shows: 'GET /customers with limit, which no other header is required for',
      },
    ],
  },
  {
    id: 'openpay',
    name: 'Openpay',
    monogram: 'OP',
    group: 'payments',
    variables: [{ name: 'merchant', label: 'Merchant ID', example: 'mzdtln0bmtms6o3kck8f', pattern: LABEL }],
    templates: [
      {
        label: 'Private key',
        settings: { type: 'basic' },
        hosts: ['https://api.openpay.mx'],
        test: { method: 'GET', url: 'https://api.openpay.mx/v1/{merchant}/charges', good: [] },
        integration: { base_url: 'https://api.openpay.mx/v1/{merchant}', headers: [] },
        hint: 'The private key (sk_…) from the dashboard is the user name; the password stays empty.',
      },
      {
        label: 'Private key, sandbox',
        isSandbox: true,
        settings: { type: 'basic' },
        hosts: ['https://sandbox-api.openpay.mx'],
        test: { method: 'GET', url: 'https://sandbox-api.openpay.mx/v1/{merchant}/charges', good: [] },
        integration: { base_url: 'https://sandbox-api.openpay.mx/v1/{merchant}', headers: [] },
        hint: 'The private key (sk_…) from the sandbox’s dashboard is the user name; the password stays empty.',
      },
    ],
    sources: [
      {
        url: 'https://documents.openpay.mx/docs/api.html',
        checked: '2026-11-25',
        shows: 'Hosts of test and production, addresses /v1/{MERCHANT_ID}/charges',
      },
      {
        url: 'https://www.openpay.mx/docs/api/',
        checked: '2026-11-25',
        shows: 'HTTP Basic with the private key and no password, reading /charges',
      },
    ],
  },
]
