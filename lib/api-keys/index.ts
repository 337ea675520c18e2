export { type Admission, type AdmissionRefusal, admissionRefusals, admitKey, type Entry } from './admission'
export {
  type BulkRevocation,
  findOpenBulkRevocation,
  getBulkRevocation,
  type RevokedKey,
  readRevocationReport,
  requestBulkRevocation,
  runBulkRevocations,
} from './bulk'
export { type EnvironmentWall, endOverlap, renameApiKey, revokeApiKey, setRetireWhenSilent } from './change'
export { createApiKey, type IssuedKey } from './create'
export { endOf, type Grantor, personGrantor } from './grants'
export { changeKeyRules, keyRulesInput } from './key-rules'
export { Allowances, type LimitState } from './leases'
export { DEFAULT_RATE, limitFields, readLimitColumns } from './limits'
export { type ListKeysQuery, listApiKeys, listKeysQuery } from './list'
export { findKeysIn, KeyLookup, type KeyRecord } from './lookup'
export { narrowScopes } from './narrow'
export { pruneUsage } from './prune-usage'
export { type ApiKeyView, getApiKey } from './read'
export { readScopeUse, readUsage, type ScopeUse, type UsageSpan, usageQuery } from './read-usage'
export { regenerateApiKey } from './regenerate'
export {
  endRehearsals,
  getRehearsal,
  type RehearsalView,
  startRehearsal,
  stopRehearsal,
} from './rehearse'
export { changeApiKey, pauseApiKey, resumeApiKey } from './restrain'
export { retireSilentKeys } from './retire-silent'
export { revokeIdleKeys } from './revoke-idle'
export * from './schemas'
export { hasScope, isScope, missingScopes, type Scope, scopeCatalogue } from './scopes'
export { isAccepted, keyStatuses } from './status'
export { createToken, type Environment, hashToken, isWellFormedToken } from './token'
export { UsageRecorder } from './usage'
export { warnOfKeyExpiry } from './warn-of-expiry'
