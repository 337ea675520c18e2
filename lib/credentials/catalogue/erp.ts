import { HOST, inBearer, LABEL } from './shapes'
import type { Provider } from './types'

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
        settings: {
          type: 'oauth2',
          grant: 'refresh_token',
          token_url: 'https://{account}.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token',
          client_id: '',
          client_authentication: 'basic',
          scopes: [],
          audience: null,
          parameters: [],
          placement: inBearer,
        },
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
        settings: {
          type: 'oauth2',
          grant: 'refresh_token',
          token_url: 'https://auth.contaazul.com/oauth2/token',
          client_id: '',
          client_authentication: 'basic',
          scopes: [],
          audience: null,
          parameters: [],
          placement: inBearer,
        },
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
