import type { EventData, Language, MailContent, MailItem } from '@/lib/notifications'
import { daysUntil, moment } from './moment'
import { english } from './words/en'
import { spanish } from './words/es'
import type { About, Words } from './words/words'

const languages: Record<Language, Words> = { en: english, es: spanish }

/** A mail in words, before it has a form. Plain text throughout. */
export interface ComposedMail {
  language: Language
  subject: string
  greeting: string
  heading: string
  meaning: string
  /** Of one thing: what is known of it. */
  facts: { label: string; value: string }[]
  /** Of several: each with an address of its own. */
  list: { name: string; detail: string; href: string }[]
  /** What the list does not show. */
  more: string | null
  /** The one thing to do. */
  button: { label: string; href: string }
  /** Why one gets it, and where one chooses what one hears of; null: it is not to be chosen. */
  footer: { why: string; choose: { label: string; href: string } | null }
}

/** Puts a mail's content in the words of its person. */
export function compose(content: MailContent, now: Date): ComposedMail {
  const words = languages[content.to.language]
  const isOne = content.total === 1
  const about: About = {
    name: content.items[0]?.data.name ?? '',
    service: content.provider ?? words.otherService,
    count: content.total,
  }
  const heading = headingOf(content, words, about, now)
  const hidden = content.total - content.items.length
  const { why, choose } = words.footer
  return {
    language: content.to.language,
    subject: content.reminder > 0 ? words.reminder(heading) : heading,
    greeting: words.greeting(content.to.name),
    heading,
    meaning: meaningOf(content, words, about, now),
    facts: [{ label: words.labels.account, value: content.account }, ...(isOne ? factsOf(content, words, now) : [])],
    list: isOne && content.kind !== 'review.digest' ? [] : listOf(content, words, now),
    more: !isOne && hidden > 0 ? words.andMore(hidden) : null,
    button: buttonOf(content, words),
    footer: { why, choose: { label: choose, href: `${content.url}/settings/notifications` } },
  }
}

function headingOf(content: MailContent, words: Words, about: About, now: Date): string {
  const [only] = content.items
  if (content.kind === 'credential.expiring' && content.total === 1 && only) {
    const { what, expiresAt } = (only as MailItem<'credential.expiring'>).data
    return words.expiring[what].subject(about.name, daysUntil(expiresAt, now))
  }
  const ended = endedOf(content, words, now)
  return ended ? ended.subject(about) : words.subjects[content.kind][content.total === 1 ? 'one' : 'several'](about)
}

function meaningOf(content: MailContent, words: Words, about: About, now: Date): string {
  const [only] = content.items
  if (content.kind === 'credential.expiring' && content.total === 1 && only) {
    const { what, expiresAt } = (only as MailItem<'credential.expiring'>).data
    const { meaning, meaningLate } = words.expiring[what]
    return daysUntil(expiresAt, now) === 0 ? meaningLate(about) : meaning(about)
  }
  const ended = endedOf(content, words, now)
  return ended ? ended.meaning(about) : words.meanings[content.kind][content.total === 1 ? 'one' : 'several'](about)
}

/** What to say where all that is warned of had ended before the mail left; undefined: something lasts, or may. */
function endedOf(content: MailContent, { ended }: Words, now: Date): Words['ended']['keys'] | undefined {
  if (content.kind !== 'credential.expiring' && content.kind !== 'api_key.expiring') return undefined
  if (content.items.length < content.total) return undefined
  if (content.items.some(({ data }) => daysUntil(data.expiresAt, now) > 0)) return undefined
  if (content.kind === 'credential.expiring') return ended.credentials
  return content.total === 1 ? ended.key : ended.keys
}

type Facts = ComposedMail['facts']

function factsOf(content: MailContent, words: Words, now: Date): Facts {
  const { labels } = words
  switch (content.kind) {
    case 'credential.reauthorization_required': {
      const [item] = content.items
      if (!item) return []
      const { callsFailAt, error, detail } = item.data
      return [
        ...service(content, item, words),
        callsFail(callsFailAt, words, now),
        said(error, detail, words),
        uses(item, words),
      ]
    }
    case 'credential.renewal_failing': {
      const [item] = content.items
      if (!item) return []
      const { callsFailAt, failingSince, error, detail } = item.data
      const since = { label: labels.failingSince, value: moment(failingSince, words) }
      return [
        ...service(content, item, words),
        since,
        callsFail(callsFailAt, words, now),
        said(error, detail, words),
        uses(item, words),
      ]
    }
    case 'credential.renewal_recovered': {
      const [item] = content.items
      return item ? [...service(content, item, words), uses(item, words)] : []
    }
    case 'credential.expiring': {
      const [item] = content.items
      if (!item) return []
      const end = { label: labels.endsAt, value: moment(item.data.expiresAt, words) }
      return [...service(content, item, words), end, uses(item, words)]
    }
    case 'api_key.rehearsal_ended': {
      const [item] = content.items
      if (!item) return []
      const { environment, calls, callers } = item.data
      const { nothingCalled, calls: callsText } = words.rehearsal
      const from = callers.map(
        ({ address, userAgent, calls: times }) =>
          `${[address, userAgent].filter(Boolean).join(', ') || words.notKnown} (${callsText(times)})`,
      )
      return [
        { label: labels.environment, value: environment },
        { label: labels.calls, value: calls === 0 ? nothingCalled : callsText(calls) },
        ...(from.length > 0 ? [{ label: labels.callers, value: from.join('; ') }] : []),
      ]
    }
    case 'review.digest':
      return []
    case 'api_key.leaked': {
      const [item] = content.items
      if (!item) return []
      const { environment, source, url, outcome } = item.data
      const seen = words.leaks.seen[source]
      return [
        { label: labels.environment, value: environment },
        { label: labels.seen, value: url === null ? seen : `${seen}: ${url}` },
        { label: labels.outcome, value: words.leaks.outcome[outcome] },
      ]
    }
    case 'integration.failing': {
      const [item] = content.items
      if (!item) return []
      const { environment, host, failingSince } = item.data
      return [
        { label: labels.environment, value: environment },
        { label: labels.host, value: host },
        { label: labels.callsFailSince, value: moment(failingSince, words) },
        { label: labels.lastCall, value: lastCall(item.data, words) },
      ]
    }
    case 'webhook.disabled': {
      const [item] = content.items
      if (!item) return []
      return [
        { label: labels.host, value: item.data.host },
        { label: labels.reason, value: words.disabled(item.data) },
      ]
    }
    case 'api_key.idle': {
      const [item] = content.items
      if (!item) return []
      const { environment, lastUsedAt, revokesAt } = item.data
      return [
        { label: labels.environment, value: environment },
        { label: labels.lastUsed, value: lastUsedAt === null ? labels.never : moment(lastUsedAt, words) },
        { label: labels.endsAt, value: moment(revokesAt, words) },
      ]
    }
    case 'api_key.expiring': {
      const [item] = content.items
      if (!item) return []
      const { environment, expiresAt } = item.data
      return [
        { label: labels.environment, value: environment },
        { label: labels.endsAt, value: moment(expiresAt, words) },
      ]
    }
    default: {
      const [item] = content.items
      if (!item) return []
      const { environment, by } = item.data
      const reason = 'reason' in item.data ? item.data.reason : null
      return [
        { label: labels.environment, value: environment },
        { label: labels.by, value: by },
        ...(reason ? [{ label: labels.reason, value: reason }] : []),
      ]
    }
  }
}

/** For which service a credential is. That it is a live one goes without saying. */
function service({ provider }: MailContent, { data }: { data: { environment?: string } }, { labels }: Words): Facts {
  return [
    ...(provider === null ? [] : [{ label: labels.service, value: provider }]),
    ...(data.environment === 'test' ? [{ label: labels.environment, value: 'test' }] : []),
  ]
}

function callsFail(at: string | null, words: Words, now: Date): Facts[0] {
  const { callsFailSince, callsWillFailFrom } = words.labels
  if (at === null) return { label: callsWillFailFrom, value: words.notKnown }
  return { label: new Date(at) <= now ? callsFailSince : callsWillFailFrom, value: moment(at, words) }
}

function said(error: string | null, detail: string | null, { labels, notKnown }: Words): Facts[0] {
  const parts = [error, detail].filter((part) => part)
  return { label: labels.reason, value: parts.length > 0 ? parts.join(': ') : notKnown }
}

function uses(
  item: Pick<MailItem<'credential.expiring'>, 'integrations' | 'integrationCount'>,
  words: Words,
): Facts[0] {
  const { integrations, integrationCount } = item
  const hidden = integrationCount - integrations.length
  const names = [...integrations, ...(hidden > 0 ? [words.andMore(hidden)] : [])]
  return { label: words.labels.integrations, value: names.length > 0 ? names.join(', ') : words.labels.noIntegration }
}

/** What is found, each with the page that shows it. */
function lastCall({ outcome, status }: EventData['integration.failing'], words: Words): string {
  return outcome === 'answered' ? words.failing.answered(status) : words.failing.unanswered[outcome]
}

function foundOf(
  { items, url }: Extract<MailContent, { kind: 'review.digest' }>,
  { digest }: Words,
): ComposedMail['list'] {
  const [item] = items
  if (!item) return []
  const { keyFindings, credentialFindings } = item.data
  const lines = (
    counts: Record<string, number>,
    words: Record<string, string>,
    count: (n: number) => string,
    page: string,
  ) =>
    Object.entries(words).flatMap(([finding, detail]) => {
      const times = counts[finding] ?? 0
      return times === 0
        ? []
        : [{ name: count(times), detail, href: `${url}/settings/${page}/review?finding=${finding}` }]
    })
  return [
    ...lines(keyFindings, digest.keyFindings, digest.keys, 'api-keys'),
    ...lines(credentialFindings, digest.credentialFindings, digest.credentials, 'credentials'),
  ]
}

function listOf(content: MailContent, words: Words, now: Date): ComposedMail['list'] {
  if (content.kind === 'review.digest') return foundOf(content, words)
  return content.items.map((item) => {
    const href = addressOf(content, item.subjectId)
    if (content.kind === 'integration.failing') {
      const { data } = item as MailItem<'integration.failing'>
      return { name: data.name, detail: `${data.environment} · ${data.host} · ${lastCall(data, words)}`, href }
    }
    if (content.kind === 'webhook.disabled') {
      const { data } = item as MailItem<'webhook.disabled'>
      return { name: data.name, detail: `${data.host} · ${words.disabled(data)}`, href }
    }
    if (content.kind === 'api_key.leaked') {
      const { source, outcome } = (item as MailItem<'api_key.leaked'>).data
      return { name: item.data.name, detail: `${words.leaks.seen[source]} · ${words.leaks.outcome[outcome]}`, href }
    }
    if (content.kind === 'api_key.idle' || content.kind === 'api_key.expiring') {
      const { environment, ...ends } = item.data as EventData['api_key.idle'] | EventData['api_key.expiring']
      const end = `${words.labels.endsAt} ${moment('revokesAt' in ends ? ends.revokesAt : ends.expiresAt, words)}`
      return { name: item.data.name, detail: `${environment} · ${end}`, href }
    }
    if (!content.kind.startsWith('credential.')) {
      const { environment, by } = item.data as { environment: string; by: string }
      return { name: item.data.name, detail: `${environment} · ${by}`, href }
    }
    const { environment, callsFailAt, expiresAt } = item.data as {
      environment?: string
      callsFailAt?: string | null
      expiresAt?: string
    }
    const fact =
      expiresAt !== undefined
        ? { label: words.labels.endsAt, value: moment(expiresAt, words) }
        : callsFailAt
          ? callsFail(callsFailAt, words, now)
          : null
    const parts = [
      environment === 'test' && environment,
      fact && `${fact.label} ${fact.value}`,
      words.usedBy(item.integrationCount),
    ]
    return { name: item.data.name, detail: parts.filter((part) => part).join(' · '), href }
  })
}

function addressOf({ kind, url }: MailContent, subjectId: string): string {
  const place = kind.startsWith('credential.')
    ? 'credentials'
    : kind === 'webhook.disabled'
      ? 'webhooks'
      : kind === 'integration.failing'
        ? 'integrations'
        : 'api-keys'
  const address = `${url}/settings/${place}/${encodeURIComponent(subjectId)}`
  return kind === 'credential.reauthorization_required' ? `${address}?reauthorize=1` : address
}

function buttonOf(content: MailContent, { buttons }: Words): ComposedMail['button'] {
  const [item] = content.items
  if (content.kind === 'review.digest') {
    const place = (item?.data as MailItem<'review.digest'>['data'] | undefined)?.keys === 0 ? 'credentials' : 'api-keys'
    return { label: buttons.openReview, href: `${content.url}/settings/${place}/review` }
  }
  const isCredential = content.kind.startsWith('credential.')
  if (content.kind === 'webhook.disabled') {
    return content.total === 1 && item
      ? { label: buttons.openWebhook, href: addressOf(content, item.subjectId) }
      : { label: buttons.openWebhooks, href: `${content.url}/settings/webhooks` }
  }
  if (content.kind === 'integration.failing') {
    return content.total === 1 && item
      ? { label: buttons.openIntegration, href: addressOf(content, item.subjectId) }
      : { label: buttons.openIntegrations, href: `${content.url}/settings/integrations?state=failing` }
  }
  if (content.total !== 1 || !item) {
    return isCredential
      ? { label: buttons.openCredentials, href: `${content.url}/settings/credentials` }
      : { label: buttons.openKeys, href: `${content.url}/settings/api-keys?status=all` }
  }
  const href = addressOf(content, item.subjectId)
  if (!isCredential) return { label: buttons.openKey, href }
  if (content.kind === 'credential.reauthorization_required') return { label: buttons.reauthorize, href }
  if (content.kind !== 'credential.expiring') return { label: buttons.openCredential, href }
  return (item as MailItem<'credential.expiring'>).data.what === 'secret'
    ? { label: buttons.replaceSecret, href: `${href}/edit` }
    : { label: buttons.reauthorize, href: `${href}?reauthorize=1` }
}
