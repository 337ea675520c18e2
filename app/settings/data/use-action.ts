'use client'

import { unstable_isUnrecognizedActionError } from 'next/navigation'
import { type ReactNode, useRef, useState } from 'react'
import { useConfirmedPassword } from '@/app/confirm-password/use-confirmed-password'
import type { ActionProblem, ActionResult } from './action-result'
import { useChanged } from './use-api'

const OUTDATED =
  'Fenicia was updated since you opened this page, and nothing was changed. Reload the page, then do it again.'

/**
 * Calls a server action from a form. One call at a time, however often the button is pressed; when the action asks for
 * the password, the dialog for that opens and the call goes on by itself with the same input. When it is refused, or no
 * answer comes, the page reads again what it shows: they may not be what it shows.
 * @param onDone told what the action answered, once it did what was asked
 * @param lost what to say when no answer came: the work may have been done
 */
export function useAction<Input extends unknown[], Value>(
  action: (...input: Input) => Promise<ActionResult<Value>>,
  onDone: (value: Value) => void,
  lost = 'No answer came from the server, so it is not known whether the change was made. Look before you try again.',
): {
  run: (...input: Input) => void
  pending: boolean
  problem: ActionProblem | null
  /** Must be in the page: the dialog that asks for the password, when it is asked for. */
  passwordDialog: ReactNode
} {
  const [pending, setPending] = useState(false)
  const [problem, setProblem] = useState<ActionProblem | null>(null)
  const running = useRef(false)
  const { withPassword, passwordDialog } = useConfirmedPassword()
  const changed = useChanged()

  async function run(...input: Input): Promise<void> {
    // State would still be the old one at a second press in the same moment.
    if (running.current) return
    running.current = true
    setPending(true)
    try {
      const result = await withPassword(() => action(...input))
      if (result.ok) {
        setProblem(null)
        onDone(result.value)
      } else {
        // Closing the password dialog is an answer that needs no words.
        setProblem(result.code === 'password_required' ? null : result)
        changed()
      }
    } catch (error) {
      const isOutdated = unstable_isUnrecognizedActionError(error)
      setProblem({
        ok: false,
        ...(isOutdated ? { code: 'outdated', message: OUTDATED } : { code: 'lost', message: lost }),
        fields: {},
      })
      changed()
    } finally {
      running.current = false
      setPending(false)
    }
  }
  return { run: (...input) => void run(...input), pending, problem, passwordDialog }
}
