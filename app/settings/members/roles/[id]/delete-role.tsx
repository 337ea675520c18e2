'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/select'
import { toast } from '@/components/ui/toast'
import { ConfirmDialog } from '../../../confirm-dialog'
import { useCallAndRefresh } from '../../../data/use-call-and-refresh'
import { chosenOption, ROLES_HREF, type RoleOption } from '../../words'
import { deleteRoleAction } from '../actions'

/** Deletes a role; who has it gets another. */
export function DeleteRole({
  id,
  name,
  holders,
  invitations,
  options,
}: {
  id: string
  name: string
  /** Names of those who have it. */
  holders: string[]
  invitations: number
  /** The roles that they can get. */
  options: RoleOption[]
}) {
  const router = useRouter()
  const [asks, setAsks] = useState(false)
  const [chosen, setChosen] = useState('')
  const replacement = chosenOption(options, chosen)?.value ?? null
  const isHeld = holders.length + invitations > 0
  const { run, pending, refusal, clear, passwordDialog } = useCallAndRefresh(deleteRoleAction, () => {
    setAsks(false)
    toast(`The role ${name} is deleted`)
    router.push(ROLES_HREF)
  })
  return (
    <>
      <Button
        variant="danger"
        onClick={() => {
          clear()
          setAsks(true)
        }}
      >
        Delete role
      </Button>
      <ConfirmDialog
        open={asks}
        title={
          <>
            Delete the role <bdi>{name}</bdi>?
          </>
        }
        description={
          isHeld ? `${holdersText(holders, invitations)} They get another role in its place.` : 'Nobody has it.'
        }
        problem={refusal}
        verb="Delete role"
        pending={pending}
        onConfirm={() => void run(id, isHeld ? replacement : null)}
        onClose={() => setAsks(false)}
        passwordDialog={passwordDialog}
      >
        {isHeld ? (
          <Field label="Their role from then on">
            <Select value={replacement ?? ''} onChange={(event) => setChosen(event.target.value)}>
              {options.map(({ value, name }) => (
                <option key={value} value={value}>
                  {name}
                </option>
              ))}
            </Select>
          </Field>
        ) : null}
      </ConfirmDialog>
    </>
  )
}

function holdersText(holders: string[], invitations: number): string {
  const names = holders.slice(0, 5).join(', ') + (holders.length > 5 ? ` and ${holders.length - 5} more` : '')
  const invited = invitations === 1 ? '1 invitation is to it.' : `${invitations} invitations are to it.`
  const has = names ? `${names} ${holders.length === 1 ? 'has' : 'have'} it.` : ''
  return [has, invitations > 0 ? invited : ''].filter(Boolean).join(' ')
}
