export {
  type CredentialReview,
  countCredentialFindings,
  lastUses,
  reviewCredentials,
  reviewCredentialsQuery,
} from './credentials'
export { sendReviewDigests } from './digest'
export { credentialFindings, type KeyFinding, keyFindings } from './findings'
export { keepCredentials, keepCredentialsInput, keepKeys, keepKeysInput } from './keep'
export { countKeyFindings, type KeyReview, reviewKeys, reviewKeysQuery } from './keys'
export { requestReviewRevocation, reviewRevocationInput } from './revoke'
