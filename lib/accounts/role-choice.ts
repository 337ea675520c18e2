import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Database } from '@/db/client'
import { customRoles, invitedRoles } from '@/db/schema'
import { invalidField, Refusal } from '../errors'
import { isId } from '../ids'
import { type HeldRole, heldRoleOf, roleNameOf } from './held-role'
import { type Holder, holdsAll } from './permissions'

type InvitedRole = (typeof invitedRoles)[number]

/** A role that somebody may be given: one of Fenicia's, but to own the account, or the id of one of the account's own. */
export const roleChoice = z
  .string()
  .max(64)
  .refine(
    (text) => isInvited(text) || isId('customRole', text),
    `must be one of ${invitedRoles.join(', ')}, or the id of a role of this account`,
  )

function isInvited(text: string): text is InvitedRole {
  return (invitedRoles as readonly string[]).includes(text)
}

/** What stands in the row of whoever has a role. */
export interface ChosenRole extends HeldRole, Holder {
  role: InvitedRole | 'custom'
  columns: { role: InvitedRole | 'custom'; customRoleId: string | null }
  /** As events tell it. */
  name: string
}

/**
 * The role that was chosen; one of the account's own is kept from being changed until the transaction ends.
 * @throws {Refusal} `invalid` on `field` when the account has no such role
 */
export async function findChosenRole(
  tx: Database,
  accountId: string,
  choice: string,
  field = 'role',
): Promise<ChosenRole> {
  if (isInvited(choice)) {
    return {
      ...heldRoleOf({ role: choice, customRole: null }),
      role: choice,
      columns: { role: choice, customRoleId: null },
      name: choice,
    }
  }
  const [customRole] = await tx
    .select({ id: customRoles.id, name: customRoles.name, permissions: customRoles.permissions })
    .from(customRoles)
    .where(and(eq(customRoles.accountId, accountId), eq(customRoles.id, choice)))
    .for('share')
  if (!customRole) throw invalidField(field, 'This account has no such role any more. Choose another.')
  const held = heldRoleOf({ role: 'custom', customRole })
  return { ...held, role: 'custom', columns: { role: 'custom', customRoleId: choice }, name: roleNameOf(held) }
}

/**
 * Nobody gives others what they have not.
 * @throws {Refusal} `forbidden`, naming what is missing
 */
export function requireMayGive(asking: Holder, { name, permissions }: { name: string } & Holder): void {
  if (holdsAll(asking, permissions)) return
  const missing = permissions.filter((permission) => !asking.permissions.includes(permission))
  throw new Refusal(
    'forbidden',
    `You can’t give the role ${name}: it allows what yours does not, ${missing.join(', ')}.`,
  )
}
