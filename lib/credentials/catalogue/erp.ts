import { HOST, LABEL, oauth2 } from './shapes'
import type { Provider } from './types'

/** Production and sandbox differ in the API's host and in the client alone. */
const intuit = oauth2({
  grant: 'authorization_code',
  authorization_url: 'https://appcenter.intuit.com/connect/oauth2',
  token_url: 'https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer',
  revocation_url: 'https://developer.api.intuit.com/v2/oauth2/tokens/revoke',
  client_authentication: 'basic',
  scopes: ['com.intuit.quickbooks.accounting'],
})

export const erp: Provider[] = [
  {
    id: 'odoo',
    name: 'Odoo',
    monogram: 'OD',
    group: 'erp',
    variables: [{ name: 'host', label: 'Host of Odoo', example: 'mycompany.odoo.com', pattern: HOST }],
    templates: [
      {
        label: 'API key (JSON-2, since Odoo 19)',
        settings: { type: 'api_key', placement: { in: 'header', name: 'Authorization', prefix: 'bearer ' } },
        hosts: ['https://{host}'],
        test: null,
        integration: { base_url: 'https://{host}/json/2', headers: [] },
        hint: 'Made for a user in Odoo, under security in the preferences; it ends by itself when its duration is over. If the server has several databases, add the header X-Odoo-Database to the integration.',
      },
    ],
    sources: [
      {
        url: 'https://www.odoo.com/documentation/19.0/it/developer/reference/external_api.html',
        checked: '2026-11-25',
        shows: 'POST /json/2/<model>/<method>, Authorization: bearer and the API key, X-Odoo-Database',
      },
      {
        url: 'https://merkablabs.com/docs/developer/reference/external_api',
        checked: '2026-11-25',
        shows: 'Copy of the same page: keys are made by user, with a duration',
      },
    ],
  },
  {
    id: 'sap-s4hana',
    name: 'SAP S/4HANA',
    monogram: 'SA',
    group: 'erp',
    variables: [{ name: 'host', label: 'Host of the API', example: 'sap.example.com', pattern: HOST }],
    templates: [
      {
        label: 'Communication user',
        settings: { type: 'basic' },
        hosts: ['https://{host}'],
        test: null,
        integration: { base_url: 'https://{host}', headers: [] },
        hint: 'User name and password of a communication user, which a communication arrangement must allow to call the API. As the test, enter the address of a service that it may read.',
      },
    ],
    sources: [
      {
        url: 'https://learning.sap.com/learning-journeys/extending-sap-s-4hana-with-sap-build-apps-and-key-user-extensibility/establishing-connectivity-between-sap-s-4hana-cloud-and-sap-btp_f3d6df41-c36c-450b-8ae8-79534e043fa1',
        checked: '2026-11-25',
        shows: 'Communication users, arrangements and systems; HTTP Basic as one of three ways',
      },
      {
        url: 'https://docs.oracle.com/en/cloud/paas/integration-cloud/sap-hana-adapter/prerequisites-use-basic-authentication-security-policy.html',
        checked: '2026-11-25',
        shows: 'How a communication user is made, step by step',
      },
    ],
  },
  {
    id: 'netsuite',
    name: 'NetSuite',
    monogram: 'NS',
    group: 'erp',
    variables: [
      { name: 'account', label: 'Account ID, as it stands in addresses', example: '1234567', pattern: LABEL },
    ],
    templates: [
      {
        label: 'Refresh token',
        settings: oauth2({
          grant: 'refresh_token',
          token_url: 'https://{account}.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token',
          client_authentication: 'basic',
        }),
        hosts: ['https://{account}.suitetalk.api.netsuite.com'],
        test: null,
        integration: { base_url: 'https://{account}.suitetalk.api.netsuite.com/services/rest', headers: [] },
        hint: 'Client ID and secret are those of the integration record. When the refresh token ends, NetSuite wants the consent given again.',
      },
    ],
    sources: [
      {
        url: 'https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_158082518856.html',
        checked: '2026-11-25',
        shows: 'Token address by account, the refresh request, HTTP Basic of the client',
      },
      {
        url: 'https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_158081952044.html',
        checked: '2026-11-25',
        shows: 'The first token request, which gives the refresh token',
      },
    ],
  },
  {
    id: 'quickbooks',
    name: 'QuickBooks Online',
    monogram: 'QB',
    group: 'erp',
    templates: [
      {
        label: 'Connect in the browser',
        settings: intuit,
        hosts: ['https://quickbooks.api.intuit.com'],
        test: null,
        integration: { base_url: 'https://quickbooks.api.intuit.com/v3/company', headers: [] },
        hint: 'Client ID and secret are among the production keys of your app at Intuit Developer; enter Fenicia’s redirect address there. Paths begin with the company’s realm ID. Refresh tokens end when they are not used for 100 days.',
      },
      {
        label: 'Connect in the browser, sandbox',
        isSandbox: true,
        settings: intuit,
        hosts: ['https://sandbox-quickbooks.api.intuit.com'],
        test: null,
        integration: { base_url: 'https://sandbox-quickbooks.api.intuit.com/v3/company', headers: [] },
        hint: 'For a sandbox company. Client ID and secret are the development ones of your app at Intuit Developer; enter Fenicia’s redirect address beside them. Paths begin with the company’s realm ID.',
      },
    ],
    dialect: {
      answer: { refresh_token_expires_in: 'x_refresh_token_expires_in' },
      authorization: { identity: 'realmId', pkce: false },
      revocation: { body: 'json', hint: false },
    },
    sources: [
      {
        url: 'https://github.com/intuit/oauth-jsclient/blob/06a4e82729278df96ac1b92da33c4d92c736ef88/src/OAuthClient.js',
        checked: '2026-11-25',
        shows:
          'Intuit’s own client: consent and token address, all parameters, HTTP Basic, scopes, realmId, the API’s host; the address that takes tokens back, and the JSON that it is sent',
      },
      {
        url: 'https://github.com/intuit/oauth-pythonclient/blob/2543ff77d2a911fe190808bb38531d97fd956eb2/intuitlib/client.py',
        checked: '2026-11-28',
        shows: 'Tokens are taken back by JSON with HTTP Basic, and by the refresh token',
      },
      {
        url: 'https://developer.intuit.com/app/developer/ies/docs/develop-your-app/sandboxes/manage-your-sandboxes',
        checked: '2026-11-28',
        shows: 'The sandbox’s host, and that development credentials are for it',
      },
      {
        url: 'https://developer.intuit.com/.well-known/openid-sandbox-configuration',
        checked: '2026-11-28',
        shows: 'Consent, token and revocation address of the sandbox, which are those of production',
      },
      {
        url: 'https://github.com/intuit/oauth-jsclient/blob/08d20244b4291199c85293a94eded2c01c151739/src/access-token/Token.js',
        checked: '2026-11-25',
        shows: 'x_refresh_token_expires_in in the answer',
      },
      {
        url: 'https://github.com/IntuitDeveloper/OAuth2-Dotnet_UsingSDK/blob/master/docs/help/Tokens.md',
        checked: '2026-11-25',
        shows: 'An hour and 100 days; the redirect address; what the realm ID is',
      },
      {
        url: 'https://github.com/intuit/QuickBooks-V3-Java-SDK/releases/tag/v6.5.4',
        checked: '2026-11-25',
        shows: 'Refresh tokens last five years at most',
      },
    ],
  },
  {
    id: 'xero',
    name: 'Xero',
    monogram: 'XE',
    group: 'erp',
    templates: [
      {
        label: 'Connect in the browser',
        settings: oauth2({
          grant: 'authorization_code',
          authorization_url: 'https://login.xero.com/identity/connect/authorize',
          issuer: 'https://identity.xero.com',
          token_url: 'https://identity.xero.com/connect/token',
          revocation_url: 'https://identity.xero.com/connect/revocation',
          client_authentication: 'basic',
          scopes: ['offline_access'],
        }),
        hosts: ['https://api.xero.com'],
        test: { method: 'GET', url: 'https://api.xero.com/connections', good: [] },
        integration: { base_url: 'https://api.xero.com', headers: [] },
        hint: 'Client ID and secret are those of your app in Xero’s developer centre; enter Fenicia’s redirect address there, and here the scopes that it needs beside offline_access. Calls carry the header xero-tenant-id, from GET /connections.',
      },
    ],
    sources: [
      {
        url: 'https://github.com/XeroAPI/xero-node/blob/018a71adc71f2aa38fa7cd5398023c9a3265ae51/README.md',
        checked: '2026-11-25',
        shows:
          'Xero’s own client: 30 minutes and 60 days, offline_access, where client ID and redirect address are entered',
      },
      {
        url: 'https://github.com/XeroAPI/xero-node/blob/018a71adc71f2aa38fa7cd5398023c9a3265ae51/src/XeroClient.ts',
        checked: '2026-11-25',
        shows: 'Issuer, token address, HTTP Basic, the refresh request, GET /connections',
      },
      {
        url: 'https://github.com/calcinai/oauth2-xero/blob/344dd839e669b27b1a5d0901a7de8897e0e07859/src/Provider/Xero.php',
        checked: '2026-11-25',
        shows: 'The consent address',
      },
      {
        url: 'https://raw.githubusercontent.com/XeroAPI/Xero-OpenAPI/fba3411aebff2d473f30adde38ed397509bec022/xero-identity.yaml',
        checked: '2026-11-25',
        shows: 'GET /connections, with any scope',
      },
      {
        url: 'https://github.com/XeroAPI/xero-python/blob/024e73684df62ab2e3d53177716f9f8c4fa6cbc2/xero_python/api_client/oauth2.py',
        checked: '2026-11-28',
        shows:
          'Xero’s own client: the address that takes refresh tokens back, and all of the person’s connections with them',
      },
      {
        url: 'https://github.com/calcinai/oauth2-xero/blob/master/src/Provider/Xero.php',
        checked: '2026-11-28',
        shows: 'HTTP Basic there, token_type_hint, and that nothing but refresh tokens is taken back',
      },
    ],
  },
  {
    id: 'erpnext',
    name: 'ERPNext',
    monogram: 'EN',
    group: 'erp',
    variables: [{ name: 'host', label: 'Host of ERPNext', example: 'erp.example.com', pattern: HOST }],
    templates: [
      {
        label: 'API key and secret',
        settings: { type: 'basic' },
        hosts: ['https://{host}'],
        test: { method: 'GET', url: 'https://{host}/api/method/frappe.auth.get_logged_user', good: [] },
        integration: { base_url: 'https://{host}/api', headers: [] },
        hint: 'Made in the settings of a user, under API Access: the API key is the user name, the API secret the password. Calls may do what that user may.',
      },
    ],
    sources: [
      {
        url: 'https://frappeframework.com/docs/user/en/guides/integration/rest_api/token_based_authentication',
        checked: '2026-11-25',
        shows: 'HTTP Basic with key and secret, where they are made, GET /api/method/frappe.auth.get_logged_user',
      },
    ],
  },
  {
    id: 'alegra',
    name: 'Alegra',
    monogram: 'AL',
    group: 'erp',
    templates: [
      {
        label: 'Email and token',
        settings: { type: 'basic' },
        hosts: ['https://api.alegra.com'],
        test: { method: 'GET', url: 'https://api.alegra.com/api/v1/company', good: [] },
        integration: { base_url: 'https://api.alegra.com/api/v1', headers: [] },
        hint: 'Both are in Alegra under Configuración > API - Integraciones con otros sistemas: the email is the user name, the token the password.',
      },
    ],
    sources: [
      {
        url: 'https://developer.alegra.com/docs/authenticaci%C3%B3n',
        checked: '2026-11-25',
        shows: 'HTTP Basic with email and token, where they are, 401 for wrong ones',
      },
      {
        url: 'https://developer.alegra.com/docs/empresa',
        checked: '2026-11-25',
        shows: 'GET https://api.alegra.com/api/v1/company',
      },
    ],
  },
  {
    id: 'conta-azul',
    name: 'Conta Azul',
    monogram: 'CA',
    group: 'erp',
    templates: [
      {
        label: 'Refresh token',
        settings: oauth2({
          grant: 'refresh_token',
          token_url: 'https://auth.contaazul.com/oauth2/token',
          client_authentication: 'basic',
        }),
        hosts: ['https://api-v2.contaazul.com'],
        test: { method: 'GET', url: 'https://api-v2.contaazul.com/v1/pessoas?pagina=1&tamanho_pagina=10', good: [] },
        integration: { base_url: 'https://api-v2.contaazul.com', headers: [] },
        hint: 'Client ID and secret are in the details of your integration in the developer portal. Each renewal brings a new refresh token, so nothing else may refresh with it.',
      },
    ],
    sources: [
      {
        url: 'https://developers.contaazul.com/renewingaccesstoken',
        checked: '2026-11-25',
        shows: 'Token address, refresh request, HTTP Basic of the client, one hour, the refresh token changes',
      },
      {
        url: 'https://developers.contaazul.com/open-api-docs/open-api-person/v1',
        checked: '2026-11-25',
        shows: 'GET https://api-v2.contaazul.com/v1/pessoas with its pages',
      },
    ],
  },
]
