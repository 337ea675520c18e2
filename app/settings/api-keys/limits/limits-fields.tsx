'use client'

import { Checkbox } from '@/components/ui/checkbox'
import { Field, FieldGroup } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { RadioGroup, RadioGroupItem } from '@/components/ui/radio-group'
import { Select } from '@/components/ui/select'
import { Textarea } from '@/components/ui/textarea'
import type { LimitsDraft } from './draft'
import { windowNames, windowText } from './words'

/** As `keyMethods` of the domain, which a browser does not load. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** How often, from where and with which methods a key may be used. */
export function LimitsFields({
  draft,
  onChange,
  errors = {},
}: {
  draft: LimitsDraft
  onChange: (draft: LimitsDraft) => void
  errors?: Record<string, string>
}) {
  const change = (part: Partial<LimitsDraft>) => onChange({ ...draft, ...part })
  return (
    <div className="grid gap-5">
      <FieldGroup label="Rate" error={draft.hasRate ? undefined : errors.rate}>
        <Checkbox
          label="Limit how often it may be used"
          checked={draft.hasRate}
          onChange={(event) => change({ hasRate: event.currentTarget.checked })}
        />
        {draft.hasRate ? (
          <div className="grid grid-cols-2 gap-3">
            <Field label="Requests" error={errors.rate}>
              <Input
                inputMode="numeric"
                autoComplete="off"
                value={draft.requests}
                onChange={(event) => change({ requests: event.currentTarget.value })}
              />
            </Field>
            <Field label="In">
              <Select
                value={draft.seconds}
                onChange={(event) => change({ seconds: Number(event.currentTarget.value) })}
              >
                {windowsWith(draft.seconds).map((seconds) => (
                  <option key={seconds} value={seconds}>
                    {windowText(seconds)}
                  </option>
                ))}
              </Select>
            </Field>
          </div>
        ) : null}
      </FieldGroup>
      <Field
        label="Requests in a month"
        optional
        error={errors.monthly_quota}
        hint="A calendar month, in UTC. Empty: any number."
      >
        <Input
          inputMode="numeric"
          autoComplete="off"
          value={draft.quota}
          onChange={(event) => change({ quota: event.currentTarget.value })}
        />
      </Field>
      <Field
        label="Addresses"
        optional
        error={errors.addresses}
        hint="IP addresses and CIDR ranges that it may be used from, one on a line. Empty: all that the account allows."
      >
        <Textarea
          rows={3}
          placeholder={'203.0.113.7\n2001:db8::/32'}
          value={draft.addresses}
          onChange={(event) => change({ addresses: event.currentTarget.value })}
        />
      </Field>
      <FieldGroup label="Methods" error={errors.methods}>
        <RadioGroup
          value={draft.methods === null ? 'all' : 'some'}
          onValueChange={(value) => change({ methods: value === 'all' ? null : new Set(['GET']) })}
          className="sm:grid-cols-2"
        >
          <RadioGroupItem value="all" label="All" hint="Its scopes decide." />
          <RadioGroupItem value="some" label="Only these" hint="Also for calls through integrations." />
        </RadioGroup>
        {draft.methods === null ? null : (
          <div className="mt-1 flex flex-wrap gap-x-5 gap-y-2 rounded border border-border p-3">
            {METHODS.map((method) => (
              <Checkbox
                key={method}
                label={<span className="font-mono text-xs">{method}</span>}
                checked={draft.methods?.has(method) ?? false}
                onChange={(event) => change({ methods: toggled(draft.methods, method, event.currentTarget.checked) })}
              />
            ))}
          </div>
        )}
      </FieldGroup>
    </div>
  )
}

function toggled(methods: ReadonlySet<string> | null, method: string, isChosen: boolean): ReadonlySet<string> {
  const next = new Set(methods)
  if (isChosen) next.add(method)
  else next.delete(method)
  return next
}

/** The windows that are offered, and the one that was chosen over the API. */
function windowsWith(seconds: number): number[] {
  return [...new Set([...Object.keys(windowNames).map(Number), seconds])].sort((a, b) => a - b)
}
