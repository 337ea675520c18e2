import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { getRuntime } from '../runtime'

// OWASP's device cookies (https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies): a browser
// in which somebody has signed in keeps a signed note of it. Guessing from elsewhere then never stands in that person's way.

/** How long a browser is known after a sign-in. */
export const KNOWN_SECONDS = 180 * 86_400
/** People whose notes one browser keeps, so that those who share it need not be told of each other's turns. */
const MAX_NOTES = 5
/** Stands in none of what a note is made of, and may stand in a cookie. */
const BETWEEN_NOTES = '~'

/** The device cookie; set after each sign-in. */
export function deviceCookie(url = getRuntime().config.url) {
  const secure = url.startsWith('https:')
  return {
    name: secure ? '__Host-fenicia_device' : 'fenicia_device',
    options: { httpOnly: true, sameSite: 'lax', path: '/', secure, maxAge: KNOWN_SECONDS } as const,
  }
}

/** An id for a browser, as its cookie holds it. */
export function newDeviceId(): string {
  return randomBytes(16).toString('base64url')
}

/**
 * The cookie's new value: a note that the person of this e-mail address has signed in, before those of others.
 * @param cookie what the browser sent
 */
export function issueDevice(email: string, id = newDeviceId(), cookie?: string): string {
  const body = `${id}.${Math.floor(Date.now() / 1000) + KNOWN_SECONDS}`
  const others = notesIn(cookie).filter((note) => readNote(note, email) === null)
  return [`${body}.${sign(email, body)}`, ...others].slice(0, MAX_NOTES).join(BETWEEN_NOTES)
}

/** @returns the device's id when the cookie has a note that is ours, of this e-mail address, and not expired; else null */
export function recognizeDevice(cookie: string | undefined, email: string): string | null {
  for (const note of notesIn(cookie)) {
    const id = readNote(note, email)
    if (id !== null) return id
  }
  return null
}

function notesIn(cookie: string | undefined): string[] {
  return cookie?.split(BETWEEN_NOTES, MAX_NOTES).filter((note) => /^[\w-]+\.\d+\.[\w-]+$/.test(note)) ?? []
}

function readNote(note: string, email: string): string | null {
  const [id = '', expires = '', signature = ''] = note.split('.')
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
