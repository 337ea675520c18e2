import { RelativeTime } from '@/components/ui/relative-time'
import { Status } from '@/components/ui/status'
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table'
import type { InvitationView } from '@/lib/accounts'
import { InvitationActions } from './invitation-actions'
import { roleText } from './words'

/** Invitations that were neither accepted nor revoked. */
export function InvitationsTable({ invitations, mayInvite }: { invitations: InvitationView[]; mayInvite: boolean }) {
  return (
    <Table aria-labelledby="invitations">
      <TableHeader>
        <TableRow>
          <TableHead>E-mail</TableHead>
          <TableHead>Status</TableHead>
          <TableHead>Role</TableHead>
          <TableHead>Sent</TableHead>
          {mayInvite ? (
            <TableHead>
              <span className="sr-only">Actions</span>
            </TableHead>
          ) : null}
        </TableRow>
      </TableHeader>
      <TableBody>
        {invitations.map(({ id, email, invitedByName, sentAt, hasExpired, ...held }) => (
          <TableRow key={id}>
            <TableCell wrap>
              <span className="font-medium">{email}</span>
              <span className="block text-muted-foreground text-xs">
                by <bdi>{invitedByName}</bdi>
              </span>
            </TableCell>
            <TableCell label="Status">
              {hasExpired ? <Status tone="ended">Expired</Status> : <Status tone="progress">Waiting</Status>}
            </TableCell>
            <TableCell label="Role">{roleText(held)}</TableCell>
            <TableCell label="Sent">
              <RelativeTime value={sentAt.toISOString()} />
            </TableCell>
            {mayInvite ? (
              <TableCell>
                <InvitationActions id={id} email={email} />
              </TableCell>
            ) : null}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  )
}
