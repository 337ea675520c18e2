import type { PersonalContent, PersonalKind } from '@/lib/notifications'
import type { ComposedMail } from './compose'
import { moment } from './moment'
import { english } from './words/en'
import { spanish } from './words/es'
import { personalEnglish } from './words/personal-en'
import { personalSpanish } from './words/personal-es'
import type { PersonalWords } from './words/personal-words'
import type { Words } from './words/words'

const languages: Record<PersonalContent['to']['language'], { words: Words; personal: PersonalWords }> = {
  en: { words: english, personal: personalEnglish },
  es: { words: spanish, personal: personalSpanish },
}

/** Puts a personal mail in the words of its person. */
export function composePersonal(content: PersonalContent): ComposedMail {
  const { words, personal } = languages[content.to.language]
  const { kind, account, data, to } = content
  const say = (sentences: PersonalWords['subjects']) =>
    (sentences[kind] as (of: { account: string; data: unknown }) => string)({ account, data })
  const heading = say(personal.subjects)
  return {
    language: to.language,
    subject: heading,
    greeting: to.name === null ? personal.greeting : words.greeting(to.name),
    heading,
    meaning: say(personal.meanings),
    facts: factsOf(content, words, personal),
    list: [],
    more: null,
    button: { label: personal.buttons[kind], href: content.link ?? `${content.url}${PLACES[kind]}` },
    footer: { why: personal.why[kind], choose: null },
  }
}

/** Where the button leads when the mail has no link of its own. */
const PLACES: Record<PersonalKind, string> = {
  'password.reset_requested': '/forgot-password',
  'password.changed': '/forgot-password',
  'sign_in.new_browser': '/settings/account',
  'second_factor.added': '/settings/account',
  'second_factor.removed': '/settings/account',
  'recovery_code.used': '/settings/account',
  'member.removed': '/',
  'account.handed_over': '/settings/members',
  'invitation.sent': '/',
}

function factsOf(content: PersonalContent, words: Words, { labels, roles, factors, operator }: PersonalWords) {
  const account = { label: words.labels.account, value: content.account }
  const eMail = { label: labels.eMail, value: content.to.address }
  const time = (label: string, at: string) => ({ label, value: moment(at, words) })
  const where = ({ address, browser }: { address: string | null; browser: string | null }) => [
    { label: labels.address, value: address ?? words.notKnown },
    { label: labels.browser, value: browser ?? words.notKnown },
  ]
  switch (content.kind) {
    case 'password.reset_requested':
      return [eMail, ...where(content.data), time(labels.goodUntil, content.data.expiresAt)]
    case 'password.changed': {
      const { at, how } = content.data
      const by = how === 'operator' ? [{ label: words.labels.by, value: operator }] : where(content.data)
      return [eMail, time(labels.when, at), ...by]
    }
    case 'sign_in.new_browser':
      return [eMail, time(labels.when, content.data.at), ...where(content.data)]
    case 'second_factor.added':
    case 'second_factor.removed': {
      const { at, factor, name } = content.data
      const what = { label: labels.factor, value: name === null ? factors[factor] : `${factors[factor]}: ${name}` }
      if ('how' in content.data && content.data.how === 'operator') {
        return [eMail, time(labels.when, at), { label: words.labels.by, value: operator }]
      }
      return [eMail, what, time(labels.when, at), ...where(content.data)]
    }
    case 'recovery_code.used': {
      const { at, left } = content.data
      return [eMail, { label: labels.codesLeft, value: String(left) }, time(labels.when, at), ...where(content.data)]
    }
    case 'member.removed':
      return [account, { label: words.labels.by, value: content.data.by }]
    case 'account.handed_over':
      return [
        account,
        { label: labels.newOwner, value: content.data.to },
        { label: labels.oldOwner, value: content.data.from },
      ]
    case 'invitation.sent': {
      const { by, role, roleName, expiresAt } = content.data
      return [
        account,
        { label: labels.by, value: by },
        ...(role === 'custom'
          ? [{ label: labels.role, value: roleName ?? '' }]
          : [
              { label: labels.role, value: roles[role].name },
              { label: labels.roleMay, value: roles[role].may },
            ]),
        time(labels.goodUntil, expiresAt),
      ]
    }
  }
}
