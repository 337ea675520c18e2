import type { Metadata } from 'next'
import Link from 'next/link'
import { requireSession } from '@/app/session'
import { Badge } from '@/components/ui/badge'
import { buttonVariants } from '@/components/ui/button'
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { can, listCustomRoles, outranks, permissionsOf, type Role } from '@/lib/accounts'
import { getRuntime } from '@/lib/runtime'
import { ROLES_HREF, roleNames } from '../words'
import { RolePermissions } from './role-permissions'

export const metadata: Metadata = { title: 'Roles' }

const builtIn: readonly { role: Role; description: string }[] = [
  { role: 'owner', description: 'One person, who can hand the account over.' },
  { role: 'admin', description: 'Everything but to own the account.' },
  { role: 'manager', description: 'Sees API keys and credentials, tests and re-authorizes them.' },
  { role: 'staff', description: 'Belongs to the account.' },
]

/** Settings → Members → Roles: what each role allows. */
export default async function RolesPage() {
  const session = await requireSession('members:read')
  const roles = await listCustomRoles(getRuntime().database.db, session.account.id)
  const mayManage = can(session, 'roles:manage')
  return (
    <>
      <PageHeader
        back={{ href: '/settings/members', label: 'Members' }}
        title="Roles"
        description="What members may do here. Four roles come with Fenicia; make your own where none of them fits."
        action={
          mayManage ? (
            <Link href={`${ROLES_HREF}/new`} className={buttonVariants({ variant: 'primary' })}>
              Add role
            </Link>
          ) : null
        }
      />
      <div className="grid gap-4">
        {roles.map(({ id, name, description, permissions, members, invitations }) => (
          <Card key={id} aria-labelledby={id}>
            <CardHeader>
              <div className="flex flex-wrap items-center justify-between gap-3">
                <CardTitle id={id}>
                  <bdi>{name}</bdi>
                </CardTitle>
                {mayManage && outranks(session, { permissions }) ? (
                  <Link
                    href={`${ROLES_HREF}/${id}`}
                    className={buttonVariants({ size: 'sm' })}
                    aria-label={`Edit the role ${name}`}
                  >
                    Edit
                  </Link>
                ) : null}
              </div>
              <CardDescription>
                {description ? `${description} ` : ''}
                {held(members.length, invitations)}
              </CardDescription>
            </CardHeader>
            <CardContent>
              <RolePermissions permissions={permissions} />
            </CardContent>
          </Card>
        ))}
        {builtIn.map(({ role, description }) => (
          <Card key={role} aria-labelledby={role}>
            <CardHeader>
              <div className="flex flex-wrap items-center gap-2">
                <CardTitle id={role}>{roleNames[role]}</CardTitle>
                <Badge>Built in</Badge>
              </div>
              <CardDescription>{description}</CardDescription>
            </CardHeader>
            <CardContent>
              <RolePermissions permissions={permissionsOf(role)} />
            </CardContent>
          </Card>
        ))}
      </div>
    </>
  )
}

function held(members: number, invitations: number): string {
  const people = members === 0 ? 'Nobody has it' : members === 1 ? '1 member has it' : `${members} members have it`
  return invitations === 0 ? `${people}.` : `${people}, ${invitations} invited to it.`
}
