'use client'

import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { FieldGroup } from '@/components/ui/field'
import { type Resource, scopeCatalogue } from '@/lib/api-keys/scopes'
import {
  grants,
  isGrantable,
  resourceNames,
  resources,
  scopePresets,
  toggleAction,
  toggleResource,
} from '../scope-selection'

/** What the key may do: by resource, all of it or single actions, with ready choices for usual apps. */
export function ScopePicker({
  scopes,
  grantable,
  onChange,
  error,
}: {
  scopes: ReadonlySet<string>
  /** Those that the person may give: others stand there, and can't be chosen. */
  grantable: readonly string[]
  onChange: (scopes: ReadonlySet<string>) => void
  error?: string
}) {
  const mayGive = new Set(grantable)
  const isAllGiven = resources.every((resource) => isGrantable(mayGive, `${resource}:*`))
  return (
    <FieldGroup label="Scopes" hint="What the key may do. Give it no more than its app needs." error={error}>
      <div className="mb-3 flex flex-wrap items-center gap-1.5">
        <span className="mr-1 text-muted-foreground text-xs">Start from</span>
        {scopePresets
          .filter((preset) => preset.scopes.every((scope) => isGrantable(mayGive, scope)))
          .map((preset) => (
            <Button
              key={preset.name}
              size="sm"
              title={preset.scopes.join(', ')}
              onClick={() => onChange(new Set(preset.scopes))}
            >
              {preset.name}
            </Button>
          ))}
        {scopes.size > 0 ? (
          <Button size="sm" variant="ghost" onClick={() => onChange(new Set())}>
            Clear
          </Button>
        ) : null}
      </div>
      <div className="divide-y divide-border rounded border border-border">
        {resources.map((resource) => (
          <ResourceRow key={resource} resource={resource} scopes={scopes} mayGive={mayGive} onChange={onChange} />
        ))}
      </div>
      {isAllGiven ? null : (
        <p className="mt-1.5 text-muted-foreground text-xs">
          A key can’t do what its maker may not: what your role lacks can’t be chosen.
        </p>
      )}
      <p aria-live="polite" className="mt-1.5 text-muted-foreground text-xs">
        {scopes.size === 0 ? 'No scope chosen yet.' : <Chosen scopes={scopes} />}
      </p>
    </FieldGroup>
  )
}

function Chosen({ scopes }: { scopes: ReadonlySet<string> }) {
  return (
    <>
      Chosen: <span className="font-mono">{[...scopes].sort().join(', ')}</span>
    </>
  )
}

function ResourceRow({
  resource,
  scopes,
  mayGive,
  onChange,
}: {
  resource: Resource
  scopes: ReadonlySet<string>
  mayGive: ReadonlySet<string>
  onChange: (scopes: ReadonlySet<string>) => void
}) {
  const name = resourceNames[resource]
  const actions: readonly string[] = scopeCatalogue[resource]
  const all = scopes.has(`${resource}:*`)
  const some = actions.some((action) => grants(scopes, resource, action))
  return (
    <fieldset className="grid gap-x-4 gap-y-1 px-3 py-2 sm:grid-cols-[9rem_1fr]">
      <legend className="sr-only">{name}</legend>
      <Checkbox
        label={<span className="font-medium">{name}</span>}
        aria-label={`All of ${name} (${resource}:*)`}
        title={`${resource}:*, with what is added to it later`}
        checked={all}
        disabled={!isGrantable(mayGive, `${resource}:*`)}
        indeterminate={some && !all}
        onChange={(event) => onChange(toggleResource(scopes, resource, event.currentTarget.checked))}
      />
      <div className="flex flex-wrap gap-x-4 gap-y-1 max-sm:pl-6">
        {actions.map((action) => (
          <Checkbox
            key={action}
            label={action}
            aria-label={`${resource}:${action}`}
            checked={grants(scopes, resource, action)}
            disabled={!isGrantable(mayGive, `${resource}:${action}`)}
            onChange={(event) => onChange(toggleAction(scopes, resource, action, event.currentTarget.checked))}
          />
        ))}
      </div>
    </fieldset>
  )
}
