'use client'

import { createContext, type ReactNode, useEffect, useState } from 'react'
import type { QueryEngine } from './query-engine'

interface State {
  /** Null until its code is there: the page comes with its answers, so the first paint needs none of it. */
  engine: QueryEngine | null
  /** The engine's code could not be loaded. */
  failed: boolean
}

/** Before the engine is loaded, and on the server. */
export const COLD: State = { engine: null, failed: false }

/**
 * What the pages of a section share of the API's answers. Never a token: those come from actions. A store and not React's
 * state: a context that changes while a part of the page is on its way makes React throw that part away.
 */
export class Queries {
  state = COLD
  /** Whether something was changed before the engine was there, so that what came with the page is out of date. */
  isOutdated = false
  #listeners = new Set<() => void>()

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Loads the engine; again, when that failed. */
  load = async () => {
    this.#change(COLD)
    try {
      const { createQueryEngine } = await import('./query-engine')
      const engine = createQueryEngine()
      engine.client.mount()
      this.#change({ engine, failed: false })
    } catch {
      this.#change({ engine: null, failed: true })
    }
  }

  /** Makes every page read again what a change may have altered. */
  changed = () => {
    if (this.state.engine) void this.state.engine.client.invalidateQueries()
    else this.isOutdated = true
  }

  #change(state: State): void {
    this.state = state
    for (const listener of this.#listeners) listener()
  }
}

export const QueriesContext = createContext<Queries | null>(null)

/** Holds what the pages of a section have read, for as long as one of them is open. */
export function QueryProvider({ children }: { children: ReactNode }) {
  const [queries] = useState(() => new Queries())
  useEffect(() => {
    if (queries.state.engine) queries.state.engine.client.mount()
    else void queries.load()
    return () => queries.state.engine?.client.unmount()
  }, [queries])
  return <QueriesContext value={queries}>{children}</QueriesContext>
}
