import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { getRuntime } from '../runtime'

// OWASP's device cookies (https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies): a browser
// in which somebody has signed in keeps a signed note of it. Guessing from elsewhere then never stands in that person's way.

/** How long a browser is known after a sign-in. */
const KNOWN_SECONDS = 180 * 86_400

/** The device cookie; set after each sign-in. */
export function deviceCookie(url = getRuntime().config.url) {
  const secure = url.startsWith('https:')
  return {
    name: secure ? '__Host-fenicia_device' : 'fenicia_device',
    options: { httpOnly: true, sameSite: 'lax', path: '/', secure, maxAge: KNOWN_SECONDS } as const,
  }
}

/** The note that the person of this e-mail address has signed in; each has an id of its own. */
export function issueDevice(email: string): string {
  const body = `${randomBytes(16).toString('base64url')}.${Math.floor(Date.now() / 1000) + KNOWN_SECONDS}`
  return `${body}.${sign(email, body)}`
}

/** @returns the device's id when the cookie is ours, of this e-mail address, and not expired; else null */
export function recognizeDevice(cookie: string | undefined, email: string): string | null {
  const [id, expires, signature] = cookie?.split('.') ?? []
  if (!id || !expires || !signature) return null
  const expected = Buffer.from(sign(email, `${id}.${expires}`))
  const given = Buffer.from(signature)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null
  return Number(expires) * 1000 > Date.now() ? id : null
}

function sign(email: string, body: string): string {
  return keyedHash('device', `${email}\0${body}`)
}

/** A hash that nobody can make, or look up in a table of guesses, without our secret. `purpose` keeps uses apart. */
export function keyedHash(purpose: string, text: string): string {
  return createHmac('sha256', getRuntime().authSecret).update(`${purpose}\0${text}`).digest('base64url')
}
