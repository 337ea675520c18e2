import Link from 'next/link'
import { Badge } from '@/components/ui/badge'
import { RelativeTime } from '@/components/ui/relative-time'
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table'
import type { MemberView } from '@/lib/accounts'
import { auditHref } from '../audit/list-state'
import { MemberActions } from './member-actions'
import { roleNames } from './words'

/** Everybody in the account. */
export function MembersTable({
  members,
  userId,
  mayAudit,
  may,
}: {
  members: MemberView[]
  userId: string
  /** Whether what each has done may be looked at. */
  mayAudit: boolean
  /** What the person who looks may do with whom. */
  may: { manage: boolean; isOwner: boolean }
}) {
  return (
    <Table aria-labelledby="members">
      <TableHeader>
        <TableRow>
          <TableHead>Name</TableHead>
          <TableHead>E-mail</TableHead>
          <TableHead>Role</TableHead>
          <TableHead>Since</TableHead>
          {may.manage ? <TableHead>Change</TableHead> : null}
          {mayAudit ? (
            <TableHead>
              <span className="sr-only">What they have done</span>
            </TableHead>
          ) : null}
        </TableRow>
      </TableHeader>
      <TableBody>
        {members.map(({ id, name, email, role, since }) => (
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
            <TableCell label="Role">{roleNames[role]}</TableCell>
            <TableCell label="Since">
              <RelativeTime value={since.toISOString()} />
            </TableCell>
            {may.manage ? (
              <TableCell label="Change">
                {id === userId || role === 'owner' || (role === 'admin' && !may.isOwner) ? null : (
                  <MemberActions id={id} name={name} role={role} mayHandOver={may.isOwner} />
                )}
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
