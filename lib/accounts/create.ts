import { sql } from 'drizzle-orm'
import type { z } from 'zod'
import type { Database } from '@/db/client'
import { accounts, members, users } from '@/db/schema'
import { type Actor, type Origin, operatorActor, recordAuditEvent } from '../audit'
import { invalidField, Refusal } from '../errors'
import { newId } from '../ids'
import { requireStrong } from './password-strength'
import { hashPassword } from './passwords'
import type { anotherAccountInput, CreateAccountInput } from './schemas'
import type { Session } from './session'
import { countSignUp } from './throttle'

/** Any number: what matters is that whoever makes the first account takes the same advisory lock. */
const FIRST_ACCOUNT_LOCK = 4_605_131_712

export interface NewAccount {
  accountId: string
  userId: string
}

/** Who makes an account: its future owner, from somewhere, or the operator at the command line. */
export type AccountMaker = ({ kind: 'user' } & Origin) | { kind: 'operator' }

/** Whether nobody has an account yet: then the first visitor makes it. */
export async function isEmptyInstallation(db: Database): Promise<boolean> {
  return (await db.select({ id: accounts.id }).from(accounts).limit(1)).length === 0
}

/**
 * Makes an account on the web: the first visitor's, and after that only where sign-up is open. Of two first visitors at
 * once, one makes it.
 * @throws {Refusal} `sign_up_closed`; `invalid` on `email` when somebody has it, on
 * `password`; `too_many_attempts`
 */
export async function signUp(
  db: Database,
  input: CreateAccountInput,
  { mode, origin }: { mode: 'closed' | 'open'; origin: Origin },
): Promise<NewAccount> {
  const maker: AccountMaker = { kind: 'user', ...origin }
  if (mode === 'open') {
    await countSignUp(db, origin.address)
    return createAccount(db, input, maker)
  }
  // Before the work of hashing, and again where it is certain.
  if (!(await isEmptyInstallation(db))) throw signUpClosed()
  const passwordHash = await hashNewPassword(input)
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${FIRST_ACCOUNT_LOCK})`)
    if (!(await isEmptyInstallation(tx))) throw signUpClosed()
    return insertAccount(tx, input, passwordHash, maker)
  })
}

/**
 * Makes one more account of somebody who has a user, where sign-up is open.
 * @returns its id
 * @throws {Refusal} `sign_up_closed`; `too_many_attempts`
 */
export async function createAnotherAccount(
  db: Database,
  { user }: Session,
  { account_name: name }: z.output<typeof anotherAccountInput>,
  { mode, origin }: { mode: 'closed' | 'open'; origin: Origin },
): Promise<string> {
  if (mode === 'closed') throw signUpClosed()
  await countSignUp(db, origin.address)
  const accountId = newId('account')
  await db.transaction(async (tx) => {
    await tx.insert(accounts).values({ id: accountId, name })
    await tx.insert(members).values({ accountId, userId: user.id, role: 'owner' })
    const actor = makerActor({ kind: 'user', ...origin }, accountId, user.id, user.name)
    await recordAuditEvent(tx, actor, 'account.created', accountId, { name, owner: user.email })
  })
  return accountId
}

/**
 * Makes an account with its owner.
 * @throws {Refusal} `invalid` on `password` when it is easy to guess, on `email` when somebody has it
 */
export async function createAccount(db: Database, input: CreateAccountInput, maker: AccountMaker): Promise<NewAccount> {
  const passwordHash = await hashNewPassword(input)
  return db.transaction((tx) => insertAccount(tx, input, passwordHash, maker))
}

async function hashNewPassword({ password, email, name, account_name }: CreateAccountInput): Promise<string> {
  await requireStrong('password', password, [email, name, account_name])
  return hashPassword(password)
}

async function insertAccount(
  tx: Database,
  input: CreateAccountInput,
  passwordHash: string,
  maker: AccountMaker,
): Promise<NewAccount> {
  const { email, name, account_name: accountName } = input
  const accountId = newId('account')
  const userId = newId('user')
  await tx.insert(accounts).values({ id: accountId, name: accountName })
  const inserted = await tx
    .insert(users)
    .values({ id: userId, email, name, passwordHash })
    .onConflictDoNothing({ target: users.email })
    .returning({ id: users.id })
  if (inserted.length === 0)
    throw invalidField('email', 'Somebody with this e-mail address has an account already. Sign in instead.')
  await tx.insert(members).values({ accountId, userId, role: 'owner' })
  await recordAuditEvent(tx, makerActor(maker, accountId, userId, name), 'account.created', accountId, {
    name: accountName,
    owner: email,
  })
  return { accountId, userId }
}

function makerActor(maker: AccountMaker, accountId: string, userId: string, name: string): Actor {
  if (maker.kind === 'operator') return operatorActor(accountId)
  const { address, userAgent, requestId } = maker
  return { kind: 'user', id: userId, name, accountId, address, userAgent, requestId }
}

function signUpClosed(): Refusal {
  return new Refusal(
    'sign_up_closed',
    'This Fenicia has its account already and takes no others. Ask whoever runs it for one.',
  )
}
