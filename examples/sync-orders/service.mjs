// A marketplace: a Bearer token, orders page by page.

/** @type {import('../setup.mjs').Service} */
export const service = {
  url: 'http://127.0.0.1:4801',
  secrets: [{ name: 'token', label: 'Token of the marketplace' }],
  credential: { name: 'Marketplace sandbox', type: 'bearer', test: { path: '/me' } },
  integration: {
    name: 'Marketplace orders',
    slug: 'marketplace-orders',
    // A script that reads orders needs no more than this.
    methods: ['GET'],
    paths: ['/orders'],
  },
  keyName: 'Orders sync',
}
