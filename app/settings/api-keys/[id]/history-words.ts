import type { AuditEventView } from '@/lib/audit'
import { quotaText, rateText } from '../limits/words'
import type { ApiKey } from '../words'

type LimitFields = Pick<ApiKey, 'rate' | 'monthly_quota' | 'addresses' | 'methods'>

type Happened = Pick<AuditEventView, 'action' | 'details'>

const overlapWords: Record<string, string> = {
  none: 'The old token stopped at once.',
  '1h': 'The old token was to work for 1 more hour.',
  '24h': 'The old token was to work for 24 more hours.',
  '7d': 'The old token was to work for 7 more days.',
}

const leakWords: Record<string, string> = {
  revoked: 'The key was revoked at once.',
  flagged: 'The key went on working.',
  ended_before: 'The key did not work any more by then.',
}

/** What happened to a key, in a sentence, and what else is to be known of it. */
export function happened({ action, details }: Happened): { what: string; more?: string } {
  switch (action) {
    case 'api_key.created':
      return { what: 'Generated' }
    case 'api_key.renamed':
      return { what: `Renamed from “${nameIn(details.before)}” to “${nameIn(details.after)}”` }
    case 'api_key.revoked': {
      const reason = text(details.reason)
      return { what: 'Revoked', more: reason && `Reason: ${reason}` }
    }
    case 'api_key.regenerated':
      return { what: 'Regenerated', more: overlapWords[text(details.overlap) ?? ''] }
    case 'api_key.limits_changed':
      return { what: 'Limits changed', more: limitsWords(details.after) }
    case 'api_key.scopes_narrowed':
      return { what: 'Scopes taken away', more: lostWords(details) }
    case 'api_key.kept':
      return { what: 'Kept at a review', more: keptWords(details) }
    case 'api_key.rehearsal_started':
      return { what: 'Rehearsal of a revoke started' }
    case 'api_key.rehearsal_ended':
      return { what: 'Rehearsal of a revoke ended', more: rehearsalWords(details) }
    case 'api_key.paused':
      return { what: 'Paused' }
    case 'api_key.resumed':
      return { what: 'Resumed' }
    case 'api_key.retirement_changed':
      return { what: retirementWords(details) }
    case 'api_key.leaked':
      return {
        what: 'Its token was seen where it does not belong',
        more: leakWords[text(details.outcome) ?? ''],
      }
    case 'api_key.leak_handled':
      return { what: 'Leak marked as handled' }
    default:
      return { what: action }
  }
}

function retirementWords({ ended, retire_when_silent }: Record<string, unknown>): string {
  if (ended === 'by hand') return 'Overlap ended'
  if (ended === 'silent') return 'Overlap ended, since nothing used the old token any more'
  return retire_when_silent === true
    ? 'Overlap set to end as soon as nothing uses the old token'
    : 'Overlap set to last to its end'
}

/** What of the limits was changed, and to what. */
function limitsWords(after: unknown): string | undefined {
  if (typeof after !== 'object' || after === null) return undefined
  const words = Object.entries(after as Partial<LimitFields>).map(([field, value]) => {
    if (field === 'rate') return rateText(value as LimitFields['rate'])
    if (field === 'monthly_quota')
      return `In a month: ${quotaText(value as LimitFields['monthly_quota']).toLowerCase()}`
    if (field === 'addresses') return `Addresses: ${(value as string[] | null)?.join(', ') ?? 'all'}`
    return `Methods: ${(value as string[] | null)?.join(', ') ?? 'all'}`
  })
  return words.length > 0 ? `${words.join('. ')}.` : undefined
}

function lostWords({ before, after }: Record<string, unknown>): string | undefined {
  const kept = scopesIn(after)
  const lost = scopesIn(before).filter((scope) => !kept.includes(scope))
  return lost.length > 0 ? lost.join(', ') : undefined
}

function scopesIn(value: unknown): unknown[] {
  const scopes = typeof value === 'object' && value !== null && 'scopes' in value ? value.scopes : null
  return Array.isArray(scopes) ? scopes : []
}

function keptWords({ reason, days }: Record<string, unknown>): string {
  return `For ${String(days)} days. Reason: ${text(reason) ?? '?'}`
}

function rehearsalWords({ ended, calls }: Record<string, unknown>): string | undefined {
  if (ended === 'by hand') return undefined
  return calls === 0 ? 'Nothing had called it.' : `${Number(calls).toLocaleString('en')} calls would have failed.`
}

function nameIn(value: unknown): string {
  return (typeof value === 'object' && value !== null && 'name' in value && text(value.name)) || '?'
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
