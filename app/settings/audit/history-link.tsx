import Link from 'next/link'
import { can, type Holder } from '@/lib/accounts'
import { auditHref } from './list-state'

/** Leads from a thing to all that is on record of it, for those who may see that. */
export function HistoryLink({ holder, targetId }: { holder: Holder; targetId: string }) {
  if (!can(holder, 'audit:read')) return null
  return (
    <p className="text-sm">
      <Link href={auditHref({ target: targetId })} className="rounded underline underline-offset-2">
        All its audit events
      </Link>
    </p>
  )
}
