import { z } from 'zod'
import { parseUrl } from '../parse-url'
import { HOLDS_TOKEN, urlHoldsToken } from '../text'

// What can be said of an address before anybody looks it up; whether it may be called is `lib/egress`' to say.

const MAX_URL = 2_048
const ADDRESS_RULE = 'must be an address such as https://api.example.com/v1'

/** What is wrong with an address that a person typed, to be read after the field's name; null: nothing. */
export function urlProblem(text: string): string | null {
  if (text.length > MAX_URL) return `must be ${MAX_URL} characters or fewer`
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\u0000-\u0020\u007f\\]/.test(text)) return `${ADDRESS_RULE}, without spaces or backslashes`
  // To be kept in JSON, which the database takes with whole characters only.
  if (/\p{Cs}/u.test(text)) return 'must not contain broken Unicode'
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? parseUrl(text) : null
  if (!url) return ADDRESS_RULE
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https://'
  if (url.username || url.password) {
    return 'must not hold a user name or password: they belong in a credential of the type Basic auth'
  }
  if (urlHoldsToken(text)) return HOLDS_TOKEN
  if (text.includes('#')) return 'must not have a part after “#”, which is never sent'
  if (/[{}]/.test(url.hostname) || /%7[bd]/i.test(url.hostname)) return 'still has a placeholder in braces'
  return null
}

/** The origin of an address, or of a host as people write it (`api.example.com`); null: it is neither. */
export function toOrigin(text: string): string | null {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`
  return urlProblem(url) === null ? new URL(url).origin : null
}

/** An address to call. */
export const callableUrl = z
  .string()
  .trim()
  .superRefine((text, context) => {
    const problem = urlProblem(text)
    if (problem) context.addIssue({ code: 'custom', message: problem })
  })

/** A host that a secret may be sent to, as an origin. */
export const allowedHost = z
  .string()
  .trim()
  .superRefine((text, context) => {
    if (toOrigin(text) === null) {
      context.addIssue({ code: 'custom', message: 'must be a host such as api.example.com or https://api.example.com' })
    }
  })
  // What is refused above comes here too.
  .transform((text) => toOrigin(text) ?? text)
