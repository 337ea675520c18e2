'use client'

import { useRef, useState } from 'react'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card'
import { Checkbox } from '@/components/ui/checkbox'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Textarea } from '@/components/ui/textarea'
import { toast } from '@/components/ui/toast'
import type { AccountPolicy } from '@/lib/accounts'
import { addressesIn, numberIn } from '../api-keys/limits/draft'
import { changeKeyRulesAction } from './actions'
import { usePolicyAction } from './use-policy-action'

type KeyPolicy = Pick<AccountPolicy, 'keyExpiryRequired' | 'keyMaxDays' | 'keyIdleDays' | 'keyAddresses'>

/** What the account asks of its API keys. */
export function KeyRulesCard({ policy, mayUpdate }: { policy: KeyPolicy; mayUpdate: boolean }) {
  const [expiryRequired, setExpiryRequired] = useState(policy.keyExpiryRequired)
  const [maxDays, setMaxDays] = useState(policy.keyMaxDays?.toString() ?? '')
  const [idleDays, setIdleDays] = useState(policy.keyIdleDays?.toString() ?? '')
  const [addresses, setAddresses] = useState(policy.keyAddresses?.join('\n') ?? '')
  const form = useRef<HTMLFormElement>(null)
  const { run, pending, message, errors, passwordDialog } = usePolicyAction(changeKeyRulesAction, form, () =>
    toast('Rules for API keys saved'),
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
          noValidate
          className="grid max-w-lg gap-5"
          onSubmit={(event) => {
            event.preventDefault()
            void run({
              expiry_required: expiryRequired,
              max_days: daysIn(maxDays),
              idle_days: daysIn(idleDays),
              addresses: addressesIn(addresses),
            })
          }}
        >
          {message ? (
            <Banner tone="error" role="alert">
              {message}
            </Banner>
          ) : null}
          <fieldset disabled={!mayUpdate} className="grid min-w-0 gap-5">
            <Checkbox
              label="New keys must expire"
              hint="Keys that exist keep what they have until they are regenerated."
              checked={expiryRequired}
              onChange={(event) => setExpiryRequired(event.currentTarget.checked)}
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
                onChange={(event) => setMaxDays(event.currentTarget.value)}
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
                onChange={(event) => setIdleDays(event.currentTarget.value)}
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
                onChange={(event) => setAddresses(event.currentTarget.value)}
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

/** Empty: none. What is no number becomes 0, which the server refuses by the rule of the field. */
function daysIn(text: string): number | null {
  return text.trim() === '' ? null : Number(numberIn(text)) || 0
}
