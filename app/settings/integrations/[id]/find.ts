import { notFound } from 'next/navigation'
import { cache } from 'react'
import { isRefusal } from '@/lib/errors'
import type { Preloaded } from '../../data/preloaded'
import { preloadIntegration } from '../preload'
import type { Integration } from '../words'

/** Read once for a request, by the title and the page. Another account's is not found, as one that does not exist. */
export const findIntegration = cache(async (accountId: string, id: string): Promise<Preloaded<Integration>> => {
  try {
    return await preloadIntegration(accountId, id)
  } catch (error) {
    if (isRefusal(error)) notFound()
    throw error
  }
})
