import { DIGITS, HOST, LABEL, oauth2 } from './shapes'
import type { Provider } from './types'

/** Shops of merchants’ own, on software or services that others run. */
export const stores: Provider[] = [
  {
    id: 'shopify',
    name: 'Shopify',
    monogram: 'SH',
    group: 'marketplaces',
    variables: [{ name: 'shop', label: 'Shop name, before .myshopify.com', example: 'my-shop', pattern: LABEL }],
    templates: [
      {
        label: 'Admin API access token',
        settings: { type: 'api_key', placement: { in: 'header', name: 'X-Shopify-Access-Token', prefix: '' } },
        hosts: ['https://{shop}.myshopify.com'],
        test: { method: 'GET', url: 'https://{shop}.myshopify.com/admin/oauth/access_scopes.json', good: [] },
        integration: { base_url: 'https://{shop}.myshopify.com/admin/api', headers: [] },
        hint: 'The Admin API access token of a custom app that was created in the Shopify admin. Paths begin with the version of the API, such as /2026-04/graphql.json.',
      },
      {
        label: 'Client credentials',
        settings: oauth2({
          grant: 'client_credentials',
          token_url: 'https://{shop}.myshopify.com/admin/oauth/access_token',
          client_authentication: 'body',
          placement: { in: 'header', name: 'X-Shopify-Access-Token', prefix: '' },
        }),
        hosts: ['https://{shop}.myshopify.com'],
        test: { method: 'GET', url: 'https://{shop}.myshopify.com/admin/oauth/access_scopes.json', good: [] },
        integration: { base_url: 'https://{shop}.myshopify.com/admin/api', headers: [] },
        hint: 'Client ID and secret are on the app’s Settings page in the Dev Dashboard. Only for an app of your own organization that is installed in a store that you own.',
      },
      {
        label: 'Connect in the browser',
        settings: oauth2({
          grant: 'authorization_code',
          authorization_url: 'https://{shop}.myshopify.com/admin/oauth/authorize',
          token_url: 'https://{shop}.myshopify.com/admin/oauth/access_token',
          client_authentication: 'body',
          parameters: [{ name: 'expiring', value: '1' }],
          placement: { in: 'header', name: 'X-Shopify-Access-Token', prefix: '' },
        }),
        hosts: ['https://{shop}.myshopify.com'],
        test: { method: 'GET', url: 'https://{shop}.myshopify.com/admin/oauth/access_scopes.json', good: [] },
        integration: { base_url: 'https://{shop}.myshopify.com/admin/api', headers: [] },
        hint: 'Client ID and secret are on the app’s Settings page in the Dev Dashboard; enter Fenicia’s redirect address there, and the scopes that the app needs here. Tokens last an hour and are renewed (expiring=1).',
      },
    ],
    dialect: {
      scopeSeparator: ',',
      authorization: { identity: 'shop', pkce: false, signature: 'hmac' },
      errors: {
        code: 'error',
        message: 'error_description',
        meanings: {
          // Its code is invalid_request for all three.
          'This request requires an active refresh_token': 'invalid_grant',
          'The authorization code was not found or was already used': 'invalid_grant',
          'Missing or invalid client secret': 'invalid_client',
          app_not_installed: 'unauthorized_client',
          shop_not_permitted: 'unauthorized_client',
        },
      },
    },
    sources: [
      {
        url: 'https://shopify.dev/docs/api/admin-rest/latest/resources/accessscope',
        checked: '2026-11-25',
        shows: 'GET /admin/oauth/access_scopes.json with X-Shopify-Access-Token, for any token',
      },
      {
        url: 'https://shopify-dev.shopifycloud.com/apps/auth/admin-app-access-tokens',
        checked: '2026-11-25',
        shows: 'Access tokens of custom apps made in the admin; the address of the Admin API',
      },
      {
        url: 'https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/client-credentials-grant',
        checked: '2026-11-25',
        shows: 'Token address per shop, client_id and client_secret in the body, who may use the grant',
      },
      {
        url: 'https://shopify.dev/docs/apps/build/authentication-authorization/authenticate-standalone-apps',
        checked: '2026-11-25',
        shows: 'Who uses the authorization code grant; where redirect addresses are entered',
      },
      {
        url: 'https://github.com/Shopify/shopify-app-js/blob/1229cfe7b990062abad46e367f130c2a7fff5ecc/packages/apps/shopify-api/lib/auth/oauth/oauth.ts',
        checked: '2026-11-25',
        shows: 'The consent address and all of its parameters, shop in the callback, the token request',
      },
      {
        url: 'https://github.com/Shopify/shopify-app-js/blob/0f9eab665e74e6e057e43402e0b6b14fd094456b/packages/apps/shopify-api/lib/utils/hmac-validator.ts',
        checked: '2026-11-27',
        shows: 'hmac in the callback: of what, in which order, with which key and in which form',
      },
      {
        url: 'https://hexdocs.pm/shopify_oauth/Shopify.OAuth.html',
        checked: '2026-11-27',
        shows: 'A callback with its hmac, and the secret that it was made with',
      },
      {
        url: 'https://github.com/Shopify/shopify-app-js/blob/4dd95abd635c540d16156a6b2a9225f9035e3362/packages/apps/shopify-api/lib/auth/oauth/__tests__/refresh-token.test.ts',
        checked: '2026-11-25',
        shows: 'The answer of a refresh with refresh_token and refresh_token_expires_in; its error invalid_grant',
      },
      {
        url: 'https://community.shopify.dev/t/520-during-refresh-token-rotation-permanently-orphans-the-offline-access-token/35182',
        checked: '2026-11-28',
        shows: 'The answer to a refresh token that is dead: 401 with invalid_request, and its words',
      },
      {
        url: 'https://github.com/BNMetrics/Laravel-ShopifyAPI/issues/9',
        checked: '2026-11-28',
        shows: 'The answer to an authorization code that is spent: 400 with invalid_request, and its words',
      },
      {
        url: 'https://github.com/gnikyt/laravel-shopify/issues/692',
        checked: '2026-11-28',
        shows: 'The words for a client secret that is wrong',
      },
      {
        url: 'https://community.shopify.dev/t/client-credentials-grant-returning-app-not-installed-error-despite-app-being-installed/33287',
        checked: '2026-11-28',
        shows: 'Client credentials of an app that is not installed: 400 with app_not_installed, and its words',
      },
      {
        url: 'https://github.com/unopim/shopify-connector/issues/43',
        checked: '2026-11-28',
        shows: 'Client credentials in a store of another organization: shop_not_permitted, and its words',
      },
      {
        url: 'https://github.com/lpinca/shopify-token',
        checked: '2026-11-25',
        shows: 'Scopes joined by commas',
      },
      {
        url: 'https://github.com/Shopify/shopify-app-php/issues/12',
        checked: '2026-11-25',
        shows:
          'What expiring=1 asks for: an hour and a refresh token, and without it no end (said of the token exchange)',
      },
      {
        url: 'https://shopify.dev/changelog/more-resilient-refreshes-for-expiring-offline-access-tokens',
        checked: '2026-11-28',
        shows: 'A refresh token lasts 90 days',
      },
      {
        url: 'https://shopify.dev/changelog/offline-access-tokens-now-support-expiry-and-refresh',
        checked: '2026-11-25',
        shows: '60 minutes, and a refresh token',
      },
    ],
  },
  {
    id: 'woocommerce',
    name: 'WooCommerce',
    monogram: 'WC',
    group: 'marketplaces',
    variables: [{ name: 'host', label: 'Host of the shop', example: 'shop.example.com', pattern: HOST }],
    templates: [
      {
        label: 'REST API key',
        settings: { type: 'basic' },
        hosts: ['https://{host}'],
        test: { method: 'GET', url: 'https://{host}/wp-json/wc/v3/data', good: [] },
        integration: { base_url: 'https://{host}/wp-json/wc/v3', headers: [] },
        hint: 'Made under WooCommerce > Settings > Advanced > REST API: the consumer key (ck_…) is the user name, the consumer secret (cs_…) the password.',
      },
    ],
    sources: [
      {
        url: 'https://contextqmd.com/libraries/woocommerce/versions/10.9.0-dev/pages/docs/apis/rest-api/authentication',
        checked: '2026-11-25',
        shows: 'WooCommerce’s own page on API keys: where they are made, what they may do',
      },
      {
        url: 'https://mintlify.com/woocommerce/woocommerce/api/rest-api/authentication',
        checked: '2026-11-25',
        shows: 'HTTP Basic with the consumer key and the consumer secret',
      },
      {
        url: 'https://github.com/woocommerce/woocommerce-rest-api-docs/blob/13bf9ea50976caf5413f0b3fa70794579a944e1a/source/includes/wp-api-v3/_data.md',
        checked: '2026-11-25',
        shows: 'GET /wp-json/wc/v3/data, a short list',
      },
    ],
  },
  {
    id: 'adobe-commerce',
    name: 'Adobe Commerce (Magento)',
    monogram: 'AC',
    group: 'marketplaces',
    variables: [{ name: 'host', label: 'Host of the shop', example: 'shop.example.com', pattern: HOST }],
    templates: [
      {
        label: 'Integration access token',
        settings: { type: 'bearer' },
        hosts: ['https://{host}'],
        test: null,
        integration: { base_url: 'https://{host}/rest', headers: [] },
        hint: 'The access token of an integration works by itself only if the shop allows it: Stores > Configuration > Services > OAuth > Consumer Settings > Allow OAuth Access Tokens to be used as standalone Bearer tokens.',
      },
    ],
    sources: [
      {
        url: 'https://github.com/AdobeDocs/commerce-webapi/blob/00197dcaa4a9b7c645af1a9b7f307d556499e3ea/src/pages/get-started/authentication/gs-authentication-token.md',
        checked: '2026-11-25',
        shows: 'Bearer tokens, that an integration’s last until revoked, the setting they need, the address /rest',
      },
    ],
  },
  {
    id: 'vtex',
    name: 'VTEX',
    monogram: 'VT',
    group: 'marketplaces',
    variables: [{ name: 'account', label: 'Account name', example: 'mystore', pattern: LABEL }],
    templates: [
      {
        label: 'API key and token',
        settings: { type: 'headers', headers: ['X-VTEX-API-AppKey', 'X-VTEX-API-AppToken'] },
        hosts: ['https://{account}.vtexcommercestable.com.br'],
        test: null,
        integration: { base_url: 'https://{account}.vtexcommercestable.com.br', headers: [] },
        hint: 'Made in the VTEX Admin under Account Settings > API Keys; the token is shown once. Its roles decide what it may do, so enter a request of its own as the test.',
      },
    ],
    sources: [
      {
        url: 'https://developers.vtex.com/docs/guides/api-authentication-using-api-keys',
        checked: '2026-11-25',
        shows: 'The two headers; roles decide what a key may do',
      },
      {
        url: 'https://github.com/vtex/openapi-schemas/blob/0225ec091ec4401162b19bbcae04a0280a76c26c/VTEX%20-%20License%20Manager%20API.json',
        checked: '2026-11-25',
        shows: 'Host {accountName}.{environment}.com.br, with vtexcommercestable as the environment',
      },
      {
        url: 'https://nango.dev/docs/api-integrations/vtex/connect',
        checked: '2026-11-25',
        shows: 'Where keys are made in the Admin; the account name is the subdomain of the Admin',
      },
    ],
  },
  {
    id: 'tiendanube',
    name: 'Tiendanube / Nuvemshop',
    monogram: 'TN',
    group: 'marketplaces',
    variables: [{ name: 'store', label: 'Store ID', example: '123456', pattern: DIGITS }],
    templates: [
      {
        label: 'Access token',
        settings: { type: 'api_key', placement: { in: 'header', name: 'Authentication', prefix: 'bearer ' } },
        hosts: ['https://api.tiendanube.com'],
        test: { method: 'GET', url: 'https://api.tiendanube.com/v1/{store}/store', good: [] },
        integration: { base_url: 'https://api.tiendanube.com/v1/{store}', headers: [] },
        hint: 'The token that your app got when it was installed in the store, with the store’s ID as user_id; it does not expire. Every call needs a User-Agent with the app’s name and an address to reach you: add it to the integration’s headers.',
      },
    ],
    sources: [
      {
        url: 'https://tiendanube.github.io/api-documentation/authentication',
        checked: '2026-11-25',
        shows: 'Tokens don’t expire; user_id is the ID of the store',
      },
      {
        url: 'https://tiendanube.github.io/api-documentation/next/guides/authentication-for-partner-actions',
        checked: '2026-11-25',
        shows: 'The header Authentication: bearer, with a User-Agent',
      },
      {
        url: 'https://github.com/TiendaNube/api-docs/blob/150a7373956d8fc39856331538833fbdeda2b063/resources/store.md',
        checked: '2026-11-25',
        shows: 'GET /store',
      },
      {
        url: 'https://github.com/catalanojuan/api-docs',
        checked: '2026-11-25',
        shows: 'Copy of the documentation: addresses begin with /v1/{store_id}, a call without User-Agent answers 400',
      },
    ],
  },
  {
    id: 'bigcommerce',
    name: 'BigCommerce',
    monogram: 'BC',
    group: 'marketplaces',
    variables: [{ name: 'store', label: 'Store hash', example: 'abc123', pattern: LABEL }],
    templates: [
      {
        label: 'Access token',
        settings: { type: 'api_key', placement: { in: 'header', name: 'X-Auth-Token', prefix: '' } },
        hosts: ['https://api.bigcommerce.com'],
        test: { method: 'GET', url: 'https://api.bigcommerce.com/stores/{store}/v2/store', good: [] },
        integration: {
          base_url: 'https://api.bigcommerce.com/stores/{store}',
          headers: [{ name: 'Accept', value: 'application/json' }],
        },
        hint: 'The access token of an API account of the store. The test needs its permission “Information & Settings: read-only”.',
      },
    ],
    sources: [
      {
        url: 'https://developer.bigcommerce.com/api-reference/store-management/store-information-api',
        checked: '2026-11-25',
        shows: 'X-Auth-Token; the answer is XML unless Accept asks for JSON',
      },
      {
        url: 'https://docs-beta.bigcommerce.com/developer/api-reference/rest/admin/management/store-information/v2/get-store-information',
        checked: '2026-11-25',
        shows: 'Scopes of GET /store; tokens are those of API accounts',
      },
    ],
  },
]
