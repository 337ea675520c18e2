import { z } from 'zod'
import { renderMail } from '@/emails'
import { pruneEndedAccess } from '@/lib/accounts'
import {
  endRehearsals,
  pruneUsage,
  retireSilentKeys,
  revokeIdleKeys,
  runBulkRevocations,
  warnOfKeyExpiry,
} from '@/lib/api-keys'
import { recordCheckpoints, tidyAuditTables } from '@/lib/audit/checkpoints'
import { cutAuditEvents } from '@/lib/audit/retention'
import {
  pruneConsents,
  pruneDrafts,
  pruneRenewals,
  renewDueCredentials,
  renewIfDue,
  warnOfExpiry,
} from '@/lib/credentials'
import { isEgressError } from '@/lib/egress/errors'
import { isRefusal } from '@/lib/errors'
import { findFailingIntegrations, pruneProxyCalls } from '@/lib/integrations'
import type { JobPayloads, ScheduledJobId } from '@/lib/jobs'
import { deliverNotifications, pruneNotifications, sendReminders } from '@/lib/notifications'
import { type DueRenewal, isOAuthError } from '@/lib/oauth'
import { sendReviewDigests } from '@/lib/review'
import type { Runtime } from '@/lib/runtime'
import { forgetPreviousSecrets, pruneMessages, runWebhooks } from '@/lib/webhooks'
import { type DispatchedDefinition, type Job, NO_RETRY, type Retry, type ScheduledDefinition } from './job'
import { untilNextRunMs } from './until-next-run'

/** Of jobs whose next time is far away. */
const WITHIN_THE_HOUR: Retry = { maxAttempts: 4, minDelayMs: 30_000, maxDelayMs: 600_000 }

const scheduled: Record<ScheduledJobId, ScheduledDefinition> = {
  'api-keys.retire-silent': {
    cron: '* * * * *',
    retry: NO_RETRY,
    maxDurationSeconds: 60,
    run: ({ database }) => retireSilentKeys(database.db),
  },
  'api-keys.bulk-revocations': {
    cron: '* * * * *',
    retry: NO_RETRY,
    maxDurationSeconds: 600,
    run: ({ database }, _, { signal }) => runBulkRevocations(database.db, signal),
  },
  'api-keys.prune-usage': {
    cron: '23 3 * * *',
    retry: WITHIN_THE_HOUR,
    maxDurationSeconds: 3_600,
    run: ({ database }, _, { signal }) => pruneUsage(database.db, signal),
  },
  'api-keys.revoke-idle': {
    cron: '37 * * * *',
    retry: WITHIN_THE_HOUR,
    maxDurationSeconds: 600,
    run: ({ database }, _, { signal }) => revokeIdleKeys(database.db, signal),
  },
  'api-keys.warn-of-expiry': {
    cron: '47 * * * *',
    retry: WITHIN_THE_HOUR,
    maxDurationSeconds: 600,
    run: ({ database }, _, { signal }) => warnOfKeyExpiry(database.db, signal),
  },
  'api-keys.end-rehearsals': {
    cron: '* * * * *',
    retry: NO_RETRY,
    maxDurationSeconds: 60,
    run: ({ database }) => endRehearsals(database.db),
  },
  'review.digest': {
    // Once a month and account, whatever the day: a server that was off on the first makes up for it.
    cron: '0 8 1-7 * *',
    retry: WITHIN_THE_HOUR,
    maxDurationSeconds: 3_600,
    run: ({ database }, _, { signal }) => sendReviewDigests(database.db, signal),
  },
  'integrations.find-failing': {
    cron: '* * * * *',
    retry: NO_RETRY,
    maxDurationSeconds: 60,
    run: ({ database }, _, { signal }) => findFailingIntegrations(database.db, signal),
  },
  'integrations.prune-calls': {
    cron: '41 3 * * *',
    retry: WITHIN_THE_HOUR,
    maxDurationSeconds: 3_600,
    run: ({ database }, _, { signal }) => pruneProxyCalls(database.db, signal),
  },
  'credentials.prune-drafts': {
    cron: '17 * * * *',
    retry: WITHIN_THE_HOUR,
    maxDurationSeconds: 600,
    run: async ({ database, vault }, _, { signal }) => ({
      drafts: await pruneDrafts(database.db, vault, signal),
      consents: await pruneConsents(database.db, vault, signal),
    }),
  },
  'credentials.renew-due': {
    cron: '* * * * *',
    retry: NO_RETRY,
    // The minute of a sweep, and the longest that a renewal takes which it began in its last second.
    maxDurationSeconds: 120,
    // Until the next run begins: what lasts a minute is due between two of them.
    run: (runtime, _, { signal }) => {
      const isBusy = () => runtime.activity.isBusy()
      return renewDueCredentials(storeOf(runtime), { signal, forMs: untilNextRunMs(), isBusy, ...elsewhere(runtime) })
    },
  },
  'credentials.warn-of-expiry': {
    cron: '11 * * * *',
    retry: WITHIN_THE_HOUR,
    maxDurationSeconds: 600,
    run: ({ database }, _, { signal }) => warnOfExpiry(database.db, signal),
  },
  'credentials.prune-renewals': {
    cron: '53 3 * * *',
    retry: WITHIN_THE_HOUR,
    maxDurationSeconds: 3_600,
    run: ({ database }, _, { signal }) => pruneRenewals(database.db, signal),
  },
  'notifications.deliver': {
    cron: '* * * * *',
    retry: NO_RETRY,
    maxDurationSeconds: 300,
    run: (runtime, _, { signal }) => deliverNotifications(runtime, renderMail, signal),
  },
  'notifications.remind': {
    cron: '*/10 * * * *',
    retry: NO_RETRY,
    maxDurationSeconds: 300,
    run: ({ database }, _, { signal }) => sendReminders(database.db, signal),
  },
  'notifications.prune': {
    cron: '59 3 * * *',
    retry: WITHIN_THE_HOUR,
    maxDurationSeconds: 3_600,
    run: ({ database }, _, { signal }) => pruneNotifications(database.db, signal),
  },
  'webhooks.deliver': {
    cron: '* * * * *',
    retry: NO_RETRY,
    maxDurationSeconds: 120,
    // Until the next run begins: the first pauses last seconds.
    run: ({ database: { db }, vault, egress }, _, { signal }) =>
      runWebhooks({ db, vault, egress }, { signal, forMs: untilNextRunMs() }),
  },
  'webhooks.prune': {
    cron: '29 4 * * *',
    retry: WITHIN_THE_HOUR,
    maxDurationSeconds: 3_600,
    run: async ({ database: { db }, vault }, _, { signal }) => ({
      messages: await pruneMessages(db, signal),
      secrets: await forgetPreviousSecrets({ db, vault }, signal),
    }),
  },
  'accounts.prune': {
    cron: '7 * * * *',
    retry: WITHIN_THE_HOUR,
    maxDurationSeconds: 600,
    run: ({ database }) => pruneEndedAccess(database.db),
  },
  'audit.checkpoint': {
    cron: '2 0 * * *',
    retry: WITHIN_THE_HOUR,
    maxDurationSeconds: 600,
    run: async ({ config, database }) => {
      if (config.database.driver === 'pglite') await tidyAuditTables(database.db)
      return recordCheckpoints(database.db)
    },
  },
  'audit.cut': {
    cron: '31 3 * * *',
    retry: WITHIN_THE_HOUR,
    maxDurationSeconds: 3_600,
    run: ({ database }, _, { signal }) => cutAuditEvents(database.db, signal),
  },
}

const dispatched: { [Id in keyof JobPayloads]: DispatchedDefinition<JobPayloads[Id]> } = {
  'credentials.renew': {
    input: z.object({ accountId: z.string(), credentialId: z.string(), endpoint: z.string().nullable() }),
    // A provider that hangs, or is slow, takes no worker from another.
    queue: {
      name: 'credentials.renew',
      concurrencyLimit: 8,
      keyOf: ({ endpoint, credentialId }) => endpoint ?? credentialId,
    },
    // The database says when it is tried again.
    retry: NO_RETRY,
    maxDurationSeconds: 90,
    run: async (runtime, { accountId, credentialId }) => {
      try {
        return { renewed: Number(await renewIfDue(storeOf(runtime), { accountId, ownerId: credentialId })) }
      } catch (error) {
        // The credential's history tells of it, and people are told by their mails.
        if (isRefusal(error) || isEgressError(error) || isOAuthError(error)) return { failed: 1 }
        throw error
      }
    },
  },
}

function storeOf({ database, vault, tokens }: Runtime) {
  return { db: database.db, vault, tokens }
}

/** Where Trigger.dev runs the jobs, each renewal is a run of its own, so that its workers share them out. */
function elsewhere({ config, jobs }: Runtime): Pick<Parameters<typeof renewDueCredentials>[1], 'renew'> {
  if (!config.trigger || !jobs) return {}
  const renew = async ({ accountId, ownerId: credentialId, endpoint, renewAt }: DueRenewal) => {
    // Of each minute anew: a run that met the lease of a worker that was killed has renewed nothing.
    const idempotencyKey = `${credentialId} ${renewAt} ${Math.floor(Date.now() / 60_000)}`
    await jobs.dispatch('credentials.renew', { accountId, credentialId, endpoint }, { idempotencyKey })
    return true
  }
  return { renew }
}

/** Every job, once, whoever runs it. Their ids are those of `lib/jobs.ts`: the compiler sees to it. */
export const catalogue: readonly Job[] = Object.entries<ScheduledDefinition | DispatchedDefinition<unknown>>({
  ...scheduled,
  ...dispatched,
}).map(([id, definition]) => ({ id, ...definition }))
