/** What may be searched for in place of what was typed. */
export interface SafeSearch {
  query: string
  /** Whether the text held a token, or so much of one that it must not leave the browser. */
  hidToken: boolean
}

const SECRET_LENGTH = 38
const HINT_LENGTH = 4

/** A prefix with what follows it: a token, a part of one, or a hint as the list shows it (`fn_live_abcd…wxyz`). */
const PREFIXED = /fn_(?:live|test)_([0-9A-Za-z]+)(?:(?:…|\.{3})([0-9A-Za-z]{4})(?![0-9A-Za-z]))?/

/** A token's secret part without its prefix; ids are told apart by their underscore. */
const BARE_SECRET = /(?<![0-9A-Za-z_])[0-9A-Za-z]{30,}(?![0-9A-Za-z_])/

/**
 * Turns a pasted token into the part of it that the list shows anyway, its last four characters (its first four when the
 * end is missing). Anything else comes back as it was. A token must reach neither an address nor a request.
 */
export function safeSearch(text: string): SafeSearch {
  const prefixed = PREFIXED.exec(text)
  if (prefixed) {
    const [, run = '', hintEnd] = prefixed
    if (run.length < HINT_LENGTH) return { query: text, hidToken: false }
    if (run.length === HINT_LENGTH) return { query: hintEnd ?? run, hidToken: false }
    const isWhole = run.length >= SECRET_LENGTH
    return { query: isWhole ? lastFour(run.slice(0, SECRET_LENGTH)) : run.slice(0, HINT_LENGTH), hidToken: true }
  }
  const bare = BARE_SECRET.exec(text)
  return bare ? { query: lastFour(bare[0]), hidToken: true } : { query: text, hidToken: false }
}

function lastFour(text: string): string {
  return text.slice(-HINT_LENGTH)
}
