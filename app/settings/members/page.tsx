import type { Metadata } from 'next'
import { requireSession } from '@/app/session'
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { can, listInvitations, listMembers } from '@/lib/accounts'
import { getRuntime } from '@/lib/runtime'
import { InvitationsTable } from './invitations-table'
import { InviteForm } from './invite-form'
import { MembersTable } from './members-table'

export const metadata: Metadata = { title: 'Members' }

/** Who belongs to the account, and who is invited to. */
export default async function MembersPage() {
  const { account, user, role } = await requireSession('members:read')
  const { db } = getRuntime().database
  const [members, invitations] = await Promise.all([listMembers(db, account.id), listInvitations(db, account.id)])
  const mayInvite = can(role, 'members:invite')
  return (
    <>
      <PageHeader title="Members" description={`Who belongs to ${account.name}, and what they may do here.`} />
      <div className="grid gap-4">
        {mayInvite ? (
          <Card aria-labelledby="invite">
            <CardHeader>
              <CardTitle id="invite">Invite somebody</CardTitle>
              <CardDescription>
                They get a mail with a link that works once, and for 7 days. You can take it back until then.
              </CardDescription>
            </CardHeader>
            <CardContent>
              <InviteForm />
            </CardContent>
          </Card>
        ) : null}
        {invitations.length > 0 ? (
          <Card aria-labelledby="invitations">
            <CardHeader>
              <CardTitle id="invitations">Open invitations</CardTitle>
            </CardHeader>
            <InvitationsTable invitations={invitations} mayInvite={mayInvite} />
          </Card>
        ) : null}
        <Card aria-labelledby="members">
          <CardHeader>
            <CardTitle id="members">Members</CardTitle>
          </CardHeader>
          <MembersTable
            members={members}
            userId={user.id}
            mayAudit={can(role, 'audit:read')}
            may={{ manage: can(role, 'members:manage'), isOwner: role === 'owner' }}
          />
        </Card>
      </div>
    </>
  )
}
