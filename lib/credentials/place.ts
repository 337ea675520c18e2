import { Secret } from '../vault/secret'
import type { Secrets } from '../vault/vault'
import type { CredentialSettings, Placement } from './types'

/** What a credential adds to a request. */
export interface Placed {
  headers: [name: string, value: string][]
  query: [name: string, value: string][]
  /** Every secret in it, also in the form in which it is sent: none of them may come back to anybody. */
  secrets: Secret[]
}

/**
 * Puts a credential where the service expects it.
 * @param secrets its secret fields; of OAuth2, `access_token`
 * @throws {TypeError} when a secret is missing, which storing it refuses
 */
export function placeCredential(settings: CredentialSettings, secrets: Secrets): Placed {
  switch (settings.type) {
    case 'api_key':
      return placed(settings.placement, required(secrets, 'key'))
    case 'oauth2':
      return placed(settings.placement, required(secrets, 'access_token'))
    case 'bearer':
      return placed({ in: 'header', name: 'Authorization', prefix: 'Bearer ' }, required(secrets, 'token'))
    case 'basic':
      return basic(secrets.username?.reveal() ?? '', secrets.password?.reveal() ?? '')
    case 'headers': {
      const values = settings.headers.map((name) => [name, required(secrets, name)] as const)
      return {
        headers: values.map(([name, value]) => [name, value.reveal()]),
        query: [],
        secrets: values.map(([, value]) => value),
      }
    }
  }
}

/** Where a credential stands on a request: names of headers (in lower case) and of query parameters. */
export function placesOf(settings: CredentialSettings): { headers: string[]; query: string[] } {
  if (settings.type === 'headers') return { headers: settings.headers.map((name) => name.toLowerCase()), query: [] }
  if (settings.type === 'bearer' || settings.type === 'basic') return { headers: ['authorization'], query: [] }
  const { in: place, name } = settings.placement
  return place === 'header' ? { headers: [name.toLowerCase()], query: [] } : { headers: [], query: [name] }
}

/**
 * Adds query parameters to an address, in the place of any of the same name: what a credential brings wins. The rest of
 * the query stays byte for byte as it is.
 */
export function withQuery(url: string, parameters: readonly (readonly [name: string, value: string])[]): string {
  if (parameters.length === 0) return url
  const names = new Set(parameters.map(([name]) => name))
  const start = url.indexOf('?')
  const base = start === -1 ? url : url.slice(0, start)
  const kept =
    start === -1
      ? []
      : url
          .slice(start + 1)
          .split('&')
          .filter((part) => part !== '' && !names.has(nameOf(part)))
  const added = parameters.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
  return `${base}?${[...kept, ...added].join('&')}`
}

/** The name of a part of a query, as servers read it. */
function nameOf(part: string): string {
  const [name = ''] = part.split('=', 1)
  return [...new URLSearchParams(`${name}=`).keys()][0] ?? ''
}

function placed({ in: place, name, prefix }: Placement, secret: Secret): Placed {
  const value = prefix + secret.reveal()
  return {
    headers: place === 'header' ? [[name, value]] : [],
    query: place === 'query' ? [[name, value]] : [],
    secrets: [secret],
  }
}

/** RFC 7617, with the UTF-8 that its `charset` parameter names. */
function basic(username: string, password: string): Placed {
  const joined = Buffer.from(`${username}:${password}`).toString('base64')
  return {
    headers: [['Authorization', `Basic ${joined}`]],
    query: [],
    secrets: [username, password, joined].filter((text) => text !== '').map((text) => new Secret(text)),
  }
}

function required(secrets: Secrets, name: string): Secret {
  const secret = Object.hasOwn(secrets, name) ? secrets[name] : undefined
  if (!secret) throw new TypeError(`The secret field ${name} is missing`)
  return secret
}
