// A legacy ERP in a private network: Basic auth, CSV in Latin-1, a file a day.

/** @type {import('../setup.mjs').Service} */
export const service = {
  url: 'http://127.0.0.1:4802',
  secrets: [
    { name: 'username', label: 'User name in the ERP' },
    { name: 'password', label: 'Password in the ERP' },
  ],
  credential: { name: 'ERP sandbox', type: 'basic', test: { path: '/ping' } },
  integration: { name: 'ERP export', slug: 'erp-export', methods: ['GET'], paths: ['/export/*'], timeout_ms: 60_000 },
  keyName: 'ERP export',
}
