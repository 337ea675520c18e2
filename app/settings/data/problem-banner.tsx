'use client'

import { type ReactNode, useEffect, useRef } from 'react'
import { Banner } from '@/components/ui/banner'
import { Button, buttonVariants } from '@/components/ui/button'
import type { ActionProblem } from './action-result'

type Problem = Partial<Pick<ActionProblem, 'code'>> & Pick<ActionProblem, 'message'>

/** Why an action did not do what was asked, above the form that keeps what was typed. Comes into sight by itself. */
export function ProblemBanner({ problem }: { problem: Problem | null }) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // Long forms are sent off at their lower end.
    if (problem) box.current?.scrollIntoView({ block: 'nearest' })
  }, [problem])
  if (!problem) return null
  return (
    // Clear of the bar at the head of the page, and of the one at the foot of a long form.
    <div ref={box} className="scroll-mt-20 scroll-mb-32">
      <Banner tone="error" role="alert" action={wayOut(problem)}>
        {problem.message}
      </Banner>
    </div>
  )
}

function wayOut({ code }: Problem): ReactNode {
  switch (code) {
    case 'not_signed_in':
      return (
        <a href="/sign-in" target="_blank" rel="noreferrer" className={buttonVariants({ size: 'sm' })}>
          Sign in in another tab
        </a>
      )
    case 'outdated':
      return (
        <Button size="sm" onClick={() => location.reload()}>
          Reload the page
        </Button>
      )
    default:
      return null
  }
}
