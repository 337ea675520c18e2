import { can, type Holder } from '@/lib/accounts'
import type { Allowed } from './credential-menu'

/** What a role may do with credentials, for the controls that a page offers. Actions ask for themselves. */
export function allowedTo(holder: Holder): Allowed {
  return {
    create: can(holder, 'credentials:create'),
    update: can(holder, 'credentials:update'),
    delete: can(holder, 'credentials:delete'),
    test: can(holder, 'credentials:test'),
    reauthorize: can(holder, 'credentials:reauthorize'),
    integrate: can(holder, 'integrations:create'),
  }
}
