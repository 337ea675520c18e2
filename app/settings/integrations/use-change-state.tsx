'use client'

import { type ReactNode, useRef } from 'react'
import { toast } from '@/components/ui/toast'
import { useAction } from '../data/use-action'
import { changeState } from './actions'
import { useIntegrationsChanged } from './queries'
import type { Integration } from './words'

/** Pauses an integration, or resumes it when it is paused. */
export function useChangeState(): {
  change: (integration: Integration) => void
  pending: boolean
  problem: ReturnType<typeof useAction>['problem']
  passwordDialog: ReactNode
} {
  const changed = useIntegrationsChanged()
  const asked = useRef('')
  const { run, ...rest } = useAction(changeState, (state) => {
    changed()
    const what = state === 'paused' ? 'is paused: calls through it are refused' : 'is enabled: calls go through'
    toast(`“${asked.current}” ${what}`)
  })
  return {
    change: ({ id, name, state }) => {
      asked.current = name
      run(id, state === 'enabled' ? 'paused' : 'enabled')
    },
    ...rest,
  }
}
