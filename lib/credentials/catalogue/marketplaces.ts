import { oauth2 } from './shapes'
import type { Provider } from './types'

export const marketplaces: Provider[] = [
  {
    id: 'mercado-libre',
    name: 'Mercado Libre',
    monogram: 'ML',
    group: 'marketplaces',
    variables: [
      {
        name: 'site',
        label: 'Mercado Libre of the seller’s country',
        example: 'mercadolibre.com.mx',
        pattern:
          'mercadolivre\\.com\\.br|mercadolibre\\.cl|mercadolibre\\.com\\.(?:ar|bo|co|cr|do|ec|mx|pa|pe|py|uy|ve)',
      },
    ],
    templates: [
      {
        label: 'Connect in the browser',
        settings: oauth2({
          grant: 'authorization_code',
          authorization_url: 'https://auth.{site}/authorization',
          token_url: 'https://api.mercadolibre.com/oauth/token',
          client_authentication: 'body',
        }),
        hosts: ['https://api.mercadolibre.com'],
        test: { method: 'GET', url: 'https://api.mercadolibre.com/users/me', good: [] },
        integration: { base_url: 'https://api.mercadolibre.com', headers: [] },
        hint: 'Client ID and secret are those of your application in the DevCenter. Switch on its flows Authorization Code and Refresh Token, and enter Fenicia’s redirect address there, exactly. The main account of the seller consents: an operator’s can’t.',
      },
      {
        label: 'Refresh token',
        settings: oauth2({
          grant: 'refresh_token',
          token_url: 'https://api.mercadolibre.com/oauth/token',
          client_authentication: 'body',
        }),
        hosts: ['https://api.mercadolibre.com'],
        test: { method: 'GET', url: 'https://api.mercadolibre.com/users/me', good: [] },
        integration: { base_url: 'https://api.mercadolibre.com', headers: [] },
        hint: 'Client ID and secret are those of your application; the refresh token comes with its first access token. Each one works once, so nothing else may refresh with it.',
      },
    ],
    dialect: { identity: 'user_id' },
    sources: [
      {
        url: 'https://developers.mercadolibre.com.co/en_us/manage-project-apps/authentication-and-authorization',
        checked: '2026-11-25',
        shows: 'Access token as Bearer in the header, GET /users/me as the example',
      },
      {
        url: 'https://dev.to/javiersivack/el-refresh-token-de-mercado-libre-es-de-un-solo-uso-como-no-desconectar-a-tus-vendedores-137g',
        checked: '2026-11-25',
        shows:
          'The refresh request with client_id and client_secret in its form; the refresh token works once, and has to be switched on in the DevCenter',
      },
      {
        url: 'https://github.com/mercadolibre/python-sdk/blob/09406bd544b974b379fea4818bd1040c7f147a40/README.md',
        checked: '2026-11-25',
        shows: 'The consent hosts by country, in Mercado Libre’s own library; response_type, client_id, redirect_uri',
      },
      {
        url: 'https://developers.mercadolivre.com.br/pt_br/autenticacao-e-autorizacao',
        checked: '2026-11-25',
        shows:
          'Read in a copy: consent address by country, PKCE, the code exchange, user_id in the answer, 6 hours and 6 months, error codes, that an operator of the account can’t consent',
      },
    ],
  },
  {
    id: 'amazon-sp-api',
    name: 'Amazon Selling Partner API',
    monogram: 'AZ',
    group: 'marketplaces',
    variables: [
      { name: 'region', label: 'Region: na, eu or fe', example: 'na', pattern: 'na|eu|fe' },
      {
        name: 'seller',
        label: 'Seller Central of the marketplace',
        example: 'sellercentral.amazon.com.mx',
        pattern:
          'sellercentral-europe\\.amazon\\.com|sellercentral\\.amazon\\.(?:com|ca|com\\.mx|com\\.br|com\\.be|nl|se|co\\.za|pl|ie|com\\.tr|sa|ae|eg|in|sg|com\\.au|co\\.jp)',
      },
      {
        name: 'application',
        label: 'Application ID',
        example: 'amzn1.sp.solution.0bf296b5-36a6-4942-a13e-0000000cd28',
        pattern: 'amzn1(?:\\.[A-Za-z0-9-]{1,64}){1,6}',
      },
    ],
    templates: [
      {
        label: 'Refresh token',
        settings: oauth2({
          grant: 'refresh_token',
          token_url: 'https://api.amazon.com/auth/o2/token',
          client_authentication: 'body',
          placement: { in: 'header', name: 'x-amz-access-token', prefix: '' },
        }),
        hosts: ['https://sellingpartnerapi-{region}.amazon.com'],
        test: {
          method: 'GET',
          url: 'https://sellingpartnerapi-{region}.amazon.com/sellers/v1/marketplaceParticipations',
          good: [],
        },
        integration: { base_url: 'https://sellingpartnerapi-{region}.amazon.com', headers: [] },
        hint: 'Client identifier and secret are the Login with Amazon credentials of your app; the refresh token is shown when the seller authorizes it. na has the Americas, eu Europe, Africa, the Middle East and India, fe Singapore, Australia and Japan.',
      },
      {
        label: 'Connect in the browser',
        settings: oauth2({
          grant: 'authorization_code',
          authorization_url: 'https://{seller}/apps/authorize/consent?application_id={application}',
          token_url: 'https://api.amazon.com/auth/o2/token',
          client_authentication: 'body',
          placement: { in: 'header', name: 'x-amz-access-token', prefix: '' },
        }),
        hosts: ['https://sellingpartnerapi-{region}.amazon.com'],
        test: {
          method: 'GET',
          url: 'https://sellingpartnerapi-{region}.amazon.com/sellers/v1/marketplaceParticipations',
          good: [],
        },
        integration: { base_url: 'https://sellingpartnerapi-{region}.amazon.com', headers: [] },
        hint: 'For a public application, which sellers authorize from your website. Client identifier and secret are its Login with Amazon credentials; enter Fenicia’s redirect address as its OAuth Redirect URI. As a draft it also needs the parameter version=beta.',
      },
    ],
    dialect: { authorization: { code: 'spapi_oauth_code', identity: 'selling_partner_id', pkce: false } },
    sources: [
      {
        url: 'https://developer-docs.amazon.com/sp-api-blog/docs/selling-partner-api-migration-for-private-developers',
        checked: '2026-11-25',
        shows: 'Token address, grant refresh_token, access tokens of one hour',
      },
      {
        url: 'https://developer.amazon.com/docs/amazon-data-portability/lwa-access-token.html',
        checked: '2026-11-25',
        shows: 'Login with Amazon takes client_id and client_secret as parameters of the request',
      },
      {
        url: 'https://developer-docs.amazon.com/sp-api/docs/sp-api-endpoints',
        checked: '2026-11-25',
        shows: 'The three hosts and their marketplaces',
      },
      {
        url: 'https://developer-docs.amazon.com/sp-api/docs/sellers-api-v1-reference',
        checked: '2026-11-25',
        shows: 'GET /sellers/v1/marketplaceParticipations',
      },
      {
        url: 'https://developer-docs.amazon.com/amazon-business/docs/onboarding-step-5-create-and-sign-your-request',
        checked: '2026-11-25',
        shows: 'x-amz-access-token carries the Login with Amazon token (page of the sister API Amazon Business)',
      },
      {
        url: 'https://github.com/amzn/selling-partner-api-docs/blob/0538b5dd43dd121896fd4feedf4e5ae2a7adf861/guides/en-US/developer-guide/SellingPartnerApiDeveloperGuide.md',
        checked: '2026-11-25',
        shows:
          'The consent address, Seller Central by marketplace, all parameters there and back (spapi_oauth_code, selling_partner_id), the code exchange',
      },
      {
        url: 'https://github.com/ScaleLeap/amazon-marketplaces/blob/345ce7b02054068049ac564b83b6fee2a5281457/src/marketplaces/be.ts',
        checked: '2026-11-28',
        shows: 'Seller Central of Belgium',
      },
      {
        url: 'https://github.com/ScaleLeap/amazon-marketplaces/blob/a8d5398451b04f386143be0ae6458f9ff5fc42c6/src/marketplaces/za.ts',
        checked: '2026-11-28',
        shows: 'Seller Central of South Africa',
      },
      {
        url: 'https://github.com/ScaleLeap/amazon-marketplaces/blob/027208c1d00ae94d3eef20fe31554b539efebcd4/src/marketplaces/sa.ts',
        checked: '2026-11-28',
        shows: 'Seller Central of Saudi Arabia',
      },
      {
        url: 'https://developers.apideck.com/connectors/amazon-seller-central/docs/consumer+connection',
        checked: '2026-11-28',
        shows: 'Seller Central of Egypt and of Ireland, among all of those that sellers consent in',
      },
      {
        url: 'https://developer-docs.amazon.com/sp-api/docs/website-authorization-workflow',
        checked: '2026-11-25',
        shows: 'That this workflow is for public applications',
      },
    ],
  },
  {
    id: 'walmart',
    name: 'Walmart Marketplace',
    monogram: 'WM',
    group: 'marketplaces',
    templates: [
      {
        label: 'Client credentials',
        settings: oauth2({
          grant: 'client_credentials',
          token_url: 'https://marketplace.walmartapis.com/v3/token',
          client_authentication: 'basic',
          placement: { in: 'header', name: 'WM_SEC.ACCESS_TOKEN', prefix: '' },
        }),
        hosts: ['https://marketplace.walmartapis.com'],
        test: null,
        integration: {
          base_url: 'https://marketplace.walmartapis.com/v3',
          headers: [{ name: 'WM_SVC.NAME', value: 'Walmart Marketplace' }],
        },
        hint: 'For your own seller account: client ID and secret are among the API keys of your Walmart developer account. Your app adds the header WM_QOS.CORRELATION_ID with an ID of its own to each call. Tokens last 15 minutes.',
      },
      {
        label: 'Client credentials, sandbox',
        isSandbox: true,
        settings: oauth2({
          grant: 'client_credentials',
          token_url: 'https://sandbox.walmartapis.com/v3/token',
          client_authentication: 'basic',
          placement: { in: 'header', name: 'WM_SEC.ACCESS_TOKEN', prefix: '' },
        }),
        hosts: ['https://sandbox.walmartapis.com'],
        test: null,
        integration: {
          base_url: 'https://sandbox.walmartapis.com/v3',
          headers: [{ name: 'WM_SVC.NAME', value: 'Walmart Marketplace' }],
        },
        hint: 'Client ID and secret are among the Sandbox Keys of your Walmart developer account. Your app adds the header WM_QOS.CORRELATION_ID with an ID of its own to each call, and WM_SANDBOX: v2 where the dynamic sandbox is meant.',
      },
    ],
    dialect: {
      headers: [
        { name: 'WM_SVC.NAME', value: 'Walmart Marketplace' },
        { name: 'WM_QOS.CORRELATION_ID', value: '{uuid}' },
      ],
    },
    sources: [
      {
        url: 'https://developer.walmart.com/us-marketplace/docs/get-an-access-token',
        checked: '2026-11-25',
        shows: 'Grants, 15 minutes, the header WM_SEC.ACCESS_TOKEN',
      },
      {
        url: 'https://developer.walmart.com/us-marketplace/docs/authentication-onboarding-troubleshooting',
        checked: '2026-11-25',
        shows: 'The token request with HTTP Basic, as a form; where API keys are',
      },
      {
        url: 'https://developer.walmart.com/us-marketplace/docs/static-sandbox',
        checked: '2026-11-28',
        shows: 'Where sandbox keys are, and that tokens are got with them by the Token API',
      },
      {
        url: 'https://developer.walmart.com/us-marketplace/lang-fr_CA/docs/dynamic-sandbox',
        checked: '2026-11-28',
        shows: 'The sandbox’s host, WM_SANDBOX',
      },
      {
        url: 'https://developer.walmart.com/us-marketplace/docs/api-integration-usage',
        checked: '2026-11-28',
        shows: 'The hosts of sandbox and production, and that each gives tokens of its own by the Token API',
      },
      {
        url: 'https://developer.walmart.com/suppliers/docs/required-headers-and-requests',
        checked: '2026-11-25',
        shows: 'Every call needs access token, correlation ID and service name (page of the supplier APIs)',
      },
      {
        url: 'https://npmjs.com/package/wmt-marketplace-auth',
        checked: '2026-11-25',
        shows: 'A UUID as correlation ID unless one is given',
      },
      {
        url: 'https://blog.csdn.net/weixin_28936865/article/details/118904379',
        checked: '2026-11-25',
        shows: 'WM_SVC.NAME: Walmart Marketplace, beside WM_QOS.CORRELATION_ID',
      },
    ],
  },
  {
    id: 'tiktok',
    name: 'TikTok',
    monogram: 'TT',
    group: 'marketplaces',
    templates: [
      {
        label: 'Connect in the browser',
        settings: oauth2({
          grant: 'authorization_code',
          authorization_url: 'https://www.tiktok.com/v2/auth/authorize/',
          token_url: 'https://open.tiktokapis.com/v2/oauth/token/',
          revocation_url: 'https://open.tiktokapis.com/v2/oauth/revoke/',
          client_authentication: 'body',
          scopes: ['user.info.basic'],
        }),
        hosts: ['https://open.tiktokapis.com'],
        test: { method: 'GET', url: 'https://open.tiktokapis.com/v2/user/info/?fields=open_id', good: [] },
        integration: { base_url: 'https://open.tiktokapis.com/v2', headers: [] },
        hint: 'The client ID is the client key of your app, under Manage apps. Enter Fenicia’s redirect address in its Login Kit, which takes https addresses without parameters, and the scopes that the app was approved for here.',
      },
    ],
    dialect: {
      parameters: { client_id: 'client_key' },
      scopeSeparator: ',',
      identity: 'open_id',
      authorization: { pkce: false },
    },
    sources: [
      {
        url: 'https://developers.tiktok.com/docs/en/oauth-refresh-a-user-access-token',
        checked: '2026-11-25',
        shows:
          'Token address, client_key, the refresh request as a form, that the refresh token is replaced and the old one stops',
      },
      {
        url: 'https://developers.tiktok.com/doc/oauth-get-a-user-access-token',
        checked: '2026-11-25',
        shows: 'The code exchange; code_verifier is for mobile and desktop apps',
      },
      {
        url: 'https://developers.tiktok.com/docs/zh-Hans/oauth-user-access-token-management',
        checked: '2026-11-25',
        shows: '2 hours and 180 days, expires_in and refresh_expires_in',
      },
      {
        url: 'https://developers.tiktok.com/doc/oauth-user-access-token-management',
        checked: '2026-11-25',
        shows: 'open_id in the answer, scopes with commas',
      },
      {
        url: 'https://developers.tiktok.com/doc/login-kit-web',
        checked: '2026-11-25',
        shows: 'Client key and secret, rules of redirect addresses',
      },
      {
        url: 'https://github.com/nextauthjs/next-auth/blob/00547a89781a483d2e40d90fc378bf2595fa59df/packages/core/src/providers/tiktok.ts',
        checked: '2026-11-25',
        shows: 'The consent address and its parameters',
      },
      {
        url: 'https://developers.tiktok.com/docs/en/oauth-revoke-a-user-access-token',
        checked: '2026-11-25',
        shows: 'The address that takes tokens back',
      },
      {
        url: 'https://developers.tiktok.com/doc/oauth-error-handling',
        checked: '2026-11-25',
        shows: 'Error codes, which are those of RFC 6749',
      },
      {
        url: 'https://developers.tiktok.com/doc/tiktok-api-v2-get-user-info',
        checked: '2026-11-25',
        shows: 'GET /v2/user/info/ with Bearer and fields',
      },
    ],
  },
  {
    id: 'meta',
    name: 'Meta (Facebook, Instagram)',
    monogram: 'ME',
    group: 'marketplaces',
    templates: [
      {
        label: 'Connect in the browser',
        settings: oauth2({
          grant: 'authorization_code',
          authorization_url: 'https://www.facebook.com/v25.0/dialog/oauth',
          token_url: 'https://graph.facebook.com/v25.0/oauth/access_token',
          client_authentication: 'body',
        }),
        hosts: ['https://graph.facebook.com'],
        test: { method: 'GET', url: 'https://graph.facebook.com/v25.0/me?fields=id', good: [] },
        integration: { base_url: 'https://graph.facebook.com/v25.0', headers: [] },
        hint: 'Client ID and secret are App ID and App Secret. Enter Fenicia’s redirect address under Facebook Login, Valid OAuth Redirect URIs, and the permissions that the app needs as scopes. Tokens last about 60 days and are exchanged before that.',
      },
      {
        label: 'Access token',
        settings: oauth2({
          grant: 'refresh_token',
          token_url: 'https://graph.facebook.com/v25.0/oauth/access_token',
          client_authentication: 'body',
        }),
        hosts: ['https://graph.facebook.com'],
        test: { method: 'GET', url: 'https://graph.facebook.com/v25.0/me?fields=id', good: [] },
        integration: { base_url: 'https://graph.facebook.com/v25.0', headers: [] },
        hint: 'Enter a user’s access token that has not ended yet as the refresh token: Meta has none, and exchanges the access token itself. Client ID and secret are App ID and App Secret.',
      },
    ],
    dialect: {
      method: 'GET',
      scopeSeparator: ',',
      exchange: { grantType: 'fb_exchange_token', parameter: 'fb_exchange_token' },
      errors: {
        code: 'error.code',
        message: 'error.message',
        meanings: {
          // Not its code, 1, which stands for an unknown error, too.
          'Error validating client secret.': 'invalid_client',
          '2': 'temporarily_unavailable',
          '4': 'temporarily_unavailable',
          '17': 'temporarily_unavailable',
          '341': 'temporarily_unavailable',
          '102': 'invalid_grant',
          '190': 'invalid_grant',
        },
      },
      authorization: { pkce: false },
    },
    sources: [
      {
        url: 'https://developers.facebook.com/documentation/facebook-login/guides/access-tokens/get-long-lived',
        checked: '2026-11-25',
        shows:
          'The exchange by GET, its parameters and answer, about 60 days, that an expired token is not exchanged, version v25.0',
      },
      {
        url: 'https://developers.facebook.com/documentation/facebook-login/guides/advanced/manual-flow',
        checked: '2026-11-25',
        shows: 'The login flow of servers without an SDK',
      },
      {
        url: 'https://developers.facebook.com/documentation/facebook-login/guides/advanced/oidc-token',
        checked: '2026-11-25',
        shows: 'PKCE only with OpenID Connect, and in testing',
      },
      {
        url: 'https://developers.facebook.com/docs/graph-api/guides/error-handling',
        checked: '2026-11-25',
        shows: 'Where an error’s code and message stand; what codes mean',
      },
      {
        url: 'https://github.com/facebookarchive/php-graph-sdk/issues/538',
        checked: '2026-11-28',
        shows: 'The answer to a client secret that is wrong: code 1, and its words',
      },
      {
        url: 'https://github.com/python-social-auth/social-core/blob/021a6cfaa8256239103200a2ea32b0e894780fa4/social_core/backends/facebook.py',
        checked: '2026-11-25',
        shows: 'The consent address, scopes with commas, the code exchange and fb_exchange_token as requests by GET',
      },
      {
        url: 'https://github.com/bk-rs/oauth2-rs',
        checked: '2026-11-25',
        shows:
          'Where App ID, App Secret and the Valid OAuth Redirect URIs are entered (providers/oauth2-facebook/docs)',
      },
    ],
  },
]
