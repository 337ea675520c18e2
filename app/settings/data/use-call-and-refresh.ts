'use client'

import { useRouter } from 'next/navigation'
import type { ActionAnswer } from '@/app/action-answer'
import { toast } from '@/components/ui/toast'
import { useLostFocus } from './focus-home'
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
  const lostFocus = useLostFocus()
  const { run: call, pending, refusal, clear, passwordDialog } = useCalls()

  async function run(...input: Input): Promise<void> {
    let isToRefresh = false
    let goneMessage: string | null = null
    const done = await call(async () => {
      isToRefresh = false
      const answer = await action(...input)
      isToRefresh = answer.ok || answer.code !== 'not_signed_in'
      goneMessage = !answer.ok && answer.code === 'not_found' ? answer.message : null
      return answer
    })
    if (done) onDone()
    if (goneMessage !== null) {
      // What is not there any more goes from the page, with the place where the refusal stands.
      toast(goneMessage, 'error')
      lostFocus()
    }
    // What can't be read anew Next has the browser load: without a connection the page would go, with all that was typed.
    if (isToRefresh) router.refresh()
  }
  return { run, pending, refusal, clear, passwordDialog }
}
