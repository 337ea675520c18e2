import { isIP } from 'node:net'
import { parseUrl } from '../parse-url'
import { Secret } from '../vault/secret'

/** How a mail server is reached. */
export interface SmtpSettings {
  host: string
  port: number
  /**
   * implicit: encrypted from the first byte (smtps://). required: STARTTLS before anything else is said. optional: STARTTLS
   * where the server offers it.
   */
  tls: 'implicit' | 'required' | 'optional'
  auth: { user: string; password: Secret } | null
}

/**
 * Reads `smtp://user:password@host:port` or `smtps://…`. Encryption is required, but for a server on this machine and where
 * `?tls=optional` says otherwise.
 * @returns null for what is none
 */
export function parseSmtpUrl(text: string): SmtpSettings | null {
  const url = parseUrl(text)
  if (!url) return null
  const { protocol, hostname, port, username, password, pathname, searchParams, hash } = url
  if (protocol !== 'smtp:' && protocol !== 'smtps:') return null
  const { tls, ...others } = Object.fromEntries(searchParams)
  const isPlace = hostname !== '' && (pathname === '' || pathname === '/') && hash === ''
  if (!isPlace || Object.keys(others).length > 0 || (tls !== undefined && tls !== 'optional')) return null
  // Half a log-in would be sent without one.
  if ((username === '') !== (password === '')) return null
  const isImplicit = protocol === 'smtps:'
  const host = hostname.replace(/^\[|\]$/g, '')
  // No password goes over a network that is not known to be encrypted.
  if (tls && (isImplicit || (username && !isHere(host)))) return null
  try {
    return {
      host,
      port: port === '' ? (isImplicit ? 465 : 587) : Number(port),
      tls: isImplicit ? 'implicit' : tls === 'optional' || isHere(host) ? 'optional' : 'required',
      auth: username
        ? { user: decodeURIComponent(username), password: new Secret(decodeURIComponent(password)) }
        : null,
    }
  } catch {
    return null
  }
}

function isHere(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
