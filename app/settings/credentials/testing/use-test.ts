'use client'

import { useEffect, useRef, useState } from 'react'
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

/** Runs tests, one at a time. A test ends with the page, and when another one begins. */
export function useTest(): {
  test: TestRun | null
  /**
   * Resolves with the report; null when there is none.
   * @param onDraft told of the draft that keeps what the test spends a refresh token for, before it does
   */
  start: (subject: TestSubject, onDraft?: (id: string) => void) => Promise<TestReport | null>
  cancel: () => void
} {
  const [test, setTest] = useState<TestRun | null>(null)
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
    show({})
    try {
      await readTest(
        subject,
        (line) => {
          if (line.kind === 'report') {
            const { kind: _, ...report } = line
            show({ phase: 'over', report })
          } else if (line.kind === 'refused') {
            const { kind: _, ...problem } = line
            show({ phase: 'refused', problem: { ok: false, ...problem } })
          } else if (line.kind === 'draft') {
            onDraft?.(line.draftId)
          } else {
            show({ events: [...run.events, line] })
          }
        },
        controller.signal,
      )
    } catch {
      // Only Cancel, another test or leaving the page ends it so.
      show({ phase: 'cancelled' })
    }
    return run.report
  }

  return { test, start, cancel: () => current.current?.abort() }
}
