export { findIntegration, integrationNotFound } from './base'
export { pruneProxyCalls } from './call-recorder'
export { type CallPage, type KeyReach, listCalls, listCallsQuery, reachOfKey } from './calls'
export {
  getIntegration,
  type IntegrationView,
  listIntegrations,
  listIntegrationsQuery,
} from './read'
export { createIntegration, deleteIntegration, updateIntegration } from './save'
export {
  type ExpiredTokenRule,
  type IntegrationChanges,
  type IntegrationForm,
  integrationChanges,
  integrationForm,
  methods,
  slugOf,
} from './schemas'
export { type Tried, type TryInput, tryInput, tryIntegration } from './try'
