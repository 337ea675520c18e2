import type { z } from 'zod'
import type {
  CredentialResource,
  credentialListSchema,
  DraftResource,
  draftListSchema,
  TestReportResource,
} from '@/lib/api/credential-resources'
import type { CredentialType } from '@/lib/credentials'

/** A credential as the API answers it: never with a secret. */
export type Credential = CredentialResource
/** A page of credentials as the API answers it. */
export type CredentialList = z.output<typeof credentialListSchema>
/** A form that was tested and not saved, as the API answers it. */
export type Draft = DraftResource
export type DraftList = z.output<typeof draftListSchema>
/** What a test has found, as the API answers it. */
export type TestReport = TestReportResource
/** Which account of a provider is connected, as the API answers it. */
export type Connection = NonNullable<Credential['connection']>
export type TestResult = TestReport['result']

/** What the pages show of a provider of the catalogue. */
export interface ProviderMark {
  name: string
  monogram: string
}
/** By id. */
export type ProviderMarks = Record<string, ProviderMark>

/** The types in the domain's own words, which stand beside the rules: those must not be in the first load. */
export const typeNames: Record<CredentialType, string> = {
  api_key: 'API key',
  oauth2: 'OAuth2',
  bearer: 'Bearer token',
  basic: 'Basic auth',
  headers: 'Custom headers',
}

export const typeHints: Record<CredentialType, string> = {
  api_key: 'One key, in a header or in the query.',
  oauth2: 'An access token that Fenicia gets, and renews before it ends.',
  bearer: 'One token, in “Authorization: Bearer …”.',
  basic: 'A user name and a password.',
  headers: 'Several headers of your own choice, each with a secret.',
}

/** How a secret field is called; a field of custom headers is called as its header. */
const secretNames: Record<Exclude<CredentialType, 'headers'>, Record<string, string>> = {
  api_key: { key: 'Key' },
  bearer: { token: 'Token' },
  basic: { username: 'User name', password: 'Password' },
  oauth2: {
    client_secret: 'Client secret',
    next_client_secret: 'Next client secret',
    refresh_token: 'Refresh token',
    access_token: 'Access token',
  },
}

export function secretName(type: CredentialType, field: string): string {
  return (type !== 'headers' && secretNames[type][field]) || field
}

/** Credentials, integrations: a count as people read it. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
}

/** An origin as people say it: without `https://`, which goes without saying, but with a `http://`. */
export function hostText(origin: string): string {
  return origin.replace(/^https:\/\//, '')
}

/** Who made a credential, after "by". */
export function makerText({ created_by }: Pick<Credential, 'created_by'>): string {
  return created_by.type === 'key' ? `the API key “${created_by.name}”` : created_by.name
}

/** Whether there is anything that a test of a stored credential would send. */
export function isTestable({ type, test }: Pick<Credential, 'type' | 'test'>): boolean {
  return type === 'oauth2' || test !== null
}

/** What the credential is for, of its provider: "Shippo"; null where there is none. */
export function providerName({ provider }: Pick<Credential, 'provider'>, marks: ProviderMarks): string | null {
  return provider === null ? null : (marks[provider]?.name ?? provider)
}

/** How long before its end a secret counts as expiring, as the list's filter has it. */
const EXPIRING_MS = 14 * 86_400_000

/** Whose tokens a connection has brought, in words. */
export function accountText({ label }: Pick<Connection, 'label'>): string {
  return label ?? 'an account that the service does not name'
}

/** Whether two connections are known to be of different accounts. */
export function isOtherAccount(before: Connection | null, now: Connection | null): boolean {
  if (!before?.subject || !now?.subject) return false
  return before.subject !== now.subject || before.issuer !== now.issuer
}

/** Whether a secret ends soon or has ended; null: neither. */
export function expiryOf({ expires_at }: Pick<Credential, 'expires_at'>, now: Date): 'expiring' | 'expired' | null {
  if (expires_at === null) return null
  const left = Date.parse(expires_at) - now.getTime()
  return left <= 0 ? 'expired' : left < EXPIRING_MS ? 'expiring' : null
}
