import type { z } from 'zod'
import type { StatusTone } from '@/components/ui/status'
import type { RenewalResource, renewalListSchema } from '@/lib/api/credential-resources'
import { credentialPath } from '../paths'
import type { Credential } from '../words'

/** A renewal as the API answers it. */
export type Renewal = RenewalResource
export type RenewalList = z.output<typeof renewalListSchema>
export type Tokens = NonNullable<Credential['tokens']>

const RENEWALS_PER_PAGE = 10

/** Path of the API. */
export function renewalsPath(id: string, cursor: string | null): string {
  const query = new URLSearchParams({ limit: String(RENEWALS_PER_PAGE), ...(cursor ? { cursor } : {}) })
  return `${credentialPath(id)}/renewals?${query}`
}

export const stateLooks: Record<Tokens['state'], { tone: StatusTone; word: string }> = {
  none: { tone: 'ended', word: 'No token yet' },
  active: { tone: 'success', word: 'Active' },
  failing: { tone: 'warning', word: 'Renewal is failing' },
  reauthorization_required: { tone: 'error', word: 'Re-authorization required' },
}

const resultLooks: Record<NonNullable<Renewal['result']>, { tone: StatusTone; word: string }> = {
  renewed: { tone: 'success', word: 'Renewed' },
  retrying: { tone: 'warning', word: 'Failed, tried again' },
  refused: { tone: 'error', word: 'Refused' },
  unknown: { tone: 'error', word: 'Cut off' },
}

export function resultLook({ result }: Pick<Renewal, 'result'>): { tone: StatusTone; word: string } {
  return result === null ? { tone: 'progress', word: 'Under way' } : resultLooks[result]
}

export const reasonWords: Record<Renewal['reason'], string> = {
  ahead: 'Before its end',
  use: 'For a call',
  rejected: 'The service refused the token',
  manual: 'Renew now',
  test: 'Test',
  connect: 'Connected',
}

/** What “Renew now” has found, in a sentence. */
export function outcomeText({ result, detail }: Pick<Renewal, 'result' | 'detail'>): string {
  if (result === 'renewed') return 'Renewed: the service gave a new access token.'
  return detail ?? 'The renewal is still under way.'
}
