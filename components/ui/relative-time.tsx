'use client'

import { useSyncExternalStore } from 'react'
import { absoluteTime, relativeTime } from '@/components/time'

const TICK_MS = 30_000
const listeners = new Set<() => void>()
let ticking: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void) {
  listeners.add(listener)
  ticking ??= setInterval(() => {
    for (const each of listeners) each()
  }, TICK_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(ticking)
    ticking = undefined
  }
}

const clock = () => Math.floor(Date.now() / TICK_MS)
const atServer = () => null

/**
 * When something was or will be, as people say it ("3 minutes ago"), kept current; the absolute time in the reader's own zone on hover.
 * `value` is an ISO 8601 date-time.
 */
export function RelativeTime({ value, className }: { value: string; className?: string }) {
  // null on the server and while hydrating; the key then makes a new element, since a hydrated one keeps the server's words.
  const tick = useSyncExternalStore(subscribe, clock, atServer)
  const date = new Date(value)
  return (
    <time
      key={tick === null ? 'server' : 'browser'}
      dateTime={value}
      title={absoluteTime(date, tick === null ? 'UTC' : undefined)}
      className={className}
      suppressHydrationWarning
    >
      {relativeTime(date, new Date())}
    </time>
  )
}
