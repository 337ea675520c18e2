import type { Environment } from '@/lib/api-keys'

export const LIST_PATH = '/settings/integrations'
export const EXPORT_HREF = '/settings/integrations/export'
export const NEW_HREF = '/settings/integrations/new'
/** Where a credential is added, and where the first step of an account leads that has none yet. */
export function newCredentialHref(environment: Environment = 'live'): string {
  return `/settings/credentials/new${environment === 'test' ? '?environment=test' : ''}`
}

/** The page of an integration. */
export function integrationHref(id: string): string {
  return `/settings/integrations/${id}`
}

export function editHref(id: string): string {
  return `${integrationHref(id)}/edit`
}

/** The page of a credential. */
export function credentialHref(id: string): string {
  return `/settings/credentials/${id}`
}

export function credentialEditHref(id: string): string {
  return `${credentialHref(id)}/edit`
}

/** Where apps call an integration; what stands after it goes to the service. */
export function proxyAddress(origin: string, slug: string): string {
  return `${origin}/api/v1/integrations/${slug}/proxy/`
}

// The paths of the API that these pages read, below /api/v1.

/** Whether there is any credential that an integration could use. */
export const CREDENTIAL_COUNT_PATH = '/credentials?limit=1'

export function integrationPath(id: string): string {
  return `/integrations/${encodeURIComponent(id)}`
}

export function credentialPath(id: string): string {
  return `/credentials/${encodeURIComponent(id)}`
}

/** How many credentials the form offers at once. */
export const CREDENTIALS_OFFERED = 50

/** Credentials of an environment to choose from, by name. */
export function credentialsPath(environment: Environment, search = ''): string {
  const query = new URLSearchParams({ environment, sort: 'name', limit: String(CREDENTIALS_OFFERED) })
  if (search.trim()) query.set('q', search.trim().slice(0, 100))
  return `/credentials?${query}`
}
