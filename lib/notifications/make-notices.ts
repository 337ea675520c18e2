import type { Database } from '@/db/client'
import { applyToEpisodes, markConsequences } from './episodes'
import { eventKinds, type OutboxEvent } from './kinds'
import { stateKinds } from './lasting'
import { readWhatIsMended } from './read'
import { takeEvents } from './take-events'
import { tell } from './tell'

/**
 * Makes notices and mails of what happened. May run anywhere, any number of times.
 * @returns how many events were handled
 * @throws the first failure, when all that could be done is done
 */
export async function makeNotices(db: Database, signal?: AbortSignal): Promise<number> {
  const work = async (tx: Database, accountId: string, events: readonly object[]) => {
    const tellings = await applyToEpisodes(tx, accountId, events as OutboxEvent[])
    await tell(tx, accountId, await markConsequences(tx, accountId, tellings))
    for (const kind of stateKinds) {
      // It may be over by now, and whoever ended it found no notice.
      const told = tellings.filter((telling) => telling.kind === kind)
      await readWhatIsMended(tx, accountId, kind, [...new Set(told.map(({ subjectId }) => subjectId))])
    }
  }
  return takeEvents(db, { mark: 'notifiedAt', kinds: eventKinds, work }, signal)
}
