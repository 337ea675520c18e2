import { Badge } from '@/components/ui/badge'
import { RelativeTime } from '@/components/ui/relative-time'
import { TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table'
import { can, type Holder, holdsAll, type InvitationView, type MemberView, outranks } from '@/lib/accounts'
import { auditHref } from '../audit/list-state'
import { MemberMenu } from './member-menu'
import { MembersList } from './members-list'
import { type RoleOption, roleText } from './words'

/** Everybody in the account. */
export function MembersTable({
  members,
  invitations,
  userId,
  viewer,
  options,
}: {
  members: MemberView[]
  /** The open ones. */
  invitations: InvitationView[]
  userId: string
  /** Who looks. */
  viewer: Holder
  /** The roles that they may give. */
  options: RoleOption[]
}) {
  const mayAudit = can(viewer, 'audit:read')
  const mayManage = can(viewer, 'members:manage')
  // One array, which the page then holds once: one for each row would be as many names as members times members.
  const people = members.map(({ id, name }) => ({ id, name }))
  const menuOf = ({ id, name, ...held }: MemberView) => {
    const maySet = mayManage && id !== userId && outranks(viewer, held)
    if (!mayAudit && !maySet) return null
    return (
      <MemberMenu
        id={id}
        name={name}
        auditHref={mayAudit ? auditHref({ actor: id }) : undefined}
        manage={
          maySet
            ? {
                role: held.customRole?.id ?? held.role,
                options: options.map(({ permissions, ...option }) => ({
                  ...option,
                  // As the change itself has it.
                  mayDoLess: !holdsAll({ permissions }, held.permissions),
                })),
                invitations: invitations.filter((one) => one.invitedById === id).length,
                people,
                mayRevoke: can(viewer, 'keys:manage'),
                mayHandOver: can(viewer, 'account:hand_over'),
              }
            : undefined
        }
      />
    )
  }
  const header = (
    <TableHeader>
      <TableRow>
        <TableHead>Name</TableHead>
        <TableHead>E-mail</TableHead>
        <TableHead>Role</TableHead>
        <TableHead>Since</TableHead>
        {mayAudit || mayManage ? (
          <TableHead>
            <span className="sr-only">Actions</span>
          </TableHead>
        ) : null}
      </TableRow>
    </TableHeader>
  )
  const rows = members.map((member) => {
    const { id, name, email, since } = member
    return {
      text: `${name} ${email} ${roleText(member)}`,
      row: (
        <TableRow key={id}>
          <TableCell wrap className="@max-3xl:pr-10">
            <span className="inline-flex flex-wrap items-center gap-2 font-medium">
              <bdi>{name}</bdi>
              {id === userId ? <Badge>You</Badge> : null}
            </span>
          </TableCell>
          <TableCell label="E-mail">
            <span className="[overflow-wrap:anywhere]">{email}</span>
          </TableCell>
          <TableCell label="Role">{roleText(member)}</TableCell>
          <TableCell label="Since">
            <RelativeTime value={since.toISOString()} />
          </TableCell>
          {mayAudit || mayManage ? (
            <TableCell className="@max-3xl:absolute @max-3xl:top-2 @max-3xl:right-2">{menuOf(member)}</TableCell>
          ) : null}
        </TableRow>
      ),
    }
  })
  return <MembersList header={header} rows={rows} />
}
