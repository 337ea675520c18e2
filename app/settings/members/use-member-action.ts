'use client'

import { useRouter } from 'next/navigation'
import type { ActionAnswer } from '@/app/action-answer'
import { useSecurityAction } from '../account/second-factor/use-security-action'

/** Calls an action as `useSecurityAction` does, and reads the page anew, however that went. */
export function useMemberAction<Input extends unknown[]>(
  action: (...input: Input) => Promise<ActionAnswer<null>>,
  onDone: () => void,
) {
  const router = useRouter()
  const { run: call, pending, refusal, clear, passwordDialog } = useSecurityAction()

  async function run(...input: Input): Promise<void> {
    if (await call(() => action(...input))) onDone()
    router.refresh()
  }
  return { run, pending, refusal, clear, passwordDialog }
}
