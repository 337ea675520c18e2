'use client'

import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import type { SecondStep } from '@/lib/accounts'
import { ActionForm } from '../../action-form'
import { PasskeyButton } from '../passkey-button'
import { askForSecondPasskeyAction, giveCodeAction, giveSecondPasskeyAction } from './actions'

/** Takes the second factor, whichever the person has. */
export function SecondStepForm({ step, next }: { step: SecondStep; next: string }) {
  return (
    <div className="grid gap-5">
      {step.hasPasskey ? (
        <PasskeyButton
          label="Use a passkey"
          ask={askForSecondPasskeyAction}
          give={giveSecondPasskeyAction}
          onDone={() => location.assign(next)}
        />
      ) : null}
      <ActionForm action={giveCodeAction} submit="Continue" wide>
        {({ errors }) => (
          <>
            <input type="hidden" name="next" value={next} />
            <Field
              label={step.hasAuthenticator ? 'Code' : 'Recovery code'}
              hint={
                step.hasAuthenticator
                  ? 'The 6 digits that your authenticator app shows, or one of your recovery codes.'
                  : 'One of the codes that you stored when you set up your passkey.'
              }
              error={errors.code}
              required
            >
              <Input
                name="code"
                autoComplete="one-time-code"
                autoCapitalize="off"
                spellCheck={false}
                autoFocus={!step.hasPasskey}
                className="font-mono"
              />
            </Field>
          </>
        )}
      </ActionForm>
    </div>
  )
}
