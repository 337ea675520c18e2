'use client'

import { Failure, type FailureProps } from '@/components/shell/failure'
import { PlainShell } from '@/components/shell/plain-shell'

/** When a page outside the settings, or the settings' frame itself, fails. */
export default function RootError(props: FailureProps) {
  return (
    <PlainShell>
      <Failure {...props} />
    </PlainShell>
  )
}
