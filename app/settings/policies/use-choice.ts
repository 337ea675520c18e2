'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { toast } from '@/components/ui/toast'

/**
 * A choice that is saved by a button of its own. Only one that was made here is: what a page has shown for long may be another
 * by now, which whoever presses the button does not mean to undo.
 * @param saved as the page was given it
 */
export function useChoice<Value>(saved: Value): {
  chosen: Value
  choose: (value: Value) => void
  /** To be called with what saves it: does that, or shows what is saved by now where nothing was chosen. */
  ifChanged: (save: () => void) => void
  /** To be called once it is saved. */
  forget: () => void
} {
  const router = useRouter()
  const [made, setMade] = useState<{ value: Value } | null>(null)
  return {
    chosen: made ? made.value : saved,
    choose: (value) => setMade({ value }),
    ifChanged: (save) => {
      if (made && made.value !== saved) return save()
      setMade(null)
      router.refresh()
      toast('Nothing was changed')
    },
    forget: () => setMade(null),
  }
}
