'use client'

import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useEffect, useRef, useState } from 'react'
import type { ActionAnswer } from '@/app/action-answer'
import { emptyForm, refusedForm } from '@/app/form-state'
import { Banner } from '@/components/ui/banner'
import { Button, buttonVariants } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { Field, FieldGroup } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { toast } from '@/components/ui/toast'
import { ProblemBanner } from '../../data/problem-banner'
import { useCallAndRefresh } from '../../data/use-call-and-refresh'
import { useWarningWhileUnsaved } from '../../data/use-warning-before-leaving'
import { ROLES_HREF } from '../words'
import { changeRoleOfAccountAction, createRoleAction } from './actions'
import { resources } from './permission-words'

export interface RoleValues {
  name: string
  description: string
  permissions: string[]
}

/** What a role is called, and what it allows. */
export function RoleForm({
  id = null,
  initial = { name: '', description: '', permissions: [] },
  mayGive,
}: {
  /** The role that is changed; null: one is made. */
  id?: string | null
  initial?: RoleValues
  /** The permissions that the person may give: those of their own. */
  mayGive: readonly string[]
}) {
  const router = useRouter()
  const form = useRef<HTMLFormElement>(null)
  // As it was when the form came up: read anew it may be another, which nobody has seen here.
  const [shown] = useState(initial)
  const [values, setValues] = useState(initial)
  const save = (input: RoleValues): Promise<ActionAnswer<null>> =>
    id === null ? createRoleAction(input) : changeRoleOfAccountAction(id, input, shown)
  const { run, pending, refusal, passwordDialog } = useCallAndRefresh(save, () => {
    toast(id === null ? 'Role added' : 'Role saved')
    router.push(ROLES_HREF)
  })
  const whileUnsaved = useWarningWhileUnsaved(refusal)
  const { message, errors } = refusal ? refusedForm(refusal) : emptyForm
  // A list is refused as a whole, or one of it.
  const ofPermissions = Object.entries(errors).find(([field]) => field.startsWith('permissions'))?.[1]

  useEffect(() => {
    if (refusal) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [refusal])

  const toggle = (permission: string, on: boolean) =>
    setValues((was) => ({
      ...was,
      permissions: on ? [...was.permissions, permission] : was.permissions.filter((one) => one !== permission),
    }))

  return (
    <form
      ref={form}
      {...whileUnsaved}
      noValidate
      className="grid max-w-2xl gap-6"
      onSubmit={(event) => {
        event.preventDefault()
        void run(values)
      }}
    >
      <Field label="Name" error={errors.name} required>
        <Input
          value={values.name}
          onChange={(event) => setValues({ ...values, name: event.target.value })}
          placeholder="Bookkeeper"
          autoComplete="off"
        />
      </Field>
      <Field label="Description" hint="Shown where the role is chosen." error={errors.description} optional>
        <Input
          value={values.description}
          onChange={(event) => setValues({ ...values, description: event.target.value })}
          autoComplete="off"
        />
      </Field>
      {resources.map(({ name, actions }) => {
        const offered = actions.filter(({ permission }) => mayGive.includes(permission))
        if (offered.length === 0) return null
        return (
          <FieldGroup key={name} label={name}>
            <div className="grid gap-2 sm:grid-cols-2">
              {offered.map(({ permission, may }) => (
                <Checkbox
                  key={permission}
                  checked={values.permissions.includes(permission)}
                  onChange={(event) => toggle(permission, event.target.checked)}
                  label={may}
                  hint={<code className="font-mono">{permission}</code>}
                />
              ))}
            </div>
          </FieldGroup>
        )
      })}
      {/* Where the press was: above the list it would be out of sight. */}
      {ofPermissions ? (
        <Banner tone="error" role="alert">
          {ofPermissions}
        </Banner>
      ) : (
        <ProblemBanner problem={message ? refusal : null} />
      )}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" pending={pending}>
          {id === null ? 'Add role' : 'Save role'}
        </Button>
        <Link href={ROLES_HREF} className={buttonVariants({ variant: 'ghost' })}>
          Cancel
        </Link>
      </div>
      {passwordDialog}
    </form>
  )
}
