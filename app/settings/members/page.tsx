import type { Metadata } from 'next'
import Link from 'next/link'
import { NoMailServer } from '@/app/no-mail-server'
import { requireSession } from '@/app/session'
import { buttonVariants } from '@/components/ui/button'
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { can, listCustomRoles, listInvitations, listMembers } from '@/lib/accounts'
import { getRuntime } from '@/lib/runtime'
import { FocusHome } from '../data/focus-home'
import { InvitationsTable } from './invitations-table'
import { InviteForm } from './invite-form'
import { MembersTable } from './members-table'
import { roleOptions } from './role-options'
import { ROLES_HREF } from './words'

export const metadata: Metadata = { title: 'Members' }

/** Who belongs to the account, and who is invited to. */
export default async function MembersPage() {
  const session = await requireSession('members:read')
  const { account, user } = session
  const { db } = getRuntime().database
  const [members, invitations, roles] = await Promise.all([
    listMembers(db, account.id),
    listInvitations(db, account.id),
    listCustomRoles(db, account.id),
  ])
  const options = roleOptions(session, roles)
  const mayInvite = can(session, 'members:invite')
  return (
    <>
      <PageHeader
        title="Members"
        description={`Who belongs to ${account.name}, and what they may do here.`}
        action={
          <Link href={ROLES_HREF} className={buttonVariants()}>
            Roles
          </Link>
        }
      />
      <FocusHome aria-label="Members and invitations" className="grid gap-4">
        {mayInvite ? (
          <Card aria-labelledby="invite">
            <CardHeader>
              <CardTitle id="invite">Invite somebody</CardTitle>
              <CardDescription>
                They get an e-mail with a link that works once, and for 7 days. You can take it back until then.
              </CardDescription>
            </CardHeader>
            <CardContent className="grid gap-4">
              <NoMailServer />
              <InviteForm options={options} />
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
            invitations={invitations}
            userId={user.id}
            viewer={session}
            options={options}
          />
        </Card>
      </FocusHome>
    </>
  )
}
