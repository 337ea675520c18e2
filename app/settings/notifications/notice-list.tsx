'use client'

import Link from 'next/link'
import { type ReactNode, useState, useTransition } from 'react'
import { noAnswer } from '@/app/no-answer'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { markReadAction } from './actions'

/** Marks notices as read. */
function useMarkRead() {
  const [problem, setProblem] = useState<string>()
  const [pending, startTransition] = useTransition()
  const mark = (which: Parameters<typeof markReadAction>[0]) =>
    startTransition(async () => {
      const result = await markReadAction(which).catch(noAnswer)
      setProblem(result.ok ? undefined : result.message)
    })
  return { mark, pending, problem }
}

/** @param until when the page was made, in ISO 8601 */
export function MarkAllRead({ until }: { until: string }) {
  const { mark, pending, problem } = useMarkRead()
  return (
    <div className="grid justify-items-end gap-2">
      <Button pending={pending} onClick={() => mark({ until })}>
        Mark all as read
      </Button>
      {problem ? (
        <Banner tone="error" role="alert">
          {problem}
        </Banner>
      ) : null}
    </div>
  )
}

/** A notice's title. Whoever follows it has read it. */
export function NoticeLink({
  id,
  href,
  unread,
  children,
}: {
  id: string
  href: string
  unread: boolean
  children: ReactNode
}) {
  const { mark } = useMarkRead()
  return (
    <Link
      href={href}
      prefetch={false}
      onClick={() => {
        if (unread) mark([id])
      }}
      className="rounded font-medium [overflow-wrap:anywhere] hover:underline"
    >
      {children}
    </Link>
  )
}
