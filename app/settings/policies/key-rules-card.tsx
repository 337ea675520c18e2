'use client'

import { useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card'
import { Checkbox } from '@/components/ui/checkbox'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Textarea } from '@/components/ui/textarea'
import { toast } from '@/components/ui/toast'
import { ProblemBanner } from '../data/problem-banner'
import { changeKeyRulesAction } from './actions'
import { draftOf, type KeyPolicy, type RulesDraft, rulesInput } from './key-rules-draft'
import { usePolicyAction } from './use-policy-action'

/** What the account asks of its API keys. */
export function KeyRulesCard({ policy, mayUpdate }: { policy: KeyPolicy; mayUpdate: boolean }) {
  // Only what was changed here, and only that is sent: what this page has shown for long may be another by now.
  const [edits, setEdits] = useState<Partial<RulesDraft>>({})
  const { expiryRequired, maxDays, idleDays, addresses } = { ...draftOf(policy), ...edits }
  const edit = (change: Partial<RulesDraft>) => setEdits((was) => ({ ...was, ...change }))
  const form = useRef<HTMLFormElement>(null)
  const { run, pending, problem, errors, passwordDialog, whileUnsaved } = usePolicyAction(
    changeKeyRulesAction,
    form,
    () => {
      setEdits({})
      toast('Rules for API keys saved')
    },
  )
  return (
    <Card aria-labelledby="key-rules">
      <CardHeader>
        <CardTitle id="key-rules">API keys</CardTitle>
        <CardDescription>
          They hold for every key beside its own limits: whoever makes a key can’t widen them.
        </CardDescription>
      </CardHeader>
      <CardContent>
        <form
          ref={form}
          {...whileUnsaved}
          noValidate
          className="grid max-w-lg gap-5"
          onSubmit={(event) => {
            event.preventDefault()
            void run(rulesInput(edits))
          }}
        >
          <ProblemBanner problem={problem} />
          <fieldset disabled={!mayUpdate} className="grid min-w-0 gap-5">
            <Checkbox
              label="New keys must expire"
              hint="Keys that exist keep what they have until they are regenerated."
              checked={expiryRequired}
              onChange={(event) => edit({ expiryRequired: event.currentTarget.checked })}
            />
            <Field
              label="Longest lifetime, in days"
              optional
              error={errors.max_days}
              hint="A new or regenerated key must expire within so many days."
            >
              <Input
                inputMode="numeric"
                autoComplete="off"
                value={maxDays}
                onChange={(event) => edit({ maxDays: event.currentTarget.value })}
              />
            </Field>
            <Field
              label="Revoke keys that were not used for so many days"
              optional
              error={errors.idle_days}
              hint="Owner and admins are told 7 days and 1 day before; a use in between keeps the key."
            >
              <Input
                inputMode="numeric"
                autoComplete="off"
                value={idleDays}
                onChange={(event) => edit({ idleDays: event.currentTarget.value })}
              />
            </Field>
            <Field
              label="Addresses"
              optional
              error={errors.addresses}
              hint="IP addresses and CIDR ranges that keys may be used from, one on a line. Empty: from anywhere. A change holds from the next request on."
            >
              <Textarea
                rows={4}
                placeholder={'203.0.113.0/24\n2001:db8::/32'}
                value={addresses}
                onChange={(event) => edit({ addresses: event.currentTarget.value })}
              />
            </Field>
          </fieldset>
          {mayUpdate ? (
            <div className="grid justify-start">
              <Button type="submit" pending={pending}>
                Save rules
              </Button>
            </div>
          ) : null}
          {passwordDialog}
        </form>
      </CardContent>
    </Card>
  )
}
