'use client'

import { useId, useState } from 'react'
import {
  AlertDialog,
  AlertDialogAction,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogFooter,
  AlertDialogHeader,
  AlertDialogTitle,
} from '@/components/ui/alert-dialog'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { Select } from '@/components/ui/select'
import { toast } from '@/components/ui/toast'
import { changeRoleAction, handOverAction } from './actions'
import { type Heir, RemoveMember } from './remove-member'
import { useMemberAction } from './use-member-action'
import type { RoleOption } from './words'

/** Gives a member another role, takes them out, or makes them the owner. */
export function MemberActions({
  id,
  name,
  role,
  options,
  heirs,
  mayHandOver,
  mayRevoke,
}: {
  id: string
  name: string
  /** As `RoleOption.value`. */
  role: string
  options: RoleOption[]
  heirs: Heir[]
  mayHandOver: boolean
  /** Whether the person may revoke keys. */
  mayRevoke: boolean
}) {
  const selectId = useId()
  const [asks, setAsks] = useState<'remove' | 'hand over' | null>(null)
  const change = useMemberAction(changeRoleAction, () => toast(`${name} has another role now`))
  const handOver = useMemberAction(handOverAction, () => {
    setAsks(null)
    toast(`${name} owns the account now`)
  })
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <label htmlFor={selectId} className="sr-only">
          Role of {name}
        </label>
        <Select
          id={selectId}
          className="w-auto"
          value={role}
          disabled={change.pending}
          onChange={(event) => void change.run(id, event.target.value)}
        >
          {options.map((one) => (
            <option key={one.value} value={one.value}>
              {one.name}
            </option>
          ))}
        </Select>
        {mayHandOver ? (
          <Button size="sm" aria-label={`Hand the account over to ${name}`} onClick={() => setAsks('hand over')}>
            Hand over
          </Button>
        ) : null}
        <Button size="sm" variant="danger" aria-label={`Remove ${name}`} onClick={() => setAsks('remove')}>
          Remove
        </Button>
      </div>
      {change.refusal ? (
        <Banner tone="error" role="alert">
          {change.refusal.message}
        </Banner>
      ) : null}
      {change.passwordDialog}
      <RemoveMember
        id={id}
        name={name}
        heirs={heirs}
        mayRevoke={mayRevoke}
        open={asks === 'remove'}
        onClose={() => setAsks(null)}
      />
      <AlertDialog open={asks === 'hand over'} busy={handOver.pending} onOpenChange={(open) => open || setAsks(null)}>
        <AlertDialogContent>
          <AlertDialogHeader>
            <AlertDialogTitle>
              Hand the account over to <bdi>{name}</bdi>?
            </AlertDialogTitle>
            <AlertDialogDescription>
              They own the account from then on, and you are an admin. Only they can hand it back. Both of you get a
              mail.
            </AlertDialogDescription>
          </AlertDialogHeader>
          {handOver.refusal ? (
            <Banner tone="error" role="alert">
              {handOver.refusal.message}
            </Banner>
          ) : null}
          <AlertDialogFooter>
            <AlertDialogCancel />
            <AlertDialogAction pending={handOver.pending} onClick={() => void handOver.run(id)}>
              Hand over
            </AlertDialogAction>
          </AlertDialogFooter>
          {handOver.passwordDialog}
        </AlertDialogContent>
      </AlertDialog>
    </div>
  )
}
