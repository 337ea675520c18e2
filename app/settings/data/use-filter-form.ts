'use client'

import { useRouter } from 'next/navigation'
import { type RefObject, useState, useTransition } from 'react'
import type { NoAnswer } from '@/app/no-answer'
import { useRecoveredFocus } from './use-recovered-focus'

const OFFLINE: NoAnswer = {
  ok: false,
  code: 'lost',
  message: 'There is no connection. What you chose stays: apply it once you are online again.',
}

/**
 * For a form of filters whose values are in the list's address. Another list, such as by Back or by a link in it, is another
 * form; the one that the form itself asked for is not, so that whoever uses the keyboard stays where they are.
 * @param href the address of the list that is shown
 * @param form gets the focus once the link that clears the filters is gone
 * @returns `key`: of the form; `show`: to be called with the address of the list that is asked for; `cleared`: when the
 *   filters are cleared; `problem`: why the list that was asked for last is not there
 */
export function useFilterForm(
  href: string,
  form: RefObject<HTMLFormElement | null>,
): { key: number; pending: boolean; show: (next: string) => void; cleared: () => void; problem: NoAnswer | null } {
  const router = useRouter()
  const [pending, start] = useTransition()
  const [shown, setShown] = useState({ href, key: 0 })
  const [asked, setAsked] = useState<string | null>(null)
  const [problem, setProblem] = useState<NoAnswer | null>(null)
  const cleared = useRecoveredFocus(form)
  if (shown.href !== href) {
    setShown({ href, key: asked === href ? shown.key : shown.key + 1 })
    setAsked(null)
  }
  function show(next: string) {
    // What can't be read Next has the browser load: without a connection the page would go, with all that was chosen.
    setProblem(navigator.onLine ? null : OFFLINE)
    if (!navigator.onLine) return
    setAsked(next)
    start(() => router.push(next))
  }
  return { key: shown.key, pending, show, cleared, problem }
}
