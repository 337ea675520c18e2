import Link from 'next/link'
import { DownloadLink } from '../data/download-link'

const look = 'rounded underline decoration-border underline-offset-2 hover:decoration-current'

/** Below a list: the files of all that it shows, and the way to its review, where there is one. */
export function ListLinks({
  exportHref,
  reviewHref,
  what,
}: {
  exportHref: string
  /** Absent: there is none, or a banner leads there already. */
  reviewHref?: string | undefined
  /** What the list shows, such as "keys". */
  what: string
}) {
  return (
    <div className="flex flex-wrap justify-between gap-x-6 gap-y-2 text-muted-foreground text-sm">
      <p>
        Export all {what} as{' '}
        <DownloadLink href={`${exportHref}?format=csv`} className={look}>
          CSV
        </DownloadLink>{' '}
        or{' '}
        <DownloadLink href={`${exportHref}?format=json`} className={look}>
          JSON
        </DownloadLink>
      </p>
      {reviewHref ? (
        <Link href={reviewHref} prefetch={false} className={look}>
          Review {what} that may no longer be needed
        </Link>
      ) : null}
    </div>
  )
}
