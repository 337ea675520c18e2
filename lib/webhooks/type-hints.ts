import type { WebhookType } from './types'

/** What each type tells of, in a sentence: for whoever chooses, and for the API’s document. */
export const typeHints: Record<Exclude<WebhookType, 'webhook.test'>, string> = {
  'key.created': 'An API key was generated',
  'key.regenerated': 'A key took the place of another',
  'key.revoked': 'A key is not accepted any more',
  'key.leaked': 'A key’s token was seen where it does not belong',
  'key.expiring': 'A key ends in 7 days, or in 1',
  'key.idle': 'A key will be revoked since nobody uses it',
  'credential.connected': 'A service was connected, or re-authorized',
  'credential.renewal_failed': 'Tokens can’t be renewed',
  'credential.recovered': 'Tokens are renewed again',
  'credential.expiring': 'A secret or an authorization is about to end',
  'credential.tested_bad': 'A test of a saved credential did not end well',
  'integration.failing': 'All calls through an integration fail',
  'member.joined': 'Somebody has joined the account',
  'member.left': 'Somebody has left the account, or was removed',
}
