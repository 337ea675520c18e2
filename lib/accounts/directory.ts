import { asc, count, eq, inArray } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { accounts, apiKeys, customRoles, members, users } from '@/db/schema'
import { keyStatus } from '../api-keys/status'
import { Refusal } from '../errors'
import { heldRoleColumns, heldRoleOf, isRoleOfMember, roleNameOf } from './held-role'

/** An account as the operator sees it. */
export interface AccountEntry {
  id: string
  name: string
  createdAt: Date
  members: { id: string; name: string; email: string; role: string }[]
  /** API keys that are accepted now. */
  acceptedKeys: number
}

/** All accounts, oldest first. The one query that names no account: for the operator only. */
export async function listAccounts(db: Database): Promise<AccountEntry[]> {
  const [all, people, keys] = await Promise.all([
    db.select().from(accounts).orderBy(asc(accounts.createdAt), asc(accounts.id)),
    db
      .select({ accountId: members.accountId, id: users.id, name: users.name, email: users.email, ...heldRoleColumns })
      .from(members)
      .leftJoin(customRoles, isRoleOfMember)
      .innerJoin(users, eq(users.id, members.userId))
      .orderBy(asc(members.createdAt), asc(users.id)),
    db
      .select({ accountId: apiKeys.accountId, accepted: count() })
      .from(apiKeys)
      .where(inArray(keyStatus, ['active', 'retiring']))
      .groupBy(apiKeys.accountId),
  ])
  return all.map((account) => ({
    ...account,
    members: people
      .filter(({ accountId }) => accountId === account.id)
      .map(({ id, name, email, ...row }) => ({ id, name, email, role: roleNameOf(heldRoleOf(row)) })),
    acceptedKeys: keys.find(({ accountId }) => accountId === account.id)?.accepted ?? 0,
  }))
}

/**
 * The account of the person with this e-mail address; of several, the one named.
 * @throws {Refusal} `not_found`; `invalid` on `account` when it must be named
 */
export async function findAccountOf(db: Database, email: string, accountId?: string): Promise<string> {
  const memberships = await db
    .select({ id: members.accountId })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(eq(users.email, email))
  if (memberships.length === 0) throw new Refusal('not_found', `Nobody has the e-mail address ${email}.`)
  if (accountId !== undefined) {
    if (memberships.some(({ id }) => id === accountId)) return accountId
    throw new Refusal('not_found', `${email} is no member of an account ${accountId}.`)
  }
  const [only, ...others] = memberships
  if (!only || others.length > 0) {
    const ids = memberships.map(({ id }) => id).join(', ')
    throw new Refusal('invalid', `${email} is a member of several accounts: name one of ${ids}.`, [
      { field: 'account', code: 'missing_field', message: `must be one of ${ids}` },
    ])
  }
  return only.id
}
