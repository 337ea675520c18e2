export { credentialNotFound, findCredential, settingsOfRow, testOfRow } from './base'
export { findProvider, providers } from './catalogue'
export { deleteCredential } from './delete'
export { type DraftForm, type DraftView, discardDraft, getDraft, listDrafts, pruneDrafts } from './drafts'
export { renewableOf } from './oauth'
export { type Placed, placeCredential, placesOf, withQuery } from './place'
export {
  type CredentialView,
  credentialFilters,
  EXPIRING_DAYS,
  getCredential,
  listCredentials,
  listCredentialsQuery,
} from './read'
export { createCredential, updateCredential } from './save'
export {
  type CredentialChanges,
  type CredentialForm,
  credentialChanges,
  credentialForm,
  typeNames,
} from './schemas'
export type { CredentialStore } from './store'
export type { StageReport, TestEvent, TestReport } from './test/report'
export { type FormTestReport, testChanges, testCredential, testForm } from './test/run'
export type { CredentialSettings, CredentialType, TestRequest, TestResult } from './types'
