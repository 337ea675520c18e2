'use client'

import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useEffect, useRef, useState } from 'react'
import { Button, buttonVariants } from '@/components/ui/button'
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card'
import { toast } from '@/components/ui/toast'
import type { Environment } from '@/lib/api-keys'
import type { Preloaded } from '../../data/preloaded'
import { ProblemBanner } from '../../data/problem-banner'
import { useAction } from '../../data/use-action'
import { useFocusOnFirstError } from '../../data/use-focus-on-first-error'
import { useWarningWhileUnsaved } from '../../data/use-warning-before-leaving'
import { EnvironmentField, STAYS } from '../../environment-field'
import { addIntegration, editIntegration } from '../actions'
import { integrationHref, LIST_PATH } from '../paths'
import { useCredential, useIntegrationsChanged } from '../queries'
import type { Credential, CredentialList, Integration } from '../words'
import { BaseUrlField } from './base-url-field'
import { CredentialField } from './credential-field'
import { emptyValues, type FormValues, inputOf, valuesOf } from './form-values'
import { NameFields } from './name-fields'
import { RuleFields } from './rule-fields'
import { useFormErrors } from './use-form-errors'
import { usePrefill } from './use-prefill'
import { useRules } from './use-rules'

/** The form of an integration: a new one, or a change of one that there is. */
export function IntegrationForm({
  origin,
  integration,
  credentialId = '',
  environment = 'live',
  preloadedCredentials,
  preloadedCredential,
}: {
  /** Public address of this server. */
  origin: string
  /** What is changed; null: a new one. */
  integration: Integration | null
  /** The credential that a new one begins with. */
  credentialId?: string
  /** That a new one begins with: its credential's. */
  environment?: Environment
  preloadedCredentials: Preloaded<CredentialList> | null
  preloadedCredential: Preloaded<Credential> | null
}) {
  const [values, setValues] = useState<FormValues>(() =>
    integration ? valuesOf(integration) : { ...emptyValues, credentialId, environment },
  )
  const [followsName, setFollowsName] = useState(!integration)
  const { data: read } = useCredential(values.credentialId, preloadedCredential)
  const [picked, setPicked] = useState<Credential>()
  // What was just chosen is known from the list, until it is read by itself.
  const credential = [read, picked].find((one) => one?.id === values.credentialId)
  const chosen =
    credential ?? (integration?.credential?.id === values.credentialId ? integration.credential : undefined)
  const isOAuth2 = chosen?.type === 'oauth2'
  const rules = useRules()
  const errors = useFormErrors(values, rules, credential, isOAuth2)
  const { save, pending, passwordDialog } = useSave(integration, errors.refuseWith)
  const form = useRef<HTMLFormElement>(null)
  useFocusOnFirstError(form, errors.refusal)
  const whileUnsaved = useWarningWhileUnsaved(errors.refusal)

  function change(field: string, patch: Partial<FormValues>) {
    errors.edit([field])
    setValues((before) => ({ ...before, ...patch }))
  }
  usePrefill(credential, values, (patch) => setValues((before) => ({ ...before, ...patch })))
  const { name } = values
  useEffect(() => {
    if (rules && followsName) setValues((before) => ({ ...before, slug: rules.slugOf(name) }))
  }, [rules, followsName, name])

  return (
    <form
      ref={form}
      {...whileUnsaved}
      noValidate
      className="grid max-w-2xl grid-cols-[minmax(0,1fr)] gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (!errors.refuse()) save(inputOf(values, isOAuth2))
      }}
    >
      <ProblemBanner problem={errors.refusal} />
      <Section title="What apps call">
        <EnvironmentField
          value={values.environment}
          testHint="For trying things out. Only test keys have a way to it, at the same address as live keys to a live one."
          error={errors.shown.environment}
          stays={integration ? STAYS : undefined}
          onChange={(environment) => {
            setPicked(undefined)
            // Another environment has other credentials.
            errors.edit(['credential_id', 'base_url', 'slug'])
            change('environment', { environment, credentialId: '' })
          }}
        />
        <NameFields
          origin={origin}
          values={values}
          isNew={!integration}
          errors={errors.shown}
          onName={(name) => change('name', { name })}
          onSlug={(slug) => {
            setFollowsName(false)
            change('slug', { slug })
          }}
          onLeave={errors.touch}
        />
      </Section>
      <Section title="Where calls go">
        <CredentialField
          environment={values.environment}
          value={values.credentialId}
          chosen={chosen}
          error={errors.shown.credential_id}
          preloaded={preloadedCredentials}
          onChange={(credentialId, credential) => {
            setPicked(credential)
            // Whether the address fits is to be asked anew.
            errors.edit(['base_url', 'headers', 'expired_token'])
            change('credential_id', { credentialId })
          }}
          onLeave={() => errors.touch('credential_id')}
        />
        <BaseUrlField
          value={values.baseUrl}
          credential={credential}
          error={errors.shown.base_url}
          onChange={(baseUrl) => change('base_url', { baseUrl })}
          onLeave={() => errors.touch('base_url')}
        />
      </Section>
      <Section title="What is let through">
        <RuleFields
          values={values}
          isOAuth2={isOAuth2}
          errors={errors.shown}
          onChange={change}
          onLeave={errors.touch}
        />
      </Section>
      <div className="flex flex-wrap items-center justify-end gap-2">
        <Link
          href={integration ? integrationHref(integration.id) : LIST_PATH}
          className={buttonVariants({ variant: 'ghost' })}
        >
          Cancel
        </Link>
        <Button type="submit" variant="primary" pending={pending}>
          {integration ? 'Save integration' : 'Add integration'}
        </Button>
      </div>
      {passwordDialog}
    </form>
  )
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Card aria-label={title}>
      <CardHeader>
        <CardTitle>{title}</CardTitle>
      </CardHeader>
      <CardContent className="grid grid-cols-[minmax(0,1fr)] gap-5">{children}</CardContent>
    </Card>
  )
}

/** Saves the form: a new integration whole, of one that there is only what was changed. Leads to its page. */
function useSave(
  integration: Integration | null,
  onRefused: (problem: NonNullable<ReturnType<typeof useAction>['problem']>) => void,
) {
  const router = useRouter()
  const changed = useIntegrationsChanged()
  const done = (id: string, message: string) => {
    changed()
    toast(message)
    router.push(integrationHref(id))
    // The page of what was edited may still be known as it was.
    router.refresh()
  }
  const add = useAction(addIntegration, (id) => done(id, 'Integration added'))
  const edit = useAction(editIntegration, () => integration && done(integration.id, 'Integration saved'))
  const { pending, problem, passwordDialog } = integration ? edit : add
  const latest = useRef(onRefused)
  useEffect(() => {
    latest.current = onRefused
  })
  useEffect(() => {
    if (problem) latest.current(problem)
  }, [problem])
  return {
    save: (input: Record<string, unknown>) => {
      if (!integration) return add.run(input)
      const before = inputOf(valuesOf(integration), integration.credential?.type === 'oauth2')
      edit.run(
        integration.id,
        Object.fromEntries(
          Object.entries(input).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])),
        ),
      )
    },
    pending,
    passwordDialog,
  }
}
