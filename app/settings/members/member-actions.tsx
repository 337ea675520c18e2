'use client'

import { Ellipsis } from 'lucide-react'
import { useId, useRef, useState } from 'react'
import { Button, buttonVariants } from '@/components/ui/button'
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu'
import { Select } from '@/components/ui/select'
import { toast } from '@/components/ui/toast'
import { ConfirmDialog } from '../confirm-dialog'
import { ProblemBanner } from '../data/problem-banner'
import { useCallAndRefresh } from '../data/use-call-and-refresh'
import { useRecoveredFocus } from '../data/use-recovered-focus'
import { changeRoleAction, handOverAction } from './actions'
import { type Heir, RemoveMember } from './remove-member'

/** Gives a member another role, takes them out, or makes them the owner. */
export function MemberActions({
  id,
  name,
  role,
  options,
  invitations,
  heirs,
  mayHandOver,
  mayRevoke,
}: {
  id: string
  name: string
  /** As `RoleOption.value`. */
  role: string
  /** The roles that they can get; `mayDoLess`: than by the one that they have. */
  options: { value: string; name: string; mayDoLess: boolean }[]
  /** How many open invitations are theirs. */
  invitations: number
  heirs: Heir[]
  mayHandOver: boolean
  /** Whether the person may revoke keys. */
  mayRevoke: boolean
}) {
  const selectId = useId()
  const select = useRef<HTMLSelectElement>(null)
  // Not given before it is confirmed: whoever goes through a select by its keys would give one role after the other.
  const [choice, setChoice] = useState({ inPlaceOf: role, value: role })
  const chosen = options.find(({ value }) => choice.inPlaceOf === role && value === choice.value && value !== role)
  const [asks, setAsks] = useState<'remove' | 'hand over' | null>(null)
  const recoverFocus = useRecoveredFocus(select)
  const change = useCallAndRefresh(changeRoleAction, () => {
    // The button goes with the choice.
    recoverFocus()
    toast(`${name} has another role now`)
  })
  const handOver = useCallAndRefresh(handOverAction, () => {
    setAsks(null)
    toast(`${name} owns the account now`)
  })
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-2 @3xl:flex-nowrap">
        <label htmlFor={selectId} className="sr-only">
          Role of {name}
        </label>
        <Select
          ref={select}
          id={selectId}
          className="w-auto"
          value={chosen?.value ?? role}
          disabled={change.pending}
          onChange={(event) => {
            change.clear()
            setChoice({ inPlaceOf: role, value: event.target.value })
          }}
        >
          {options.map((one) => (
            <option key={one.value} value={one.value}>
              {one.name}
            </option>
          ))}
        </Select>
        {chosen ? (
          <Button
            size="sm"
            variant="primary"
            pending={change.pending}
            aria-label={`Change role of ${name}`}
            onClick={() => void change.run(id, chosen.value)}
          >
            Change role
          </Button>
        ) : null}
        <DropdownMenu>
          <DropdownMenuTrigger
            aria-label={`Actions for ${name}`}
            className={buttonVariants({ variant: 'ghost', size: 'icon-sm' })}
          >
            <Ellipsis aria-hidden="true" />
          </DropdownMenuTrigger>
          <DropdownMenuContent>
            {mayHandOver ? (
              <>
                <DropdownMenuItem
                  onSelect={() => {
                    handOver.clear()
                    setAsks('hand over')
                  }}
                >
                  Hand over the account
                </DropdownMenuItem>
                <DropdownMenuSeparator />
              </>
            ) : null}
            <DropdownMenuItem variant="danger" onSelect={() => setAsks('remove')}>
              Remove member
            </DropdownMenuItem>
          </DropdownMenuContent>
        </DropdownMenu>
      </div>
      {chosen?.mayDoLess && invitations > 0 ? (
        <p className="text-sm">
          {invitations === 1 ? 'Their open invitation ends.' : `Their ${invitations} open invitations end.`}
        </p>
      ) : null}
      <ProblemBanner problem={change.refusal} />
      {change.passwordDialog}
      <RemoveMember
        id={id}
        name={name}
        heirs={heirs}
        mayRevoke={mayRevoke}
        open={asks === 'remove'}
        onClose={() => setAsks(null)}
      />
      <ConfirmDialog
        open={asks === 'hand over'}
        title={
          <>
            Hand the account over to <bdi>{name}</bdi>?
          </>
        }
        description="They own the account from then on, and you are an admin. Only they can hand it back. Both of you get a mail."
        problem={handOver.refusal}
        verb="Hand over"
        pending={handOver.pending}
        onConfirm={() => void handOver.run(id)}
        onClose={() => setAsks(null)}
        passwordDialog={handOver.passwordDialog}
      />
    </div>
  )
}
