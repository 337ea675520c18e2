import type { StatusTone } from '@/components/ui/status'
import type { MessageView, WebhookView } from '@/lib/webhooks'

export const WEBHOOKS_HREF = '/settings/webhooks'

export function webhookHref(id: string): string {
  return `${WEBHOOKS_HREF}/${encodeURIComponent(id)}`
}

/** The messages to a webhook, of those that the filters let through. */
export function messagesHref(id: string, filters: Record<string, string | undefined>): string {
  const given = Object.entries(filters).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return given.length === 0 ? webhookHref(id) : `${webhookHref(id)}?${new URLSearchParams(given)}`
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
