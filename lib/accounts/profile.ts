import { asc, eq } from 'drizzle-orm'
import type { z } from 'zod'
import type { Database } from '@/db/client'
import { accounts, customRoles, type languages, members, users } from '@/db/schema'
import { type Actor, type Origin, recordAuditEvent } from '../audit'
import { type HeldRole, heldRoleColumns, heldRoleOf, isRoleOfMember } from './held-role'
import type { Holder } from './permissions'
import { recordInEachAccount, userActor } from './record-in-each-account'
import type { anotherAccountInput, changeLanguageInput, changeNameInput } from './schemas'
import type { Session } from './session'

/** What people see of themselves, besides their session. */
export async function getProfile(db: Database, session: Session): Promise<{ passwordChangedAt: Date }> {
  const [profile] = await db
    .select({ passwordChangedAt: users.passwordChangedAt })
    .from(users)
    .where(eq(users.id, session.user.id))
  if (!profile) throw new Error('A session outlived its user')
  return profile
}

/** The accounts that a person is a member of, the one that they sign in to first. */
export async function listAccountsOf(
  db: Database,
  userId: string,
): Promise<(HeldRole & Holder & { id: string; name: string })[]> {
  const rows = await db
    .select({ id: accounts.id, name: accounts.name, ...heldRoleColumns })
    .from(members)
    .leftJoin(customRoles, isRoleOfMember)
    .innerJoin(accounts, eq(accounts.id, members.accountId))
    .where(eq(members.userId, userId))
    .orderBy(asc(members.createdAt), asc(members.accountId))
  return rows.map(({ id, name, ...row }) => ({ id, name, ...heldRoleOf(row) }))
}

/** Gives a person another name. Events and keys of the past keep the one they were made under. */
export async function changeName(
  db: Database,
  { user }: Session,
  { name }: z.output<typeof changeNameInput>,
  from: Origin,
): Promise<void> {
  if (name === user.name) return
  await db.transaction(async (tx) => {
    await tx.update(users).set({ name }).where(eq(users.id, user.id))
    const actorIn = (accountId: string) => userActor(user, accountId, from)
    const change = { before: { name: user.name }, after: { name } }
    await recordInEachAccount(tx, user.id, actorIn, 'user.renamed', change)
  })
}

/** Gives the actor's account another name. Events of the past keep the one they were made under. */
export async function renameAccount(
  db: Database,
  actor: Actor,
  { account_name: name }: z.output<typeof anotherAccountInput>,
): Promise<void> {
  const { accountId } = actor
  await db.transaction(async (tx) => {
    const [account] = await tx
      .select({ name: accounts.name })
      .from(accounts)
      .where(eq(accounts.id, accountId))
      .for('no key update')
    if (!account || account.name === name) return
    await tx.update(accounts).set({ name }).where(eq(accounts.id, accountId))
    await recordAuditEvent(tx, actor, 'account.renamed', accountId, { before: { name: account.name }, after: { name } })
  })
}

/** The language of a person's mails. */
export async function getLanguage(db: Database, userId: string): Promise<(typeof languages)[number]> {
  const [user] = await db.select({ language: users.language }).from(users).where(eq(users.id, userId))
  if (!user) throw new Error('A session outlived its user')
  return user.language
}

/** Chooses the language of the actor's mails. */
export async function changeLanguage(
  db: Database,
  actor: Actor & { id: string },
  { language }: z.output<typeof changeLanguageInput>,
): Promise<void> {
  await db.transaction(async (tx) => {
    const before = await getLanguage(tx, actor.id)
    if (before === language) return
    await tx.update(users).set({ language }).where(eq(users.id, actor.id))
    await recordAuditEvent(tx, actor, 'user.language_changed', actor.id, {
      before: { language: before },
      after: { language },
    })
  })
}
