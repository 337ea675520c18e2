import type { InvitedRole, Role } from '@/lib/accounts'

export const roleNames: Record<Role, string> = { owner: 'Owner', admin: 'Admin', manager: 'Manager', staff: 'Staff' }

/** The roles that one can be invited to, the least first: what is chosen without a thought should be harmless. */
export const invitedRoles: readonly { role: InvitedRole; may: string }[] = [
  { role: 'staff', may: 'Belongs to the account, and sees none of these settings.' },
  { role: 'manager', may: 'Sees API keys and credentials, tests and re-authorizes them.' },
  { role: 'admin', may: 'Everything but to own the account.' },
]
