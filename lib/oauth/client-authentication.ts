import { type ClientAuth, ClientSecretPost, None } from 'oauth4webapi'
import type { ClientAuthentication } from '../credentials/types'
import type { Secret } from '../vault/secret'

/** How a client proves itself to a token endpoint (RFC 6749, 2.3.1). Without a secret, it only says who it is. */
export function authenticate(authentication: ClientAuthentication, secret: Secret | null): ClientAuth {
  if (!secret || secret.reveal() === '') return None()
  switch (authentication) {
    case 'basic':
      return basic(secret)
    case 'body':
      return ClientSecretPost(secret.reveal())
    case 'none':
      return None()
  }
}

/**
 * HTTP Basic. Not the library's: it percent-encodes `-`, `.` and `_` too, which a server that decodes would take as well,
 * but many don't decode, and ids and secrets are often UUIDs or base64url. The form encoding leaves these as they are.
 */
function basic(secret: Secret): ClientAuth {
  return (_as, client, _body, headers) => {
    headers.set('authorization', `Basic ${Buffer.from(userPass(client.client_id, secret)).toString('base64')}`)
  }
}

/** Id and secret as they are joined for HTTP Basic, form-encoded first. */
export function userPass(clientId: string, secret: Secret): string {
  return `${formEncode(clientId)}:${formEncode(secret.reveal())}`
}

/** `application/x-www-form-urlencoded`, to which RFC 6749's appendix B refers. */
function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1)
}
