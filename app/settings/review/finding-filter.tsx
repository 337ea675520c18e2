'use client'

import Link from 'next/link'
import { cn } from '@/components/ui/cn'
import { foundHref } from './found-href'

/** Chooses one of the findings, each with how many it is about; those about none are left out. */
export function FindingFilter<Finding extends string>({
  base,
  names,
  counts,
  all,
  finding,
  kept,
}: {
  /** The page, without a query. */
  base: string
  names: Record<Finding, string>
  counts: Record<Finding, number>
  all: number
  /** Null: all. */
  finding: Finding | null
  /** What of the address stays, whichever is chosen. */
  kept?: { revocation?: string }
}) {
  const findings = (Object.keys(names) as Finding[]).filter((one) => counts[one] > 0 || one === finding)
  const options = [{ finding: null, name: 'All', count: all }].concat(
    findings.map((one) => ({ finding: one, name: names[one], count: counts[one] })) as never[],
  )
  if (all === 0) return null
  return (
    <nav aria-label="Findings">
      <ul className="flex flex-wrap gap-2">
        {options.map((option) => (
          <li key={option.finding ?? 'all'}>
            <Link
              href={foundHref(base, option.finding, kept)}
              prefetch={false}
              aria-current={option.finding === finding ? 'page' : undefined}
              className={cn(
                'inline-flex h-8 items-center gap-1.5 rounded border px-2.5 text-sm pointer-coarse:h-10',
                option.finding === finding
                  ? 'border-foreground bg-foreground text-background'
                  : 'border-border bg-card hover:border-foreground/40',
              )}
            >
              {option.name}
              <span className="tabular-nums opacity-75">{option.count.toLocaleString('en')}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
