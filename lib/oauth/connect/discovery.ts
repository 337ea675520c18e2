import { allowInsecureRequests, customFetch, discoveryRequest, processDiscoveryResponse } from 'oauth4webapi'
import type { Egress } from '../../egress'
import { parseUrl } from '../../parse-url'
import { fetchPlainly } from './fetch'

/** What an authorization server says of itself (OpenID Connect Discovery, RFC 8414), as far as a form has a field for it. */
export interface ServerMetadata {
  issuer: string
  authorizationUrl: string | null
  tokenUrl: string | null
  revocationUrl: string | null
  /** Whether its answers name it (RFC 9207). */
  namesIssuer: boolean
  /** How a client may prove itself, of the ways that Fenicia has; empty: it does not say. */
  authentications: ('basic' | 'body' | 'none')[]
}

const AUTHENTICATIONS = { client_secret_basic: 'basic', client_secret_post: 'body', none: 'none' } as const

/**
 * Reads what an issuer says of itself: as OpenID Connect has it, then as RFC 8414 has it.
 * @returns null when it says nothing of itself, or not of itself
 * @throws {EgressError} when it was not reached
 */
export async function discover(egress: Pick<Egress, 'request'>, issuer: string): Promise<ServerMetadata | null> {
  const url = new URL(issuer)
  for (const algorithm of ['oidc', 'oauth2'] as const) {
    const response = await discoveryRequest(url, {
      algorithm,
      // http:// too: `Egress` judges where it may be used.
      [allowInsecureRequests]: true,
      [customFetch]: fetchPlainly(egress),
      headers: { 'user-agent': 'Fenicia' },
    })
    const found = await read(url, response)
    // The library compares addresses; an answer's `iss` is compared letter by letter (RFC 9207, 2.4).
    if (found) return found
  }
  return null
}

async function read(issuer: URL, response: Response): Promise<ServerMetadata | null> {
  try {
    const server = await processDiscoveryResponse(issuer, response)
    const methods = Array.isArray(server.token_endpoint_auth_methods_supported)
      ? server.token_endpoint_auth_methods_supported
      : []
    return {
      issuer: server.issuer,
      authorizationUrl: addressOf(server.authorization_endpoint),
      tokenUrl: addressOf(server.token_endpoint),
      revocationUrl: addressOf(server.revocation_endpoint),
      namesIssuer: server.authorization_response_iss_parameter_supported === true,
      authentications: Object.entries(AUTHENTICATIONS).flatMap(([method, name]) =>
        methods.includes(method) ? [name] : [],
      ),
    }
  } catch {
    // Not kept: the library's errors hold the whole answer.
    return null
  }
}

function addressOf(value: unknown): string | null {
  return typeof value === 'string' && parseUrl(value) !== null && /^https?:/i.test(value) ? value : null
}
