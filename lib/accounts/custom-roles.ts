import { and, asc, eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Database } from '@/db/client'
import { customRoles, invitations, members, users } from '@/db/schema'
import { comparableName } from '../api-keys/schemas'
import { type Actor, recordAuditEvent } from '../audit'
import { invalidField, Refusal } from '../errors'
import { isId, newId } from '../ids'
import { displayText } from '../text'
import { revokeInvitationsBy } from './invitations'
import { type LockedMember, lockAsking } from './lock-members'
import { isOpenInvitation } from './open-invitation'
import { grantable, holdsAll, neededFor, outranks, type Permission, permissionsOf } from './permissions'
import { findChosenRole, requireMayGive, roleChoice } from './role-choice'

/** How many roles an account may make: more than anybody can tell apart. */
const MAX_ROLES = 50

/** A role that the account made for itself. */
export interface CustomRoleView {
  id: string
  name: string
  description: string
  permissions: readonly Permission[]
  /** Who has it. */
  members: { id: string; name: string }[]
  /** Open invitations to it. */
  invitations: number
}

/** A person who changes roles. */
type Manager = Actor & { id: string }

const permissionList = z
  .array(z.enum(grantable as [Permission, ...Permission[]], 'must be permissions that a role can hold'))
  .transform((given) => grantable.filter((permission) => given.includes(permission)))
  .superRefine((given, context) => {
    for (const permission of given) {
      const needed = neededFor(permission)
      if (!needed || given.includes(needed)) continue
      context.addIssue({ code: 'custom', message: `The permission ${permission} is of no use without ${needed}` })
      return
    }
  })

export const customRoleInput = z.strictObject({
  name: displayText(50),
  description: z.union([z.literal(''), displayText(200)]),
  permissions: permissionList,
})
type CustomRoleInput = z.output<typeof customRoleInput>

/** A role as somebody saw it who changes it. */
export const shownRoleInput = z.strictObject({
  name: z.string().max(200),
  description: z.string().max(1_000),
  permissions: z.array(z.string().max(64)).max(100),
})
type ShownRole = z.output<typeof shownRoleInput>

export const deleteRoleInput = z.strictObject({ replacement: roleChoice.nullable() })

/** The roles that an account made for itself, by name, and who has each. */
export async function listCustomRoles(db: Database, accountId: string): Promise<CustomRoleView[]> {
  const [roles, people, invited] = await Promise.all([
    db
      .select()
      .from(customRoles)
      .where(eq(customRoles.accountId, accountId))
      .orderBy(asc(customRoles.nameHeld), asc(customRoles.id)),
    db
      .select({ roleId: members.customRoleId, id: users.id, name: users.name })
      .from(members)
      .innerJoin(users, eq(users.id, members.userId))
      .where(and(eq(members.accountId, accountId), eq(members.role, 'custom')))
      .orderBy(asc(members.createdAt), asc(users.id)),
    db
      .select({ roleId: invitations.customRoleId })
      .from(invitations)
      .where(and(eq(invitations.accountId, accountId), eq(invitations.role, 'custom'), isOpenInvitation)),
  ])
  return roles.map(({ id, name, description, permissions }) => ({
    id,
    name,
    description,
    permissions: permissionsOf('custom', permissions),
    members: people.filter(({ roleId }) => roleId === id).map(({ roleId: _, ...person }) => person),
    invitations: invited.filter(({ roleId }) => roleId === id).length,
  }))
}

/**
 * Makes a role.
 * @returns its id
 * @throws {Refusal} `forbidden` when it would allow what the actor may not; `invalid` on `name` when there is one of that name
 */
export async function createCustomRole(db: Database, actor: Manager, input: CustomRoleInput): Promise<string> {
  const { accountId } = actor
  const id = newId('customRole')
  await db.transaction(async (tx) => {
    requireMayGive(await lockAsking(tx, actor, 'roles:manage'), input)
    if ((await tx.$count(customRoles, eq(customRoles.accountId, accountId))) >= MAX_ROLES) {
      throw new Refusal(
        'forbidden',
        `An account has ${MAX_ROLES} roles of its own at most. Delete one that nobody needs.`,
      )
    }
    const inserted = await tx
      .insert(customRoles)
      .values({ id, accountId, ...columnsOf(input) })
      .onConflictDoNothing({ target: [customRoles.accountId, customRoles.nameHeld] })
      .returning({ id: customRoles.id })
    if (inserted.length === 0) throw nameTaken()
    await recordAuditEvent(tx, actor, 'role.created', id, { name: input.name, permissions: input.permissions })
  })
  return id
}

/**
 * Changes a role, for all who have it from their next request on. If it allows less than before, their open invitations end.
 * @param shown what the actor saw of it: a change of what is another by now would undo somebody else's unseen
 * @throws {Refusal} `not_found`; `forbidden` when it allows what the actor may not, now or then, or as much as the actor may;
 * `invalid` on `name` when there is another of that name, and when it is not as it was shown
 */
export async function changeCustomRole(
  db: Database,
  actor: Manager,
  id: string,
  input: CustomRoleInput,
  shown?: ShownRole,
): Promise<void> {
  await db.transaction(async (tx) => {
    const asking = await lockAsking(tx, actor, 'roles:manage')
    const before = await lockRole(tx, asking, actor.accountId, id)
    requireMayGive(asking, input)
    // What is asked for a second time, since no answer came to the first, is done.
    if (shown && !isSameRole(before, shown) && !isSameRole(before, input)) {
      throw new Refusal(
        'invalid',
        'This role was changed meanwhile, and nothing was saved. Load the page again to see what it is now.',
      )
    }
    const nameHeld = comparableName(input.name)
    if (nameHeld !== before.nameHeld) {
      const isTaken = await tx.$count(
        customRoles,
        and(eq(customRoles.accountId, actor.accountId), eq(customRoles.nameHeld, nameHeld)),
      )
      if (isTaken) throw nameTaken()
    }
    await tx.update(customRoles).set(columnsOf(input)).where(isRole(actor.accountId, id))
    const { name, description, permissions } = input
    await recordAuditEvent(tx, actor, 'role.changed', id, {
      name,
      before: { name: before.name, description: before.description, permissions: before.permissions },
      after: { name, description, permissions },
    })
    if (holdsAll(input, permissionsOf('custom', before.permissions))) return
    for (const { id: holder } of await holdersOf(tx, actor.accountId, id)) await revokeInvitationsBy(tx, actor, holder)
  })
}

/**
 * Deletes a role. Whoever has it, or is invited to it, gets another in its place; of whoever may do less by that one, the open
 * invitations end.
 * @param replacement the role of those; null: nobody has it
 * @throws {Refusal} `not_found`; `forbidden` as `changeCustomRole`; `invalid` on `replacement`, naming who has the role, when
 * none is given, or when it is this one
 */
export async function deleteCustomRole(
  db: Database,
  actor: Manager,
  id: string,
  { replacement }: z.output<typeof deleteRoleInput>,
): Promise<void> {
  const { accountId } = actor
  await db.transaction(async (tx) => {
    const asking = await lockAsking(tx, actor, 'roles:manage')
    const { name, permissions } = await lockRole(tx, asking, accountId, id)
    if (replacement === id) throw invalidField('replacement', 'Choose another role than the one that is deleted.')
    const chosen = replacement === null ? null : await findChosenRole(tx, accountId, replacement, 'replacement')
    if (chosen) requireMayGive(asking, chosen)
    const people = await holdersOf(tx, accountId, id)
    const ofInvitation = and(eq(invitations.accountId, accountId), eq(invitations.customRoleId, id))
    const invited = await tx
      .select({ email: invitations.email })
      .from(invitations)
      .where(and(ofInvitation, isOpenInvitation))
    if (!chosen && people.length + invited.length > 0) {
      throw invalidField('replacement', inUse([...people.map((one) => one.name), ...invited.map((one) => one.email)]))
    }
    const inPlace = chosen ?? (await findChosenRole(tx, accountId, 'staff'))
    await tx.update(members).set(inPlace.columns).where(isHolder(accountId, id))
    // Those that have ended too, which nobody reads any more.
    await tx.update(invitations).set(inPlace.columns).where(ofInvitation)
    await tx.delete(customRoles).where(isRole(accountId, id))
    const mayDoLess = !holdsAll(inPlace, permissionsOf('custom', permissions))
    for (const person of people) {
      await recordAuditEvent(tx, actor, 'member.role_changed', person.id, {
        name: person.name,
        before: { role: name },
        after: { role: chosen?.name },
      })
      if (mayDoLess) await revokeInvitationsBy(tx, actor, person.id)
    }
    await recordAuditEvent(tx, actor, 'role.deleted', id, { name, ...(chosen && { replacement: chosen.name }) })
  })
}

function columnsOf({ name, description, permissions }: CustomRoleInput) {
  return { name, nameHeld: comparableName(name), description, permissions: [...permissions] }
}

function isSameRole(one: ShownRole, other: ShownRole): boolean {
  const permissionsIn = ({ permissions }: ShownRole) => grantable.filter((each) => permissions.includes(each)).join()
  return one.name === other.name && one.description === other.description && permissionsIn(one) === permissionsIn(other)
}

const isRole = (accountId: string, id: string) => and(eq(customRoles.accountId, accountId), eq(customRoles.id, id))

const isHolder = (accountId: string, roleId: string) =>
  and(eq(members.accountId, accountId), eq(members.customRoleId, roleId))

function holdersOf(tx: Database, accountId: string, roleId: string): Promise<{ id: string; name: string }[]> {
  return tx
    .select({ id: users.id, name: users.name })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(isHolder(accountId, roleId))
}

/** Whoever has a role does not change it, nor does somebody who may do less: it would be to change those who have it. */
async function lockRole(tx: Database, asking: LockedMember, accountId: string, id: string) {
  const [role] = isId('customRole', id)
    ? await tx.select().from(customRoles).where(isRole(accountId, id)).for('update')
    : []
  if (!role) throw new Refusal('not_found', 'There is no such role.')
  if (!outranks(asking, { permissions: permissionsOf('custom', role.permissions) })) {
    throw new Refusal(
      'forbidden',
      'This role allows as much as yours, or more. Somebody who may do more has to change it.',
    )
  }
  return role
}

function nameTaken(): Refusal {
  return invalidField('name', 'Another role of this account has this name.')
}

function inUse(names: string[]): string {
  const shown = names.slice(0, 5).join(', ')
  const more = names.length > 5 ? ` and ${names.length - 5} more` : ''
  return `${shown}${more} ${names.length === 1 ? 'has' : 'have'} this role. Choose the role that they get in its place.`
}
