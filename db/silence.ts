import { setTimeout as sleep } from 'node:timers/promises'

/** For how long a database may be silent until it is given up on. */
const SILENCE_MS = 2_000
/** For how long a connection is waited for, once it is. */
const AT_ONCE_MS = 100

// What the connections and pools of pg and of Neon have in common.
interface Client {
  end(): Promise<unknown>
}
interface Pool {
  options: { connectionTimeoutMillis?: number | undefined }
  on(event: 'connect' | 'remove', listener: (client: never) => void): unknown
}

/**
 * What gives up on a pool's server if that does not answer, for a process that stops: each statement that waits for it would
 * else be waited for as long as a statement may take, one after the other. Whoever waits then, or asks later, is told so.
 * @param ask asks the server on a connection of its own: those of the pool may all be busy with what is answered
 * @returns whether it was given up on; an error is an answer
 */
export function giveUpIfSilentOn(pool: Pool, ask: () => Promise<unknown>): () => Promise<boolean> {
  const clients = new Set<Client>()
  pool.on('connect', (client: Client) => clients.add(client))
  pool.on('remove', (client: Client) => clients.delete(client))
  return async () => {
    const heard = new AbortController()
    const answered = ask().then(
      () => false,
      () => false,
    )
    const isSilent = await Promise.race([answered, sleep(SILENCE_MS, true, { signal: heard.signal })])
    heard.abort()
    if (!isSilent) return false
    pool.options.connectionTimeoutMillis = AT_ONCE_MS
    for (const client of clients) client.end().catch(() => {})
    return true
  }
}
