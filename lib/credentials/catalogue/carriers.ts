import { oauth2 } from './shapes'
import type { Provider } from './types'

export const carriers: Provider[] = [
  {
    id: 'shippo',
    name: 'Shippo',
    monogram: 'SP',
    group: 'carriers',
    templates: [
      {
        label: 'API token',
        settings: { type: 'api_key', placement: { in: 'header', name: 'Authorization', prefix: 'ShippoToken ' } },
        hosts: ['https://api.goshippo.com'],
        test: { method: 'GET', url: 'https://api.goshippo.com/addresses/?results=1', good: [] },
        integration: { base_url: 'https://api.goshippo.com', headers: [] },
        hint: 'Paste the token alone, without the word ShippoToken: it begins with shippo_live_, or shippo_test_ for test mode.',
      },
    ],
    sources: [
      {
        url: 'https://docs.goshippo.com/api-reference/addresses/list-all-addresses',
        checked: '2026-11-25',
        shows: 'Authorization: ShippoToken, GET /addresses/ with results, beginnings of tokens',
      },
    ],
  },
  {
    id: 'easypost',
    name: 'EasyPost',
    monogram: 'EP',
    group: 'carriers',
    templates: [
      {
        label: 'Production API key',
        settings: { type: 'basic' },
        hosts: ['https://api.easypost.com'],
        test: { method: 'GET', url: 'https://api.easypost.com/v2/users', good: [] },
        integration: { base_url: 'https://api.easypost.com/v2', headers: [] },
        hint: 'From Account Settings > API Keys in the EasyPost Dashboard: the key is the user name, the password stays empty.',
      },
      {
        label: 'Test API key',
        isSandbox: true,
        settings: { type: 'basic' },
        hosts: ['https://api.easypost.com'],
        test: null,
        integration: { base_url: 'https://api.easypost.com/v2', headers: [] },
        hint: 'The key is the user name, the password stays empty. The request that tests a production key refuses test keys.',
      },
    ],
    sources: [
      {
        url: 'https://docs.easypost.com/docs/authentication',
        checked: '2026-11-25',
        shows: 'HTTP Basic with the key as user name and no password; test and production keys',
      },
      {
        url: 'https://docs.easypost.com/docs/users',
        checked: '2026-11-25',
        shows: 'GET /v2/users reads one’s own account, with production keys only',
      },
      {
        url: 'https://support.easypost.com/hc/en-us/articles/360004588571-API-Keys',
        checked: '2026-11-25',
        shows: 'Where keys are in the Dashboard',
      },
    ],
  },
  {
    id: 'shipstation',
    name: 'ShipStation',
    monogram: 'SS',
    group: 'carriers',
    templates: [
      {
        label: 'API key (V2)',
        settings: { type: 'api_key', placement: { in: 'header', name: 'api-key', prefix: '' } },
        hosts: ['https://api.shipstation.com'],
        test: { method: 'GET', url: 'https://api.shipstation.com/v2/carriers', good: [] },
        integration: { base_url: 'https://api.shipstation.com/v2', headers: [] },
        hint: 'The key of ShipStation API V2, which is sent alone. Keys that come with a secret are of V1.',
      },
      {
        label: 'API key and secret (V1)',
        settings: { type: 'basic' },
        hosts: ['https://ssapi.shipstation.com'],
        test: null,
        integration: { base_url: 'https://ssapi.shipstation.com', headers: [] },
        hint: 'From Settings > API in ShipStation: the API key is the user name, the API secret the password.',
      },
    ],
    sources: [
      {
        url: 'https://docs.shipstation.com/openapi/carriers/get_carrier_by_id',
        checked: '2026-11-25',
        shows: 'The header api-key, GET https://api.shipstation.com/v2/carriers',
      },
      {
        url: 'https://www.shipstation.com/docs/api/requirements/',
        checked: '2026-11-25',
        shows: 'V1: its host, HTTP Basic with key and secret, where they are',
      },
    ],
  },
  {
    id: 'ups',
    name: 'UPS',
    monogram: 'UP',
    group: 'carriers',
    templates: [
      {
        label: 'Client credentials',
        settings: oauth2({
          grant: 'client_credentials',
          token_url: 'https://onlinetools.ups.com/security/v1/oauth/token',
          client_authentication: 'basic',
        }),
        hosts: ['https://onlinetools.ups.com'],
        test: null,
        integration: { base_url: 'https://onlinetools.ups.com', headers: [] },
        hint: 'Client ID and secret are on the app’s info page in the UPS Developer Portal. For whoever is both owner of the app and the shipper.',
      },
      {
        label: 'Client credentials, test environment',
        isSandbox: true,
        settings: oauth2({
          grant: 'client_credentials',
          token_url: 'https://wwwcie.ups.com/security/v1/oauth/token',
          client_authentication: 'basic',
        }),
        hosts: ['https://wwwcie.ups.com'],
        test: null,
        integration: { base_url: 'https://wwwcie.ups.com', headers: [] },
        hint: 'For UPS’s Customer Integration Environment. Client ID and secret are on the app’s info page in the UPS Developer Portal.',
      },
    ],
    dialect: {
      errors: {
        code: 'response.errors.0.code',
        message: 'response.errors.0.message',
        meanings: { '10401': 'invalid_client' },
      },
    },
    sources: [
      {
        url: 'https://github.com/UPS-API/api-documentation/blob/161312361b8fad07f3c3467ce2657e6cde524808/OAuthClientCredentials.yaml',
        checked: '2026-11-25',
        shows:
          'Hosts of both environments, token address, grant, HTTP Basic of the client; the account number is optional; where an error’s code and message stand',
      },
      {
        url: 'https://github.com/karrioapi/karrio/issues/503',
        checked: '2026-11-28',
        shows: '401 with the code 10401 for client credentials that are not valid',
      },
    ],
  },
  {
    id: 'fedex',
    name: 'FedEx',
    monogram: 'FX',
    group: 'carriers',
    templates: [
      {
        label: 'Client credentials',
        settings: oauth2({
          grant: 'client_credentials',
          token_url: 'https://apis.fedex.com/oauth/token',
          client_authentication: 'body',
        }),
        hosts: ['https://apis.fedex.com'],
        test: null,
        integration: { base_url: 'https://apis.fedex.com', headers: [] },
        hint: 'Client ID and secret are API Key and Secret Key of a project in the FedEx Developer Portal. Tokens last an hour.',
      },
      {
        label: 'Client credentials, sandbox',
        isSandbox: true,
        settings: oauth2({
          grant: 'client_credentials',
          token_url: 'https://apis-sandbox.fedex.com/oauth/token',
          client_authentication: 'body',
        }),
        hosts: ['https://apis-sandbox.fedex.com'],
        test: null,
        integration: { base_url: 'https://apis-sandbox.fedex.com', headers: [] },
        hint: 'Client ID and secret are the test API Key and Secret Key of a project in the FedEx Developer Portal. Tokens last an hour.',
      },
    ],
    dialect: {
      errors: {
        code: 'errors.0.code',
        message: 'errors.0.message',
        meanings: { 'NOT.AUTHORIZED.ERROR': 'invalid_client' },
      },
    },
    sources: [
      {
        url: 'https://developer.fedex.com/api/en-us/catalog/authorization/docs.html',
        checked: '2026-11-25',
        shows: 'API Key and Secret Key as client_id and client_secret of the request, Bearer, 60 minutes',
      },
      {
        url: 'https://github.com/ShipStream/fedex-rest-php-sdk/blob/57c8e77045ca840ece48c199de6d6fb5cc1eac70/resources/models/.raw/authorization/v1/APIAuthorization-Resource.json',
        checked: '2026-11-28',
        shows:
          'Copy of FedEx’s OpenAPI: 401 with NOT.AUTHORIZED.ERROR for client credentials that are not valid; the sandbox’s token address',
      },
      {
        url: 'https://developer.fedex.com/api/en-us/guides/best-practices.html',
        checked: '2026-11-28',
        shows: 'The hosts of test and production',
      },
      {
        url: 'https://github.com/mattfriendly/WikiTracker',
        checked: '2026-11-25',
        shows: 'The token address, and that of the Track API',
      },
    ],
  },
  {
    id: 'dhl',
    name: 'DHL',
    monogram: 'DH',
    group: 'carriers',
    templates: [
      {
        label: 'API key',
        settings: { type: 'api_key', placement: { in: 'header', name: 'DHL-API-Key', prefix: '' } },
        hosts: ['https://api-eu.dhl.com'],
        test: null,
        integration: { base_url: 'https://api-eu.dhl.com', headers: [] },
        hint: 'The key of an app under My Apps in the DHL developer portal, such as for Shipment Tracking – Unified. Starter keys have 250 calls a day.',
      },
    ],
    sources: [
      {
        url: 'https://test.developer.dhl.com/api-reference/test-page-content-editors',
        checked: '2026-11-25',
        shows: 'DHL’s template of its pages: the header DHL-API-Key, the host, where keys are, the limits',
      },
      {
        url: 'https://developer.dhl.com/api-reference/shipment-tracking',
        checked: '2026-11-25',
        shows: 'Shipment Tracking – Unified, for all of DHL’s brands',
      },
    ],
  },
]
