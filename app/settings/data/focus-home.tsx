'use client'

import { type ComponentProps, createContext, useContext, useRef } from 'react'
import { cn } from '@/components/ui/cn'
import { useRecoveredFocus } from './use-recovered-focus'

const LostFocus = createContext<() => void>(() => undefined)

/** A part of a page in which things are removed: once one is gone with the button it had, the focus goes to this part. */
export function FocusHome({ className, ...props }: ComponentProps<'div'> & { 'aria-label': string }) {
  const home = useRef<HTMLDivElement>(null)
  return (
    <LostFocus value={useRecoveredFocus(home)}>
      {/* biome-ignore lint/a11y/useSemanticElements: no fields stand in it, as in a fieldset */}
      <div ref={home} role="group" tabIndex={-1} className={cn('outline-none', className)} {...props} />
    </LostFocus>
  )
}

/** @returns to be called when what was removed takes its button along */
export function useLostFocus(): () => void {
  return useContext(LostFocus)
}
