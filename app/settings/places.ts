import type { Place } from '@/components/shell/navigation'
import { can, type Permission, type Role } from '@/lib/accounts'

/** The settings that exist, in the order of their column, and the permission that each asks for. */
const places: readonly (Place & { permission?: Permission })[] = [
  { href: '/settings/api-keys', label: 'API Keys', permission: 'keys:read' },
  { href: '/settings/credentials', label: 'Credentials', permission: 'credentials:read' },
  { href: '/settings/integrations', label: 'Integrations', permission: 'integrations:read' },
  { href: '/settings/account', label: 'Account' },
]

/** The settings that a role may see; there is always one. */
export function placesFor(role: Role): Place[] {
  return places
    .filter(({ permission }) => !permission || can(role, permission))
    .map(({ href, label }) => ({ href, label }))
}

/** What a role may do from anywhere, by the command menu. */
export function actionsFor(role: Role): Place[] {
  return can(role, 'keys:create') ? [{ href: '/settings/api-keys?new=1', label: 'Generate new key' }] : []
}

/** Where a role begins. */
export function homeOf(role: Role): string {
  return placesFor(role)[0]?.href ?? '/settings/account'
}
