import type { ServerResponse } from 'node:http'
import { inArray, sql } from 'drizzle-orm'
import { expect } from 'vitest'
import type { Database } from '@/db/client'
import { credentials, tokenSets } from '@/db/schema'
import { eventually } from './eventually'
import type { Connected, Fleet } from './fleet'
import type { OAuthServer } from './oauth-provider'
import { held } from './oauth-server'

/** Something that stands still, until it is let go on. */
export interface Halt {
  proceed(): Promise<void> | void
}

/**
 * Has every renewal of these stand still once it is claimed, before it knows what to renew with: all of them before they
 * claim at first, and then at the next thing that they read.
 */
export async function haltClaimed(
  fleet: Fleet,
  all: readonly Connected[],
): Promise<Halt & { reached(): Promise<void> }> {
  const { db } = fleet
  const ids = all.map(({ id }) => id)
  const claims = await locked(db, (tx) =>
    tx.select().from(tokenSets).where(inArray(tokenSets.ownerId, ids)).for('update'),
  )
  let reads: Halt | undefined
  return {
    async reached() {
      await eventually(async () => {
        const { rows } = (await db.execute(sql`
            select count(*)::int as count from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`)) as unknown as {
          rows: { count: number }[]
        }
        expect(rows[0]?.count).toBe(all.length)
      })
      reads = await locked(db, (tx) => tx.execute(sql`lock table ${credentials} in access exclusive mode`))
      await claims.proceed()
      await fleet.claimed(all)
    },
    async proceed() {
      await claims.proceed()
      await reads?.proceed()
    },
  }
}

/** Holds what a statement locks. */
async function locked(db: Database, lock: (tx: Database) => PromiseLike<unknown>): Promise<Halt> {
  const { promise, proceed } = held()
  const isLocked = held()
  const locking = db.transaction(async (tx) => {
    await lock(tx)
    isLocked.proceed()
    await promise
  })
  await Promise.race([isLocked.promise, locking])
  return {
    proceed: () => {
      proceed()
      return locking
    },
  }
}

/**
 * Has the transactions stand still that store renewed tokens. Those of a process that is gone end without effect when they
 * proceed.
 */
export async function haltStoring({ db }: Fleet): Promise<Halt & { reached(count: number): Promise<void> }> {
  const { promise, proceed } = held()
  const isLocked = held()
  const locking = db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(4711)`)
    isLocked.proceed()
    await promise
  })
  await Promise.race([isLocked.promise, locking])
  await db.execute(sql`
    create or replace function halt_storing() returns trigger language plpgsql as $$
    begin
      perform pg_advisory_xact_lock_shared(4711);
      return new;
    end $$`)
  await db.execute(sql`
    create trigger halts before update on token_sets
    for each row when (new.version > old.version) execute function halt_storing()`)
  return {
    reached: (count) => waiting(db, count),
    async proceed() {
      proceed()
      await locking
      await db.execute(sql`drop trigger halts on token_sets`)
    },
  }
}

function waiting(db: Database, count: number): Promise<void> {
  return eventually(async () => {
    const { rows } = (await db.execute(sql`
        select count(*)::int as count from pg_locks
        where locktype = 'advisory' and objid = 4711 and not granted
          and database = (select oid from pg_database where datname = current_database())`)) as unknown as {
      rows: { count: number }[]
    }
    expect(rows[0]?.count).toBe(count)
  })
}

/** Has requests stand still that reached the token endpoint, which has done nothing for them yet. */
export function haltRequests(provider: OAuthServer): Halt & { reached(count: number): Promise<void>; drop(): void } {
  const { promise, proceed } = held()
  const before = provider.requests()
  let isDropped = false
  provider.interfere(async (request) => {
    await promise
    if (isDropped) request.destroy()
    return isDropped
  })
  return {
    reached: (count) => eventually(() => expect(provider.requests() - before).toBe(count)),
    proceed,
    drop() {
      isDropped = true
      proceed()
    },
  }
}

/** Has answers stand still of a token endpoint that has done what they tell of. */
export function haltAnswers(provider: OAuthServer): Halt & { reached(count: number): Promise<void> } {
  const { promise, proceed } = held()
  let count = 0
  provider.interfere((_request, response) => {
    replaceAnswer(response, async (send) => {
      count += 1
      await promise
      send()
    })
    return false
  })
  return {
    reached: (expected) => eventually(() => expect(count).toBe(expected)),
    proceed,
  }
}

/**
 * Lets something else be done with an answer when it is ready.
 * @param how is given the way to send it as it was meant, and its body
 */
export function replaceAnswer(response: ServerResponse, how: (send: () => void, body: string) => void): void {
  const end = response.end.bind(response) as (body?: unknown) => ServerResponse
  response.end = ((body?: unknown) => {
    how(() => end(body), String(body ?? ''))
    return response
  }) as typeof response.end
}

/** Has the token endpoint do what it is asked for, and its answers break off in the middle. */
export function breakOff(provider: OAuthServer): void {
  provider.interfere((_request, response) => {
    replaceAnswer(response, (_send, body) => {
      response.setHeader('content-length', Buffer.byteLength(body))
      response.write(body.slice(0, body.length / 2), () => response.destroy())
    })
    return false
  })
}
