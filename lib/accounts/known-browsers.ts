import { and, eq, inArray, isNull, lt, ne, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Database } from '@/db/client'
import { knownBrowsers } from '@/db/schema'
import type { Origin } from '../audit'
import { storable } from '../text'
import { KNOWN_SECONDS, newDeviceId, recognizeDevice } from './device'

/** Characters of a user agent that are kept. */
const MAX_USER_AGENT = 256

/** The browser of a sign-in. */
export interface SeenBrowser {
  /** What its cookie is to hold. */
  id: string
  /** Its person has signed in with it before, and has not had it forgotten. */
  isKnown: boolean
  /** It is the first that its person has ever signed in with. */
  isFirst: boolean
}

/**
 * The id of a browser that is known as somebody's, whose attempts are counted apart from those of others.
 * @param cookie what the browser sent
 * @returns null when the cookie has no note of them, or they have had the browser forgotten
 */
export async function findKnownBrowser(
  db: Database,
  cookie: string | undefined,
  email: string,
): Promise<string | null> {
  const id = recognizeDevice(cookie, email)
  if (id === null) return null
  const [row] = await db
    .select({ forgottenAt: knownBrowsers.forgottenAt })
    .from(knownBrowsers)
    .where(eq(knownBrowsers.id, id))
  return row?.forgottenAt ? null : id
}

/**
 * Notes in which browser a person has signed in. Call it with the transaction of the sign-in.
 * @param deviceId what the browser's cookie proves that it is to this person; null: nothing
 */
export async function noteBrowser(
  tx: Database,
  userId: string,
  deviceId: string | null,
  from: Origin,
): Promise<SeenBrowser> {
  const seen = {
    address: from.address,
    userAgent: from.userAgent === null ? null : storable(from.userAgent, MAX_USER_AGENT),
    lastSeenAt: sql`now()`,
  }
  if (deviceId !== null) {
    const [row] = await tx
      .insert(knownBrowsers)
      // A cookie that is ours and stands in no row is from before there were rows: nobody has had it forgotten.
      .values({ id: deviceId, userId, ...seen })
      .onConflictDoUpdate({
        target: knownBrowsers.id,
        set: seen,
        setWhere: and(eq(knownBrowsers.userId, userId), isNull(knownBrowsers.forgottenAt)),
      })
      .returning({ id: knownBrowsers.id })
    if (row) return { id: row.id, isKnown: true, isFirst: false }
  }
  const before = await tx.$count(knownBrowsers, eq(knownBrowsers.userId, userId))
  const id = newDeviceId()
  await tx.insert(knownBrowsers).values({ id, userId, ...seen })
  return { id, isKnown: false, isFirst: before === 0 }
}

/**
 * Has all browsers of a person forgotten, so that the next sign-in with each is told to them.
 * @param except the one that they sit before; null: none
 */
export async function forgetBrowsers(tx: Database, userId: string, except: string | null): Promise<void> {
  await tx
    .update(knownBrowsers)
    .set({ forgottenAt: sql`now()` })
    .where(
      and(
        eq(knownBrowsers.userId, userId),
        isNull(knownBrowsers.forgottenAt),
        except === null ? undefined : ne(knownBrowsers.id, except),
      ),
    )
}

/** Deletes browsers whose cookies have expired; never a person's last one, by which it is known that they have been here. */
export async function pruneBrowsers(db: Database): Promise<void> {
  const newer = alias(knownBrowsers, 'newer')
  const outlived = db
    .select({ id: knownBrowsers.id })
    .from(knownBrowsers)
    .innerJoin(
      newer,
      and(eq(newer.userId, knownBrowsers.userId), sql`${newer.lastSeenAt} > ${knownBrowsers.lastSeenAt}`),
    )
    .where(lt(knownBrowsers.lastSeenAt, sql`now() - ${KNOWN_SECONDS} * interval '1 second'`))
  await db.delete(knownBrowsers).where(inArray(knownBrowsers.id, outlived))
}
