import { Select } from '@/components/ui/select'
import type { Environment } from '@/lib/api-keys'
import { environmentNames } from './environment-words'

/** Narrows a list to one environment. */
export function EnvironmentFilter({
  value,
  className,
  onChange,
}: {
  value: Environment | undefined
  className: string
  onChange: (environment: Environment | undefined) => void
}) {
  return (
    <Select
      aria-label="Environment"
      className={className}
      value={value ?? ''}
      onChange={(event) => onChange((event.currentTarget.value || undefined) as Environment | undefined)}
    >
      <option value="">Live and test</option>
      {Object.entries(environmentNames).map(([environment, name]) => (
        <option key={environment} value={environment}>
          {name}
        </option>
      ))}
    </Select>
  )
}
