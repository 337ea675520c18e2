import type { StatusTone } from '@/components/ui/status'
import type { MessageView, WebhookType, WebhookView } from '@/lib/webhooks'

export const WEBHOOKS_HREF = '/settings/webhooks'

export function webhookHref(id: string): string {
  return `${WEBHOOKS_HREF}/${encodeURIComponent(id)}`
}

/** The messages to a webhook, of those that the filters let through. */
export function messagesHref(id: string, filters: Record<string, string | undefined>): string {
  const given = Object.entries(filters).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return given.length === 0 ? webhookHref(id) : `${webhookHref(id)}?${new URLSearchParams(given)}`
}

/** What each type tells of, for whoever chooses. */
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
