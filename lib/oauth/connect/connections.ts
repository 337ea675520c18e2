import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { oauthConnections } from '@/db/schema'
import type { TokenOwner } from '../stored-tokens'
import type { Identity } from './identity'

/** Which account of a provider an owner's tokens are of, and who connected it. */
export interface Connection extends Identity {
  connectedAt: Date
  connectedById: string
  connectedByName: string
}

const columns = {
  issuer: oauthConnections.issuer,
  subject: oauthConnections.subject,
  label: oauthConnections.label,
  connectedAt: oauthConnections.connectedAt,
  connectedById: oauthConnections.connectedById,
  connectedByName: oauthConnections.connectedByName,
}

const ofOwner = ({ accountId, ownerId }: TokenOwner) =>
  and(eq(oauthConnections.accountId, accountId), eq(oauthConnections.ownerId, ownerId))

/** The connections of an account's owners, by their ids. */
export async function readConnections(
  db: Database,
  accountId: string,
  ownerIds: readonly string[],
): Promise<ReadonlyMap<string, Connection>> {
  if (ownerIds.length === 0) return new Map()
  const rows = await db
    .select({ ownerId: oauthConnections.ownerId, ...columns })
    .from(oauthConnections)
    .where(and(eq(oauthConnections.accountId, accountId), inArray(oauthConnections.ownerId, [...ownerIds])))
  return new Map(rows.map(({ ownerId, ...connection }) => [ownerId, connection]))
}

export async function readConnection(db: Database, owner: TokenOwner): Promise<Connection | null> {
  const [row] = await db.select(columns).from(oauthConnections).where(ofOwner(owner))
  return row ?? null
}

/**
 * Notes whose tokens an owner has, in the transaction that stores them. What is told of the account now counts; where
 * nothing is told of the same tokens' account, what was known before is not kept either.
 */
export async function putConnection(
  tx: Database,
  { accountId, ownerId }: TokenOwner,
  { issuer, subject, label }: Identity,
  by: { id: string; name: string },
): Promise<void> {
  const values = {
    issuer,
    subject,
    label,
    connectedAt: sql`statement_timestamp()`,
    connectedById: by.id,
    connectedByName: by.name,
  }
  await tx
    .insert(oauthConnections)
    .values({ accountId, ownerId, ...values })
    .onConflictDoUpdate({ target: [oauthConnections.accountId, oauthConnections.ownerId], set: values })
}

/** Gives a connection to who gets the tokens; without one it does nothing. */
export async function moveConnection(tx: Database, from: TokenOwner, to: TokenOwner): Promise<void> {
  const connection = await readConnection(tx, from)
  if (!connection) return
  await removeConnection(tx, from)
  await removeConnection(tx, to)
  await tx.insert(oauthConnections).values({ accountId: to.accountId, ownerId: to.ownerId, ...connection })
}

export async function removeConnection(tx: Database, owner: TokenOwner): Promise<void> {
  await tx.delete(oauthConnections).where(ofOwner(owner))
}
