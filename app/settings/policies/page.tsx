import type { Metadata } from 'next'
import { requireSession } from '@/app/session'
import { PageHeader } from '@/components/ui/page-header'
import { can, countSecondFactors, getPolicy, listFactors } from '@/lib/accounts'
import { countOlderEvents } from '@/lib/audit'
import { getRuntime } from '@/lib/runtime'
import { AuditCard } from './audit-card'
import { keepChoices } from './audit-choices'
import { KeyRulesCard } from './key-rules-card'
import { LeaksCard } from './leaks-card'
import { SecondFactorCard } from './second-factor-card'

export const metadata: Metadata = { title: 'Policies' }

/** What the account asks of its keys and its people. */
export default async function PoliciesPage() {
  const session = await requireSession('policies:read')
  const { account } = session
  const { db } = getRuntime().database
  const [policy, secondFactors, own, older] = await Promise.all([
    getPolicy(db, account.id),
    countSecondFactors(db, account.id),
    listFactors(db, session.user.id),
    countOlderEvents(
      db,
      account.id,
      keepChoices.flatMap(({ days }) => days ?? []),
    ),
  ])
  const mayChange = can(session, 'policies:update')
  return (
    <>
      <PageHeader
        title="Policies"
        description={`What ${account.name} asks of its keys and its people. They hold for everybody, whoever made a key.`}
      />
      <div className="grid gap-4">
        <SecondFactorCard
          policy={policy}
          count={secondFactors}
          viewerHas={own.authenticatorSince !== null || own.passkeys.length > 0}
          mayUpdate={mayChange}
        />
        <KeyRulesCard policy={policy} mayUpdate={mayChange} />
        <LeaksCard leakResponse={policy.leakResponse} mayChange={mayChange} />
        <AuditCard keepDays={policy.auditKeepDays} older={older} mayChange={mayChange} />
      </div>
    </>
  )
}
