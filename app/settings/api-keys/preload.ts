import { bulkRevocationResource, keyResource } from '@/lib/api/resources'
import { keyReviewResource } from '@/lib/api/review-resources'
import { getApiKey, getBulkRevocation, listApiKeys, listKeysQuery } from '@/lib/api-keys'
import { isRefusal } from '@/lib/errors'
import { log } from '@/lib/log'
import { reviewKeys, reviewKeysQuery } from '@/lib/review'
import { getRuntime } from '@/lib/runtime'
import type { Preloaded } from '../data/preloaded'
import { bulkRevocationPath, keyPath } from './paths'
import type { KeyReview } from './review/words'
import type { ApiKey, KeyList, RevocationProgress } from './words'

// What the server puts into a page, in the form of the API's answers. Null when it can't be had now: the browser then
// asks the API itself, and tells what that says.

/** A page of the list. `path` is the API's, with its query. */
export function preloadKeyList(accountId: string, path: string): Promise<Preloaded<KeyList> | null> {
  return preload(path, async () => {
    const query = listKeysQuery.parse(Object.fromEntries(new URLSearchParams(path.split('?')[1])))
    const { keys, nextCursor, total } = await listApiKeys(getRuntime().database.db, accountId, query)
    return { data: keys.map(keyResource), next_cursor: nextCursor, total }
  })
}

/** A page of the review. `path` is the API's, with its query. */
export function preloadKeyReview(accountId: string, path: string): Promise<Preloaded<KeyReview> | null> {
  return preload(path, async () => {
    const query = reviewKeysQuery.parse(Object.fromEntries(new URLSearchParams(path.split('?')[1])))
    return keyReviewResource(await reviewKeys(getRuntime().database.db, accountId, query))
  })
}

/** One key. @throws {Refusal} `not_found` */
export function preloadKey(accountId: string, id: string): Promise<Preloaded<ApiKey>> {
  return read(keyPath(id), async () => keyResource(await getApiKey(getRuntime().database.db, accountId, id)))
}

/** The progress of a bulk revocation. */
export function preloadRevocation(accountId: string, id: string): Promise<Preloaded<RevocationProgress> | null> {
  return preload(bulkRevocationPath(id), async () =>
    bulkRevocationResource(await getBulkRevocation(getRuntime().database.db, accountId, id)),
  )
}

async function preload<Answer>(path: string, answer: () => Promise<Answer>): Promise<Preloaded<Answer> | null> {
  try {
    return await read(path, answer)
  } catch (error) {
    if (!isRefusal(error)) log.error({ err: error }, 'What a page shows could not be read')
    return null
  }
}

async function read<Answer>(path: string, answer: () => Promise<Answer>): Promise<Preloaded<Answer>> {
  return { path, answer: await answer(), at: Date.now() }
}
