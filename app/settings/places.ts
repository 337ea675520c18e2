import type { Place } from '@/components/shell/navigation'
import { can, type Holder, type Permission, type Required } from '@/lib/accounts'
import { permissionsToBeTold } from '@/lib/notifications'

/** The settings that exist, in the order of their column, and the permission that each asks for. */
const places: readonly (Place & { permission?: Required })[] = [
  { href: '/settings/api-keys', label: 'API Keys', permission: 'keys:read' },
  { href: '/settings/credentials', label: 'Credentials', permission: 'credentials:read' },
  { href: '/settings/integrations', label: 'Integrations', permission: 'integrations:read' },
  { href: '/settings/webhooks', label: 'Webhooks', permission: 'webhooks:read' },
  { href: '/settings/notifications', label: 'Notifications', permission: permissionsToBeTold },
  { href: '/settings/members', label: 'Members', permission: 'members:read' },
  { href: '/settings/policies', label: 'Policies', permission: 'policies:read' },
  { href: '/settings/audit', label: 'Audit', permission: 'audit:read' },
  { href: '/settings/account', label: 'Account' },
]

/** What is often begun with, and the permission that each asks for. */
const actions: readonly (Place & { permission: Permission })[] = [
  { href: '/settings/api-keys?new=1', label: 'Generate new key', permission: 'keys:create' },
  { href: '/settings/credentials/new', label: 'Add credential', permission: 'credentials:create' },
  { href: '/settings/integrations/new', label: 'Add integration', permission: 'integrations:create' },
  { href: '/settings/webhooks/new', label: 'Add webhook', permission: 'webhooks:manage' },
  { href: '/settings/members#invite', label: 'Invite somebody', permission: 'members:invite' },
  { href: '/settings/members/roles/new', label: 'Add role', permission: 'roles:manage' },
]

/** The settings that somebody may see; there is always one. */
export function placesFor(holder: Holder): Place[] {
  return places
    .filter(({ permission }) => !permission || can(holder, permission))
    .map(({ href, label }) => ({ href, label }))
}

/** What somebody may do from anywhere, by the command menu. */
export function actionsFor(holder: Holder): Place[] {
  return actions.filter(({ permission }) => can(holder, permission)).map(({ href, label }) => ({ href, label }))
}

/** Where somebody begins. */
export function homeOf(holder: Holder): string {
  return placesFor(holder)[0]?.href ?? '/settings/account'
}
