'use client'

import { KeyRound } from 'lucide-react'
import Link from 'next/link'
import { Field, FieldGroup } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Monogram } from '@/components/ui/monogram'
import { RadioGroup, RadioGroupItem } from '@/components/ui/radio-group'
import type { Environment } from '@/lib/api-keys'
import type { CredentialType } from '@/lib/credentials'
import { EnvironmentField } from '../../environment-field'
import { newHref } from '../paths'
import { type ProviderMark, typeHints, typeNames } from '../words'
import type { FormProvider, Variables } from './initial'
import { variableText } from './initial'
import type { FormState } from './use-credential-form'

/** For which service the credential is, how it is called and of which type it is. */
export function ServiceFields({
  state,
  mark,
  provider,
  template,
  onTemplate,
  variables,
  onVariables,
  mayChooseType,
  mayChooseProvider,
  onEnvironment,
  environmentStays,
}: {
  state: FormState
  /** Null: a service that is not in the catalogue. */
  mark: ProviderMark | null
  /** What its templates and variables are; null where they are not asked for, such as on an edit. */
  provider: FormProvider | null
  template: number
  onTemplate: (index: number) => void
  variables: Variables
  onVariables: (variables: Variables) => void
  mayChooseType: boolean
  mayChooseProvider: boolean
  onEnvironment: (environment: Environment) => void
  /** Why the environment can't be chosen any more. */
  environmentStays: string | undefined
}) {
  const { values, set, errorOf } = state
  const templates = provider?.templates ?? []
  return (
    <>
      <div className="flex flex-wrap items-center gap-3">
        <Monogram size="lg">{mark ? mark.monogram : <KeyRound />}</Monogram>
        <div className="min-w-0 flex-1 basis-40">
          <p className="font-medium">{mark ? mark.name : 'Other service'}</p>
          <p className="text-muted-foreground text-sm">{typeNames[values.type]}</p>
        </div>
        {mayChooseProvider ? (
          <Link href={newHref(null, values.environment)} className="rounded text-sm underline underline-offset-2">
            Choose another service
          </Link>
        ) : null}
      </div>
      <EnvironmentField
        value={values.environment}
        testHint="For trying things out, such as in the service’s sandbox. Only test keys have a way to it."
        error={errorOf('environment')}
        stays={environmentStays}
        onChange={onEnvironment}
      />
      {templates.length > 1 ? (
        <FieldGroup label="Kind of access">
          <RadioGroup value={String(template)} onValueChange={(value) => onTemplate(Number(value))}>
            {templates.map(({ label, settings }, index) => (
              <RadioGroupItem key={label} value={String(index)} label={label} hint={typeNames[settings.type]} />
            ))}
          </RadioGroup>
        </FieldGroup>
      ) : null}
      {templates[template] ? (
        <p className="max-w-prose text-muted-foreground text-sm">{templates[template].hint}</p>
      ) : null}
      {mayChooseType ? (
        <FieldGroup label="Type" error={errorOf('type')}>
          <RadioGroup
            value={values.type}
            onValueChange={(value) => set({ type: value as CredentialType })}
            className="sm:grid-cols-2"
          >
            {Object.entries(typeNames).map(([value, name]) => (
              <RadioGroupItem key={value} value={value} label={name} hint={typeHints[value as CredentialType]} />
            ))}
          </RadioGroup>
        </FieldGroup>
      ) : null}
      <Field
        label="Name"
        required
        error={errorOf('name')}
        hint="How your team calls it, such as “Shippo production”. Not a secret."
      >
        <Input
          data-field="name"
          autoComplete="off"
          value={values.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
      </Field>
      {provider?.variables.map(({ name, label, example }) => (
        <Field
          key={name}
          label={label}
          required
          error={errorOf(`variables.${name}`)}
          hint="Becomes part of the addresses below."
        >
          <Input
            mono
            data-field={`variables.${name}`}
            autoComplete="off"
            placeholder={example}
            value={variables[name] ?? ''}
            onChange={(event) => onVariables({ ...variables, [name]: variableText(event.currentTarget.value) })}
          />
        </Field>
      ))}
    </>
  )
}
