import type { EventKind, NoticeView, OpenTrouble } from '@/lib/notifications'
import { callLook } from '../integrations/calls'

/** What people choose by which way to hear of. */
export const kindNames: Record<EventKind, { name: string; hint: string }> = {
  'credential.reauthorization_required': {
    name: 'Re-authorization needed',
    hint: 'A service does not renew its tokens any more: calls fail until somebody re-authorizes it.',
  },
  'credential.renewal_failing': {
    name: 'Renewal failing',
    hint: 'Renewal fails for so long that calls may fail soon. Fenicia goes on trying.',
  },
  'credential.renewal_recovered': { name: 'Working again', hint: 'After one of the above.' },
  'credential.expiring': {
    name: 'About to expire',
    hint: '14, 3 and 1 days before a secret or an authorization ends.',
  },
  'api_key.created': { name: 'API key generated', hint: 'Somebody made a new key.' },
  'api_key.regenerated': { name: 'API key regenerated', hint: 'A new key replaces an old one.' },
  'api_key.revoked': { name: 'API key revoked', hint: 'A key is not accepted any more.' },
  'api_key.rehearsal_ended': {
    name: 'Rehearsal of a revoke over',
    hint: 'Which calls would have failed, were a key revoked.',
  },
  'review.digest': {
    name: 'Monthly review',
    hint: 'At the beginning of each month, when keys or credentials want to be looked at.',
  },
  'api_key.leaked': { name: 'API key leaked', hint: 'A key’s token was seen where it does not belong.' },
  'integration.failing': {
    name: 'Integration failing',
    hint: 'For ten minutes or longer every call through an integration has failed: five in a row at least.',
  },
  'webhook.disabled': {
    name: 'Webhook disabled',
    hint: 'A webhook has taken nothing for three days, or answered 410.',
  },
  'api_key.idle': {
    name: 'API key idle',
    hint: '7 days and 1 day before a key is revoked since nobody uses it, if the account asks for that.',
  },
  'api_key.expiring': { name: 'API key expiring', hint: '7 days and 1 day before a key expires.' },
}

/** A notice in words, and the page that it is about. */
export interface NoticeWords {
  title: string
  detail: string | null
  href: string
  tone: 'error' | 'warning' | 'success' | 'info'
}

const days = (count: number) => (count === 1 ? '1 day' : `${count} days`)

/**
 * How long was left when people were told: less than the warning says of what lasted for less when it was made. A later
 * warning may have been added to a notice that was there.
 */
function daysLeft(
  { expiresAt, daysLeft: warning }: { expiresAt: string; daysLeft: number },
  { createdAt }: Pick<NoticeView, 'createdAt'>,
): string {
  const left = Math.ceil((new Date(expiresAt).getTime() - createdAt.getTime()) / 86_400_000)
  return days(Math.max(1, Math.min(warning, left)))
}

/**
 * A notice as people read it.
 * @param service the provider's name; null: another service
 */
export function noticeWords(notice: NoticeView, service: string | null): NoticeWords {
  const { kind, data, count, subjectId } = notice
  const isCredential = kind.startsWith('credential.')
  const list = isCredential ? '/settings/credentials' : '/settings/api-keys?status=all'
  const page = `${isCredential ? '/settings/credentials' : '/settings/api-keys'}/${subjectId}`
  const href = count === 1 ? page : list
  const name = `“${data.name}”`
  const several = `${count.toLocaleString('en')} credentials${service ? ` of ${service}` : ''}`
  const keys = `${count.toLocaleString('en')} API keys`
  const detail = count === 1 ? service : null
  switch (kind) {
    case 'credential.reauthorization_required':
      return {
        title: count === 1 ? `${name} has to be re-authorized` : `${several} have to be re-authorized`,
        detail: count === 1 ? said(data.error, data.detail) : null,
        href: count === 1 ? `${page}?reauthorize=1` : list,
        tone: 'error',
      }
    case 'credential.renewal_failing':
      return {
        title: count === 1 ? `Renewal of ${name} keeps failing` : `Renewal of ${several} keeps failing`,
        detail: count === 1 ? said(data.error, data.detail) : null,
        href,
        tone: 'warning',
      }
    case 'credential.renewal_recovered':
      return { title: count === 1 ? `${name} works again` : `${several} work again`, detail, href, tone: 'success' }
    case 'credential.expiring': {
      const what = data.what === 'secret' ? 'secret' : 'authorization'
      const title =
        count === 1 ? `The ${what} of ${name} ends in ${daysLeft(data, notice)}` : `${several} are about to expire`
      return { title, detail, href, tone: 'warning' }
    }
    case 'api_key.created':
      return {
        title: count === 1 ? `API key ${name} was generated` : `${keys} were generated`,
        ...by(data.by, count, href),
      }
    case 'api_key.regenerated':
      return {
        title: count === 1 ? `API key ${name} was regenerated` : `${keys} were regenerated`,
        ...by(data.by, count, href),
      }
    case 'api_key.idle':
      return {
        title:
          count === 1
            ? `API key ${name} will be revoked in ${days(data.daysLeft)}`
            : `${keys} will be revoked in a few days`,
        detail: count === 1 ? 'Nobody uses it. Any use keeps it.' : 'Nobody uses them. Any use of one keeps it.',
        href,
        tone: 'warning',
      }
    case 'api_key.expiring':
      return {
        title: count === 1 ? `API key ${name} expires in ${daysLeft(data, notice)}` : `${keys} are about to expire`,
        detail: `After that, no call with ${count === 1 ? 'it' : 'them'} is accepted.`,
        href,
        tone: 'warning',
      }
    case 'api_key.revoked':
      return {
        title: count === 1 ? `API key ${name} was revoked` : `${keys} were revoked`,
        ...by(data.by, count, href),
      }
    case 'integration.failing':
      return {
        title:
          count === 1 ? `Calls through ${name} fail` : `Calls through ${count.toLocaleString('en')} integrations fail`,
        detail: count === 1 ? `Last call to ${data.host}: ${callLook(data).word}` : null,
        href: count === 1 ? `/settings/integrations/${subjectId}` : '/settings/integrations?state=failing',
        tone: 'error',
      }
    case 'webhook.disabled':
      return {
        title: count === 1 ? `Webhook ${name} was disabled` : `${count.toLocaleString('en')} webhooks were disabled`,
        // The notice has the first event alone: of several, each has a reason of its own.
        detail: count === 1 ? data.reason : null,
        href: count === 1 ? `/settings/webhooks/${subjectId}` : '/settings/webhooks',
        tone: 'error',
      }
    case 'api_key.rehearsal_ended':
      return {
        title: count === 1 ? `The rehearsal for API key ${name} is over` : `The rehearsals for ${keys} are over`,
        detail:
          count > 1
            ? null
            : data.calls === 0
              ? 'Nothing called it while it was rehearsed.'
              : `${data.calls.toLocaleString('en')} ${data.calls === 1 ? 'call' : 'calls'} would have failed.`,
        href,
        tone: 'info',
      }
    case 'review.digest': {
      const found = [
        ...(data.keys > 0 ? [`${data.keys.toLocaleString('en')} API ${data.keys === 1 ? 'key' : 'keys'}`] : []),
        ...(data.credentials > 0
          ? [`${data.credentials.toLocaleString('en')} ${data.credentials === 1 ? 'credential' : 'credentials'}`]
          : []),
      ]
      return {
        title: `${found.join(' and ')} to review`,
        detail: null,
        href: `/settings/${data.keys > 0 ? 'api-keys' : 'credentials'}/review`,
        tone: 'info',
      }
    }
    case 'api_key.leaked':
      return {
        title: count === 1 ? `The token of API key ${name} has leaked` : `The tokens of ${keys} have leaked`,
        // Of several, some may go on working though the first does not.
        detail:
          count > 1 ? null : data.outcome === 'revoked' ? 'The key was revoked at once.' : 'The key goes on working.',
        href,
        tone: 'error',
      }
  }
}

/** The notice has the first event alone: of several it is not known whether all were by the same. */
function by(who: string, count: number, href: string): Omit<NoticeWords, 'title'> {
  return { detail: count === 1 ? `By ${who}` : null, href, tone: 'info' }
}

function said(error: string | null, detail: string | null): string | null {
  const parts = [error, detail].filter((part) => part)
  return parts.length > 0 ? `Reason: ${parts.join(': ')}` : null
}

/** What a page says of a credential's trouble while it lasts. */
export function troubleWords(
  trouble: OpenTrouble,
  now: Date,
): { title: string; text: string; tone: 'error' | 'warning' } {
  const { kind, data } = trouble
  const name = `“${data.name}”`
  if (kind === 'credential.reauthorization_required') {
    return {
      tone: 'error',
      title: `${name} has to be re-authorized`,
      text: `${new Date(data.callsFailAt) <= now ? 'Calls fail until then' : 'Calls work until the present token ends'}. ${said(data.error, data.detail) ?? ''}`.trim(),
    }
  }
  if (kind === 'credential.renewal_failing') {
    return {
      tone: 'warning',
      title: `Renewal of ${name} keeps failing`,
      text: `Fenicia goes on trying; if it lasts, calls will fail. ${said(data.error, data.detail) ?? ''}`.trim(),
    }
  }
  return {
    tone: 'warning',
    title: `The ${trouble.trouble === 'secret_end' ? 'secret' : 'authorization'} of ${name} is about to end`,
    text: 'Calls fail after that.',
  }
}
