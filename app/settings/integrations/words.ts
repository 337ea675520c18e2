import type { z } from 'zod'
import type { CredentialResource, credentialListSchema } from '@/lib/api/credential-resources'
import type { IntegrationResource, integrationListSchema } from '@/lib/api/integration-resources'
import type { CredentialType } from '@/lib/credentials'
import type { ListIntegrationsQuery } from '@/lib/integrations/read'
import type { Method } from '@/lib/integrations/schemas'
import { parseUrl } from '@/lib/parse-url'

/** An integration as the API answers it. */
export type Integration = IntegrationResource
/** A page of integrations as the API answers it. */
export type IntegrationList = z.output<typeof integrationListSchema>
/** A credential as the API answers it. */
export type Credential = CredentialResource
/** A page of credentials as the API answers it. */
export type CredentialList = z.output<typeof credentialListSchema>

/** In the order in which they are offered. A copy of the schema's: that one would bring all schemas into the first load. */
export const allMethods = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
] as const satisfies readonly Method[]

export const stateNames: Record<Integration['state'], string> = { enabled: 'Enabled', paused: 'Paused' }

/** What the list is filtered by. Those that fail are enabled. */
export const stateFilterNames: Record<NonNullable<ListIntegrationsQuery['state']>, string> = {
  enabled: 'Enabled',
  failing: 'Failing',
  paused: 'Paused',
}

export const typeNames: Record<CredentialType, string> = {
  api_key: 'API key',
  oauth2: 'OAuth2',
  bearer: 'Bearer token',
  basic: 'Basic auth',
  headers: 'Custom headers',
}

/** The host of an address, with its port; the address itself where it is none. */
export function hostOf(address: string): string {
  return parseUrl(address)?.host ?? address
}

/** Whether a base URL is on one of the hosts (origins) that a credential's secret was saved for. */
export function isOnHosts(address: string, hosts: readonly string[]): boolean {
  const url = parseUrl(address)
  return url !== null && hosts.includes(url.origin)
}

/** Who made an integration, after "by". */
export function makerText({ created_by }: Pick<Integration, 'created_by'>): string {
  return created_by.type === 'key' ? `the API key “${created_by.name}”` : created_by.name
}

/** "GET, POST"; of many only the first: "GET, HEAD, POST and 3 more". */
export function methodsText(methods: readonly string[]): string {
  if (methods.length <= 4) return methods.join(', ')
  return `${methods.slice(0, 3).join(', ')} and ${methods.length - 3} more`
}

/** "30 s", "1.5 s". */
export function secondsText(ms: number): string {
  return `${(ms / 1000).toLocaleString('en')} s`
}

/** "84 ms", "1.2 s". */
export function latencyText(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toLocaleString('en', { maximumFractionDigits: 1 })} s`
}

/** "0 B", "1.2 kB". */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB']
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1)
  return `${(bytes / 1000 ** power).toLocaleString('en', { maximumFractionDigits: 1 })} ${units[power]}`
}
