import { can, type Role } from '@/lib/accounts'
import type { Allowed } from './credential-menu'

/** What a role may do with credentials, for the controls that a page offers. Actions ask for themselves. */
export function allowedTo(role: Role): Allowed {
  return {
    create: can(role, 'credentials:create'),
    update: can(role, 'credentials:update'),
    delete: can(role, 'credentials:delete'),
    test: can(role, 'credentials:test'),
    reauthorize: can(role, 'credentials:reauthorize'),
  }
}
