import { describe, expect, it } from 'vitest'
import type { Language, PersonalContent, PersonalKind } from '@/lib/notifications'
import { renderNow } from './render'
import { samplePersonal, samplePersonalContent } from './samples'

const LANGUAGES: Language[] = ['en', 'es']
const KINDS = Object.keys(samplePersonal) as PersonalKind[]
const URL = 'https://fenicia.example.com'

const render = (content: PersonalContent) => renderNow(content, new Date())
/** The words of the HTML, as one reads them. */
const words = (html: string) =>
  html
    .replace(/<style.*?<\/style>|<!--.*?-->|<[^>]+>/gs, ' ')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
const hrefs = (html: string) => [...html.matchAll(/href="([^"]+)"/g)].map(([, href]) => href)

describe.each(LANGUAGES)('in %s', (language) => {
  const say = (texts: Record<Language, string>) => texts[language]
  const day = say({ en: '6 March 2026', es: '6 de marzo de 2026' })

  it('a mail for a new password says who asked from where, until when it is good, and to do nothing otherwise', async () => {
    const { subject, html, text } = await render(samplePersonalContent('password.reset_requested', language))
    expect(subject).toBe(say({ en: 'Set a new password', es: 'Elige una contraseña nueva' }))
    for (const form of [words(html), text]) {
      for (const fact of ['hanna@example.com', '203.0.113.7', 'Firefox, Windows', day, '22:10 UTC']) {
        expect(form).toContain(fact)
      }
      expect(form).toContain(say({ en: 'do nothing', es: 'no hagas nada' }))
    }
    expect(text).toContain(`${URL}/reset-password#t0ken`)
  })

  it('a mail of a changed password says when and how, and what to do when it was somebody else', async () => {
    const { text, html } = await render(samplePersonalContent('password.changed', language))
    for (const fact of [day, '21:40 UTC', '203.0.113.7', 'Firefox, Windows']) expect(text).toContain(fact)
    expect(hrefs(html)).toEqual([`${URL}/forgot-password`])
    const operator = await render(samplePersonalContent('password.changed', language, { how: 'operator' }))
    expect(operator.text).toContain(
      say({ en: 'By: By whoever runs this Fenicia', es: 'Por: Por quien administra este Fenicia' }),
    )
    expect(operator.text).not.toContain('203.0.113.7')
  })

  it('a mail of a new sign-in says when, from where, with what, and what to do', async () => {
    const { text, html } = await render(samplePersonalContent('sign_in.new_browser', language))
    for (const fact of [day, '21:40 UTC', '203.0.113.7', 'Firefox, Windows']) expect(text).toContain(fact)
    expect(text).toContain(
      say({
        en: 'change your password and sign out everywhere',
        es: 'cambia tu contraseña y cierra todas las sesiones',
      }),
    )
    expect(hrefs(html)).toEqual([`${URL}/settings/account`])
  })

  it('a mail of a new sign-in by a passkey alone says to remove that: a new password would keep nobody out', async () => {
    const { text } = await render(samplePersonalContent('sign_in.new_browser', language, { method: 'passkey' }))
    expect(text).toContain(
      say({ en: 'remove the passkey that was used last', es: 'quita la llave de acceso que se usó la última' }),
    )
    expect(text).not.toMatch(/knows your password|conoce tu contraseña/)
  })

  it('a mail of a second factor says what, when, from where, and what to do', async () => {
    const added = await render(samplePersonalContent('second_factor.added', language))
    const passkey = say({ en: 'Passkey: Laptop', es: 'Llave de acceso: Laptop' })
    for (const fact of [passkey, day, '21:40 UTC', '203.0.113.7', 'Firefox, Windows'])
      expect(added.text).toContain(fact)
    const removed = await render(samplePersonalContent('second_factor.removed', language))
    expect(removed.subject).toBe(
      say({ en: 'Your authenticator app was removed', es: 'Se quitó tu aplicación de autenticación' }),
    )
    expect(removed.text).toContain('203.0.113.7')
    const operator = await render(samplePersonalContent('second_factor.removed', language, { how: 'operator' }))
    expect(operator.text).toContain(
      say({ en: 'By: By whoever runs this Fenicia', es: 'Por: Por quien administra este Fenicia' }),
    )
    expect(operator.text).not.toContain('203.0.113.7')
    for (const { html } of [added, removed, operator]) expect(hrefs(html)).toEqual([`${URL}/settings/account`])
  })

  it('a mail of a used recovery code says how many are left', async () => {
    const { text, html } = await render(samplePersonalContent('recovery_code.used', language))
    expect(text).toContain(say({ en: 'Recovery codes left: 3', es: 'Códigos de recuperación que quedan: 3' }))
    expect(hrefs(html)).toEqual([`${URL}/settings/account`])
    const last = await render(samplePersonalContent('recovery_code.used', language, { left: 1 }))
    expect(last.text).toContain(say({ en: 'of which 1 is left', es: 'queda 1' }))
  })

  it('an invitation says who invites, to what, as what, and until when it is good', async () => {
    const { subject, text, html } = await render(samplePersonalContent('invitation.sent', language))
    expect(subject).toBe(
      say({ en: 'Hanna Barca invites you to Cedar & Murex', es: 'Hanna Barca te invita a Cedar & Murex' }),
    )
    for (const fact of ['Hanna Barca', 'Cedar & Murex', say({ en: 'Manager', es: 'Gestor' }), '13 ', '21:40 UTC']) {
      expect(text).toContain(fact)
    }
    expect(text.startsWith(say({ en: 'Hello,\n', es: 'Hola:\n' }))).toBe(true)
    expect(hrefs(html)).toEqual([`${URL}/invitation#t0ken`])
  })

  it('who was removed is told by whom, and who handed an account over is told what to do when it was not them', async () => {
    const removed = await render(samplePersonalContent('member.removed', language))
    expect(removed.subject).toContain('Cedar & Murex')
    for (const fact of ['Elissa Barca', 'Cedar & Murex']) expect(removed.text).toContain(fact)
    expect(hrefs(removed.html)).toEqual([`${URL}/`])
    const now = await render(samplePersonalContent('account.handed_over', language))
    expect(now.subject).toBe(say({ en: 'You own Cedar & Murex now', es: 'Ahora Cedar & Murex te pertenece' }))
    const before = await render(samplePersonalContent('account.handed_over', language, { isOwner: false }))
    expect(before.subject).toBe(say({ en: 'You have handed Cedar & Murex over', es: 'Has traspasado Cedar & Murex' }))
    expect(before.text).toContain(say({ en: 'change your password at once', es: 'cambia ya tu contraseña' }))
    for (const { text, html } of [now, before]) {
      for (const fact of ['Hanna Barca', 'Elissa Barca']) expect(text).toContain(fact)
      expect(hrefs(html)).toEqual([`${URL}/settings/members`])
    }
  })

  it('an invitation to a role of the account’s own names it', async () => {
    const own = { role: 'custom', roleName: 'Bookkeeper' } as const
    const { text } = await render(samplePersonalContent('invitation.sent', language, own))
    expect(text).toContain(say({ en: 'Your role: Bookkeeper', es: 'Tu rol: Bookkeeper' }))
  })

  it('what is not known of a browser is said to be so', async () => {
    const unknown = { address: null, browser: null }
    const { text } = await render(samplePersonalContent('sign_in.new_browser', language, unknown))
    expect(text.split(say({ en: 'Not known', es: 'No se sabe' }))).toHaveLength(3)
  })

  it.each(KINDS)(
    'a mail of %s has one button, and nothing is missing, fetched, or to be switched off',
    async (kind) => {
      const { subject, html, text } = await render(samplePersonalContent(kind, language))
      expect(`${subject}${html}${text}`).not.toMatch(/undefined|null|NaN|Invalid|\[object/)
      expect(html).not.toMatch(/<img|<script|<link|\ssrc=|url\(|@import/)
      expect(hrefs(html)).toHaveLength(1)
      expect(hrefs(html)[0]).toMatch(/^https:\/\/fenicia\.example\.com\//)
      expect(`${html}${text}`).not.toContain('/settings/notifications')
      expect(subject.length).toBeLessThan(100)
      expect(html).toContain(`lang="${language}"`)
    },
  )
})

it('the two languages share no sentence', async () => {
  for (const kind of KINDS) {
    const [english, spanish] = await Promise.all(
      LANGUAGES.map((language) => render(samplePersonalContent(kind, language))),
    )
    expect(english?.subject).not.toBe(spanish?.subject)
    expect(english?.text.split('\n')[4]).not.toBe(spanish?.text.split('\n')[4])
  }
})

it('what a name says is text, whatever is in it', async () => {
  const { html } = await render(samplePersonalContent('invitation.sent', 'en', { by: '</a><script>alert(1)</script>' }))
  expect(html).not.toContain('<script')
})
