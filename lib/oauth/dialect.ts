import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../vault/secret'
import { errorOf, parseObject } from './conforming'
import type { Answer } from './fetch'

/** What is sent to a token endpoint, as RFC 6749 and its extensions call it. */
type Parameter = 'grant_type' | 'client_id' | 'client_secret' | 'code' | 'code_verifier' | 'refresh_token' | 'scope'

/** What an answer holds, as RFC 6749 calls it, and the refresh token's own end, which it has no name for. */
type Field = 'access_token' | 'refresh_token' | 'expires_in' | 'refresh_token_expires_in' | 'scope'

/** What a provider's error code means, in the words of RFC 6749, 5.2 and 4.1.2.1. */
type Meaning =
  | 'invalid_grant'
  | 'invalid_client'
  | 'unauthorized_client'
  | 'invalid_request'
  | 'temporarily_unavailable'

/**
 * How a token endpoint differs from RFC 6749. Data only, of the catalogue: what is not named here is as the RFC has it, so
 * that an endpoint that keeps to it needs none. It changes how things are said, never where they are sent.
 */
export interface TokenDialect {
  /** GET: everything stands in the query. */
  method?: 'GET'
  /** The body of a POST is a JSON object instead of a form. */
  body?: 'json'
  /** Other names of what is sent. */
  parameters?: Partial<Record<Parameter, string>>
  /** Other names of grants. */
  grantTypes?: Partial<Record<'authorization_code' | 'client_credentials' | 'refresh_token', string>>
  /** Between scopes, where it is no space. */
  scopeSeparator?: ','
  /** Headers that the token request needs. In a value, `{uuid}` stands for an id that each call has of its own. */
  headers?: { name: string; value: string }[]
  /**
   * Access tokens are not refreshed but exchanged: the token itself is sent as `parameter`, under another grant. What a
   * renewal needs is then the access token, and it has to come before that one's end.
   */
  exchange?: { grantType: string; parameter: string }
  /** Where an answer has what is not where RFC 6749 puts it: names of members, joined by dots, such as `data.access_token`. */
  answer?: Partial<Record<Field, string>>
  /** Where an answer says whose tokens they are, such as `user_id`. */
  identity?: string
  /** How the authorization endpoint differs (RFC 6749, 4.1). */
  authorization?: {
    /** No code challenge is sent: the documentation has none for such clients (RFC 7636). */
    pkce?: false
    /** What `code` is called in its answer. */
    code?: string
    /** What says whose consent it is in its answer, such as `shop`. */
    identity?: string
    /** What bears the signature of its answer, made with the client's secret, see `isSigned`. */
    signature?: string
  }
  /** How the address that takes tokens back differs (RFC 7009, 2.1). */
  revocation?: {
    /** The body is a JSON object instead of a form. */
    body?: 'json'
    /** No `token_type_hint` is sent: the documentation has none. */
    hint?: false
  }
  /** Errors that have codes of their own. */
  errors?: {
    /** Where the code stands, as a string or a number: names of members and places in lists, such as `errors.0.code`. */
    code: string
    /** Where the words for people stand. */
    message?: string
    /** Codes that mean success: every other one is then an error. Missing: an answer with a token is a success. */
    success?: string[]
    /**
     * What the others mean; and what words for people mean, where one code is said of several things and only they tell them
     * apart. Of one that is missing, RFC 6749's own `error` tells, be it the code itself or stand beside it.
     */
    meanings?: Record<string, Meaning>
  }
}

/** An answer as RFC 6749 would have it, its fields under their own names. */
export interface Reading extends Pick<Answer, 'status' | 'headers'> {
  body: Record<string, unknown>
  /** Whose tokens they are; null: not told. */
  identity: string | null
}

/** What is sent: by GET, with no body. */
export interface Wording {
  method: 'GET' | 'POST'
  headers: [name: string, value: string][]
  /** Of a GET. */
  query: [name: string, value: string][]
  /** Of a POST. */
  body: string | undefined
}

const MAX_IDENTITY = 256

/** Parameters under the names that a provider gives them, and scopes joined as it wants them. */
export function translate(parameters: URLSearchParams, dialect: TokenDialect): [name: string, value: string][] {
  const { exchange } = dialect
  const names: Record<string, string> = {
    ...dialect.parameters,
    ...(exchange && { refresh_token: exchange.parameter }),
  }
  const grants: Record<string, string> = {
    ...dialect.grantTypes,
    ...(exchange && { refresh_token: exchange.grantType }),
  }
  // What the flow sets can't be said a second time, under the name that the provider has for it.
  const taken = new Set(Object.values(names))
  const said = [...parameters].filter(([name]) => own(names, name) !== undefined || !taken.has(name))
  return said.map(([name, value]) => [
    own(names, name) ?? name,
    name === 'grant_type'
      ? (own(grants, value) ?? value)
      : name === 'scope'
        ? value.split(' ').join(dialect.scopeSeparator ?? ' ')
        : value,
  ])
}

/** The answer of an authorization endpoint under the names that RFC 6749, 4.1.2 gives its parameters. */
export function readAuthorization(answer: URLSearchParams, { authorization }: TokenDialect): URLSearchParams {
  // One that is there twice stays so, to be refused.
  return new URLSearchParams([...answer].map(([name, value]) => [name === authorization?.code ? 'code' : name, value]))
}

/** Whose consent an answer of an authorization endpoint is; null: not told. */
export function identityOfConsent(answer: URLSearchParams, { authorization }: TokenDialect): string | null {
  const named = authorization?.identity === undefined ? [] : answer.getAll(authorization.identity)
  return named.length === 1 ? storableIdentity(named[0] ?? null) : null
}

/**
 * Whether an answer of an authorization endpoint bears the signature that its provider makes with the client's secret: an
 * HMAC of SHA-256, in hexadecimal digits, of all else that it holds, in the order of the names, as a query. Where none is
 * made, every answer will do. That it is no old one is the state's to tell.
 * @param secrets any of which may have signed: a client may be about to get another one
 */
export function isSigned(
  answer: URLSearchParams,
  { authorization }: TokenDialect,
  secrets: readonly (Secret | null | undefined)[],
): boolean {
  const name = authorization?.signature
  if (name === undefined) return true
  const [signature = '', ...more] = answer.getAll(name)
  if (more.length > 0) return false
  const signed = new URLSearchParams(answer)
  signed.delete(name)
  signed.sort()
  const query = signed.toString().replaceAll('+', '%20')
  return secrets.some((secret) => {
    if (!secret?.reveal()) return false
    const expected = Buffer.from(createHmac('sha256', secret.reveal()).update(query).digest('hex'))
    // As text: what is read as hexadecimal ends, without a word, where it is none.
    const got = Buffer.from(signature)
    return got.length === expected.length && timingSafeEqual(got, expected)
  })
}

/** A token request as a provider wants it. */
export function word(
  parameters: URLSearchParams,
  headers: Readonly<Record<string, string>>,
  dialect: TokenDialect,
): Wording {
  const pairs = translate(parameters, dialect)
  const all: [string, string][] = [
    ...Object.entries(headers),
    ...(dialect.headers ?? []).map(({ name, value }): [string, string] => [
      name,
      value.replaceAll('{uuid}', () => randomUUID()),
    ]),
  ]
  const isOfBody = ([name]: [string, string]) => name.toLowerCase() === 'content-type'
  if (dialect.method === 'GET') {
    return { method: 'GET', headers: all.filter((header) => !isOfBody(header)), query: pairs, body: undefined }
  }
  if (dialect.body === 'json') {
    const rest = all.filter((header) => !isOfBody(header))
    const body = JSON.stringify(Object.fromEntries(pairs))
    return { method: 'POST', headers: [...rest, ['content-type', 'application/json']], query: [], body }
  }
  return { method: 'POST', headers: all, query: [], body: new URLSearchParams(pairs).toString() }
}

/** Reads an answer: its fields from where the provider puts them, its errors in the words of RFC 6749. */
export function read({ status, headers, text }: Answer, dialect: TokenDialect): Reading {
  const original = parseObject(text)
  const found = Object.entries(dialect.answer ?? {}).map(([name, path]) => [name, valueAt(original, path)] as const)
  const fields: Record<string, unknown> = {
    ...original,
    ...Object.fromEntries(found.filter(([, value]) => value !== undefined)),
  }
  const hasToken = typeof fields.access_token === 'string' && fields.access_token !== ''
  const body = { ...fields, ...errorIn(original, dialect, hasToken) }
  return { status, headers, body, identity: identityIn(original, dialect) }
}

/** @returns what replaces the members of an answer that is an error; nothing, when it is none */
function errorIn(body: Record<string, unknown>, { errors }: TokenDialect, hasToken: boolean): Record<string, unknown> {
  if (!errors) return {}
  const code = wordAt(body, errors.code)
  if (code === null) return {}
  const message = errors.message === undefined ? null : wordAt(body, errors.message)
  const { meanings = {} } = errors
  const meaning = own<string>(meanings, code) ?? (message === null ? undefined : own<string>(meanings, message))
  // A member of that name may say other things of a success, and a token that is dropped for it may be the last one.
  const isSuccess = errors.success ? errors.success.includes(code) : meaning === undefined && hasToken
  if (isSuccess) return {}
  const error = meaning ?? errorOf(body) ?? code
  // The code itself, where RFC 6749's word for it has taken its place, and where it is no such word.
  const isTold = errorOf({ error }) === code
  return {
    // An answer that says that it is an error brings no tokens, whatever stands beside it.
    access_token: undefined,
    error,
    ...(message !== null && { error_description: message }),
    ...(!isTold && { error_description: `${message ?? 'Error'} (${code})` }),
  }
}

function identityIn(body: Record<string, unknown>, { identity }: TokenDialect): string | null {
  return identity === undefined ? null : storableIdentity(wordAt(body, identity))
}

function storableIdentity(text: string | null): string | null {
  return text && text.length <= MAX_IDENTITY && !/[\p{Cc}\p{Cs}]/u.test(text) ? text : null
}

/** The member at a path of names, and of places in lists, joined by dots. */
function valueAt(body: Record<string, unknown>, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => {
    return typeof value === 'object' && value !== null ? own(value as Record<string, unknown>, name) : undefined
  }, body)
}

/** A member that is a string or a whole number, as text; null when it is empty, inexact or anything else. */
function wordAt(body: Record<string, unknown>, path: string): string | null {
  const value = valueAt(body, path)
  if (Number.isSafeInteger(value)) return String(value)
  return typeof value === 'string' && value !== '' ? value : null
}

/** A member of an object itself: names come from servers. */
function own<T>(object: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}
