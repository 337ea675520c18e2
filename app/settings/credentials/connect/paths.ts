import { credentialHref, draftHref } from '../paths'

/** Under which name a page's address says which consent has led there. */
export const CONSENT_PARAM = 'consent'
/** Why a callback was none, of a closed list. */
export const REFUSED_PARAM = 'refused'
/** In the address of a credential's page: leads straight to re-authorizing it. */
export const REAUTHORIZE_PARAM = 'reauthorize'

/** The page that a pop-up ends with. */
export function endedHref(of: { consent: string } | { refused: string }): string {
  return `/oauth/ended?${new URLSearchParams(of)}`
}

/** Where a browser goes on after a provider has sent it back. */
export function endHref({
  id,
  ownerId,
  credentialId,
  display,
}: {
  id: string
  ownerId: string
  credentialId: string | null
  display: 'popup' | 'page'
}): string {
  if (display === 'popup') return endedHref({ consent: id })
  const page =
    ownerId === credentialId ? credentialHref(ownerId) : draftHref({ id: ownerId, credential_id: credentialId })
  return `${page}${page.includes('?') ? '&' : '?'}${new URLSearchParams({ [CONSENT_PARAM]: id })}`
}

/** How a consent stands, see `consents/[id]/route.ts`. */
export function consentPath(id: string): string {
  return `/settings/credentials/consents/${id}`
}

/** By which a page that waits hears of the end at once; it says nothing but which consent it was. */
export const CHANNEL = 'fenicia-connect'
