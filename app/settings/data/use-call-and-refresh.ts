'use client'

import { useRouter } from 'next/navigation'
import type { ActionAnswer } from '@/app/action-answer'
import { useCalls } from './use-calls'

/**
 * Calls an action as `useCalls` does, and reads the page anew once it was answered, whatever the answer; but not where nobody
 * is signed in any more: that would lead to the sign-in, and what was typed would be gone.
 */
export function useCallAndRefresh<Input extends unknown[]>(
  action: (...input: Input) => Promise<ActionAnswer<null>>,
  onDone: () => void,
) {
  const router = useRouter()
  const { run: call, pending, refusal, clear, passwordDialog } = useCalls()

  async function run(...input: Input): Promise<void> {
    let isToRefresh = false
    const done = await call(async () => {
      isToRefresh = false
      const answer = await action(...input)
      isToRefresh = answer.ok || answer.code !== 'not_signed_in'
      return answer
    })
    if (done) onDone()
    // What can't be read anew Next has the browser load: without a connection the page would go, with all that was typed.
    if (isToRefresh) router.refresh()
  }
  return { run, pending, refusal, clear, passwordDialog }
}
