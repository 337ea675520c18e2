'use client'

import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { proxyAddress } from '../paths'
import type { FormValues } from './form-values'

/** Name and slug, with the address that apps will call. */
export function NameFields({
  origin,
  values,
  isNew,
  errors,
  onName,
  onSlug,
  onLeave,
}: {
  origin: string
  values: Pick<FormValues, 'name' | 'slug'>
  isNew: boolean
  errors: Record<string, string>
  onName: (name: string) => void
  onSlug: (slug: string) => void
  onLeave: (field: string) => void
}) {
  return (
    <>
      <Field label="Name" required error={errors.name} hint="Says what it is for, so that people know it in lists.">
        <Input
          value={values.name}
          placeholder="Shipping labels"
          autoComplete="off"
          onChange={(event) => onName(event.currentTarget.value)}
          onBlur={() => onLeave('name')}
        />
      </Field>
      <Field
        label="Slug"
        required
        error={errors.slug}
        hint={
          <>
            {isNew ? 'Apps call ' : 'Whatever calls the old address is refused once it is changed. Apps call '}
            <code className="font-mono text-foreground [overflow-wrap:anywhere]">
              {proxyAddress(origin, values.slug.trim() || '<slug>')}…
            </code>
          </>
        }
      >
        <Input
          mono
          value={values.slug}
          placeholder="shipping-labels"
          autoComplete="off"
          onChange={(event) => onSlug(event.currentTarget.value)}
          onBlur={() => onLeave('slug')}
        />
      </Field>
    </>
  )
}
