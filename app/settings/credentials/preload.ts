import { credentialResource, draftResource } from '@/lib/api/credential-resources'
import { credentialReviewResource } from '@/lib/api/review-resources'
import {
  type ConsentView,
  getConsent,
  getCredential,
  getDraft,
  listCredentials,
  listCredentialsQuery,
  listDrafts,
} from '@/lib/credentials'
import { isRefusal } from '@/lib/errors'
import { log } from '@/lib/log'
import { reviewCredentials, reviewCredentialsQuery } from '@/lib/review'
import { getRuntime } from '@/lib/runtime'
import type { Preloaded } from '../data/preloaded'
import { credentialPath, DRAFTS_PATH } from './paths'
import type { CredentialReview } from './review/words'
import type { Credential, CredentialList, Draft, DraftList } from './words'

// What the server puts into a page, in the form of the API's answers. Null when it can't be had now: the browser then
// asks the API itself, and tells what that says.

/** A page of the list. `path` is the API's, with its query. */
export function preloadCredentialList(accountId: string, path: string): Promise<Preloaded<CredentialList> | null> {
  return preload(path, async () => {
    const query = listCredentialsQuery.parse(Object.fromEntries(new URLSearchParams(path.split('?')[1])))
    const { credentials, nextCursor, total } = await listCredentials(database(), { accountId }, query)
    return { data: credentials.map(credentialResource), next_cursor: nextCursor, total }
  })
}

/** A page of the review. `path` is the API's, with its query. */
export function preloadCredentialReview(accountId: string, path: string): Promise<Preloaded<CredentialReview> | null> {
  return preload(path, async () => {
    const query = reviewCredentialsQuery.parse(Object.fromEntries(new URLSearchParams(path.split('?')[1])))
    return credentialReviewResource(await reviewCredentials(database(), { accountId }, query))
  })
}

/** What a person has tested and not saved. */
export function preloadDrafts(accountId: string, userId: string): Promise<Preloaded<DraftList> | null> {
  return preload(DRAFTS_PATH, async () => ({
    data: (await listDrafts(database(), { accountId, id: userId })).map(draftResource),
  }))
}

/** One credential. @throws {Refusal} `not_found` */
export function preloadCredential(accountId: string, id: string): Promise<Preloaded<Credential>> {
  return read(credentialPath(id), async () => credentialResource(await getCredential(database(), { accountId }, id)))
}

/** A draft of the person's; null when there is none, such as one that was saved since. */
export async function readDraft(accountId: string, userId: string, id: string): Promise<Draft | null> {
  try {
    return draftResource(await getDraft(database(), { accountId, id: userId }, id))
  } catch (error) {
    if (isRefusal(error)) return null
    throw error
  }
}

/** How a consent of the person's stands; null when there is none, or it is not theirs. */
export async function readConsent(accountId: string, userId: string, id: string | null): Promise<ConsentView | null> {
  if (id === null) return null
  try {
    return await getConsent(database(), { accountId, id: userId }, id)
  } catch (error) {
    if (isRefusal(error)) return null
    throw error
  }
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

function database() {
  return getRuntime().database.db
}
