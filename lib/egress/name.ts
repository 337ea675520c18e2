const NAME = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/

/** Suffixes of names that mean something inside one network only: RFC 6761, 6762, 8375, ICANN's `internal`, and customs. */
const INSIDE = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|test|home\.arpa)$/

/**
 * A host name as names are compared and looked up: without the dot that may end it.
 * @param hostname as `URL` gives it: lower case, punycode
 * @returns null for what no server's name consists of
 */
export function normalizeName(hostname: string): string | null {
  const name = hostname.replace(/\.$/, '')
  return name.length <= 253 && NAME.test(name) ? name : null
}

/** Whether a name can only mean something inside a network, so that even whether it exists is nobody's business. */
export function isInsideName(name: string): boolean {
  return !name.includes('.') || INSIDE.test(name)
}

/** Whether a name is one that no server can have: `.invalid` is kept free for that (RFC 6761, 6.4). */
export function isImpossibleName(name: string): boolean {
  return /(^|\.)invalid$/.test(name)
}
