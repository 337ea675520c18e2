import { describe, expect, it } from 'vitest'
import { eventKinds, type Language, type MailContent } from '@/lib/notifications'
import { renderNow } from './render'
import { sampleContent } from './samples'

const NOW = new Date('2026-03-07T00:00:00Z')
const DAY_MS = 86_400_000
const LANGUAGES: Language[] = ['en', 'es']
const REAUTHORIZE = 'https://fenicia.example.com/settings/credentials/cred_1?reauthorize=1'

const render = (content: MailContent) => renderNow(content, NOW)
/** The words of the HTML, as one reads them. */
const words = (html: string) =>
  html
    .replace(/<style.*?<\/style>|<!--.*?-->|<[^>]+>/gs, ' ')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
const hrefs = (html: string) => [...html.matchAll(/href="([^"]+)"/g)].map(([, href]) => href)

describe.each(LANGUAGES)('in %s', (language) => {
  it('a mail of what has to be re-authorized says which service, what is affected, since when, and why', async () => {
    const { html, text } = await render(sampleContent('credential.reauthorization_required', language))
    const since = { en: 'Calls fail since', es: 'Las llamadas fallan desde' }[language]
    const day = { en: '6 March 2026', es: '6 de marzo de 2026' }[language]
    for (const form of [words(html), text]) {
      for (const fact of [
        'Tienda de Tiro',
        'MercadoLibre',
        'Orders of the shop, Nightly stock sync',
        since,
        day,
        '21:40 UTC',
      ]) {
        expect(form).toContain(fact)
      }
      expect(form).toContain('invalid_grant: The refresh token was revoked by the user')
      expect(form).toContain('Cedar & Murex')
    }
    expect(text).toContain(REAUTHORIZE)
    expect(html).toContain(`<html dir="ltr" lang="${language}"`)
  })

  it('a mail of a test credential says that it is one, and only that', async () => {
    const label = { en: 'Environment', es: 'Entorno' }[language]
    const kind = 'credential.reauthorization_required'
    expect((await render(sampleContent(kind, language, 1, { environment: 'test' }))).text).toMatch(
      new RegExp(`${label}:? +test`),
    )
    expect((await render(sampleContent(kind, language))).text).not.toContain(label)
    expect((await render(sampleContent(kind, language, 2, { environment: 'test' }))).text).toContain('test · ')
  })

  it('has a colour for dark readers wherever it has one', async () => {
    for (const count of [1, 3]) {
      const { html } = await render(sampleContent('credential.reauthorization_required', language, count))
      expect(html).toContain('<meta name="color-scheme" content="light dark"/>')
      const [, night = ''] = /<style>(.*?)<\/style>/s.exec(html) ?? []
      const dark = new Set([...night.matchAll(/\.([a-z]+)/g)].map(([, name]) => name))
      const coloured = [...html.matchAll(/<\w+[^>]*style="[^"]*#[0-9a-f]{6}[^>]*>/g)].map(([tag]) => tag)
      // What fills the page has its colour by the body's class.
      const bare = coloured.filter(
        (tag) =>
          !/ class="([^"]*)"/
            .exec(tag)?.[1]
            ?.split(' ')
            .some((name) => dark.has(name)),
      )
      expect(coloured.length).toBeGreaterThan(10)
      expect(bare).toEqual([expect.stringMatching(/^<td style="margin:0;padding:24px 12px;/)])
    }
  })

  it('has one button, which leads to re-authorizing that credential, and the way to the preferences', async () => {
    const { html } = await render(sampleContent('credential.reauthorization_required', language))
    expect(hrefs(html)).toEqual([REAUTHORIZE, 'https://fenicia.example.com/settings/notifications'])
  })

  it('says when calls will fail while they do not yet', async () => {
    const { text } = await render(sampleContent('credential.renewal_failing', language))
    expect(text).toContain({ en: 'Calls will fail from', es: 'Las llamadas fallarán a partir de' }[language])
    expect(text).toContain({ en: '7 March 2026', es: '7 de marzo de 2026' }[language])
    expect(text).toMatch(/\b0?2:00 UTC/)
  })

  it('that leaves after the end it warns of speaks of no “before”', async () => {
    const late = { expiresAt: new Date(NOW.getTime() - 3_600_000).toISOString() }
    for (const what of ['secret', 'refresh_token'] as const) {
      const { text } = await render(sampleContent('credential.expiring', language, 1, { what, ...late }))
      expect(text).toContain({ en: 'can’t', es: 'ya no puede' }[language])
      expect(text).not.toMatch({ en: /After that|before/, es: /Después|antes/ }[language])
    }
  })

  it.each([
    ['credential.expiring', 3],
    ['api_key.expiring', 1],
    ['api_key.expiring', 3],
  ] as const)('of %s about %i that leaves after the end of all of them says so, too', async (kind, total) => {
    const at = (ms: number) => ({ expiresAt: new Date(NOW.getTime() + ms).toISOString() })
    const late = await render(sampleContent(kind, language, total, at(-3_600_000)))
    expect(late.subject).toMatch({ en: /ha(s|ve) expired$/, es: /ha(n)? caducado$/ }[language])
    expect(late.text).not.toMatch({ en: /After that|before|about to/, es: /Después|antes|a punto/ }[language])
    const content = sampleContent(kind, language, total, at(-3_600_000))
    Object.assign(content.items[0]?.data ?? {}, at(3_600_000))
    expect((await render(content)).subject).toMatch({ en: /about to expire$/, es: /a punto de caducar$/ }[language])
  })

  it('of a review puts one credential and several alike', async () => {
    for (const failing of [1, 2]) {
      const { text } = await render(sampleContent('review.digest', language, 1, { credentialFindings: { failing } }))
      expect(text).toContain({ en: 'failing', es: 'con fallos' }[language])
      expect(text).not.toMatch(/que fallan|that fail/)
    }
  })

  it('says why it came in words that are true of a role of the account’s own, too', async () => {
    const { text } = await render(sampleContent('webhook.disabled', language))
    expect(text).toContain({ en: 'you look after this', es: 'te encargas de esto' }[language])
  })

  it('a reminder says that it is one', async () => {
    const { subject } = await render({ ...sampleContent('credential.reauthorization_required', language), reminder: 2 })
    expect(subject).toMatch({ en: /^Reminder: /, es: /^Recordatorio: / }[language])
  })

  it('a digest names the first twenty, each with its own address, and counts the rest', async () => {
    const { subject, html, text } = await render(sampleContent('credential.reauthorization_required', language, 500))
    expect(subject).toContain('500')
    expect(subject).toContain('MercadoLibre')
    for (const form of [words(html), text]) {
      expect(form).toContain('Tienda de Tiro 20')
      expect(form).not.toContain('Tienda de Tiro 21')
      expect(form).toContain({ en: 'and 480 more', es: 'y 480 más' }[language])
    }
    expect(hrefs(html)).toContain('https://fenicia.example.com/settings/credentials/cred_20?reauthorize=1')
  })

  // The warning of 14 days is also that of a secret which lasted for less when it was given, and a mail may leave late.
  it.each([
    [14, 14],
    [14, 5],
    [3, 2],
    [1, 1],
  ] as const)('the warning of %i days says what ends, and that %i are left', async (daysLeft, left) => {
    const expiresAt = new Date(NOW.getTime() + left * DAY_MS - 60_000).toISOString()
    for (const what of ['secret', 'refresh_token'] as const) {
      const content = sampleContent('credential.expiring', language, 1, { what, daysLeft, expiresAt })
      const { subject, html } = await render(content)
      expect(subject).toMatch(new RegExp(`\\b${left} (days?|días?)$`))
      expect(hrefs(html)[0]).toMatch(what === 'secret' ? /cred_1\/edit$/ : /cred_1\?reauthorize=1$/)
    }
  })

  it.each(['secret', 'refresh_token'] as const)(
    'the warning of a %s that leaves after the end says so',
    async (what) => {
      const expiresAt = new Date(NOW.getTime() - 60_000).toISOString()
      const content = sampleContent('credential.expiring', language, 1, { what, daysLeft: 1, expiresAt })
      const { subject } = await render(content)
      expect(subject).toMatch({ en: /has (expired|ended)$/, es: /ha (caducado|terminado)$/ }[language])
    },
  )

  it('a mail of a revoked key says who did it and why', async () => {
    const { text } = await render(sampleContent('api_key.revoked', language))
    for (const fact of ['ERP Integration', 'Hanna Barca', 'Left the company', 'live']) expect(text).toContain(fact)
  })

  it.each([1, 3])('a mail of %i disabled webhooks says that all is sent that is kept', async (total) => {
    const { text } = await render(sampleContent('webhook.disabled', language, total))
    expect(text).toMatch(/30 (days|días): (enable|actíva)/)
    expect(text).not.toMatch(/of three days|de tres días/)
  })

  it.each([1, 3])('a mail of %i disabled webhooks gives the reason in its own language', async (total) => {
    const reasons = [
      [{ cause: 'gone' }, { en: /answered 410/, es: /respondió 410/ }],
      [
        { cause: 'answered', status: 503 },
        { en: /Answered with 503/, es: /tres días.*respondió con 503/ },
      ],
      [{ cause: 'unanswered' }, { en: /Answered with 503/, es: /tres días.*no contestó/ }],
      [{ cause: 'unsigned' }, { en: /Answered with 503/, es: /tres días.*firmar/ }],
    ] as const
    for (const [facts, said] of reasons) {
      const reason = facts.cause === 'gone' ? 'The receiver answered 410.' : 'For three days. Last: Answered with 503.'
      const { html, text } = await render(sampleContent('webhook.disabled', language, total, { reason, ...facts }))
      for (const form of [words(html), text.replace(/\s+/g, ' ')]) {
        expect(form).toMatch(said[language])
        if (language === 'es') expect(form).not.toContain(reason)
      }
    }
    // Told by the version before, which wrote no cause.
    const before = await render(
      sampleContent('webhook.disabled', language, total, { reason: 'Answered 410.', cause: undefined }),
    )
    expect(before.text).toContain('Answered 410.')
  })

  describe.each(eventKinds)('of %s', (kind) => {
    it.each([1, 3])('about %i nothing is missing, nothing is fetched, and nothing leads elsewhere', async (total) => {
      const { subject, html, text } = await render(sampleContent(kind, language, total))
      expect(`${subject}${html}${text}`).not.toMatch(/undefined|null|NaN|Invalid|\[object/)
      expect(html).not.toMatch(/<img|<script|<link|\ssrc=|url\(|@import/)
      for (const href of hrefs(html)) expect(href).toMatch(/^https:\/\/fenicia\.example\.com\/settings\//)
      expect(subject.length).toBeLessThan(100)
      expect(subject).not.toContain('!')
    })
  })
})

it('the two languages share no sentence', async () => {
  for (const kind of eventKinds) {
    const [english, spanish] = await Promise.all(LANGUAGES.map((language) => render(sampleContent(kind, language))))
    expect(english?.subject).not.toBe(spanish?.subject)
    expect(english?.text.split('\n')[4]).not.toBe(spanish?.text.split('\n')[4])
  }
})

it('what a name or a provider says is text, whatever is in it', async () => {
  const detail = '<img src=x onerror=alert(1)>'
  const name = '</a><script>alert(1)</script>'
  const content = sampleContent('credential.reauthorization_required', 'en', 1, { name, detail })
  const { html, text } = await render(content)
  expect(html).not.toMatch(/<script|<img/)
  expect(text).toContain(detail)
})
