export { pruneProxyCalls } from './call-recorder'
export { type CallPage, type KeyReach, listCalls, listCallsQuery, reachOfKey } from './calls'
export { findFailingIntegrations } from './find-failing'
export {
  getIntegration,
  type IntegrationView,
  listIntegrations,
  listIntegrationsQuery,
} from './read'
export { createIntegration, deleteIntegration, updateIntegration } from './save'
export {
  integrationChanges,
  integrationForm,
} from './schemas'
export { type Tried, tryInput, tryIntegration } from './try'
