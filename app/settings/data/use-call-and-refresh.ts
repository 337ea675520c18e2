'use client'

import { useRouter } from 'next/navigation'
import type { ActionAnswer } from '@/app/action-answer'
import { useCalls } from './use-calls'

/** Calls an action as `useCalls` does, and reads the page anew, however that went. */
export function useCallAndRefresh<Input extends unknown[]>(
  action: (...input: Input) => Promise<ActionAnswer<null>>,
  onDone: () => void,
) {
  const router = useRouter()
  const { run: call, pending, refusal, clear, passwordDialog } = useCalls()

  async function run(...input: Input): Promise<void> {
    if (await call(() => action(...input))) onDone()
    router.refresh()
  }
  return { run, pending, refusal, clear, passwordDialog }
}
