import { parameters } from './field-rules'
import type { OAuth2Grant, OAuth2Settings } from './types'
import { callableUrl } from './urls'

// The fields that only the grant `authorization_code` has: where a person consents, and who answers.

const ONLY = 'Of the grant `authorization_code` only.'

/** What makes an authorization request safe, and what says where its answer goes (RFC 6749, 7636, 9101, OpenID Connect). */
const RESERVED = new Set([
  'response_type',
  'response_mode',
  'client_id',
  'client_secret',
  'redirect_uri',
  'scope',
  'audience',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'request',
  'request_uri',
])

export const authorizationFields = {
  authorization_url: callableUrl
    .nullable()
    .default(null)
    .meta({
      description: `${ONLY} Where a person consents, in a browser.`,
      example: 'https://auth.example.com/oauth/authorize',
    }),
  issuer: callableUrl
    .refine((url) => !url.includes('?'), 'must not have a query: it is an issuer’s identifier')
    .nullable()
    .default(null)
    .meta({ description: `${ONLY} Who the server says it is (RFC 8414, 2): its answers are held against it.` }),
  revocation_url: callableUrl
    .nullable()
    .default(null)
    .meta({ description: `${ONLY} Where tokens are taken back on disconnect (RFC 7009).` }),
  authorization_parameters: parameters(
    RESERVED,
    `${ONLY} What else the authorization URL wants in its query. Not secret.`,
  ),
}

export const authorizationChanges = {
  authorization_url: authorizationFields.authorization_url.unwrap(),
  issuer: authorizationFields.issuer.unwrap(),
  revocation_url: authorizationFields.revocation_url.unwrap(),
  authorization_parameters: authorizationFields.authorization_parameters.unwrap(),
}

/** A form of OAuth2, as far as these rules look at it. */
interface Form {
  grant: OAuth2Grant
  authorization_url: string | null
  issuer: string | null
  revocation_url: string | null
  authorization_parameters: { name: string; value: string }[]
}

const ADDRESSES = ['authorization_url', 'issuer', 'revocation_url'] as const
export const AUTHORIZATION_FIELDS = [...ADDRESSES, 'authorization_parameters'] as const

/** The addresses among them that a form names. */
export function authorizationAddresses(form: Form): { field: string; url: string }[] {
  return ADDRESSES.flatMap((field) => {
    const url = form[field]
    return url ? [{ field, url }] : []
  })
}

/** What is stored of them. */
export function authorizationSettings(
  form: Form,
): Pick<OAuth2Settings, 'authorization_url' | 'issuer' | 'revocation_url' | 'authorization_parameters'> {
  const { authorization_url, issuer, revocation_url, authorization_parameters } = form
  // That there is an authorization URL, `authorizationProblems` says.
  return { authorization_url: authorization_url ?? '', issuer, revocation_url, authorization_parameters }
}

/** The rules that hold between them and the grant. */
export function* authorizationProblems(form: Form): Generator<{ field: string; message: string }> {
  if (form.grant === 'authorization_code') {
    if (!form.authorization_url) yield { field: 'authorization_url', message: 'is required: there a person consents' }
    return
  }
  for (const field of AUTHORIZATION_FIELDS) {
    if (form[field] !== null && form[field].length > 0) {
      yield { field, message: 'is of the grant authorization_code only: leave it out' }
    }
  }
}
