'use client'

import { Ellipsis } from 'lucide-react'
import { useState } from 'react'
import { buttonVariants } from '@/components/ui/button'
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu'
import { toast } from '@/components/ui/toast'
import { ConfirmDialog } from '../confirm-dialog'
import { useCallAndRefresh } from '../data/use-call-and-refresh'
import { handOverAction } from './actions'
import { ChangeRole, type OtherRole } from './change-role'
import { type Heir, RemoveMember } from './remove-member'

/** What can be done with a member, behind one button of their row. */
export function MemberMenu({
  id,
  name,
  auditHref,
  manage,
}: {
  id: string
  name: string
  /** Where all that they have done stands, for those who may see that. */
  auditHref?: string
  /** For those who may give them another role, take them out, or make them the owner. */
  manage?: {
    /** As `RoleOption.value`. */
    role: string
    options: OtherRole[]
    /** How many open invitations are theirs. */
    invitations: number
    /** Everybody in the account. */
    people: Heir[]
    mayHandOver: boolean
    /** Whether the person may revoke keys. */
    mayRevoke: boolean
  }
}) {
  const [asks, setAsks] = useState<'role' | 'hand over' | 'remove' | null>(null)
  const close = () => setAsks(null)
  const handOver = useCallAndRefresh(handOverAction, () => {
    close()
    toast(`${name} owns the account now`)
  })
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger
          aria-label={`Actions for ${name}`}
          className={buttonVariants({ variant: 'ghost', size: 'icon-sm' })}
        >
          <Ellipsis aria-hidden="true" />
        </DropdownMenuTrigger>
        <DropdownMenuContent>
          {auditHref ? <DropdownMenuItem href={auditHref}>Audit events</DropdownMenuItem> : null}
          {manage ? (
            <>
              <DropdownMenuItem onSelect={() => setAsks('role')}>Change role</DropdownMenuItem>
              {manage.mayHandOver ? (
                <DropdownMenuItem
                  onSelect={() => {
                    handOver.clear()
                    setAsks('hand over')
                  }}
                >
                  Hand over the account
                </DropdownMenuItem>
              ) : null}
              <DropdownMenuSeparator />
              <DropdownMenuItem variant="danger" onSelect={() => setAsks('remove')}>
                Remove member
              </DropdownMenuItem>
            </>
          ) : null}
        </DropdownMenuContent>
      </DropdownMenu>
      {manage ? (
        <>
          {asks === 'role' ? <ChangeRole id={id} name={name} {...manage} onClose={close} /> : null}
          {asks === 'remove' ? (
            <RemoveMember id={id} name={name} people={manage.people} mayRevoke={manage.mayRevoke} onClose={close} />
          ) : null}
          <ConfirmDialog
            open={asks === 'hand over'}
            title={
              <>
                Hand the account over to <bdi>{name}</bdi>?
              </>
            }
            description="They own the account from then on, and you are an admin. Only they can hand it back. Both of you get an e-mail."
            problem={handOver.refusal}
            verb="Hand over"
            pending={handOver.pending}
            onConfirm={() => void handOver.run(id)}
            onClose={close}
            passwordDialog={handOver.passwordDialog}
          />
        </>
      ) : null}
    </>
  )
}
