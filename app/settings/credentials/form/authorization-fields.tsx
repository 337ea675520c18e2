'use client'

import { useEffect, useRef } from 'react'
import { Button } from '@/components/ui/button'
import { CopyButton } from '@/components/ui/copy-button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { ProblemBanner } from '../../data/problem-banner'
import { useAction } from '../../data/use-action'
import { readIssuer } from '../connect/actions'
import { filledByIssuer } from './issuer'
import { ParameterRow } from './parameter-row'
import { RowsField } from './rows-field'
import type { FormState } from './use-credential-form'

/** Where a person consents, and what the provider has to know of Fenicia first. */
export function AuthorizationFields({ state, redirectUri }: { state: FormState; redirectUri: string }) {
  const { values, set, errorOf } = state
  const filling = useAction(
    readIssuer,
    // Of the render in which the button was pressed: `values` are those that were there then.
    (found) => set((now) => filledByIssuer(values, now, found)),
    'No answer came. Try again, or fill the addresses in by hand.',
  )
  const problem = filling.problem
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (problem?.fields.issuer) input.current?.focus()
  }, [problem])
  return (
    <>
      <div className="grid gap-1.5">
        <p className="font-medium text-sm">Redirect address</p>
        <div className="flex items-center justify-between gap-2 rounded border border-border bg-background py-1 pr-1 pl-2.5">
          <code className="min-w-0 font-mono text-xs [overflow-wrap:anywhere]">{redirectUri}</code>
          <CopyButton value={redirectUri} label="Copy redirect address" />
        </div>
        <p className="text-muted-foreground text-xs">
          Register exactly this address with the service, in the settings of your app there.
          {redirectUri.startsWith('http://localhost') ? ' Most services want a public one: FENICIA_URL sets it.' : ''}
        </p>
      </div>
      <Field
        label="Issuer"
        optional
        error={errorOf('issuer') ?? problem?.fields.issuer}
        hint="The address by which the service calls itself. With it, Fenicia finds the addresses below, and knows whose answers are real."
      >
        <Input
          mono
          ref={input}
          data-field="issuer"
          inputMode="url"
          autoComplete="off"
          placeholder="https://auth.example.com"
          value={values.issuer}
          onChange={(event) => set({ issuer: event.currentTarget.value })}
        />
      </Field>
      <Button
        size="sm"
        className="justify-self-start"
        pending={filling.pending}
        disabled={values.issuer.trim() === ''}
        onClick={() => filling.run(values.issuer)}
      >
        Fill from issuer
      </Button>
      {problem && !problem.fields.issuer ? <ProblemBanner problem={problem} /> : null}
      <Field label="Authorization URL" required error={errorOf('authorization_url')}>
        <Input
          mono
          data-field="authorization_url"
          inputMode="url"
          autoComplete="off"
          placeholder="https://auth.example.com/oauth/authorize"
          value={values.authorizationUrl}
          onChange={(event) => set({ authorizationUrl: event.currentTarget.value })}
        />
      </Field>
      {filling.passwordDialog}
    </>
  )
}

/** What few services ask for. */
export function MoreOfAuthorization({ state }: { state: FormState }) {
  const { values, set, errorOf } = state
  const rows = values.authorizationParameters
  return (
    <>
      <Field
        label="Revocation URL"
        optional
        error={errorOf('revocation_url')}
        hint="Where the service takes its tokens back when you disconnect."
      >
        <Input
          mono
          data-field="revocation_url"
          inputMode="url"
          autoComplete="off"
          value={values.revocationUrl}
          onChange={(event) => set({ revocationUrl: event.currentTarget.value })}
        />
      </Field>
      <RowsField
        label="Other parameters of the authorization URL"
        hint="Not secret, such as access_type=offline. What makes the request safe, Fenicia sets by itself."
        error={errorOf('authorization_parameters')}
        rows={rows}
        rowName={({ name }, index) => name.trim() || `parameter ${index + 1}`}
        addLabel="Add parameter of the authorization URL"
        newRow={(id) => ({ id, name: '', value: '' })}
        onChange={(changed) => set({ authorizationParameters: changed })}
        renderRow={(row, index) => (
          <ParameterRow
            state={state}
            path={`authorization_parameters.${index}`}
            row={row}
            onChange={(changed) =>
              set({ authorizationParameters: rows.map((one) => (one.id === row.id ? changed : one)) })
            }
          />
        )}
      />
    </>
  )
}
