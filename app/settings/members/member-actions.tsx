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
import { FieldGroup } from '@/components/ui/field'
import { RadioGroup, RadioGroupItem } from '@/components/ui/radio-group'
import { Select } from '@/components/ui/select'
import { toast } from '@/components/ui/toast'
import { changeRoleAction, handOverAction, removeMemberAction } from './actions'
import { useMemberAction } from './use-member-action'
import type { RoleOption } from './words'

/** Gives a member another role, takes them out, or makes them the owner. */
export function MemberActions({
  id,
  name,
  role,
  options,
  mayHandOver,
}: {
  id: string
  name: string
  /** As `RoleOption.value`. */
  role: string
  options: RoleOption[]
  mayHandOver: boolean
}) {
  const selectId = useId()
  const [asks, setAsks] = useState<'remove' | 'hand over' | null>(null)
  const [keys, setKeys] = useState('keep')
  const change = useMemberAction(changeRoleAction, () => toast(`${name} has another role now`))
  const remove = useMemberAction(removeMemberAction, () => {
    setAsks(null)
    toast(`${name} is no member any more`)
  })
  const handOver = useMemberAction(handOverAction, () => {
    setAsks(null)
    toast(`${name} owns the account now`)
  })
  const asked = asks === 'remove' ? remove : handOver
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
      <AlertDialog open={asks !== null} busy={asked.pending} onOpenChange={(open) => open || setAsks(null)}>
        <AlertDialogContent>
          <AlertDialogHeader>
            <AlertDialogTitle>
              {asks === 'remove' ? 'Remove ' : 'Hand the account over to '}
              <bdi>{name}</bdi>?
            </AlertDialogTitle>
            <AlertDialogDescription>
              {asks === 'remove'
                ? 'From their next click on they see nothing of this account. The credentials and integrations that they made go on working.'
                : 'They own the account from then on, and you are an admin. Only they can hand it back.'}
            </AlertDialogDescription>
          </AlertDialogHeader>
          {asks === 'remove' ? (
            <FieldGroup label="The API keys that they made" hint="Whoever made a key may have kept its token.">
              <RadioGroup value={keys} onValueChange={setKeys}>
                <RadioGroupItem value="keep" label="Go on working" />
                <RadioGroupItem value="revoke" label="Are revoked" />
              </RadioGroup>
            </FieldGroup>
          ) : null}
          {asked.refusal ? (
            <Banner tone="error" role="alert">
              {asked.refusal.message}
            </Banner>
          ) : null}
          <AlertDialogFooter>
            <AlertDialogCancel />
            <AlertDialogAction
              pending={asked.pending}
              onClick={() => void (asks === 'remove' ? remove.run(id, keys) : handOver.run(id))}
            >
              {asks === 'remove' ? 'Remove member' : 'Hand over'}
            </AlertDialogAction>
          </AlertDialogFooter>
          {asked.passwordDialog}
        </AlertDialogContent>
      </AlertDialog>
    </div>
  )
}
