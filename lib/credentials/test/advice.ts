import type { EgressErrorCode } from '../../egress/errors'
import type { OAuthError } from '../../oauth'
import type { OAuth2Grant } from '../types'

/** What to do about a call that was not answered. Says no more of an address that may not be called than that. */
export const adviceOnFailure: Record<EgressErrorCode, string> = {
  url_refused: 'Look at the address again.',
  scheme_refused:
    'Begin the address with https://, or ask whoever runs this server to allow the host, with FENICIA_EGRESS_ALLOW.',
  address_refused:
    'If the service is in your own network, whoever runs this server can allow it, with FENICIA_EGRESS_ALLOW.',
  name_unknown:
    'Look for a typing error in the host name. If it is a name of your own network, this server must be able to look it up.',
  name_unavailable: 'Try again in a minute.',
  connection_refused: 'Look whether the port is right, and whether the service is running.',
  connection_reset:
    'Try again. If it stays so, look whether it is https:// there. Or the service lets in known addresses only: ask it to let this server in.',
  unreachable: 'Look whether the service is running, and whether this server may reach its network.',
  tls_expired: 'Whoever runs the service has to renew its certificate. Fenicia sends no secret until then.',
  tls_self_signed:
    'Give the service a certificate of a known authority, or have whoever runs this server trust yours, with NODE_EXTRA_CA_CERTS. Fenicia sends no secret to a server that anybody could pretend to be.',
  tls_untrusted:
    'Whoever runs the service has to send the whole chain of certificates, from an authority that is known.',
  tls_name_mismatch: 'Use the name that the certificate is for.',
  tls_other:
    'Look whether the service speaks https:// at this port. If it does, it may know old versions of TLS only: ask whoever runs it for TLS 1.2 or later.',
  timeout_connect: 'Look whether host and port are right. A firewall on the way may drop what this server sends.',
  timeout_headers: 'The service is slow just now: try again, or choose a lighter address for the test.',
  timeout_body: 'The service is slow just now: try again, or choose a lighter address for the test.',
  too_large: 'Choose an address for the test that answers with less.',
  protocol: 'Look whether this is the address of an HTTP service.',
  request_refused: 'Look at the method and the headers.',
  aborted: 'Test again.',
}

/** What brings other tokens, where those that are stored can't be opened any more. */
export const adviceOnDamagedTokens: Record<OAuth2Grant, string> = {
  authorization_code: 'Connect the service again.',
  refresh_token: 'Edit the credential and enter the refresh token again.',
  client_credentials: 'Edit the credential and enter the client secret again.',
}

/** What to do about the error codes of RFC 6749 §5.2 and §4.1.2.1, and of those that many servers add. */
const adviceOnError: Record<string, string> = {
  invalid_grant:
    'The refresh token has expired, was revoked, or was used already: connect the service anew and paste the new one.',
  invalid_client: 'Look at client ID and client secret, and whether the client authenticates by Basic or in the body.',
  unauthorized_client: 'The service does not allow this client this kind of grant: look at the app’s settings there.',
  unsupported_grant_type: 'The service does not know this grant: choose the other one.',
  invalid_scope: 'Look at the scopes: one is unknown there, or more than the app may ask for.',
  invalid_request:
    'The token endpoint misses something: look at audience and the other parameters in the service’s documentation.',
  invalid_target: 'Look at the audience.',
  access_denied: 'The service has refused: look at what the app is allowed to there.',
}

export function adviceOnOAuth({ code, error, status }: Pick<OAuthError, 'code' | 'error' | 'status'>): string {
  // By RFC 6749 §5.2, 401 is said of the client; services that have codes of their own, or none, keep to that.
  const known = code === 'unusable_answer' && status === 401 ? 'invalid_client' : error
  if (known !== null && adviceOnError[known]) return adviceOnError[known]
  if (code === 'unavailable') return 'The service is busy or down: try again in a minute.'
  if (code === 'no_refresh_token') return 'Nobody has connected the service yet, or it was disconnected: connect it.'
  if (code === 'busy') return 'The same credential is being renewed at this moment: try again in a minute.'
  if (code === 'unusable_answer')
    return 'Look whether this is the address of the token endpoint, as the service’s documentation gives it.'
  return 'Look at what the service said, and at the app’s settings there.'
}
