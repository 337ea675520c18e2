/** An answer that the server put into the page, so that the first paint waits for no request. */
export interface Preloaded<Answer> {
  /** The path that would have given it. */
  path: string
  answer: Answer
  /** Milliseconds since 1970. */
  at: number
}
