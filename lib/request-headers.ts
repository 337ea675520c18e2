/** Headers by which proxy.ts tells pages and actions about the request; what a client sends under these names is dropped. */
export const REQUEST_ID_HEADER = 'x-request-id'
export const PATH_HEADER = 'x-fenicia-path'
