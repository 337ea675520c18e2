import { notFound } from 'next/navigation'
import { cache } from 'react'
import { isRefusal } from '@/lib/errors'
import type { Preloaded } from '../../data/preloaded'
import { preloadCredential } from '../preload'
import type { Credential } from '../words'

/**
 * Read once for a request, by the title and the page. Another account's credential is not found, as one that does not
 * exist.
 */
export const findCredential = cache(async (accountId: string, id: string): Promise<Preloaded<Credential>> => {
  try {
    return await preloadCredential(accountId, id)
  } catch (error) {
    if (isRefusal(error)) notFound()
    throw error
  }
})
