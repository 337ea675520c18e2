import { randomBytes } from 'node:crypto'
import { decode, encode } from '@auth/core/jwt'
import { lt, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Database } from '@/db/client'
import { spentTickets } from '@/db/schema'
import { Refusal } from '../errors'
import { getRuntime } from '../runtime'

// What a browser keeps between two steps: a cookie encrypted by us, good for five minutes and once.

const TICKET_SECONDS = 300

/** What tickets are for. A ticket for one thing is none for another. */
export type TicketPurpose =
  /** The password was right; the second factor is to follow. */
  | 'second_factor'
  /** A passkey is to sign a challenge: alone, as a second factor, to confirm who sits there, or to be added. */
  | 'passkey_alone'
  | 'passkey_second'
  | 'passkey_confirm'
  | 'passkey_add'

export interface Ticket<Data> {
  id: string
  expiresAt: Date
  data: Data
}

/** The cookie of the tickets for a purpose; a browser holds one of each. */
export function ticketCookie(purpose: TicketPurpose, url = getRuntime().config.url) {
  const secure = url.startsWith('https:')
  const name = purpose === 'second_factor' ? 'step' : 'challenge'
  return {
    name: secure ? `__Host-fenicia_${name}` : `fenicia_${name}`,
    options: { httpOnly: true, sameSite: 'strict', path: '/', secure, maxAge: TICKET_SECONDS } as const,
  }
}

/** @returns the cookie's value */
export function issueTicket(purpose: TicketPurpose, data: Record<string, unknown>): Promise<string> {
  return encode({
    token: { id: randomBytes(16).toString('base64url'), data },
    secret: getRuntime().authSecret,
    salt: `ticket ${purpose}`,
    maxAge: TICKET_SECONDS,
  })
}

/**
 * What a ticket says. It is not known yet whether it was spent, see `spendTicket`.
 * @throws {Refusal} `step_ended` when there is none, it is not ours, or its time is over
 */
export async function readTicket<Data>(
  purpose: TicketPurpose,
  data: z.ZodType<Data>,
  cookie: string | undefined,
): Promise<Ticket<Data>> {
  try {
    const payload = await decode({ token: cookie, secret: getRuntime().authSecret, salt: `ticket ${purpose}` })
    const ticket = z.object({ id: z.string(), exp: z.number(), data }).parse(payload)
    // Auth.js grants some seconds of clock tolerance.
    if (ticket.exp * 1000 > Date.now()) {
      return { id: ticket.id, expiresAt: new Date(ticket.exp * 1000), data: ticket.data as Data }
    }
  } catch {
    // As below.
  }
  throw stepEnded()
}

/**
 * Uses a ticket up, unless the transaction fails: of two who do at once, one is refused.
 * @throws {Refusal} `step_ended` when it was used already
 */
export async function spendTicket(tx: Database, { id, expiresAt }: Ticket<unknown>): Promise<void> {
  const [spent] = await tx
    .insert(spentTickets)
    .values({ id, expiresAt })
    .onConflictDoNothing()
    .returning({ id: spentTickets.id })
  if (!spent) throw stepEnded()
}

function stepEnded(): Refusal {
  return new Refusal('step_ended', 'This took over 5 minutes, or was finished already. Begin anew.')
}

/** Forgets tickets that would have expired by now. The clocks of several instances may differ, by less than an hour. */
export async function pruneTickets(db: Database): Promise<void> {
  await db.delete(spentTickets).where(lt(spentTickets.expiresAt, sql`now() - interval '1 hour'`))
}
