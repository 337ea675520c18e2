'use client'

import { Checkbox } from '@/components/ui/checkbox'
import { Field, FieldGroup } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { RadioGroup, RadioGroupItem } from '@/components/ui/radio-group'
import { errorOf } from '../form-words'
import { allMethods, type Integration } from '../words'
import { ExpiredTokenFields } from './expired-token-fields'
import type { FormValues } from './form-values'
import { HeaderRows } from './header-rows'
import { RowInput } from './row-input'
import { RowList } from './row-list'

/** Which calls are let through, and what goes with each. */
export function RuleFields({
  values,
  isOAuth2,
  errors,
  onChange,
  onLeave,
}: {
  values: FormValues
  isOAuth2: boolean
  errors: Record<string, string>
  onChange: (field: string, change: Partial<FormValues>) => void
  onLeave: (field: string) => void
}) {
  return (
    <>
      <FieldGroup label="Methods" error={errorOf(errors, 'methods')}>
        <div className="flex flex-wrap gap-x-5 gap-y-2">
          {allMethods.map((method) => (
            <Checkbox
              key={method}
              label={<span className="font-mono text-xs">{method}</span>}
              checked={values.methods.has(method)}
              onChange={(event) => {
                const methods = new Set(values.methods)
                if (event.currentTarget.checked) methods.add(method)
                else methods.delete(method)
                onChange('methods', { methods: new Set(allMethods.filter((one) => methods.has(one))) })
                onLeave('methods')
              }}
            />
          ))}
        </div>
      </FieldGroup>
      <RowList
        label="Path patterns"
        hint={
          <>
            Without any, apps may call everything below the base URL. <Mono>/orders</Mono> is that path,{' '}
            <Mono>/orders/*</Mono> one part more, <Mono>/orders/**</Mono> all below it.
          </>
        }
        error={errors.paths}
        rows={values.paths}
        empty=""
        noun="pattern"
        max={50}
        onChange={(paths) => onChange('paths', { paths })}
      >
        {({ value }, index, change) => (
          <RowInput
            label={`Pattern ${index + 1}`}
            placeholder="/orders/**"
            error={errors[`paths.${index}`]}
            value={value}
            onChange={(event) => change(event.currentTarget.value)}
            onBlur={() => onLeave(`paths.${index}`)}
          />
        )}
      </RowList>
      <HeaderRows
        label="Fixed headers"
        hint="Every call gets them, such as a version that the service asks for. They are shown as they are: a secret belongs in the credential."
        headers={values.headers}
        errors={errors}
        placeholder={{ name: 'Accept-Version', value: '2' }}
        onChange={(headers) => onChange('headers', { headers })}
        onLeave={onLeave}
      />
      <Field
        label="Timeout in seconds"
        required
        error={errors.timeout_ms}
        hint="Until the answer begins, and between two parts of it. 120 at most."
      >
        <Input
          inputMode="decimal"
          className="sm:max-w-32"
          value={values.timeoutSeconds}
          autoComplete="off"
          onChange={(event) => onChange('timeout_ms', { timeoutSeconds: event.currentTarget.value })}
          onBlur={() => onLeave('timeout_ms')}
        />
      </Field>
      {isOAuth2 ? <ExpiredTokenFields values={values} errors={errors} onChange={onChange} onLeave={onLeave} /> : null}
      <FieldGroup label="State" error={errors.state}>
        <RadioGroup
          value={values.state}
          onValueChange={(state) => onChange('state', { state: state as Integration['state'] })}
          className="sm:grid-cols-2"
        >
          <RadioGroupItem value="enabled" label="Enabled" hint="Calls go through." />
          <RadioGroupItem value="paused" label="Paused" hint="Calls are refused until it is resumed." />
        </RadioGroup>
      </FieldGroup>
    </>
  )
}

function Mono({ children }: { children: string }) {
  return <code className="whitespace-nowrap font-mono text-foreground">{children}</code>
}
