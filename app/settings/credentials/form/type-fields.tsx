'use client'

import type { ReactNode } from 'react'
import { Field, FieldGroup } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { RadioGroup, RadioGroupItem } from '@/components/ui/radio-group'
import { ExpiryField } from './expiry-field'
import { headerKey } from './input'
import { OAuth2Fields } from './oauth2-fields'
import { RowsField } from './rows-field'
import { SecretField } from './secret-field'
import type { FormState } from './use-credential-form'

/**
 * What the chosen type asks for.
 * @param connection what shows and makes the connection of OAuth2 by consent
 */
export function TypeFields({
  state,
  redirectUri,
  connection,
}: {
  state: FormState
  redirectUri: string
  connection: ReactNode
}) {
  switch (state.values.type) {
    case 'api_key':
      return <ApiKeyFields state={state} />
    case 'bearer':
      return (
        <>
          <SecretField
            state={state}
            field="token"
            label="Token"
            hint="Without the word “Bearer”, which Fenicia adds by itself."
          />
          <ExpiryField state={state} />
        </>
      )
    case 'basic':
      return (
        <div className="grid gap-5 sm:grid-cols-2">
          <SecretField state={state} field="username" label="User name" masked={false} optional />
          <SecretField state={state} field="password" label="Password" optional />
        </div>
      )
    case 'headers':
      return <HeadersFields state={state} />
    case 'oauth2':
      return <OAuth2Fields state={state} redirectUri={redirectUri} connection={connection} />
  }
}

function ApiKeyFields({ state }: { state: FormState }) {
  const { placement } = state.values
  const change = (part: Partial<typeof placement>) => state.set({ placement: { ...placement, ...part } })
  const inHeader = placement.in === 'header'
  const name = placement.name.trim() || (inHeader ? 'X-Api-Key' : 'api_key')
  return (
    <>
      <SecretField state={state} field="key" label="Key" />
      <FieldGroup label="Where the key is sent" error={state.errorOf('placement.in')}>
        <RadioGroup
          value={placement.in}
          onValueChange={(value) => change({ in: value as typeof placement.in })}
          className="sm:grid-cols-2"
        >
          <RadioGroupItem value="header" label="In a header" />
          <RadioGroupItem
            value="query"
            label="In the query of the address"
            hint="Only where the service knows no header: addresses end up in logs."
          />
        </RadioGroup>
      </FieldGroup>
      <div className="grid gap-5 sm:grid-cols-2">
        <Field
          label={inHeader ? 'Header name' : 'Parameter name'}
          required
          error={state.errorOf('placement.name') ?? state.errorOf('placement')}
        >
          <Input
            mono
            data-field="placement.name"
            autoComplete="off"
            placeholder={inHeader ? 'X-Api-Key' : 'api_key'}
            value={placement.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
        </Field>
        {inHeader ? (
          <Field
            label="Prefix"
            optional
            error={state.errorOf('placement.prefix')}
            hint="Put before the key as it is, its space included."
          >
            <Input
              mono
              data-field="placement.prefix"
              autoComplete="off"
              placeholder="Token "
              value={placement.prefix}
              onChange={(event) => change({ prefix: event.currentTarget.value })}
            />
          </Field>
        ) : null}
      </div>
      <Preview text={inHeader ? `${name}: ${placement.prefix}••••••••` : `?${encodeURIComponent(name)}=••••••••`} />
      <ExpiryField state={state} />
    </>
  )
}

function HeadersFields({ state }: { state: FormState }) {
  const { headers } = state.values
  return (
    <RowsField
      label="Headers"
      hint="Each is sent with every request, its value as it is."
      error={state.errorOf('headers')}
      rows={headers}
      rowName={({ name }, index) => name.trim() || `header ${index + 1}`}
      addLabel="Add header"
      minRows={1}
      newRow={(id) => ({ id, name: '' })}
      onChange={(rows) => state.set({ headers: rows })}
      renderRow={({ id, name }, index) => (
        <>
          <Field label="Header name" required error={state.errorOf(`headers.${index}`)}>
            <Input
              mono
              data-field={`headers.${index}`}
              autoComplete="off"
              placeholder="X-App-Key"
              value={name}
              onChange={(event) => {
                const text = event.currentTarget.value
                state.set({ headers: headers.map((row) => (row.id === id ? { id, name: text } : row)) })
              }}
            />
          </Field>
          <SecretField state={state} field={headerKey(id)} name={name.trim()} label="Value" />
        </>
      )}
    />
  )
}

/** How the secret will stand on a request. */
export function Preview({ text }: { text: string }) {
  return (
    <p className="grid gap-1 text-muted-foreground text-xs">
      Each request then has
      <code className="whitespace-pre-wrap rounded border border-border bg-background px-2.5 py-1.5 font-mono text-foreground [overflow-wrap:anywhere]">
        {text}
      </code>
    </p>
  )
}
