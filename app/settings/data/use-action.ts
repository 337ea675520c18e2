'use client'

import { type ReactNode, useState } from 'react'
import type { ActionProblem, ActionResult } from './action-result'
import { useChanged } from './use-api'
import { useOneCall } from './use-one-call'

/**
 * Calls a server action from a form, as `useOneCall` does. When it is refused, or no answer comes, the page reads again what
 * it shows: they may not be what it shows.
 * @param onDone told what the action answered, once it did what was asked
 * @param lost what to say when no answer came: the work may have been done
 */
export function useAction<Input extends unknown[], Value>(
  action: (...input: Input) => Promise<ActionResult<Value>>,
  onDone: (value: Value) => void,
  lost?: string,
): {
  run: (...input: Input) => void
  pending: boolean
  problem: ActionProblem | null
  clear: () => void
  /** Must be in the page: the dialog that asks for the password, when it is asked for. */
  passwordDialog: ReactNode
} {
  const [problem, setProblem] = useState<ActionProblem | null>(null)
  const { call, pending, passwordDialog } = useOneCall(lost)
  const changed = useChanged()

  async function run(...input: Input): Promise<void> {
    const result = await call(() => action(...input))
    if (!result) return
    if (result.ok) {
      setProblem(null)
      onDone(result.value)
      return
    }
    // Closing the password dialog is an answer that needs no words.
    setProblem(result.code === 'password_required' ? null : { fields: {}, ...result })
    changed()
  }
  return {
    run: (...input) => void run(...input),
    pending,
    problem,
    clear: () => setProblem(null),
    passwordDialog,
  }
}
