import { can, type Holder } from '@/lib/accounts'

/** What somebody's role lets them do with integrations. */
export interface May {
  create: boolean
  update: boolean
  delete: boolean
  use: boolean
}

export function mayOf(holder: Holder): May {
  return {
    create: can(holder, 'integrations:create'),
    update: can(holder, 'integrations:update'),
    delete: can(holder, 'integrations:delete'),
    use: can(holder, 'integrations:use'),
  }
}
