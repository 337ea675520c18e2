import { Badge } from '@/components/ui/badge'
import { RelativeTime } from '@/components/ui/relative-time'
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table'
import type { MemberView } from '@/lib/accounts'
import { roleNames } from './words'

/** Everybody in the account. */
export function MembersTable({ members, userId }: { members: MemberView[]; userId: string }) {
  return (
    <Table aria-labelledby="members">
      <TableHeader>
        <TableRow>
          <TableHead>Name</TableHead>
          <TableHead>E-mail</TableHead>
          <TableHead>Role</TableHead>
          <TableHead>Since</TableHead>
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
          </TableRow>
        ))}
      </TableBody>
    </Table>
  )
}
