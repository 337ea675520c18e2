import { HOST, oauth2 } from './shapes'
import type { Provider } from './types'

export const analytics: Provider[] = [
  {
    id: 'google-analytics',
    name: 'Google Analytics',
    monogram: 'GA',
    group: 'analytics',
    templates: [
      {
        label: 'Connect in the browser',
        settings: oauth2({
          grant: 'authorization_code',
          authorization_url: 'https://accounts.google.com/o/oauth2/v2/auth',
          authorization_parameters: [
            { name: 'access_type', value: 'offline' },
            { name: 'prompt', value: 'consent' },
          ],
          issuer: 'https://accounts.google.com',
          token_url: 'https://oauth2.googleapis.com/token',
          revocation_url: 'https://oauth2.googleapis.com/revoke',
          client_authentication: 'body',
          scopes: ['openid', 'email', 'https://www.googleapis.com/auth/analytics.readonly'],
        }),
        hosts: ['https://analyticsdata.googleapis.com', 'https://analyticsadmin.googleapis.com'],
        test: { method: 'GET', url: 'https://analyticsadmin.googleapis.com/v1beta/accountSummaries', good: [] },
        integration: { base_url: 'https://analyticsdata.googleapis.com/v1beta', headers: [] },
        hint: 'Client ID and secret of an OAuth client of the type “Web application” in the Google API Console; enter Fenicia’s redirect address there. While the app’s publishing status is “Testing”, refresh tokens end after 7 days.',
      },
      {
        label: 'Refresh token',
        settings: oauth2({
          grant: 'refresh_token',
          token_url: 'https://oauth2.googleapis.com/token',
          client_authentication: 'body',
        }),
        hosts: ['https://analyticsdata.googleapis.com', 'https://analyticsadmin.googleapis.com'],
        test: { method: 'GET', url: 'https://analyticsadmin.googleapis.com/v1beta/accountSummaries', good: [] },
        integration: { base_url: 'https://analyticsdata.googleapis.com/v1beta', headers: [] },
        hint: 'Client ID and secret of an OAuth client in the Google API Console. The refresh token comes from a consent with offline access to the scope analytics.readonly.',
      },
    ],
    dialect: {
      errors: {
        code: 'error',
        message: 'error_description',
        meanings: { deleted_client: 'invalid_client', disabled_client: 'invalid_client' },
      },
    },
    sources: [
      {
        url: 'https://hackmd.io/@pclin/BJlq95xgF',
        checked: '2026-11-25',
        shows:
          'Google’s page on web server applications, quoted: the token address, access_type=offline for a refresh token',
      },
      {
        url: 'https://howto.im/q/how-to-refresh-google-oauth-2.0-access-token',
        checked: '2026-11-25',
        shows: 'The refresh request as a form, with client_id and client_secret in it',
      },
      {
        url: 'https://developers.google.com/analytics/devguides/config/admin/v1/rest/v1beta/accountSummaries/list',
        checked: '2026-11-25',
        shows: 'GET /v1beta/accountSummaries and its scopes',
      },
      {
        url: 'https://developers.google.com/analytics/devguides/reporting/data/v1/rest/v1alpha/TopLevel/getMetadata.md.txt',
        checked: '2026-11-25',
        shows: 'The host of the Data API',
      },
      {
        url: 'https://developers.google.cn/analytics/devguides/reporting/data/v1/rest/v1beta/properties.md.txt',
        checked: '2026-11-25',
        shows: 'The Data API’s version v1beta and its methods',
      },
      {
        url: 'https://github.com/googleapis/google-auth-library-nodejs/blob/021b96910a67bfa373b38ea8afbedd31b405da0f/src/auth/oauth2client.ts',
        checked: '2026-11-25',
        shows:
          'Google’s own library: consent, token and revocation address, issuers, S256, the code exchange and the refresh as forms',
      },
      {
        url: 'https://github.com/kubeguard/guard/issues/346',
        checked: '2026-11-28',
        shows: 'The answer to a refresh of a client that was deleted: 401 with deleted_client',
      },
      {
        url: 'https://github.com/openpubkey/opkssh/issues/617',
        checked: '2026-11-28',
        shows: 'The token endpoint’s answer to a client that was disabled: 401 with disabled_client',
      },
      {
        url: 'https://wiki.dolibarr.org/index.php/Special:MobileDiff/61572',
        checked: '2026-11-25',
        shows: 'Refresh tokens of apps in testing end after 7 days',
      },
      {
        url: 'https://docs.gitguardian.com/secrets-detection/secrets-detection-engine/detectors/specifics/google_oauth2_refresh_token',
        checked: '2026-11-25',
        shows: 'Refresh tokens stop when the user revokes the access, and after six months without use',
      },
      {
        url: 'https://developers.google.com/merchant/storebuilder/online/sections/4_1_1_oauth.md.txt',
        checked: '2026-11-25',
        shows: 'access_type=offline, since access tokens end',
      },
    ],
  },
  {
    id: 'posthog',
    name: 'PostHog',
    monogram: 'PH',
    group: 'analytics',
    variables: [{ name: 'region', label: 'Region: us or eu', example: 'us', pattern: 'us|eu' }],
    templates: [
      {
        label: 'Personal API key',
        settings: { type: 'bearer' },
        hosts: ['https://{region}.posthog.com'],
        test: { method: 'GET', url: 'https://{region}.posthog.com/api/projects/', good: [] },
        integration: { base_url: 'https://{region}.posthog.com/api', headers: [] },
        hint: 'From Personal API keys in your account’s settings (phx_…), not the project’s key. The test needs a scope that reads projects.',
      },
    ],
    sources: [
      {
        url: 'https://posthog.com/docs/product-analytics/installation/api',
        checked: '2026-11-25',
        shows: 'Personal API keys: where they are made, scopes, Authorization with Bearer',
      },
      {
        url: 'https://www.mintlify.com/PostHog/posthog/api/authentication',
        checked: '2026-11-25',
        shows: 'GET https://us.posthog.com/api/projects/ as the example, 401 and 403',
      },
      {
        url: 'https://n8n.nodejs.cn/integrations/builtin/credentials/posthog',
        checked: '2026-11-25',
        shows: 'The hosts of private endpoints: us.posthog.com and eu.posthog.com',
      },
    ],
  },
  {
    id: 'plausible',
    name: 'Plausible',
    monogram: 'PL',
    group: 'analytics',
    variables: [{ name: 'site', label: 'Site, as it is called in Plausible', example: 'example.com', pattern: HOST }],
    templates: [
      {
        label: 'API key',
        settings: { type: 'bearer' },
        hosts: ['https://plausible.io'],
        test: {
          method: 'GET',
          url: 'https://plausible.io/api/v1/stats/realtime/visitors?site_id={site}',
          good: [],
        },
        integration: { base_url: 'https://plausible.io/api', headers: [] },
        hint: 'A key for the Stats API, from your settings in Plausible. It may make 600 requests an hour.',
      },
    ],
    sources: [
      {
        url: 'https://plausible.io/docs/stats-api',
        checked: '2026-11-25',
        shows: 'Bearer with an API key, where keys are made, site_id is the domain, 600 requests an hour',
      },
      {
        url: 'https://www.mintlify.com/plausible/analytics/api/stats/realtime',
        checked: '2026-11-25',
        shows: 'GET /api/v1/stats/realtime/visitors with site_id',
      },
    ],
  },
  {
    id: 'mixpanel',
    name: 'Mixpanel',
    monogram: 'MX',
    group: 'analytics',
    templates: [
      {
        label: 'Service account',
        settings: { type: 'basic' },
        hosts: ['https://mixpanel.com'],
        test: { method: 'GET', url: 'https://mixpanel.com/api/app/me', good: [] },
        integration: { base_url: 'https://mixpanel.com/api', headers: [] },
        hint: 'Made under Service Accounts in the organization’s or project’s settings: its user name, and its secret as the password. The secret is shown once.',
      },
    ],
    sources: [
      {
        url: 'https://developer.mixpanel.com/reference/service-accounts',
        checked: '2026-11-25',
        shows: 'HTTP Basic with user name and secret, GET /api/app/me, where service accounts are made',
      },
    ],
  },
  {
    id: 'klaviyo',
    name: 'Klaviyo',
    monogram: 'KL',
    group: 'analytics',
    templates: [
      {
        label: 'Private API key',
        settings: { type: 'api_key', placement: { in: 'header', name: 'Authorization', prefix: 'Klaviyo-API-Key ' } },
        hosts: ['https://a.klaviyo.com'],
        test: null,
        integration: {
          base_url: 'https://a.klaviyo.com/api',
          headers: [{ name: 'revision', value: '2026-10-15' }],
        },
        hint: 'A private key with the scopes that you need; paste it alone. Every call needs the header revision, which the integration adds: revisions are retired after two years.',
      },
    ],
    sources: [
      {
        url: 'https://developers.klaviyo.com/en/v2024-02-15/docs/authenticate_',
        checked: '2026-11-25',
        shows: 'Authorization: Klaviyo-API-Key, the host, revision on every request',
      },
      {
        url: 'https://developers.klaviyo.com/.well-known/skills/klaviyo-migrate-oauth/references/revision-changes.md',
        checked: '2026-11-25',
        shows: '2026-10-15 is the stable revision; each is retired after two years',
      },
    ],
  },
  {
    id: 'hubspot',
    name: 'HubSpot',
    monogram: 'HS',
    group: 'analytics',
    templates: [
      {
        label: 'Private app access token',
        settings: { type: 'bearer' },
        hosts: ['https://api.hubapi.com'],
        test: { method: 'GET', url: 'https://api.hubapi.com/account-info/2026-03/details', good: [] },
        integration: { base_url: 'https://api.hubapi.com', headers: [] },
        hint: 'The access token of a private app; the scopes that were chosen for the app decide what it may do.',
      },
      {
        label: 'Connect in the browser',
        settings: oauth2({
          grant: 'authorization_code',
          authorization_url: 'https://app.hubspot.com/oauth/authorize',
          token_url: 'https://api.hubapi.com/oauth/2026-03/token',
          revocation_url: 'https://api.hubapi.com/oauth/2026-03/token/revoke',
          client_authentication: 'body',
        }),
        hosts: ['https://api.hubapi.com'],
        test: { method: 'GET', url: 'https://api.hubapi.com/account-info/2026-03/details', good: [] },
        integration: { base_url: 'https://api.hubapi.com', headers: [] },
        hint: 'Client ID and secret are in the app’s settings. Enter Fenicia’s redirect address there, and here the very scopes that the app has there. Access tokens last 30 minutes.',
      },
    ],
    dialect: {
      errors: { code: 'status', message: 'message', meanings: { BAD_REFRESH_TOKEN: 'invalid_grant' } },
    },
    sources: [
      {
        url: 'https://developers.hubspot.com/docs/api-reference/latest/account/account-information/get-account-details',
        checked: '2026-11-25',
        shows: 'GET https://api.hubapi.com/account-info/2026-03/details with Bearer',
      },
      {
        url: 'https://developers.hubspot.com/docs/api-reference/legacy/account/account-information/v1/get-integrations-v1-me.md',
        checked: '2026-11-25',
        shows: 'Account endpoints take tokens of private apps',
      },
      {
        url: 'https://developers.hubspot.com/docs/apps/legacy-apps/private-apps/overview',
        checked: '2026-11-25',
        shows: 'Private apps and their access tokens',
      },
      {
        url: 'https://developers.hubspot.com/docs/api-reference/2026-03/authentication/oauth-tokens/refresh-oauth-token',
        checked: '2026-11-25',
        shows: 'Token address, client_id and client_secret in the form, code_verifier',
      },
      {
        url: 'https://developers.hubspot.com/docs/api-reference/latest/authentication/oauth-tokens/revoke-token',
        checked: '2026-11-28',
        shows: 'The address that takes refresh tokens back, with client_id and client_secret in its form',
      },
      {
        url: 'https://developers.hubspot.com/docs/api-reference/auth-oauth-v3/guide',
        checked: '2026-11-25',
        shows: 'The consent address and its parameters',
      },
      {
        url: 'https://developers.hubspot.com/docs/methods/oauth2/refresh-access-token',
        checked: '2026-11-25',
        shows: '30 minutes, Bearer',
      },
      {
        url: 'https://nango.dev/blog/hubspot-oauth-bad-refresh-token',
        checked: '2026-11-25',
        shows: 'The answer BAD_REFRESH_TOKEN with status 400',
      },
      {
        url: 'https://developers.hubspot.com/changelog/new-oauth-v3-api-endpoints-and-standardized-error-responses',
        checked: '2026-11-28',
        shows: 'Refusals have error and error_description of RFC 6749, beside status and message',
      },
    ],
  },
  {
    id: 'sendgrid',
    name: 'SendGrid',
    monogram: 'SG',
    group: 'analytics',
    templates: [
      {
        label: 'API key',
        settings: { type: 'bearer' },
        hosts: ['https://api.sendgrid.com'],
        test: { method: 'GET', url: 'https://api.sendgrid.com/v3/scopes', good: [] },
        integration: { base_url: 'https://api.sendgrid.com/v3', headers: [] },
        hint: 'A key with full or custom access, of 69 characters; the test shows what it may do.',
      },
      {
        label: 'API key, EU',
        settings: { type: 'bearer' },
        hosts: ['https://api.eu.sendgrid.com'],
        test: { method: 'GET', url: 'https://api.eu.sendgrid.com/v3/scopes', good: [] },
        integration: { base_url: 'https://api.eu.sendgrid.com/v3', headers: [] },
        hint: 'For regional subusers in the EU. A key with full or custom access, of 69 characters; the test shows what it may do.',
      },
    ],
    sources: [
      {
        url: 'https://www.twilio.com/docs/sendgrid/api-reference/api-key-permissions/retrieve-a-list-of-scopes-for-which-this-user-has-access.md',
        checked: '2026-11-25',
        shows: 'GET /v3/scopes, Bearer, both hosts',
      },
      {
        url: 'https://www.twilio.com/docs/sendgrid/api-reference/api-keys/retrieve-an-existing-api-key.md',
        checked: '2026-11-25',
        shows: 'Kinds of keys, their length',
      },
    ],
  },
]
