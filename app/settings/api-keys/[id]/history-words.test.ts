import { expect, it } from 'vitest'
import { happened } from './history-words'

// The details are what lib/api-keys records with each event.
it.each([
  ['api_key.created', { name: 'ERP' }, { what: 'Generated' }],
  ['api_key.renamed', { before: { name: 'ERP' }, after: { name: 'ERP 2' } }, { what: 'Renamed from “ERP” to “ERP 2”' }],
  ['api_key.revoked', { reason: 'Shut down' }, { what: 'Revoked', more: 'Reason: Shut down' }],
  ['api_key.revoked', { reason: null }, { what: 'Revoked' }],
  ['api_key.paused', {}, { what: 'Paused' }],
  ['api_key.resumed', {}, { what: 'Resumed' }],
  [
    'api_key.limits_changed',
    { after: { rate: { requests: 5, seconds: 60 }, monthly_quota: 1_000, addresses: ['::1'], methods: null } },
    {
      what: 'Limits changed',
      more: '5 requests in 1 minute. In a month: 1,000 requests. Addresses: ::1. Methods: all.',
    },
  ],
  ['api_key.limits_changed', { after: { rate: null } }, { what: 'Limits changed', more: 'Any number of requests.' }],
  ['api_key.regenerated', { overlap: 'none' }, { what: 'Regenerated', more: 'The old token stopped at once.' }],
  ['api_key.retirement_changed', { ended: 'by hand' }, { what: 'Overlap ended' }],
  [
    'api_key.retirement_changed',
    { ended: 'silent' },
    { what: 'Overlap ended, since nothing used the old token any more' },
  ],
  [
    'api_key.retirement_changed',
    { retire_when_silent: true },
    { what: 'Overlap set to end as soon as nothing uses the old token' },
  ],
  ['api_key.retirement_changed', { retire_when_silent: false }, { what: 'Overlap set to last to its end' }],
] as const)('%s %j', (action, details, words) => {
  expect(happened({ action, details })).toEqual(words)
})
