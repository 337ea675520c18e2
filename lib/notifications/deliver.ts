import { and, asc, desc, eq, inArray, isNotNull, isNull, lte, or, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { deliveries } from '@/db/schema'
import { log } from '../log'
import type { Mailer, MailResult } from '../mail/mailer'
import { MAX_CONNECTIONS } from '../mail/smtp'
import { spread } from '../spread'
import { gatherContent, type RenderMail } from './mail-content'
import { gatherPersonal } from './personal-mails'

/** Mails that one instance has under way at a time: none waits for a connection while its lease runs. */
const BATCH = MAX_CONNECTIONS
/** Longer than a mail may take with a mail server that comes to no end, see `lib/mail/smtp.ts`. */
const LEASE_SECONDS = 300
/** How long a mail is tried: longer than a weekend without a mail server. */
const GIVE_UP_HOURS = 4 * 24
const MAX_PAUSE_MINUTES = 60
/** Attempts after which the pause is the longest. Those that reach no server count no further: they say nothing of a mail. */
const PAUSE_ATTEMPTS = 7
/** And attempts that a mail has at least when there is a server again, whatever it has waited until then. */
const MIN_ATTEMPTS = PAUSE_ATTEMPTS + 6

/** What mails are made and sent with. */
export interface MailTools {
  db: Database
  mailer: Mailer
  render: RenderMail
  /** Fenicia's own address, for the links in mails. */
  url: string
}

interface Claim {
  id: string
  accountId: string
  /** What it tells of; null: it is a personal mail. */
  notificationId: string | null
  personalMailId: string | null
  fence: number
  attempts: number
  /** It has waited for so long that it is given up, once it was tried often enough. */
  isOld: boolean
}

/**
 * Sends the mails that are due. Safe to run twice and on several instances: each mail is one worker's at a time. One that
 * was killed between the server's yes and our note of it is sent again, with the same Message-ID.
 * @returns how many mails were sent
 */
export async function deliverMails(tools: MailTools, signal?: AbortSignal): Promise<number> {
  let sent = 0
  while (!signal?.aborted) {
    const claims = await claim(tools.db)
    if (claims.length === 0) break
    const outcomes = await Promise.all(claims.map((one) => deliver(tools, one)))
    sent += outcomes.filter((outcome) => outcome === 'sent').length
    // All others would fail as these did: they wait for the next run.
    if (outcomes.includes('unreachable')) break
  }
  return sent
}

async function claim(db: Database): Promise<Claim[]> {
  const due = db.$with('due').as(
    db
      .select({ id: deliveries.id })
      .from(deliveries)
      .where(
        and(
          eq(deliveries.state, 'waiting'),
          lte(deliveries.dueAt, sql`now()`),
          or(isNull(deliveries.leaseUntil), lte(deliveries.leaseUntil, sql`now()`)),
        ),
      )
      // Somebody waits for the link of another password, or has to know of a sign-in at once: a thousand mails of what is to
      // be reviewed can wait for that.
      .orderBy(desc(isNotNull(deliveries.personalMailId)), asc(deliveries.dueAt))
      .limit(BATCH)
      .for('update', { skipLocked: true }),
  )
  return db
    .with(due)
    .update(deliveries)
    .set({
      attempts: sql`${deliveries.attempts} + 1`,
      fence: sql`${deliveries.fence} + 1`,
      leaseUntil: sql`clock_timestamp() + ${LEASE_SECONDS} * interval '1 second'`,
    })
    .where(inArray(deliveries.id, db.select({ id: due.id }).from(due)))
    .returning({
      id: deliveries.id,
      accountId: deliveries.accountId,
      notificationId: deliveries.notificationId,
      personalMailId: deliveries.personalMailId,
      fence: deliveries.fence,
      attempts: deliveries.attempts,
      isOld: sql<boolean>`${deliveries.createdAt} < now() - ${GIVE_UP_HOURS} * interval '1 hour'`,
    })
}

/** Sends one mail and notes what became of it. */
async function deliver(tools: MailTools, claimed: Claim): Promise<MailResult['outcome'] | 'dropped' | 'failed'> {
  const { db, mailer, render, url } = tools
  let result: MailResult | null
  try {
    const content = await contentOf(db, claimed, url)
    result =
      content &&
      (await mailer.send({
        id: claimed.id,
        to: { name: content.to.name ?? '', address: content.to.address },
        ...(await render(content)),
      }))
  } catch (error) {
    // Of this mail, for all we know: it is tried again, and the others are not kept from leaving.
    log.error({ err: error, delivery: claimed.id }, 'A mail could not be made')
    await note(db, claimed, later(claimed, 'The mail could not be made'))
    return 'failed'
  }
  if (!result) {
    await note(db, claimed, { state: 'dropped', answer: null })
    return 'dropped'
  }
  const { outcome, answer } = result
  if (outcome !== 'sent') log.warn({ delivery: claimed.id, outcome, answer }, 'A mail was not taken')
  if (outcome === 'sent') await note(db, claimed, { state: 'sent', answer })
  else if (outcome === 'refused') await note(db, claimed, { state: 'failed', answer })
  else await note(db, claimed, outcome === 'unreachable' ? laterReached(claimed, answer) : later(claimed, answer))
  return outcome
}

async function contentOf(db: Database, { accountId, notificationId, personalMailId }: Claim, url: string) {
  if (notificationId !== null) return gatherContent(db, accountId, notificationId, url)
  return personalMailId === null ? null : gatherPersonal(db, accountId, personalMailId, url)
}

type Note = Pick<typeof deliveries.$inferSelect, 'state' | 'answer'> & { attempts?: number; pauseMinutes?: number }

/**
 * Another attempt, after 1, 2, 4 … minutes, at most an hour; after four days no more, unless it was sent nowhere for most of
 * them.
 */
function later({ attempts, isOld }: Claim, answer: string, enough = MIN_ATTEMPTS): Note {
  if (isOld && attempts >= enough) return { state: 'failed', answer }
  const minutes = Math.min(2 ** (attempts - 1), MAX_PAUSE_MINUTES)
  return { state: 'waiting', answer, pauseMinutes: spread(minutes) }
}

/** `later`, of an attempt that reached no server. */
function laterReached({ attempts, ...claimed }: Claim, answer: string): Note {
  const counted = Math.min(attempts, PAUSE_ATTEMPTS)
  return { ...later({ ...claimed, attempts: counted }, answer, PAUSE_ATTEMPTS), attempts: counted }
}

/** Stores a result, unless the lease was lost to another worker. */
async function note(db: Database, { id, accountId, fence }: Claim, { pauseMinutes, ...result }: Note): Promise<void> {
  await db
    .update(deliveries)
    .set({
      ...result,
      leaseUntil: null,
      ...(pauseMinutes === undefined
        ? { endedAt: sql`clock_timestamp()` }
        : { dueAt: sql`clock_timestamp() + ${pauseMinutes}::float8 * interval '1 minute'` }),
    })
    .where(
      and(
        eq(deliveries.accountId, accountId),
        eq(deliveries.id, id),
        eq(deliveries.fence, fence),
        eq(deliveries.state, 'waiting'),
      ),
    )
}
