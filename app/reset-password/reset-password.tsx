'use client'

import { Field } from '@/components/ui/field'
import { ActionForm } from '../action-form'
import { LinkFrame } from '../link-frame'
import { NewPasswordInput } from '../new-password-input'
import { lookAtResetLink, resetPasswordAction } from './actions'

/** The form for whom the link is of; of a link that has ended, how, and the way on. */
export function ResetPassword() {
  return (
    <LinkFrame look={lookAtResetLink} next={{ href: '/forgot-password', label: 'Send me a new link' }}>
      {(token, { email }) => (
        <ActionForm action={resetPasswordAction} submit="Set password" wide>
          {({ errors }) => (
            <>
              <input type="hidden" name="token" value={token} />
              <p className="text-muted-foreground text-sm [overflow-wrap:anywhere]">
                For <span className="text-foreground">{email}</span>. Every browser is signed out with it.
              </p>
              {/* Tells password managers whose password this is. */}
              <input type="email" autoComplete="username" value={email} readOnly hidden />
              <Field
                label="New password"
                hint="12 characters or more. Several unrelated words make a good one."
                error={errors.password}
                required
              >
                <NewPasswordInput name="password" known={[email]} />
              </Field>
            </>
          )}
        </ActionForm>
      )}
    </LinkFrame>
  )
}
