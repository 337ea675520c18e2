'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/select'
import { toast } from '@/components/ui/toast'
import { ProblemBanner } from '../data/problem-banner'
import { useCallAndRefresh } from '../data/use-call-and-refresh'
import { changeRoleAction } from './actions'
import { chosenOption, type RoleOption } from './words'

/** A role that a member can get; `mayDoLess`: than by the one that they have. */
export type OtherRole = Pick<RoleOption, 'value' | 'name' | 'may'> & { mayDoLess: boolean }

/** Gives a member another role. */
export function ChangeRole({
  id,
  name,
  role,
  options,
  invitations,
  onClose,
}: {
  id: string
  name: string
  /** As `RoleOption.value`. */
  role: string
  options: OtherRole[]
  /** How many open invitations are theirs. */
  invitations: number
  onClose: () => void
}) {
  const [chosen, setChosen] = useState(role)
  const { run, pending, refusal, clear, passwordDialog } = useCallAndRefresh(changeRoleAction, () => {
    onClose()
    toast(`${name} has another role now`)
  })
  const option = chosenOption(options, chosen)
  return (
    <Dialog open busy={pending} onOpenChange={(isOpen) => isOpen || onClose()}>
      <DialogContent size="sm" pressOutsideCloses={false}>
        <DialogHeader>
          <DialogTitle>
            Change the role of <bdi>{name}</bdi>
          </DialogTitle>
          <DialogDescription>It holds from their next click on.</DialogDescription>
        </DialogHeader>
        <ProblemBanner problem={refusal} />
        <Field label="Role" hint={option?.may}>
          <Select
            value={option?.value ?? ''}
            disabled={pending}
            onChange={(event) => {
              clear()
              setChosen(event.target.value)
            }}
          >
            {options.map(({ value, name }) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </Select>
        </Field>
        <p role="status" className="text-sm empty:hidden">
          {option?.mayDoLess && invitations > 0
            ? invitations === 1
              ? 'Their open invitation ends.'
              : `Their ${invitations} open invitations end.`
            : null}
        </p>
        <DialogFooter>
          <DialogClose>Cancel</DialogClose>
          <Button
            variant="primary"
            pending={pending}
            onClick={() => (!option || option.value === role ? onClose() : void run(id, option.value))}
          >
            Change role
          </Button>
        </DialogFooter>
        {passwordDialog}
      </DialogContent>
    </Dialog>
  )
}
