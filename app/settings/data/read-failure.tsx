'use client'

import Link from 'next/link'
import { usePathname, useSearchParams } from 'next/navigation'
import { Banner } from '@/components/ui/banner'
import { Button, buttonVariants } from '@/components/ui/button'
import { ApiError } from './api'

/** Something could not be read. With `stale`, what was read before still stands below. Each section has words of its own. */
export function ReadFailure({
  what,
  unharmed,
  error,
  stale,
  retrying,
  onRetry,
  startHref,
}: {
  /** What could not be read, such as "The integrations". */
  what: string
  /** What goes on all the same, as a sentence. */
  unharmed: string
  error: unknown
  stale: boolean
  retrying: boolean
  onRetry: () => void
  /** Where a list begins whose address the API does not understand, such as an old link to a page of it. */
  startHref?: string
}) {
  const here = useHere()
  const known = error instanceof ApiError ? error : null
  if (known?.status === 400 && startHref) {
    return (
      <Banner
        tone="error"
        role="alert"
        title="This address leads to no list"
        action={
          <Link href={startHref} className={buttonVariants({ size: 'sm' })}>
            Go to the first page
          </Link>
        }
      >
        The link is incomplete, or its page belongs to another order of the list. {unharmed}
      </Banner>
    )
  }
  if (known?.status === 401) {
    return (
      <Banner
        tone="error"
        role="alert"
        title="You are no longer signed in"
        action={
          <Link
            href={`/sign-in?next=${encodeURIComponent(here)}`}
            prefetch={false}
            className={buttonVariants({ size: 'sm' })}
          >
            Sign in again
          </Link>
        }
      >
        {stale ? `${what} below may be out of date. ` : null}
        {unharmed}
      </Banner>
    )
  }
  const isDeleted = stale && known?.status === 404
  return (
    <Banner
      tone="error"
      role="alert"
      title={
        isDeleted
          ? 'Deleted since this page was opened'
          : `${what} ${stale ? 'below may be out of date' : 'could not be read'}`
      }
      action={
        isDeleted ? null : (
          <Button size="sm" onClick={onRetry} pending={retrying}>
            Retry
          </Button>
        )
      }
    >
      <p>
        {known?.message ?? 'Something failed in the browser.'} {isDeleted ? null : unharmed}
      </p>
      {known?.requestId ? (
        <p>
          Request id: <code className="font-mono">{known.requestId}</code>
        </p>
      ) : null}
    </Banner>
  )
}

/** The address of this page, to come back to. */
function useHere(): string {
  const path = usePathname()
  const params = useSearchParams()
  return params.size > 0 ? `${path}?${params}` : path
}
