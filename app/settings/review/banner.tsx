import Link from 'next/link'
import { Banner } from '@/components/ui/banner'
import { buttonVariants } from '@/components/ui/button'

/** Counts what comes up for review, and leads to it. */
export function FoundBanner<Finding extends string>({
  title,
  href,
  names,
  counts,
}: {
  title: string
  /** The page of the review. */
  href: string
  names: Record<Finding, string>
  counts: Record<Finding, number>
}) {
  const findings = (Object.keys(names) as Finding[]).filter((finding) => counts[finding] > 0)
  return (
    <Banner
      tone="warning"
      title={title}
      action={
        <Link href={href} prefetch={false} className={buttonVariants({ size: 'sm' })}>
          Review
        </Link>
      }
    >
      <ul className="flex flex-wrap gap-x-4 gap-y-1">
        {findings.map((finding) => (
          <li key={finding}>
            <Link
              href={`${href}?finding=${finding}`}
              prefetch={false}
              className="rounded underline decoration-border underline-offset-2 hover:decoration-current"
            >
              {names[finding]}: <span className="tabular-nums">{counts[finding].toLocaleString('en')}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Banner>
  )
}
