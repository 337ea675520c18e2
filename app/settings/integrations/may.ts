import { can, type Role } from '@/lib/accounts'

/** What somebody's role lets them do with integrations. */
export interface May {
  create: boolean
  update: boolean
  delete: boolean
  use: boolean
}

export function mayOf(role: Role): May {
  return {
    create: can(role, 'integrations:create'),
    update: can(role, 'integrations:update'),
    delete: can(role, 'integrations:delete'),
    use: can(role, 'integrations:use'),
  }
}
