import type { StatusTone } from '@/components/ui/status'
import type { MessageView, WebhookType, WebhookView } from '@/lib/webhooks'

export const WEBHOOKS_HREF = '/settings/webhooks'

export function webhookHref(id: string): string {
  return `${WEBHOOKS_HREF}/${encodeURIComponent(id)}`
}

/** What each type tells of, for whoever chooses. */
export const typeHints: Record<Exclude<WebhookType, 'webhook.test'>, string> = {
  'key.created': 'An API key was generated',
  'key.regenerated': 'A key took the place of another',
  'key.revoked': 'A key is not accepted any more',
  'key.leaked': 'A key’s token was seen where it does not belong',
  'credential.connected': 'A service was connected, or re-authorized',
  'credential.renewal_failed': 'Tokens can’t be renewed',
  'credential.recovered': 'Tokens are renewed again',
  'credential.expiring': 'A secret or an authorization is about to end',
  'credential.tested_bad': 'A test of a saved credential did not end well',
  'member.joined': 'Somebody has joined the account',
  'member.left': 'Somebody has left the account, or was removed',
}

/** A webhook's state as a word and a shape. */
export function webhookStatus({ state, failingSince }: Pick<WebhookView, 'state' | 'failingSince'>): {
  tone: StatusTone
  word: string
} {
  if (state === 'paused') return { tone: 'ended', word: 'Paused' }
  if (state === 'disabled') return { tone: 'error', word: 'Disabled' }
  return failingSince === null ? { tone: 'success', word: 'Enabled' } : { tone: 'warning', word: 'Failing' }
}

export const messageStatus: Record<MessageView['state'], { tone: StatusTone; word: string }> = {
  waiting: { tone: 'progress', word: 'Waiting' },
  delivered: { tone: 'success', word: 'Delivered' },
  failed: { tone: 'error', word: 'Failed' },
}
