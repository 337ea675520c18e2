export { findProvider, providers } from './catalogue'
export { beginForm, beginStored, fillFromIssuer } from './connect/begin'
export { type ConsentView, getConsent, pruneConsents } from './connect/consents'
export { cancelConsent, discardAccount, replaceAccount } from './connect/decide'
export { disconnect } from './connect/disconnect'
export { type CallbackRefusal, finishConsent } from './connect/finish'
export { deleteCredential } from './delete'
export { type DraftView, discardDraft, getDraft, listDrafts, pruneDrafts } from './drafts'
export {
  type CredentialView,
  getCredential,
  listCredentials,
  listCredentialsQuery,
} from './read'
export { renewDueCredentials, renewIfDue, renewNow } from './renew'
export { listRenewals, listRenewalsQuery, pruneRenewals, type RenewalView } from './renewals'
export { createCredential, updateCredential } from './save'
export {
  credentialChanges,
  credentialForm,
  typeNames,
} from './schemas'
export type { CredentialStore } from './store'
export type { StageReport, TestEvent, TestReport } from './test/report'
export { type FormTestReport, testChanges, testCredential, testForm } from './test/run'
export type { CredentialType } from './types'
export { warnOfExpiry } from './warn-of-expiry'
