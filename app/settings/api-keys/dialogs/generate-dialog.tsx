'use client'

import { useEffect, useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import type { Environment } from '@/lib/api-keys'
import { ProblemBanner } from '../../data/problem-banner'
import { useAction } from '../../data/use-action'
import { useFocusOnFirstError } from '../../data/use-focus-on-first-error'
import { useOpenProblem } from '../../data/use-open-problem'
import { EnvironmentField } from '../../environment-field'
import { generateKey, type IssuedToken } from '../actions'
import { type ExpiryChoice, expiresAt } from '../expiry'
import { limitsInput, NEW_LIMITS } from '../limits/draft'
import { MoreLimits } from '../limits/more-limits'
import { useKeysChanged } from '../queries'
import { grants } from '../scope-selection'
import { ExpiryField } from './expiry-field'
import { IntegrationsField } from './integrations-field'
import { IssuedTokenPanel } from './issued-token-panel'
import { ScopePicker } from './scope-picker'

const LOST =
  'No answer came from the server, so the key may have been made. If it is in the list, revoke it there: its token can’t be shown any more.'

/**
 * Asks what the new key is for, makes it, and shows its token once.
 * @param grantable the scopes that the person may give
 * @param onHold told whether the dialog must stay: a key is being made, or its token is shown
 */
export default function GenerateDialog({
  grantable,
  onHold,
  onClose,
}: {
  grantable: readonly string[]
  onHold: (holds: boolean) => void
  onClose: () => void
}) {
  const [issued, setIssued] = useState<IssuedToken | null>(null)
  const [busy, setBusy] = useState(false)
  const keysChanged = useKeysChanged()
  const holds = busy || issued !== null
  useEffect(() => onHold(holds), [onHold, holds])
  return (
    <Dialog open busy={busy} onOpenChange={(open) => open || onClose()}>
      <DialogContent size="lg" dismissible={!issued} pressOutsideCloses={false}>
        {issued ? (
          <IssuedTokenPanel title="API key generated" issued={issued} onClose={onClose} />
        ) : (
          <GenerateForm
            grantable={grantable}
            onDone={(token) => {
              setIssued(token)
              keysChanged()
            }}
            onBusy={setBusy}
          />
        )}
      </DialogContent>
    </Dialog>
  )
}

function GenerateForm({
  grantable,
  onDone,
  onBusy,
}: {
  grantable: readonly string[]
  onDone: (issued: IssuedToken) => void
  onBusy: (busy: boolean) => void
}) {
  const [name, setName] = useState('')
  const [environment, setEnvironment] = useState<Environment>('live')
  const [scopes, setScopes] = useState<ReadonlySet<string>>(new Set())
  const [expiry, setExpiry] = useState<{ choice: ExpiryChoice; date: string }>({ choice: '90d', date: '' })
  const [limits, setLimits] = useState(NEW_LIMITS)
  const [integrations, setIntegrations] = useState<ReadonlySet<string> | null>(null)
  const usesIntegrations = grants(scopes, 'integrations', 'use')
  const { run, pending, problem: refusal, passwordDialog } = useAction(generateKey, onDone, LOST)
  const fields = {
    name,
    environment,
    scopes: [...scopes],
    integrations: integrations && [...integrations],
    expires_at: expiry,
  }
  const { problem, errors } = useOpenProblem(refusal, { ...fields, ...limitsInput(limits) })
  const form = useRef<HTMLFormElement>(null)
  useFocusOnFirstError(form, refusal)
  useEffect(() => {
    onBusy(pending)
    return () => onBusy(false)
  }, [onBusy, pending])

  return (
    <form
      ref={form}
      noValidate
      className="grid gap-5"
      onSubmit={(event) => {
        event.preventDefault()
        run({
          name,
          environment,
          scopes: [...scopes],
          expires_at: expiresAt(expiry.choice, expiry.date),
          integrations: usesIntegrations && integrations ? [...integrations] : null,
          ...limitsInput(limits),
        })
      }}
    >
      <DialogHeader>
        <DialogTitle>Generate new key</DialogTitle>
        <DialogDescription>For one external app. Its token is shown once, right after this step.</DialogDescription>
      </DialogHeader>
      <ProblemBanner problem={problem} />
      <Field
        label="Name"
        required
        error={errors.name}
        hint="Says which app uses the key, so that you know later what you would cut off."
      >
        <Input
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          placeholder="ERP Integration, Sync script"
          autoComplete="off"
          autoFocus
        />
      </Field>
      <EnvironmentField
        value={environment}
        testHint="For trying things out. Sees test keys, credentials and integrations only."
        error={errors.environment}
        onChange={(chosen) => {
          setEnvironment(chosen)
          // Those of the other environment are not this key’s to use.
          setIntegrations((before) => before && new Set())
        }}
      />
      <ScopePicker scopes={scopes} grantable={grantable} onChange={setScopes} error={errors.scopes} />
      {usesIntegrations ? (
        <IntegrationsField
          environment={environment}
          chosen={integrations}
          onChange={setIntegrations}
          error={errors.integrations}
        />
      ) : null}
      <ExpiryField {...expiry} onChange={setExpiry} error={errors.expires_at} />
      <MoreLimits draft={limits} onChange={setLimits} errors={errors} />
      {/* Always in sight, however long the form is. */}
      <DialogFooter className="sticky bottom-0 z-10 -mx-5 -mb-5 border-border border-t bg-popover px-5 py-3">
        <DialogClose>Cancel</DialogClose>
        <Button type="submit" variant="primary" pending={pending}>
          Generate key
        </Button>
      </DialogFooter>
      {passwordDialog}
    </form>
  )
}
