export { isOAuthError, OAuthError, type OAuthErrorCode } from './errors'
export { expireTokens, moveTokens, type NewTokens, putTokens, removeTokens, type TokenOwner } from './stored-tokens'
export { type Grant, type OAuthClient, obtainTokens, type TokenSet } from './token-endpoint'
export { type KeptTokens, type Renewable, type RenewalOptions, TokenKeeper } from './token-keeper'
