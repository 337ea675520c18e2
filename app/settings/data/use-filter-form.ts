'use client'

import { useRouter } from 'next/navigation'
import { type RefObject, useState, useTransition } from 'react'
import { useRecoveredFocus } from './use-recovered-focus'

/**
 * For a form of filters whose values are in the list's address. Another list, such as by Back or by a link in it, is another
 * form; the one that the form itself asked for is not, so that whoever uses the keyboard stays where they are.
 * @param href the address of the list that is shown
 * @param form gets the focus once the link that clears the filters is gone
 * @returns `key`: of the form; `show`: to be called with the address of the list that is asked for; `cleared`: when the
 *   filters are cleared
 */
export function useFilterForm(
  href: string,
  form: RefObject<HTMLFormElement | null>,
): { key: number; pending: boolean; show: (next: string) => void; cleared: () => void } {
  const router = useRouter()
  const [pending, start] = useTransition()
  const [shown, setShown] = useState({ href, key: 0 })
  const [asked, setAsked] = useState<string | null>(null)
  const cleared = useRecoveredFocus(form)
  if (shown.href !== href) {
    setShown({ href, key: asked === href ? shown.key : shown.key + 1 })
    setAsked(null)
  }
  function show(next: string) {
    setAsked(next)
    start(() => router.push(next))
  }
  return { key: shown.key, pending, show, cleared }
}
