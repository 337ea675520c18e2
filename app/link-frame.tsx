'use client'

import Link from 'next/link'
import { Fragment, type ReactNode, useEffect, useState } from 'react'
import { Banner } from '@/components/ui/banner'
import { buttonVariants } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import type { ActionAnswer, ActionRefusal } from './action-answer'
import { useLinkToken } from './link-token'

const NO_ANSWER: ActionRefusal = {
  ok: false,
  code: 'failed',
  message: 'No answer came from the server. Check your connection, then open the link in the e-mail again.',
  fields: [],
}

/**
 * What a link of a mail is for: shows it when the link is good, and else why it is not, with the way on.
 * @param look asks the server what the link is; it must use nothing up
 */
export function LinkFrame<Found>({
  look,
  next,
  children,
}: {
  look: (token: string) => Promise<ActionAnswer<Found>>
  /** What to do about a link that has ended. */
  next: { href: string; label: string }
  children: (token: string, found: Found) => ReactNode
}) {
  const token = useLinkToken()
  const [answer, setAnswer] = useState<ActionAnswer<Found> | null>(null)

  useEffect(() => {
    if (token === null) return
    let isCurrent = true
    setAnswer(null)
    look(token)
      .catch(() => NO_ANSWER)
      .then((looked) => isCurrent && setAnswer(looked))
    return () => {
      isCurrent = false
    }
  }, [token, look])

  if (token === null || answer === null) {
    return (
      <div role="status" className="grid gap-4">
        <span className="sr-only">Looking at the link…</span>
        <Skeleton className="h-5 w-3/4" />
        <Skeleton className="h-8" />
        <Skeleton className="h-10" />
      </div>
    )
  }
  if (answer.ok) return <Fragment key={token}>{children(token, answer.value)}</Fragment>
  return (
    <div className="grid gap-4">
      <Banner tone="error" role="alert">
        {answer.message}
      </Banner>
      <Link href={next.href} className={buttonVariants({ variant: 'primary', size: 'lg' })}>
        {next.label}
      </Link>
    </div>
  )
}
