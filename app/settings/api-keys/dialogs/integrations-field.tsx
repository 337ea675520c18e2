'use client'

import { useId } from 'react'
import { Checkbox } from '@/components/ui/checkbox'
import { FieldGroup } from '@/components/ui/field'
import { RadioGroup, RadioGroupItem } from '@/components/ui/radio-group'
import type { Environment } from '@/lib/api-keys'
import { useIntegrationNames } from '../queries'

/**
 * Which integrations a key may use that has the scope for it: all of the account's, or some.
 * @param chosen their ids; null: all, also those that are made later
 */
export function IntegrationsField({
  environment,
  chosen,
  onChange,
  error,
}: {
  /** Of the key: it can use no others. */
  environment: Environment
  chosen: ReadonlySet<string> | null
  onChange: (chosen: ReadonlySet<string> | null) => void
  error?: string
}) {
  const { data } = useIntegrationNames(environment)
  const listId = useId()
  const left = data ? data.total - data.data.length : 0
  const toggle = (id: string, isChosen: boolean) => {
    const next = new Set(chosen)
    if (isChosen) next.add(id)
    else next.delete(id)
    onChange(next)
  }
  return (
    <FieldGroup label="Integrations that it may use" error={error}>
      <RadioGroup
        value={chosen === null ? 'all' : 'some'}
        onValueChange={(value) => onChange(value === 'all' ? null : new Set())}
        className="sm:grid-cols-2"
      >
        <RadioGroupItem value="all" label="All" hint="Also those that are added later." />
        <RadioGroupItem value="some" label="Only these" hint="What leaks with the key is what it can reach." />
      </RadioGroup>
      {chosen === null ? null : (
        <div id={listId} className="mt-3 grid max-h-56 gap-2 overflow-y-auto rounded border border-border p-3">
          {data?.data.length === 0 ? (
            <p className="text-muted-foreground text-sm">There is no {environment} integration yet.</p>
          ) : null}
          {data?.data.map(({ id, name, slug }) => (
            <Checkbox
              key={id}
              label={name}
              hint={<span className="font-mono">{slug}</span>}
              checked={chosen.has(id)}
              onChange={(event) => toggle(id, event.currentTarget.checked)}
            />
          ))}
          {left > 0 ? (
            <p className="text-muted-foreground text-xs">
              {left} more can be named over the API: see POST /keys in the reference.
            </p>
          ) : null}
        </div>
      )}
    </FieldGroup>
  )
}
