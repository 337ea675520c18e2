export { isOAuthError, OAuthError } from './errors'
export { expireTokens, moveTokens, putTokens, removeTokens } from './stored-tokens'
export { type OAuthClient, obtainTokens } from './token-endpoint'
export { type KeptTokens, type Renewable, type RenewalOptions, TokenKeeper } from './token-keeper'
