import type { Metadata } from 'next'
import { requireSession } from '@/app/session'
import { PageHeader } from '@/components/ui/page-header'
import { can, getPolicy } from '@/lib/accounts'
import { getRuntime } from '@/lib/runtime'
import { KeyRulesCard } from './key-rules-card'

export const metadata: Metadata = { title: 'Policies' }

/** What the account asks of its keys and its people: a card for each matter. */
export default async function PoliciesPage() {
  const { account, role } = await requireSession('policies:read')
  const policy = await getPolicy(getRuntime().database.db, account.id)
  const mayUpdate = can(role, 'policies:update')
  return (
    <>
      <PageHeader
        title="Policies"
        description={`What ${account.name} asks of all its keys and people, whoever makes or changes them.`}
      />
      <div className="grid gap-4">
        <KeyRulesCard policy={policy} mayUpdate={mayUpdate} />
      </div>
    </>
  )
}
