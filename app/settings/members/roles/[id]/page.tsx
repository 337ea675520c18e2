import type { Metadata } from 'next'
import { forbidden, notFound } from 'next/navigation'
import { requireSession } from '@/app/session'
import { Card, CardContent } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { can, grantable, listCustomRoles, outranks } from '@/lib/accounts'
import { getRuntime } from '@/lib/runtime'
import { roleOptions } from '../../role-options'
import { ROLES_HREF } from '../../words'
import { RoleForm } from '../role-form'
import { DeleteRole } from './delete-role'

export const metadata: Metadata = { title: 'Edit role' }

/** Settings → Members → Roles → one of the account's own. */
export default async function RolePage({ params }: PageProps<'/settings/members/roles/[id]'>) {
  const [session, { id }] = [await requireSession('roles:manage'), await params]
  const roles = await listCustomRoles(getRuntime().database.db, session.account.id)
  const role = roles.find((one) => one.id === id)
  if (!role) notFound()
  if (!outranks(session, role)) forbidden()
  const others = roles.filter((one) => one !== role)
  return (
    <>
      <PageHeader
        back={{ href: ROLES_HREF, label: 'Roles' }}
        title={role.name}
        description="A change is true for everybody who has the role, from their next click on."
        action={
          <DeleteRole
            id={id}
            name={role.name}
            holders={role.members.map(({ name }) => name)}
            invitations={role.invitations}
            options={roleOptions(session, others)}
          />
        }
      />
      <Card>
        <CardContent className="pt-5">
          <RoleForm
            id={id}
            initial={{ name: role.name, description: role.description, permissions: [...role.permissions] }}
            mayGive={grantable.filter((permission) => can(session, permission))}
          />
        </CardContent>
      </Card>
    </>
  )
}
