'use client'

import { lazy, Suspense } from 'react'
import type { Preloaded } from '../data/preloaded'
import type { Allowed } from './credential-menu'
import { useDrafts } from './queries'
import type { DraftList, ProviderMarks } from './words'

// There are seldom any: the list need not load what discards them.
const DraftNotice = lazy(() => import('./draft-notice'))

/**
 * Tells of each form that the person has tested or connected and not saved: the test has spent its refresh token, the consent
 * has brought tokens, and what there is of that is lost with the draft.
 */
export function DraftsNotice({
  preloaded,
  marks,
  may,
  onDiscarded,
}: {
  preloaded: Preloaded<DraftList> | null
  marks: ProviderMarks
  may: Allowed
  /** Told before the notice of one goes, and the control with it that has the focus. */
  onDiscarded: () => void
}) {
  const drafts = useDrafts(preloaded, may.test)
  return drafts.map((draft) => (
    <Suspense key={draft.id}>
      <DraftNotice draft={draft} marks={marks} may={may} onDiscarded={onDiscarded} />
    </Suspense>
  ))
}
