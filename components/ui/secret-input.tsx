'use client'

import { Eye, EyeOff } from 'lucide-react'
import { type ClipboardEvent, type ComponentProps, type RefObject, useLayoutEffect, useRef, useState } from 'react'
import { Input } from './input'
import { cleanPastedSecret } from './pasted-secret'

/** Says to the usual password managers, each in its own way, that this is none of theirs. */
const NOT_A_LOGIN = { 'data-1p-ignore': '', 'data-bwignore': '', 'data-lpignore': 'true', 'data-form-type': 'other' }

/**
 * A secret of another service: hidden unless it is asked to be shown, left alone by password managers, and freed of the
 * white space that pasting brings along, which it says. Inside a Field it is wired by itself.
 */
export function SecretInput({
  name,
  value,
  onValueChange,
  masked = true,
  ref,
  ...props
}: Omit<ComponentProps<typeof Input>, 'type' | 'value' | 'onChange' | 'onPaste' | 'mono' | 'name' | 'ref'> & {
  ref?: RefObject<HTMLInputElement | null>
  /** What it is, for the button that shows it: "key". */
  name: string
  value: string
  onValueChange: (value: string) => void
  /** false: always shown, such as a user name. */
  masked?: boolean
}) {
  const [shown, setShown] = useState(false)
  const [notice, setNotice] = useState<string | null>(null)
  const isHidden = masked && !shown
  const own = useRef<HTMLInputElement>(null)
  const input = ref ?? own
  useLayoutEffect(() => {
    // React would write a value that it controls into the markup too, where whatever copies the page takes it along.
    if (input.current && input.current.value !== value) input.current.value = value
  }, [input, value])

  function paste(event: ClipboardEvent<HTMLInputElement>) {
    const cleaned = cleanPastedSecret(event.clipboardData.getData('text'))
    setNotice(cleaned.notice)
    if (cleaned.notice === null) return
    event.preventDefault()
    const { currentTarget: input } = event
    // So the browser can undo it as any other paste; it tells of it by an `input` event.
    if (cleaned.text !== '' && document.execCommand('insertText', false, cleaned.text)) return
    const start = input.selectionStart ?? value.length
    onValueChange(value.slice(0, start) + cleaned.text + value.slice(input.selectionEnd ?? start))
  }

  return (
    <>
      <span className="relative block">
        <Input
          {...NOT_A_LOGIN}
          {...props}
          ref={input}
          mono
          type={isHidden ? 'password' : 'text'}
          autoComplete={masked ? 'new-password' : 'off'}
          onChange={(event) => {
            if ((event.nativeEvent as InputEvent).inputType !== 'insertText') setNotice(null)
            onValueChange(event.currentTarget.value)
          }}
          onPaste={paste}
          className={masked ? 'pr-9' : undefined}
        />
        {masked ? (
          <button
            type="button"
            aria-label={`Show ${name}`}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
            className="absolute inset-y-0 right-0 flex w-9 items-center justify-center rounded text-muted-foreground hover:text-foreground"
          >
            {shown ? <EyeOff className="size-4" aria-hidden="true" /> : <Eye className="size-4" aria-hidden="true" />}
          </button>
        ) : null}
      </span>
      <p role="status" className="mt-1.5 text-muted-foreground text-xs empty:mt-0">
        {notice}
      </p>
    </>
  )
}
