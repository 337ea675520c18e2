import { z } from 'zod'

/** Enough for a JWT with many claims; less than what servers take for all headers. */
export const MAX_SECRET = 8_192

/** What a header can carry as it is (RFC 9110 §5.5, without the obsolete bytes). */
const HEADER_TEXT = /^[\u0020-\u007e]*$/
const CONTROLS = /[\p{Cc}\p{Cs}\u2028\u2029]/u
const FENICIA_TOKEN = /^fn_(live|test)_[0-9A-Za-z]{38}$/

/** Pasted secrets bring white space along, which no service means. */
const pasted = z.string().trim().max(MAX_SECRET, `must be ${MAX_SECRET} characters or fewer`)

/** A rule that a secret must keep: a message when it does not. Never with the secret. */
type Rule = (text: string) => string | null

function secret(...rules: Rule[]) {
  return pasted.superRefine((text, context) => {
    for (const rule of [notFenicias, ...rules]) {
      const message = rule(text)
      if (message !== null) return context.addIssue({ code: 'custom', message })
    }
  })
}

const notFenicias: Rule = (text) =>
  FENICIA_TOKEN.test(text)
    ? 'is an API key of Fenicia itself, which lets apps into Fenicia; here belongs a secret of the other service'
    : null
const notEmpty: Rule = (text) => (text === '' ? 'must not be empty' : null)
const storable: Rule = (text) =>
  CONTROLS.test(text) ? 'must be one line, without control characters: look whether more was copied than it' : null
const headerText: Rule = (text) =>
  HEADER_TEXT.test(text)
    ? null
    : 'must have only characters that a header can carry: letters, digits and signs of ASCII'
const oneWord: Rule = (text) => (/\s/.test(text) ? 'must not have spaces: look whether more was copied than it' : null)
const noHeaderLine: Rule = (text) =>
  /^(authorization|x-[a-z-]+)\s*:/i.test(text)
    ? 'is a whole header line: leave out the header’s name and the colon'
    : null
const notBasic: Rule = (text) =>
  /^basic\s/i.test(text) ? 'begins with “Basic”: this is user name and password in one; use the type Basic auth' : null
const notBearer: Rule = (text) =>
  /^bearer\s/i.test(text) ? 'begins with “Bearer”, which Fenicia adds by itself: leave that word out' : null
const noBearerPrefix: Rule = (text) =>
  /^bearer\s/i.test(text)
    ? 'begins with “Bearer”: leave that word out and use the type Bearer token, or “Bearer ” as the prefix'
    : null

/** The key of the type API key, as it stands in a header or a query. */
export const keySecret = secret(notEmpty, storable, headerText, noHeaderLine, notBasic, noBearerPrefix)
/** A bearer token. RFC 6750 §2.1 allows fewer signs than services use. */
export const bearerSecret = secret(notEmpty, storable, headerText, noHeaderLine, notBasic, notBearer, oneWord)
/** The value of a custom header. */
export const headerSecret = secret(notEmpty, storable, headerText)
/** A user name (RFC 7617 §2: without a colon), in UTF-8. */
export const userNameSecret = secret(storable, notBasic, (text) =>
  text.includes(':') ? 'must not have a colon: what stands after it is the password' : null,
)
/** A password, in UTF-8. */
export const passwordSecret = secret(storable)
/** What a token endpoint gets or gave: printable ASCII (RFC 6749, appendix A). */
export const oauthSecret = secret(notEmpty, storable, headerText, notBasic, notBearer)
