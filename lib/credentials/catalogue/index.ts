import { analytics } from './analytics'
import { carriers } from './carriers'
import { erp } from './erp'
import { marketplaces } from './marketplaces'
import { payments } from './payments'
import { stores } from './stores'
import type { Provider } from './types'

export const providers: readonly Provider[] = [
  ...marketplaces,
  ...stores,
  ...payments,
  ...carriers,
  ...erp,
  ...analytics,
]

const byId = new Map(providers.map((provider) => [provider.id, provider]))

export function findProvider(id: string): Provider | undefined {
  return byId.get(id)
}

export type { CredentialTemplate, Provider, ProviderGroup, Source, Variable } from './types'
export { providerGroups } from './types'
export { variablesOf } from './variables'
