'use client'

import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { PasswordInput } from '@/components/ui/password-input'
import { ActionForm } from '../action-form'
import { LinkFrame } from '../link-frame'
import { NewPasswordInput } from '../new-password-input'
import { acceptAsNewUserAction, acceptAsUserAction, lookAtInvitation, type SeenInvitation } from './actions'

/** Says what one is invited to, and takes the yes; of an invitation that has ended, how. */
export function Invitation() {
  return (
    <LinkFrame look={lookAtInvitation} next={{ href: '/sign-in', label: 'Go to Fenicia' }}>
      {(token, invitation) => (
        <div className="grid gap-4">
          <p className="[overflow-wrap:anywhere]">
            <bdi>{invitation.by}</bdi> invites {invitation.email} to be <bdi>{invitation.role}</bdi> of{' '}
            <bdi className="font-medium">{invitation.account}</bdi>.
          </p>
          {invitation.way === 'new' ? (
            <NewUserForm token={token} invitation={invitation} />
          ) : (
            <UserForm token={token} invitation={invitation} />
          )}
        </div>
      )}
    </LinkFrame>
  )
}

/** What the form itself says of the person. */
const NAME_FIELDS = ['name']

interface FormProps {
  token: string
  invitation: SeenInvitation
}

function NewUserForm({ token, invitation }: FormProps) {
  return (
    <ActionForm action={acceptAsNewUserAction} submit="Join" wide>
      {({ errors, values }) => (
        <>
          <input type="hidden" name="token" value={token} />
          <Field label="Your name" error={errors.name} required>
            <Input name="name" autoComplete="name" defaultValue={values.name} />
          </Field>
          {/* Tells password managers whose password this is. */}
          <input type="email" autoComplete="username" value={invitation.email} readOnly hidden />
          <Field
            label="Password"
            hint="12 characters or more. Several unrelated words make a good one."
            error={errors.password}
            required
          >
            <NewPasswordInput
              name="password"
              known={[invitation.email, invitation.account]}
              knownFields={NAME_FIELDS}
            />
          </Field>
        </>
      )}
    </ActionForm>
  )
}

function UserForm({ token, invitation }: FormProps) {
  return (
    <ActionForm action={acceptAsUserAction} submit="Join" wide>
      {({ errors }) => (
        <>
          <input type="hidden" name="token" value={token} />
          {invitation.way === 'password' ? (
            <>
              <input type="email" autoComplete="username" value={invitation.email} readOnly hidden />
              <Field label="Password" hint="That of your user here." error={errors.password} required>
                <PasswordInput name="password" autoComplete="current-password" />
              </Field>
            </>
          ) : null}
        </>
      )}
    </ActionForm>
  )
}
