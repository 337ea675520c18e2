// A marketplace over OAuth2: access tokens that last seconds, and refresh tokens that each work once.

/** @type {import('../setup.mjs').Service} */
export const service = {
  url: 'http://127.0.0.1:4804',
  tokenPath: '/oauth/token',
  secrets: [
    { name: 'client_secret', label: 'Client secret of the app' },
    { name: 'refresh_token', label: 'Refresh token of the seller' },
  ],
  credential: {
    name: 'Night market sandbox',
    type: 'oauth2',
    grant: 'refresh_token',
    client_id: 'nightly-sync',
    test: { path: '/me' },
  },
  integration: {
    name: 'Night market orders',
    slug: 'night-market',
    // A script that reads orders needs no more than this.
    methods: ['GET'],
    paths: ['/orders'],
  },
  keyName: 'Nightly sync',
}
