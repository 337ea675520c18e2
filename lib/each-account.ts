import { log } from './log'

/**
 * Does the same for each of these accounts, one after the other. One whose work fails, such as for an audit chain that somebody
 * has meddled with, keeps no other from theirs.
 * @param failure for the log
 * @throws the first failure, when all that could be done is done
 */
export async function forEachAccount(
  accountIds: readonly string[],
  failure: string,
  work: (accountId: string) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const failures: unknown[] = []
  for (const accountId of accountIds) {
    if (signal?.aborted) break
    try {
      await work(accountId)
    } catch (error) {
      log.error({ err: error, account: accountId }, failure)
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}
