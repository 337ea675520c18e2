// A carrier: an API key in the header Authorization, with a scheme of the carrier's own.

/** @type {import('../setup.mjs').Service} */
export const service = {
  url: 'http://127.0.0.1:4803',
  secrets: [{ name: 'key', label: 'API key of the carrier' }],
  credential: {
    name: 'Carrier sandbox',
    type: 'api_key',
    placement: { in: 'header', name: 'Authorization', prefix: 'ShippoToken ' },
    test: { path: '/carrier_accounts' },
  },
  integration: {
    name: 'Shipping labels',
    slug: 'shipping-labels',
    methods: ['POST'],
    paths: ['/labels'],
    // Sent with every call; the carrier asks for it.
    headers: [{ name: 'Carrier-API-Version', value: '2026-01-01' }],
  },
  keyName: 'Shipping labels',
}
