import type { Environment } from '@/lib/api-keys'
import type { CredentialType } from '@/lib/credentials'
import type { OAuth2Grant } from '@/lib/credentials/types'

/** A secret as it stands in the form. */
export interface SecretValue {
  text: string
  /** The person asked to replace what is stored. */
  replace: boolean
}

/** A row of a list of names and values. */
export interface Row {
  /** Of this page only: keeps a row's control when another row goes. */
  id: number
  name: string
  value: string
}

/** A form as it is typed: all types' fields at once, so that nothing is lost when the type is changed. */
export interface FormValues {
  environment: Environment
  type: CredentialType
  provider: string | null
  name: string
  hosts: string[]
  test: { method: 'GET' | 'HEAD' | 'OPTIONS'; url: string; good: string }
  /** ISO 8601. */
  expiresAt: string | null
  placement: { in: 'header' | 'query'; name: string; prefix: string }
  /** Names of custom headers; their values are in `secret`, by `headerKey`. */
  headers: { id: number; name: string }[]
  grant: OAuth2Grant
  tokenUrl: string
  clientId: string
  clientAuthentication: 'basic' | 'body' | 'none'
  /** Separated by spaces. */
  scopes: string
  audience: string
  parameters: Row[]
  /** Of authorization in the browser, as are the next three. */
  authorizationUrl: string
  issuer: string
  revocationUrl: string
  authorizationParameters: Row[]
  /** Where the access token stands. */
  tokenPlacement: { name: string; prefix: string }
  /** Of an access token that is imported, as a date-time control has it. */
  accessTokenEnds: string
  secret: Record<string, SecretValue>
}

/** What is sent of a form, as `credentialForm` takes it. */
export type FormInput = Record<string, unknown> & { type: CredentialType; secret: Record<string, string> }

export const NO_SECRET: SecretValue = { text: '', replace: false }

/** Under which name the form keeps the value of a custom header: the header's own may change. */
export function headerKey(id: number): string {
  return `header:${id}`
}

/** The secret fields that the form shows: where each stands in the form, and its name in what is sent. */
export function secretsOf(values: FormValues): { key: string; name: string }[] {
  switch (values.type) {
    case 'api_key':
      return [{ key: 'key', name: 'key' }]
    case 'bearer':
      return [{ key: 'token', name: 'token' }]
    case 'basic':
      return ['username', 'password'].map((name) => ({ key: name, name }))
    case 'headers':
      return values.headers.map(({ id, name }) => ({ key: headerKey(id), name: name.trim() }))
    case 'oauth2':
      return [
        ...(values.clientAuthentication === 'none' ? [] : ['client_secret', 'next_client_secret']),
        ...(values.grant === 'refresh_token' ? ['refresh_token', 'access_token'] : []),
      ].map((name) => ({ key: name, name }))
  }
}

/**
 * What is sent of a form. A secret that is stored and was not typed anew is left out, which says “unchanged”.
 * @param stored names of the secret fields that are stored
 */
export function toInput(values: FormValues, stored: ReadonlySet<string>): FormInput {
  const secret: Record<string, string> = {}
  for (const { key, name } of secretsOf(values)) {
    const { text, replace } = values.secret[key] ?? NO_SECRET
    // An empty one that is to be replaced is sent, to be refused; one that is new is missing.
    if (text !== '' || (replace && stored.has(name))) secret[name] = text
  }
  const { environment, type, provider, name, hosts, test } = values
  const url = test.url.trim()
  return {
    environment,
    type,
    provider,
    name,
    hosts,
    test: url === '' ? null : { method: test.method, url, good: words(test.good) },
    ...settingsOf(values, 'access_token' in secret),
    secret,
  }
}

function settingsOf(values: FormValues, hasAccessToken: boolean): Record<string, unknown> {
  switch (values.type) {
    case 'api_key': {
      const { in: place, name, prefix } = values.placement
      const placement = place === 'query' ? { in: place, name } : { in: place, name, prefix }
      return { placement, expires_at: values.expiresAt }
    }
    case 'bearer':
      return { expires_at: values.expiresAt }
    case 'basic':
      return {}
    case 'headers':
      return { headers: values.headers.map(({ name }) => name) }
    case 'oauth2':
      return {
        grant: values.grant,
        token_url: values.tokenUrl.trim(),
        client_id: values.clientId,
        client_authentication: values.clientAuthentication,
        scopes: words(values.scopes),
        audience: values.audience.trim() === '' ? null : values.audience,
        parameters: values.parameters.map(({ name, value }) => ({ name, value })),
        placement: { in: 'header', ...values.tokenPlacement },
        ...(values.grant === 'authorization_code' ? authorizationOf(values) : {}),
        ...(hasAccessToken && values.accessTokenEnds
          ? { access_token_expires_at: new Date(values.accessTokenEnds).toISOString() }
          : {}),
      }
  }
}

function authorizationOf({ authorizationUrl, issuer, revocationUrl, authorizationParameters }: FormValues) {
  return {
    authorization_url: orNull(authorizationUrl),
    issuer: orNull(issuer),
    revocation_url: orNull(revocationUrl),
    authorization_parameters: authorizationParameters.map(({ name, value }) => ({ name, value })),
  }
}

function orNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim()
}

/** What a test finds depends on this much of a form: the name, for one, may change afterwards. */
export function testedPart(input: FormInput) {
  const { name: _, environment: _n, provider: _p, expires_at: _e, access_token_expires_at: _a, ...rest } = input
  return JSON.stringify(rest)
}

function words(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean)
}
