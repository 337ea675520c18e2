'use client'

import { type ReactNode, useState } from 'react'
import { Field, FieldGroup } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { RadioGroup, RadioGroupItem } from '@/components/ui/radio-group'
import { Select } from '@/components/ui/select'
import { AuthorizationFields, MoreOfAuthorization } from './authorization-fields'
import type { FormValues } from './input'
import { ParameterRow } from './parameter-row'
import { RowsField } from './rows-field'
import { SecretField } from './secret-field'
import type { FormState } from './use-credential-form'

const authenticationNames: Record<FormValues['clientAuthentication'], string> = {
  basic: 'By HTTP Basic',
  body: 'In the body of the request',
  none: 'Not at all (a public client)',
}

/** How Fenicia gets an access token, and where it stands on a request. */
export function OAuth2Fields({
  state,
  redirectUri,
  connection,
}: {
  state: FormState
  redirectUri: string
  connection: ReactNode
}) {
  const { values, set, errorOf } = state
  const isByConsent = values.grant === 'authorization_code'
  return (
    <>
      <FieldGroup label="How Fenicia gets access" error={errorOf('grant')}>
        <RadioGroup
          value={values.grant}
          onValueChange={(value) => set({ grant: value as FormValues['grant'] })}
          className="sm:grid-cols-2"
        >
          <RadioGroupItem
            value="client_credentials"
            label="Client credentials"
            hint="The app acts for itself: client ID and secret are enough."
          />
          <RadioGroupItem
            value="refresh_token"
            label="Refresh token"
            hint="Somebody has authorized the app, which gave you a refresh token."
          />
          <RadioGroupItem
            value="authorization_code"
            label="Authorization in the browser"
            hint="You sign in at the service and allow Fenicia in. Nobody copies a token."
          />
        </RadioGroup>
      </FieldGroup>
      {isByConsent ? <AuthorizationFields state={state} redirectUri={redirectUri} /> : null}
      <Field label="Token URL" required error={errorOf('token_url')}>
        <Input
          mono
          data-field="token_url"
          inputMode="url"
          autoComplete="off"
          placeholder="https://auth.example.com/oauth/token"
          value={values.tokenUrl}
          onChange={(event) => set({ tokenUrl: event.currentTarget.value })}
        />
      </Field>
      <div className="grid gap-5 sm:grid-cols-2">
        <Field label="Client ID" required error={errorOf('client_id')}>
          <Input
            mono
            data-field="client_id"
            autoComplete="off"
            value={values.clientId}
            onChange={(event) => set({ clientId: event.currentTarget.value })}
          />
        </Field>
        <Field label="The client authenticates" error={errorOf('client_authentication')}>
          <Select
            value={values.clientAuthentication}
            onChange={(event) =>
              set({ clientAuthentication: event.currentTarget.value as FormValues['clientAuthentication'] })
            }
          >
            {Object.entries(authenticationNames).map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </Select>
        </Field>
      </div>
      {values.clientAuthentication === 'none' ? null : (
        <SecretField state={state} field="client_secret" label="Client secret" />
      )}
      {values.grant === 'refresh_token' ? (
        <SecretField
          state={state}
          field="refresh_token"
          label="Refresh token"
          hint="A test spends it where the service lets it be used once. The new tokens are then kept for a day, until you save."
        />
      ) : null}
      <Field
        label="Scopes"
        optional
        error={errorOf('scopes', { within: true })}
        hint="Separated by spaces. Left empty: those that the service gives by itself."
      >
        <Input
          mono
          data-field="scopes"
          autoComplete="off"
          value={values.scopes}
          onChange={(event) => set({ scopes: event.currentTarget.value })}
        />
      </Field>
      <MoreSettings state={state} />
      {isByConsent ? connection : null}
    </>
  )
}

const MORE = [
  'audience',
  'parameters',
  'placement',
  'access_token_expires_at',
  'secret.access_token',
  'secret.next_client_secret',
  'revocation_url',
  'authorization_parameters',
]

/** What few services ask for. Open where something of it is set or wrong. */
function MoreSettings({ state }: { state: FormState }) {
  const { values, set, errorOf } = state
  const [isOpen, setOpen] = useState(
    values.audience !== '' ||
      values.parameters.length > 0 ||
      values.authorizationParameters.length > 0 ||
      values.revocationUrl !== '',
  )
  const isWrong = MORE.some((path) => errorOf(path, { within: true }))
  const { tokenPlacement } = values
  return (
    <details
      className="rounded border border-border"
      open={isOpen || isWrong}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className="rounded px-3 py-2 font-medium text-sm">More settings</summary>
      <div className="grid gap-5 border-border border-t px-3 py-4">
        <Field
          label="Audience"
          optional
          error={errorOf('audience')}
          hint="The API that the token is for, where the token endpoint asks for it."
        >
          <Input
            mono
            data-field="audience"
            autoComplete="off"
            value={values.audience}
            onChange={(event) => set({ audience: event.currentTarget.value })}
          />
        </Field>
        {values.grant === 'authorization_code' ? <MoreOfAuthorization state={state} /> : null}
        <RowsField
          label="Other parameters of the token request"
          hint="Not secret: they are stored and shown as they are."
          error={errorOf('parameters')}
          rows={values.parameters}
          rowName={({ name }, index) => name.trim() || `parameter ${index + 1}`}
          addLabel="Add parameter"
          newRow={(id) => ({ id, name: '', value: '' })}
          onChange={(rows) => set({ parameters: rows })}
          renderRow={(row, index) => (
            <ParameterRow
              state={state}
              path={`parameters.${index}`}
              row={row}
              onChange={(changed) =>
                set({ parameters: values.parameters.map((one) => (one.id === row.id ? changed : one)) })
              }
            />
          )}
        />
        <div className="grid gap-5 sm:grid-cols-2">
          <Field label="Header of the access token" required error={errorOf('placement.name')}>
            <Input
              mono
              data-field="placement.name"
              autoComplete="off"
              value={tokenPlacement.name}
              onChange={(event) => set({ tokenPlacement: { ...tokenPlacement, name: event.currentTarget.value } })}
            />
          </Field>
          <Field
            label="Prefix"
            optional
            error={errorOf('placement.prefix')}
            hint="Put before the token as it is, its space included."
          >
            <Input
              mono
              data-field="placement.prefix"
              autoComplete="off"
              value={tokenPlacement.prefix}
              onChange={(event) => set({ tokenPlacement: { ...tokenPlacement, prefix: event.currentTarget.value } })}
            />
          </Field>
        </div>
        {values.grant === 'refresh_token' ? <ImportedToken state={state} /> : null}
        {values.clientAuthentication === 'none' ? null : <NextSecret state={state} />}
      </div>
    </details>
  )
}

/** What makes the change of a client's secret one without an outage. */
function NextSecret({ state }: { state: FormState }) {
  return (
    <SecretField
      state={state}
      field="next_client_secret"
      label="Next client secret"
      optional
      hint="When you change the secret at the service: Fenicia takes this one as soon as the service refuses the other."
    />
  )
}

/** An access token that still works, with which the first renewal can wait. */
function ImportedToken({ state }: { state: FormState }) {
  const { values, set, errorOf } = state
  return (
    <div className="grid gap-5 sm:grid-cols-2">
      <SecretField
        state={state}
        field="access_token"
        label="Access token"
        optional
        hint="One that still works: the refresh token is then spent later."
      />
      {values.secret.access_token?.text ? (
        <Field label="The access token ends" optional error={errorOf('access_token_expires_at')}>
          <Input
            type="datetime-local"
            data-field="access_token_expires_at"
            value={values.accessTokenEnds}
            onChange={(event) => set({ accessTokenEnds: event.currentTarget.value })}
          />
        </Field>
      ) : null}
    </div>
  )
}
