import { Badge } from '@/components/ui/badge'
import type { Environment } from '@/lib/api-keys'
import { environmentNames } from './environment-words'

/** Of which environment a key, a credential or an integration is. */
export function EnvironmentBadge({ environment }: { environment: Environment }) {
  return <Badge variant={environment === 'live' ? 'solid' : 'outline'}>{environmentNames[environment]}</Badge>
}
