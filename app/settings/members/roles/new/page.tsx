import type { Metadata } from 'next'
import { requireSession } from '@/app/session'
import { Card, CardContent } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { can, grantable } from '@/lib/accounts'
import { ROLES_HREF } from '../../words'
import { RoleForm } from '../role-form'

export const metadata: Metadata = { title: 'Add role' }

/** Settings → Members → Roles → Add role. */
export default async function NewRolePage() {
  const session = await requireSession('roles:manage')
  return (
    <>
      <PageHeader
        back={{ href: ROLES_HREF, label: 'Roles' }}
        title="Add role"
        description="A name for what some members may do. It can allow what your own role allows."
      />
      <Card>
        <CardContent className="pt-5">
          <RoleForm mayGive={grantable.filter((permission) => can(session, permission))} />
        </CardContent>
      </Card>
    </>
  )
}
