import { FieldGroup } from '@/components/ui/field'
import { RadioGroup, RadioGroupItem } from '@/components/ui/radio-group'
import type { Environment } from '@/lib/api-keys'
import { environmentNames } from './environment-words'

/** Why an environment can’t be chosen of what is there already. */
export const STAYS = 'Stays as it was made.'

/**
 * For which environment something is made.
 * @param stays why it can’t be chosen any more; undefined: it can
 */
export function EnvironmentField({
  value,
  testHint,
  error,
  stays,
  onChange,
}: {
  value: Environment
  testHint: string
  error?: string
  stays?: string
  onChange: (environment: Environment) => void
}) {
  const item = (environment: Environment, hint: string) => (
    <RadioGroupItem
      value={environment}
      label={environmentNames[environment]}
      hint={stays === undefined || value !== environment ? hint : stays}
      disabled={stays !== undefined}
    />
  )
  return (
    <FieldGroup label="Environment" error={error}>
      <RadioGroup value={value} onValueChange={(chosen) => onChange(chosen as Environment)} className="sm:grid-cols-2">
        {item('live', 'For the app in everyday use.')}
        {item('test', testHint)}
      </RadioGroup>
    </FieldGroup>
  )
}
