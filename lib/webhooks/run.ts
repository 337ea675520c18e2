import { setTimeout as sleep } from 'node:timers/promises'
import { deliverMessages, type WebhookTools } from './deliver'
import { fanOut } from './fan-out'

/** How often it is looked for news and for messages whose pause is over. */
const EVERY_MS = 2_000

/**
 * Makes messages of what happened and sends those that are due, and goes on with what comes for a time: a minute's schedule
 * would be late for pauses of seconds.
 * @param options `forMs`: how long to go on
 * @throws the first failure to make messages, when all that could be done is done
 */
export async function runWebhooks(
  tools: WebhookTools,
  { signal, forMs = 0 }: { signal?: AbortSignal; forMs?: number } = {},
): Promise<{ messages: number; taken: number }> {
  const end = performance.now() + forMs
  const result = { messages: 0, taken: 0 }
  const failures: unknown[] = []
  // What can't be made into messages holds up none that are made.
  const makeMessages = async () => {
    try {
      result.messages += await fanOut(tools.db, signal)
    } catch (error) {
      if (failures.length === 0) failures.push(error)
    }
  }
  while (!signal?.aborted) {
    await makeMessages()
    result.taken += await deliverMessages(tools, signal, { meanwhile: makeMessages, ...(forMs > 0 && { until: end }) })
    if (performance.now() + EVERY_MS > end) break
    await sleep(EVERY_MS, undefined, { signal }).catch(() => {})
  }
  if (failures.length > 0) throw failures[0]
  return result
}
