import Link from 'next/link'
import { Badge } from '@/components/ui/badge'
import { RelativeTime } from '@/components/ui/relative-time'
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table'
import { can, type Holder, holdsAll, type InvitationView, type MemberView, outranks } from '@/lib/accounts'
import { auditHref } from '../audit/list-state'
import { MemberActions } from './member-actions'
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
  const mayChange = (id: string, held: Holder) => id !== userId && outranks(viewer, held)
  return (
    <Table aria-labelledby="members">
      <TableHeader>
        <TableRow>
          <TableHead>Name</TableHead>
          <TableHead>E-mail</TableHead>
          <TableHead>Role</TableHead>
          <TableHead>Since</TableHead>
          {mayManage ? <TableHead>Change</TableHead> : null}
          {mayAudit ? (
            <TableHead>
              <span className="sr-only">What they have done</span>
            </TableHead>
          ) : null}
        </TableRow>
      </TableHeader>
      <TableBody>
        {members.map(({ id, name, email, since, ...held }) => (
          <TableRow key={id}>
            <TableCell wrap>
              <span className="inline-flex flex-wrap items-center gap-2 font-medium">
                <bdi>{name}</bdi>
                {id === userId ? <Badge>You</Badge> : null}
              </span>
            </TableCell>
            <TableCell label="E-mail">
              <span className="[overflow-wrap:anywhere]">{email}</span>
            </TableCell>
            <TableCell label="Role">{roleText(held)}</TableCell>
            <TableCell label="Since">
              <RelativeTime value={since.toISOString()} />
            </TableCell>
            {mayManage ? (
              <TableCell label={mayChange(id, held) ? 'Change' : undefined}>
                {mayChange(id, held) ? (
                  <MemberActions
                    id={id}
                    name={name}
                    role={held.customRole?.id ?? held.role}
                    options={options.map(({ value, name, permissions }) => ({
                      value,
                      name,
                      // As the change itself has it.
                      mayDoLess: !holdsAll({ permissions }, held.permissions),
                    }))}
                    invitations={invitations.filter((one) => one.invitedById === id).length}
                    heirs={members.filter((one) => one.id !== id).map((one) => ({ id: one.id, name: one.name }))}
                    mayRevoke={can(viewer, 'keys:manage')}
                    mayHandOver={can(viewer, 'account:hand_over')}
                  />
                ) : null}
              </TableCell>
            ) : null}
            {mayAudit ? (
              <TableCell>
                <Link href={auditHref({ actor: id })} className="rounded underline underline-offset-2">
                  Audit events<span className="sr-only"> of {name}</span>
                </Link>
              </TableCell>
            ) : null}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  )
}
