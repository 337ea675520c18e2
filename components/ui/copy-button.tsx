'use client'

import { Check, Copy } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Button, type ButtonProps } from './button'

/** Copies where the Clipboard API is not to be had: pages served over plain http from another machine. */
function copyBySelecting(text: string, beside: HTMLElement): boolean {
  const area = document.createElement('textarea')
  area.value = text
  area.readOnly = true
  area.style.cssText = 'position:fixed;opacity:0'
  // Beside the button, since all else is inert while a dialog is open.
  beside.after(area)
  area.select()
  const copied = document.execCommand('copy')
  area.remove()
  beside.focus()
  return copied
}

async function copy(text: string, beside: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyBySelecting(text, beside)
  }
}

/**
 * Copies `value`. With `children` they are the label ("Copy"); otherwise it is an icon named by `label`.
 * What came of it is shown on the button and announced.
 */
export function CopyButton({
  value,
  label = 'Copy',
  children,
  onCopied,
  size,
  ...props
}: Omit<ButtonProps, 'onClick' | 'value'> & { value: string; label?: string; onCopied?: () => void }) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')
  const timer = useRef<number>(undefined)
  useEffect(() => () => window.clearTimeout(timer.current), [])
  const outcome = { idle: '', copied: 'Copied', failed: 'Not copied. Select the text and copy it by hand.' }[state]
  return (
    <>
      <Button
        variant={children ? 'secondary' : 'ghost'}
        size={size ?? (children ? 'md' : 'icon-sm')}
        aria-label={children ? undefined : label}
        {...props}
        onClick={async (event) => {
          const copied = await copy(value, event.currentTarget)
          setState(copied ? 'copied' : 'failed')
          if (copied) onCopied?.()
          window.clearTimeout(timer.current)
          timer.current = window.setTimeout(() => setState('idle'), 2500)
        }}
      >
        {state === 'copied' ? (
          <Check aria-hidden="true" className={props.variant === 'primary' ? undefined : 'text-success'} />
        ) : (
          <Copy aria-hidden="true" />
        )}
        {children ? (state === 'copied' ? 'Copied' : children) : null}
      </Button>
      <span role="status" className={state === 'failed' ? 'text-destructive text-xs' : 'sr-only'}>
        {outcome}
      </span>
    </>
  )
}
