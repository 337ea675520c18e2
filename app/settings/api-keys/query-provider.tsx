'use client'

import { createContext, type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import type { QueryEngine } from './query-engine'

/** What the pages of API keys share of the API's answers. Never a token: those come from actions. */
export interface Queries {
  /** Null until its code is there: the page comes with its answers, so the first paint needs none of it. */
  engine: QueryEngine | null
  /** The engine's code could not be loaded. */
  failed: boolean
  /** Loads the engine's code again, when that failed. */
  load: () => void
  /** Whether something was changed before the engine was there, so that what came with the page is out of date. */
  isOutdated: () => boolean
  /** Makes every page read again what a change may have altered. */
  changed: () => void
}

export const QueriesContext = createContext<Queries | null>(null)

/** Holds what the pages of API keys have read, for as long as one of them is open. */
export function QueryProvider({ children }: { children: ReactNode }) {
  const [engine, setEngine] = useState<QueryEngine | null>(null)
  const [failed, setFailed] = useState(false)
  const [attempt, setAttempt] = useState(0)
  const outdated = useRef(false)

  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt loads again
  useEffect(() => {
    let made: QueryEngine | undefined
    let gone = false
    import('./query-engine').then(
      ({ createQueryEngine }) => {
        if (gone) return
        made = createQueryEngine()
        made.client.mount()
        setEngine(made)
      },
      () => !gone && setFailed(true),
    )
    return () => {
      gone = true
      made?.client.unmount()
    }
  }, [attempt])

  const queries = useMemo<Queries>(
    () => ({
      engine,
      failed,
      load: () => {
        setFailed(false)
        setAttempt((before) => before + 1)
      },
      isOutdated: () => outdated.current,
      changed: () => {
        if (engine) void engine.client.invalidateQueries()
        else outdated.current = true
      },
    }),
    [engine, failed],
  )
  return <QueriesContext value={queries}>{children}</QueriesContext>
}
