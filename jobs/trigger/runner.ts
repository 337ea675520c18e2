import type { TriggerConfig } from '@/lib/config'
import type { JobRunner } from '@/lib/jobs'
import { log } from '@/lib/log'
import { catalogue } from '../catalogue'
import { IDEMPOTENCY_SECONDS } from '../embedded-runner'
import { dispatchedJob, type Job, parsePayload, scheduledJob } from '../job'

/** Requests for one dispatch: somebody may wait for it. */
const ATTEMPTS = 2
/** How long Trigger.dev may take to answer. */
const ANSWER_MS = 10_000

/** Has Trigger.dev run the jobs, on the schedules that were deployed there; this process only asks for runs. */
export function triggerRunner(
  { secretKey, apiUrl }: TriggerConfig,
  jobs: readonly Job[] = catalogue,
  // biome-ignore lint/suspicious/noExplicitAny: payloads of whatever jobs it is given; each is parsed by its own job's schema
): JobRunner<string, any> {
  const pending = new Set<Promise<unknown>>()
  // Imported when it is needed: it costs a second and 100 MB of memory that nobody else owes.
  const load = once(async () => {
    const { TriggerClient, idempotencyKeys } = await import('@trigger.dev/sdk')
    return { client: new TriggerClient({ accessToken: secretKey, baseURL: apiUrl }), idempotencyKeys }
  })

  type Sdk = Awaited<ReturnType<typeof load>>
  type Options = Parameters<Sdk['client']['tasks']['trigger']>[2]

  async function ask(id: string, payload: unknown, optionsOf: (sdk: Sdk) => Promise<Options>): Promise<void> {
    const sdk = await load()
    const options = await optionsOf(sdk)
    const answer = sdk.client.tasks.trigger(id, payload, options, { retry: { maxAttempts: ATTEMPTS } })
    await within(ANSWER_MS, answer, `Trigger.dev did not say in time whether it takes the job ${id}`)
  }

  function track<Value>(work: Promise<Value>): Promise<Value> {
    pending.add(work)
    const forget = () => void pending.delete(work)
    work.then(forget, forget)
    return work
  }

  return {
    trigger(id) {
      const job = scheduledJob(jobs, id)
      // Those who ask within the second, before the run begins, get one together.
      const debounce = { key: job.id, delay: '1s', maxDelay: '5s' }
      track(ask(job.id, {}, async () => ({ debounce }))).catch((error) =>
        log.warn({ err: error, job: job.id }, 'Trigger.dev did not take a job; it runs at its next time'),
      )
    },
    async dispatch(id, given, { idempotencyKey, delayMs = 0 } = {}) {
      const job = dispatchedJob(jobs, id)
      const payload = parsePayload(job, given)
      await track(
        ask(job.id, payload, async ({ idempotencyKeys }) => ({
          ...(job.queue.keyOf && { concurrencyKey: job.queue.keyOf(payload) }),
          ...(delayMs > 0 && { delay: `${Math.ceil(delayMs / 1_000)}s` }),
          ...(idempotencyKey !== undefined && {
            idempotencyKey: await idempotencyKeys.create([job.id, idempotencyKey], { scope: 'global' }),
            idempotencyKeyTTL: `${IDEMPOTENCY_SECONDS}s`,
          }),
        })),
      )
    },
    async stop() {
      await Promise.allSettled(pending)
    },
  }
}

/** What `make` makes, made at the first call; made anew after it failed. */
function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined
  return () => {
    made ??= make().catch((error) => {
      made = undefined
      throw error
    })
    return made
  }
}

async function within<Value>(ms: number, work: Promise<Value>, message: string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), ms)
  })
  return Promise.race([work, timeout]).finally(() => clearTimeout(timer))
}
