import type { Metadata } from 'next'
import { requireSession } from '@/app/session'
import { PageHeader } from '@/components/ui/page-header'
import { can, countSecondFactors, getPolicy } from '@/lib/accounts'
import { getRuntime } from '@/lib/runtime'
import { SecondFactorCard } from './second-factor-card'

export const metadata: Metadata = { title: 'Policies' }

/** What the account asks of its keys and its people: a card for each matter. */
export default async function PoliciesPage() {
  const { account, role } = await requireSession('policies:read')
  const { db } = getRuntime().database
  const [policy, secondFactors] = await Promise.all([getPolicy(db, account.id), countSecondFactors(db, account.id)])
  const mayUpdate = can(role, 'policies:update')
  return (
    <>
      <PageHeader
        title="Policies"
        description={`What ${account.name} asks of all its keys and people, whoever makes or changes them.`}
      />
      <div className="grid gap-4">
        <SecondFactorCard policy={policy} count={secondFactors} mayUpdate={mayUpdate} />
      </div>
    </>
  )
}
