export {
  type BulkRevocation,
  findOpenBulkRevocation,
  getBulkRevocation,
  requestBulkRevocation,
  requestReviewRevocation,
  runBulkRevocations,
} from './bulk'
export { type EnvironmentWall, endOverlap, renameApiKey, revokeApiKey, setRetireWhenSilent } from './change'
export { createApiKey, type IssuedKey } from './create'
export type { Grantor } from './grants'
export { type ListKeysQuery, listApiKeys, listKeysQuery } from './list'
export { findKeysIn, KeyLookup, type KeyRecord } from './lookup'
export { type ApiKeyView, getApiKey } from './read'
export { regenerateApiKey } from './regenerate'
export { retireSilentKeys } from './retire-silent'
export * from './schemas'
export { hasScope, isScope, missingScopes, type Scope, scopeCatalogue } from './scopes'
export { isAccepted, type KeyStatus, keyStatuses } from './status'
export { createToken, type Environment, hashToken, isWellFormedToken } from './token'
export { pruneUsage, UsageRecorder } from './usage'
