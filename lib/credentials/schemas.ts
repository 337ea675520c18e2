import { z } from 'zod'
import { isHeaderAllowed } from '../egress/request'
import type { FieldProblem } from '../errors'
import { plainName } from '../header-name'
import { displayText } from '../text'
import { isStorableTime } from '../times'
import {
  authorizationAddresses,
  authorizationChanges,
  authorizationFields,
  authorizationProblems,
  authorizationSettings,
} from './authorization-fields'
import { parameters, RESERVED_PARAMETERS, text } from './field-rules'
import { bearerSecret, headerSecret, keySecret, oauthSecret, passwordSecret, userNameSecret } from './secret-text'
import { type CredentialSettings, type CredentialType, grants } from './types'
import { allowedHost, callableUrl, toOrigin } from './urls'

// The rules of a credential, once, for forms, server actions and the API alike. What is below `secret` is only ever
// written: a member that is left out stays as it is stored.

const MAX_HOSTS = 20
const MAX_HEADERS = 20

export const credentialName = displayText(64).meta({
  description: '1 to 64 characters, unique among the account’s credentials in any letter case.',
  example: 'Shippo production',
})

/** Names that a custom header may not have, beside what frames a message: RFC 6265 made the first obsolete. */
const REFUSED_HEADERS = new Set([
  '__proto__',
  'cookie2',
  'set-cookie',
  'set-cookie2',
  'accept-encoding',
  'content-type',
])

export const headerName = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(128, 'must be 128 characters or fewer')
  .refine((name) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name), 'must be a header name: letters, digits and - only')
  .refine(
    (name) => isHeaderAllowed(name) && !REFUSED_HEADERS.has(name.toLowerCase()),
    'is a header that belongs to the connection or the message, and can’t be set',
  )

const headerPlacement = z.strictObject({
  in: z.literal('header', 'must be "header"'),
  name: headerName,
  prefix: z
    .string()
    .max(64, 'must be 64 characters or fewer')
    .regex(/^[\u0020-\u007e]*$/, 'must have only characters of ASCII')
    .default('')
    .meta({ description: 'Put before the secret as it is, its space included.', example: 'ShippoToken ' }),
})
const queryPlacement = z.strictObject({
  in: z.literal('query', 'must be "header" or "query"'),
  name: text(128).meta({ description: 'Name of the parameter.', example: 'api_key' }),
  prefix: z.literal('', 'belongs to a header: leave it out').default(''),
})
const placement = z.discriminatedUnion('in', [headerPlacement, queryPlacement], {
  error: 'must be in "header" or "query"',
})

const statusRule = z.string().regex(/^([1-5]\d\d|[1-5]xx)$/, 'must be a status such as "200" or a class such as "2xx"')
export const testRequest = z.strictObject({
  method: z.enum(['GET', 'HEAD', 'OPTIONS'], 'must be GET, HEAD or OPTIONS: a test changes nothing').default('GET'),
  url: callableUrl.meta({ example: 'https://api.example.com/v1/me' }),
  good: z.array(statusRule).max(10, 'must be 10 or fewer').default([]).meta({
    description:
      'Statuses that show the credential to be accepted. Empty: 2xx and 3xx, but for a redirect to another host or to a page to log in.',
  }),
})

const EXPIRY_RULE = 'must be a date and time such as 2027-01-31T00:00:00Z, or null'
const expiresAt = z.iso
  .datetime({ offset: true, error: EXPIRY_RULE })
  .refine((text) => isStorableTime(new Date(text)), EXPIRY_RULE)
  .nullable()
  .default(null)
  .meta({ description: 'When the secret ends by itself, as the service said; null: never, or not known.' })

const hosts = z
  .array(allowedHost)
  .max(MAX_HOSTS, `must be ${MAX_HOSTS} or fewer`)
  .transform((origins) => [...new Set(origins)])
  .meta({
    description: 'The only hosts that the secret may be sent to. The test request’s is added.',
    example: ['https://api.example.com'],
  })

const provider = z
  .string()
  .regex(/^[a-z0-9-]{1,40}$/, 'must be the id of a provider of the catalogue, or null')
  .nullable()

/** What the test of the form has answered, and its save takes. */
function testLeftover(name: 'draft_id' | 'receipt') {
  const description = {
    draft_id: 'The draft that a test of this form has answered: it keeps the tokens that the test got.',
    receipt:
      'What a test of this form has answered: it proves what the test found. Without it, the form is “not tested”.',
  }
  return z
    .string()
    .max(4_096, 'must be 4,096 characters or fewer')
    .nullable()
    .default(null)
    .meta({ description: description[name] })
}

/** The fields of every type. */
const common = {
  environment: z.enum(['live', 'test'], 'must be "live" or "test"').optional().meta({
    description:
      'Stays as it is made. Left out: that of the calling key. A key can’t make what is of the other one, nor see it.',
  }),
  name: credentialName,
  provider: provider.default(null),
  hosts: hosts.default([]),
  test: testRequest.nullable().default(null),
  draft_id: testLeftover('draft_id'),
  receipt: testLeftover('receipt'),
}

const oauth2Fields = {
  grant: z
    .enum(grants, 'must be "client_credentials", "refresh_token" or "authorization_code"')
    .default('client_credentials')
    .meta({
      description:
        '`authorization_code`: somebody connects the service in a browser, on the credential’s page; nobody enters a token.',
    }),
  token_url: callableUrl.meta({ example: 'https://auth.example.com/oauth/token' }),
  client_id: text(),
  client_authentication: z
    .enum(['basic', 'body', 'none'], 'must be "basic", "body" or "none"')
    .default('basic')
    .meta({ description: 'How the client proves itself: HTTP Basic, in the form, or not at all.' }),
  scopes: z
    .array(
      text(256).refine(
        (scope) => /^[\u0021\u0023-\u005b\u005d-\u007e]+$/.test(scope),
        'must be one word (RFC 6749 §3.3)',
      ),
    )
    .max(100, 'must be 100 or fewer')
    .default([]),
  audience: text().nullable().default(null),
  parameters: parameters(RESERVED_PARAMETERS, 'What else the token endpoint wants in its form. Not secret.'),
  ...authorizationFields,
  placement: headerPlacement
    .prefault({ in: 'header', name: 'Authorization', prefix: 'Bearer ' })
    .meta({ description: 'Where the access token stands.' }),
  renew_ahead: z
    .boolean('must be true or false')
    .default(true)
    .meta({ description: 'Whether tokens are renewed before they end, without anybody asking for it.' }),
}

const headerNames = z
  .array(headerName)
  .min(1, 'must name at least one header')
  .max(MAX_HEADERS, `must be ${MAX_HEADERS} or fewer`)
  .refine(
    (names) => new Set(names.map((name) => plainName(name))).size === names.length,
    'must not name a header twice',
  )

const apiKeyForm = z
  .strictObject({
    type: z.literal('api_key'),
    ...common,
    placement: placement.meta({ example: { in: 'header', name: 'X-Api-Key', prefix: '' } }),
    expires_at: expiresAt,
    secret: z.strictObject({ key: keySecret.optional() }).prefault({}),
  })
  .meta({ id: 'ApiKeyCredential' })
const oauth2Form = z
  .strictObject({
    type: z.literal('oauth2'),
    ...common,
    ...oauth2Fields,
    access_token_expires_at: expiresAt.meta({
      description: 'When the access token that is imported ends; of no meaning without one.',
    }),
    secret: z
      .strictObject({
        client_secret: oauthSecret.optional(),
        next_client_secret: oauthSecret.optional().meta({
          description:
            'The successor of `client_secret`, while the service knows both. It is dropped when that one is set anew without it.',
        }),
        refresh_token: oauthSecret.optional(),
        access_token: oauthSecret.optional(),
      })
      .prefault({}),
  })
  .meta({ id: 'OAuth2Credential' })
const bearerForm = z
  .strictObject({
    type: z.literal('bearer'),
    ...common,
    expires_at: expiresAt,
    secret: z.strictObject({ token: bearerSecret.optional() }).prefault({}),
  })
  .meta({ id: 'BearerCredential' })
const basicForm = z
  .strictObject({
    type: z.literal('basic'),
    ...common,
    secret: z.strictObject({ username: userNameSecret.optional(), password: passwordSecret.optional() }).prefault({}),
  })
  .meta({ id: 'BasicCredential' })
const headersForm = z
  .strictObject({
    type: z.literal('headers'),
    ...common,
    headers: headerNames,
    secret: z
      .record(z.string().max(128), headerSecret)
      .prefault({})
      .meta({ description: 'The value of each header, by its name.', example: { 'X-App-Key': '…' } }),
  })
  .meta({ id: 'HeadersCredential' })

const byType = z.discriminatedUnion('type', [apiKeyForm, oauth2Form, bearerForm, basicForm, headersForm], {
  error: 'must be one of api_key, oauth2, bearer, basic, headers',
})

/** A credential as it is written. What it does not have, such as the secrets of an edit, is for `secretProblems` to miss. */
export const credentialForm = byType.superRefine((form, context) => {
  for (const { field, message } of formProblems(form)) {
    context.addIssue({ code: 'custom', path: field.split('.'), message })
  }
})
export type CredentialForm = z.output<typeof credentialForm>
export type OAuth2Form = Extract<CredentialForm, { type: 'oauth2' }>

/** What may be changed of a credential: any field of its type. */
export const credentialChanges = z
  .strictObject({
    name: credentialName,
    provider,
    hosts,
    test: testRequest.nullable(),
    expires_at: expiresAt.unwrap(),
    placement,
    grant: oauth2Fields.grant.unwrap(),
    token_url: callableUrl,
    client_id: oauth2Fields.client_id,
    client_authentication: oauth2Fields.client_authentication.unwrap(),
    scopes: oauth2Fields.scopes.unwrap(),
    audience: oauth2Fields.audience.unwrap(),
    parameters: oauth2Fields.parameters.unwrap(),
    ...authorizationChanges,
    renew_ahead: oauth2Fields.renew_ahead.unwrap(),
    access_token_expires_at: expiresAt.unwrap(),
    headers: headerNames,
    draft_id: common.draft_id.unwrap(),
    receipt: common.receipt.unwrap(),
    secret: z.record(z.string().max(128), z.string().max(16_384, 'must be 16,384 characters or fewer')).meta({
      description: 'Only what is to be replaced. A member that is left out stays as it is stored.',
    }),
  })
  .partial()
  .meta({ id: 'CredentialChanges' })
export type CredentialChanges = z.output<typeof credentialChanges>

/** The addresses that a form names, by field. */
export function addressesOf(form: CredentialForm): { field: string; url: string }[] {
  return [
    ...form.hosts.map((url, index) => ({ field: `hosts.${index}`, url })),
    ...(form.test ? [{ field: 'test.url', url: form.test.url }] : []),
    ...(form.type === 'oauth2' ? [{ field: 'token_url', url: form.token_url }, ...authorizationAddresses(form)] : []),
  ]
}

/** The origins that a service's secret may be sent to: those that are named, and the test request's. */
export function hostsOf(form: CredentialForm): string[] {
  // An address that is none is refused by its own rule.
  const ofTest = form.test && toOrigin(form.test.url)
  return [...new Set([...form.hosts, ...(ofTest ? [ofTest] : [])])]
}

/** What a form says that is stored as it is: all but its name, its addresses and its secrets. */
export function settingsOf(form: CredentialForm): CredentialSettings {
  switch (form.type) {
    case 'api_key':
      return { type: form.type, placement: form.placement }
    case 'oauth2': {
      const { type, grant, token_url, client_id, client_authentication, scopes, audience, parameters, placement } = form
      const common = {
        type,
        grant,
        token_url,
        client_id,
        client_authentication,
        scopes,
        audience,
        parameters,
        placement,
      }
      if (grant !== 'authorization_code') return common
      return { ...common, ...authorizationSettings(form) }
    }
    case 'headers':
      return { type: form.type, headers: form.headers }
    default:
      return { type: form.type }
  }
}

/**
 * The names of the secret fields that a form's type and settings have; `required`: it is of no use without. `isGot`: nobody
 * types it, since connecting the service brings it; as stored it counts like any other.
 */
export function secretFieldsOf(form: CredentialForm): { name: string; required: boolean; isGot?: true }[] {
  switch (form.type) {
    case 'api_key':
      return [{ name: 'key', required: true }]
    case 'bearer':
      return [{ name: 'token', required: true }]
    case 'basic':
      return [
        { name: 'username', required: false },
        { name: 'password', required: false },
      ]
    case 'headers':
      return form.headers.map((name) => ({ name, required: true }))
    case 'oauth2':
      return [
        ...(form.client_authentication === 'none' ? [] : [{ name: 'client_secret', required: true }]),
        ...(hasNextSecret(form) ? [{ name: 'next_client_secret', required: false }] : []),
        ...(form.grant === 'refresh_token'
          ? [
              { name: 'refresh_token', required: true },
              ...(hasAccessToken(form) ? [{ name: 'access_token', required: false }] : []),
            ]
          : []),
        ...(form.grant === 'authorization_code'
          ? [{ name: 'refresh_token', required: false, isGot: true as const }]
          : []),
      ]
  }
}

/** Whoever enters the client's secret anew says what holds: a next one that is stored from before was not meant. */
function hasNextSecret({ client_authentication, secret }: Extract<CredentialForm, { type: 'oauth2' }>): boolean {
  if (client_authentication === 'none') return false
  return secret.client_secret === undefined || secret.next_client_secret !== undefined
}

/** Of another refresh token, the access token that was imported with the one before is none. */
function hasAccessToken({ secret }: Extract<CredentialForm, { type: 'oauth2' }>): boolean {
  return secret.refresh_token === undefined || secret.access_token !== undefined
}

/** What was typed of a form's secrets, by the name of the field. A map: a header may be called like a member of all objects. */
export function typedFields(form: CredentialForm): ReadonlyMap<string, string> {
  const typed = Object.entries(form.secret as Record<string, string | undefined>)
  return new Map(typed.filter((entry): entry is [string, string] => entry[1] !== undefined))
}

/**
 * What a form lacks of its secrets.
 * @param stored names of the secret fields that are stored and stay
 */
export function secretProblems(form: CredentialForm, stored: ReadonlySet<string>): FieldProblem[] {
  const typed = typedFields(form)
  if (form.type === 'basic') {
    const { username, password } = form.secret
    const isEmpty = (name: string, value: string | undefined) =>
      value === '' || (value === undefined && !stored.has(name))
    return isEmpty('username', username) && isEmpty('password', password)
      ? [{ field: 'secret.password', code: 'missing_field', message: 'User name and password can’t both be empty' }]
      : []
  }
  const missing = secretFieldsOf(form)
    .filter(({ name, required }) => required && !typed.has(name) && !stored.has(name))
    .map(({ name }): FieldProblem => ({ field: `secret.${name}`, code: 'missing_field', message: 'is required' }))
  // The stored one may be replaced at any moment, by what is of no use beside that access token.
  const isAlone = typed.has('access_token') && !typed.has('refresh_token') && stored.has('refresh_token')
  if (form.type !== 'oauth2' || form.grant !== 'refresh_token' || !isAlone) return missing
  const message = 'is required along with an access token: enter both as they were given'
  return [...missing, { field: 'secret.refresh_token', code: 'missing_field', message }]
}

/** The rules that hold between fields. */
function* formProblems(form: CredentialForm): Generator<{ field: string; message: string }> {
  if (hostsOf(form).length === 0) {
    yield {
      field: 'hosts',
      message: 'must name the host that the secret may be sent to, unless the URL of the test does',
    }
  }
  const typable = secretFieldsOf(form).filter(({ isGot }) => !isGot)
  const known = new Set(typable.map(({ name }) => name))
  for (const name of typedFields(form).keys()) {
    if (!known.has(name)) yield { field: `secret.${name}`, message: strayField(form, name) }
  }
  if (form.type === 'oauth2' && form.access_token_expires_at && form.secret.access_token === undefined) {
    yield { field: 'access_token_expires_at', message: 'is of no meaning without the access token that it is about' }
  }
  if (form.type === 'oauth2') yield* authorizationProblems(form)
  yield* leaks(form)
}

function strayField(form: CredentialForm, name: string): string {
  if (form.type === 'oauth2' && name === 'next_client_secret') return strayField(form, 'client_secret')
  if (form.type === 'headers') return 'is not the name of one of the headers'
  if (name === 'client_secret') return 'is not sent by a client that does not authenticate: leave it out'
  if (form.type === 'oauth2' && form.grant === 'authorization_code') {
    return 'is what connecting the service in a browser brings: leave it out'
  }
  return 'is not used by the grant client_credentials: leave it out'
}

/** Fields that hold what people also call other things by, such as a shop's name: it stands elsewhere by right. */
const MIN_LEAKED = { secret: 8, nameable: 20 }

/** A secret that was also pasted where it would be stored and shown as it is. */
function* leaks(form: CredentialForm): Generator<{ field: string; message: string }> {
  const secrets = [...typedFields(form)].flatMap(([name, value]) => {
    const isNameable = form.type === 'headers' || name === 'username'
    const isLong = value.length >= (isNameable ? MIN_LEAKED.nameable : MIN_LEAKED.secret)
    // What is no Unicode is refused by its own rule, and can't be encoded.
    return isLong && !/\p{Cs}/u.test(value) ? [value] : []
  })
  for (const { field, text } of shownFields(form)) {
    if (secrets.some((secret) => text.includes(secret) || text.includes(encodeURIComponent(secret)))) {
      yield {
        field,
        message: 'must not hold the secret: this is stored and shown as it is, and Fenicia adds the secret by itself',
      }
    }
  }
}

/** What is stored and shown of a form as it was typed. */
function shownFields(form: CredentialForm): { field: string; text: string }[] {
  const shown = [
    { field: 'name', text: form.name },
    ...addressesOf(form).map(({ field, url }) => ({ field, text: url })),
  ]
  if ('placement' in form) {
    shown.push({ field: 'placement.name', text: form.placement.name })
    shown.push({ field: 'placement.prefix', text: form.placement.prefix })
  }
  if (form.type === 'headers') shown.push(...listed('headers', form.headers))
  if (form.type === 'oauth2') {
    shown.push({ field: 'client_id', text: form.client_id }, { field: 'audience', text: form.audience ?? '' })
    shown.push(...listed('scopes', form.scopes))
    for (const list of ['parameters', 'authorization_parameters'] as const) {
      for (const [index, { name, value }] of form[list].entries()) {
        shown.push({ field: `${list}.${index}.name`, text: name }, { field: `${list}.${index}.value`, text: value })
      }
    }
  }
  return shown
}

function listed(field: string, texts: readonly string[]): { field: string; text: string }[] {
  return texts.map((text, index) => ({ field: `${field}.${index}`, text }))
}

export const typeNames: Record<CredentialType, string> = {
  api_key: 'API key',
  oauth2: 'OAuth2',
  bearer: 'Bearer token',
  basic: 'Basic auth',
  headers: 'Custom headers',
}
