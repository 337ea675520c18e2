import { renderMail } from '@/emails'
import { pruneSignIns } from '@/lib/accounts'
import { pruneUsage, retireSilentKeys, runBulkRevocations } from '@/lib/api-keys'
import { pruneConsents, pruneDrafts, pruneRenewals, renewDueCredentials, warnOfExpiry } from '@/lib/credentials'
import { pruneProxyCalls } from '@/lib/integrations'
import { deliverNotifications, pruneNotifications, sendReminders } from '@/lib/notifications'
import type { Runtime } from '@/lib/runtime'

export interface Job {
  id: string
  /** Five fields, UTC. */
  cron: string
  /** May be run twice, late, or killed half-way: what is left to do stands in the database. */
  run(runtime: Runtime, signal: AbortSignal): Promise<unknown>
}

/** Every job, once, whoever runs it. */
export const jobs: readonly Job[] = [
  { id: 'api-keys.retire-silent', cron: '* * * * *', run: ({ database }) => retireSilentKeys(database.db) },
  {
    id: 'api-keys.bulk-revocations',
    cron: '* * * * *',
    run: ({ database }, signal) => runBulkRevocations(database.db, signal),
  },
  { id: 'api-keys.prune-usage', cron: '23 3 * * *', run: ({ database }, signal) => pruneUsage(database.db, signal) },
  {
    id: 'integrations.prune-calls',
    cron: '41 3 * * *',
    run: ({ database }, signal) => pruneProxyCalls(database.db, signal),
  },
  {
    id: 'credentials.prune-drafts',
    cron: '17 * * * *',
    run: async ({ database, vault }, signal) => {
      await pruneDrafts(database.db, vault, signal)
      await pruneConsents(database.db, vault, signal)
    },
  },
  {
    id: 'credentials.renew-due',
    cron: '* * * * *',
    // Until the next run begins: what lasts a minute is due between two of them.
    run: ({ database, vault, tokens }, signal) =>
      renewDueCredentials({ db: database.db, vault, tokens }, { signal, forMs: 55_000 }),
  },
  {
    id: 'credentials.warn-of-expiry',
    cron: '11 * * * *',
    run: ({ database }, signal) => warnOfExpiry(database.db, signal),
  },
  {
    id: 'credentials.prune-renewals',
    cron: '53 3 * * *',
    run: ({ database }, signal) => pruneRenewals(database.db, signal),
  },
  {
    id: 'notifications.deliver',
    cron: '* * * * *',
    run: (runtime, signal) => deliverNotifications(runtime, renderMail, signal),
  },
  {
    id: 'notifications.remind',
    cron: '*/10 * * * *',
    run: ({ database }, signal) => sendReminders(database.db, signal),
  },
  {
    id: 'notifications.prune',
    cron: '59 3 * * *',
    run: ({ database }, signal) => pruneNotifications(database.db, signal),
  },
  { id: 'accounts.prune', cron: '7 * * * *', run: ({ database }) => pruneSignIns(database.db) },
]
