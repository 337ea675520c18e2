import type { credentialTypes, testResults } from '@/db/schema'

export type CredentialType = (typeof credentialTypes)[number]
export type TestResult = (typeof testResults)[number]

/** Where a single secret stands on a request: in a header, after a prefix such as `ShippoToken `, or in the query. */
export interface Placement {
  in: 'header' | 'query'
  name: string
  /** Put before the secret as it is, its space included; empty for none. Of headers only. */
  prefix: string
}

/** How a client proves itself to a token endpoint: HTTP Basic, in the form, or (public clients) not at all. */
export type ClientAuthentication = 'basic' | 'body' | 'none'

/** How tokens are got: by the client itself, with a refresh token that a person brought, or by consent in a browser. */
export const grants = ['client_credentials', 'refresh_token', 'authorization_code'] as const
export type OAuth2Grant = (typeof grants)[number]

export interface OAuth2Settings {
  grant: OAuth2Grant
  token_url: string
  client_id: string
  client_authentication: ClientAuthentication
  scopes: string[]
  /** RFC 8707 calls it `resource`, many servers `audience`; sent under this latter name. Null: not sent. */
  audience: string | null
  /** What else the token endpoint wants, in its form. Not secret. */
  parameters: { name: string; value: string }[]
  /** Where the access token stands. */
  placement: Placement
  /** Of `authorization_code`, as are the ones below: where a person consents, in a browser. */
  authorization_url?: string
  /** Who the authorization server says it is (RFC 8414); null: not known. */
  issuer?: string | null
  /** Where tokens are taken back (RFC 7009); null: nowhere. */
  revocation_url?: string | null
  /** What else the authorization URL wants in its query. Not secret. */
  authorization_parameters?: { name: string; value: string }[]
}

/** What a type asks for and is not secret. */
export type CredentialSettings =
  | { type: 'api_key'; placement: Placement }
  | ({ type: 'oauth2' } & OAuth2Settings)
  | { type: 'bearer' }
  | { type: 'basic' }
  | { type: 'headers'; headers: string[] }

/** A request that shows whether the service accepts the credential, without doing anything. */
export interface TestRequest {
  method: 'GET' | 'HEAD' | 'OPTIONS'
  url: string
  /** Status codes (`200`) and classes (`2xx`) that show it; empty: 2xx and 3xx, but to log in. */
  good: string[]
}
