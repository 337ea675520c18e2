'use client'

import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useConfirmedPassword } from '@/app/confirm-password/use-confirmed-password'
import type { ActionProblem } from '../../data/action-result'
import type { TestReport } from '../words'
import type { ShownEvent, TestSubject } from './events'
import { readTest } from './read-test'

/** A test as the page knows it. */
export interface TestRun {
  phase: 'running' | 'over' | 'refused' | 'cancelled'
  events: ShownEvent[]
  /** Once it is over. */
  report: TestReport | null
  /** Why nothing was tested. */
  problem: ActionProblem | null
}

/**
 * Runs tests, one at a time. A test ends with the page, and when another one begins. When it asks for the password, the
 * dialog for that opens and the test goes on by itself; closing the dialog cancels it.
 */
export function useTest(): {
  test: TestRun | null
  /**
   * Resolves with the report; null when there is none.
   * @param onDraft told of the draft that keeps what the test spends a refresh token for, before it does
   */
  start: (subject: TestSubject, onDraft?: (id: string) => void) => Promise<TestReport | null>
  cancel: () => void
  /** Must be in the page: the dialog that asks for the password, when it is asked for. */
  passwordDialog: ReactNode
} {
  const [test, setTest] = useState<TestRun | null>(null)
  const { withPassword, passwordDialog } = useConfirmedPassword()
  const current = useRef<AbortController>(undefined)
  useEffect(() => () => current.current?.abort(), [])

  async function start(subject: TestSubject, onDraft?: (id: string) => void): Promise<TestReport | null> {
    current.current?.abort()
    const controller = new AbortController()
    current.current = controller
    let run: TestRun = { phase: 'running', events: [], report: null, problem: null }
    const show = (change: Partial<TestRun>) => {
      run = { ...run, ...change }
      if (current.current === controller) setTest(run)
    }
    const read = async (): Promise<{ ok: true } | ActionProblem> => {
      let end: { ok: true } | ActionProblem = { ok: true }
      await readTest(
        subject,
        (line) => {
          if (line.kind === 'report') {
            const { kind: _, ...report } = line
            show({ phase: 'over', report })
          } else if (line.kind === 'refused') {
            const { kind: _, ...problem } = line
            end = { ok: false, ...problem }
          } else if (line.kind === 'draft') {
            onDraft?.(line.draftId)
          } else {
            show({ events: [...run.events, line] })
          }
        },
        controller.signal,
      )
      return end
    }
    show({})
    try {
      const end = await withPassword(read)
      // Closing the password dialog is an answer that needs no words.
      if (!end.ok) show(end.code === 'password_required' ? { phase: 'cancelled' } : { phase: 'refused', problem: end })
    } catch {
      // Only Cancel, another test or leaving the page ends it so.
      show({ phase: 'cancelled' })
    }
    return run.report
  }

  return { test, start, cancel: () => current.current?.abort(), passwordDialog }
}
