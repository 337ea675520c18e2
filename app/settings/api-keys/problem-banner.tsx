'use client'

import { Banner } from '@/components/ui/banner'
import { buttonVariants } from '@/components/ui/button'
import type { ActionProblem } from './action-result'

/** Why an action did not do what was asked, above the form that keeps what was typed. */
export function ProblemBanner({ problem }: { problem: ActionProblem | null }) {
  if (!problem) return null
  return (
    <Banner
      tone="error"
      role="alert"
      action={
        problem.code === 'not_signed_in' ? (
          <a href="/sign-in" target="_blank" rel="noreferrer" className={buttonVariants({ size: 'sm' })}>
            Sign in in another tab
          </a>
        ) : undefined
      }
    >
      {problem.message}
    </Banner>
  )
}
