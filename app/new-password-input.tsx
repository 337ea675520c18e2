'use client'

import { type RefObject, useEffect, useRef, useState } from 'react'
import { useFieldProps } from '@/components/ui/field-context'
import { PasswordInput } from '@/components/ui/password-input'
import { judgePassword, LEAST_SCORE, type PasswordStrength } from '@/lib/accounts/password-strength'

/** How long the typing rests before a password is judged. */
const REST_MS = 250

const WORDS = ['Easy to guess', 'Easy to guess', 'Still too easy to guess', 'Hard to guess', 'Very hard to guess']
/** As the server asks. */
const LEAST_LENGTH = 12

/**
 * A control for a password that is chosen, with how hard it is to guess below it. What judges it is loaded when the control
 * gets the focus; the password itself stays in the browser. The server decides by the same rule.
 * @param known what anybody who knows the person would try, as far as the page knows it
 * @param knownFields fields of the same form that say more of it
 */
export function NewPasswordInput({
  name,
  known = [],
  knownFields = [],
}: {
  name: string
  known?: readonly string[]
  knownFields?: readonly string[]
}) {
  const input = useRef<HTMLInputElement>(null)
  const [password, setPassword] = useState('')
  const [strength, setStrength] = useState<PasswordStrength | null>(null)

  // What was refused is told by the field: the same words would stand there twice.
  const isRefused = Boolean(useFieldProps({})['aria-invalid'])
  const [sent, setSent] = useState<string | null>(null)

  useEffect(() => {
    const form = input.current?.form
    const clear = () => setPassword('')
    const note = () => setSent(input.current?.value ?? null)
    form?.addEventListener('reset', clear)
    form?.addEventListener('submit', note)
    return () => {
      form?.removeEventListener('reset', clear)
      form?.removeEventListener('submit', note)
    }
  }, [])
  // The page gives a new list each time that it is drawn.
  const more = known.join('\n')
  useEffect(() => {
    setStrength(null)
    if (password === '') return
    let isCurrent = true
    const timer = window.setTimeout(async () => {
      const judged = await judge(password, [...more.split('\n'), ...typedIn(input, knownFields)])
      if (isCurrent) setStrength(judged)
    }, REST_MS)
    return () => {
      isCurrent = false
      window.clearTimeout(timer)
    }
  }, [password, more, knownFields])

  return (
    <>
      <PasswordInput
        ref={input}
        name={name}
        autoComplete="new-password"
        onFocus={() => void judge('', [])}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Meter
        strength={strength}
        isLong={[...password].length >= LEAST_LENGTH}
        isSilent={isRefused && password === sent}
      />
    </>
  )
}

/** Loads the dictionaries first. Where they can't be had, the server judges alone. */
function judge(password: string, known: string[]): Promise<PasswordStrength | null> {
  return judgePassword(password, known).catch(() => null)
}

function typedIn(input: RefObject<HTMLInputElement | null>, names: readonly string[]): string[] {
  const data = input.current?.form ? new FormData(input.current.form) : new FormData()
  return names.map((name) => String(data.get(name) ?? ''))
}

function Meter({
  strength,
  isLong,
  isSilent,
}: {
  strength: PasswordStrength | null
  isLong: boolean
  isSilent: boolean
}) {
  // What is too short is refused, however hard it is to guess.
  const score = strength && (isLong ? strength.score : Math.min(strength.score, LEAST_SCORE - 1))
  const isEnough = score !== null && score >= LEAST_SCORE
  return (
    <div className="mt-1.5 grid gap-1 text-xs">
      <div aria-hidden="true" className="flex gap-1">
        {[1, 2, 3, 4].map((step) => (
          <span
            key={step}
            className={`h-1 flex-1 rounded ${
              score !== null && Math.max(score, 1) >= step ? (isEnough ? 'bg-success' : 'bg-warning') : 'bg-muted'
            }`}
          />
        ))}
      </div>
      {/* Stands empty beforehand, so that what arrives is announced. */}
      <p aria-live="polite" className="min-h-4 text-muted-foreground">
        {strength && score !== null && !isSilent
          ? `${isLong ? WORDS[score] : 'Too short'}.${!isEnough && strength.warning ? ` ${strength.warning}` : ''}`
          : ''}
      </p>
    </div>
  )
}
