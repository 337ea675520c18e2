import type { TokenDialect } from '../../oauth/dialect'
import type { CredentialSettings, TestRequest } from '../types'

export const providerGroups = ['marketplaces', 'payments', 'carriers', 'erp', 'analytics'] as const
export type ProviderGroup = (typeof providerGroups)[number]

/** A service that merchants connect, with what its documentation says of calling it. Data only: it is shown in browsers. */
export interface Provider {
  /** Lower case, words joined by hyphens; stored with credentials, so it never changes. */
  id: string
  /** As the provider writes it. */
  name: string
  /** Two letters of ours: no logos. */
  monogram: string
  group: ProviderGroup
  /** Parts of its addresses that differ by customer, as `{shop}` in the addresses below. */
  variables?: Variable[]
  /** Ways in, the usual one first. */
  templates: CredentialTemplate[]
  /** How its token endpoint differs from RFC 6749, whichever way in; a credential finds it by the provider's id. */
  dialect?: TokenDialect
  /** What this was read from. */
  sources: Source[]
}

export interface Variable {
  name: string
  label: string
  example: string
  /** Of the whole value. None lets through what ends a host or leads to another one: `/ @ # ? :` and white space. */
  pattern: string
}

export interface CredentialTemplate {
  label: string
  /** Calls the provider's sandbox, or with keys of its test mode: what is offered first where a test credential is made. */
  isSandbox?: true
  /** All but what only the person knows: a client id is empty. */
  settings: CredentialSettings
  /** Origins that the secret may be sent to. */
  hosts: string[]
  /** Null: the documentation names no cheap request that every such credential may make. */
  test: TestRequest | null
  /** What an integration with it begins with. */
  integration: { base_url: string; headers: { name: string; value: string }[] }
  /** What the person needs to know to fill it in, in one or two sentences. */
  hint: string
}

export interface Source {
  url: string
  /** ISO date of reading. */
  checked: string
  /** What was read there. */
  shows: string
}
