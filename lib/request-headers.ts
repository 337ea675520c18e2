/** Headers by which proxy.ts tells pages and actions about the request; what a client sends under these names is dropped. */
export const REQUEST_ID_HEADER = 'x-request-id'
export const PATH_HEADER = 'x-fenicia-path'

/**
 * By which a page of the settings says for whom it was made, with each request that its script sends. The answer has it too,
 * and says whose the browser's session is, where that is somebody else or in another account by now.
 */
export const PAGE_OF_HEADER = 'x-fenicia-page-of'

/** What that header says of a person in one of their accounts. */
export function pageOf(userId: string, accountId: string): string {
  return `${userId} ${accountId}`
}
