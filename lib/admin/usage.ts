/** The command line itself is wrong; nothing was tried. The message names the option and the rule. */
export class UsageError extends Error {
  override name = 'UsageError'
}

export const USAGE = `Usage: npm run -s admin -- <command> [options]

Works on the data folder (FENICIA_DATA) or on DATABASE_URL, with the environment of the server. The embedded database
belongs to one process: stop the server first.

Commands:
  create-account --name NAME --email ADDRESS --password-stdin [--person NAME]
      Makes an account, whose owner signs in with the address and the password on standard input. --person is the
      owner's name; without it, it is what stands before the @ of the address.

  create-key --email ADDRESS --name NAME --scopes LIST [--environment live|test] [--expires WHEN]
      [--rate N/SECONDS|off] [--account ID]
      Makes an API key in the account of the person with that address. The token goes to standard output and nothing
      else does; nobody can see it again, so that the key is revoked where it can't be written. LIST is comma-separated,
      such as orders:read,products:*. WHEN is a number of hours, days, weeks or years (12h, 90d, 4w, 1y) or a date
      (2027-01-31, 2027-01-31T18:00:00Z); without it, the key does not expire. --rate is how many requests it may make
      in how many seconds, 100/60 if nothing is said; off: any number. --account is needed only for members of several
      accounts.

  reset-password --email ADDRESS --password-stdin
      Sets a new password, from standard input, and signs the person out everywhere.

  reset-second-factor --email ADDRESS
      Removes the authenticator app, passkeys and recovery codes of somebody who lost them, and signs the person out
      everywhere. Make sure first that it is them who asks.

  list
      Lists the accounts with their members.

  audit verify [--account ID]
      Reads every chain of audit events from its beginning to its end and names the first link of each that is broken.
      Changes nothing; may run while people work.

  audit checkpoint --account ID
      Writes how far an account's chain goes, signed, as JSON. Keep it elsewhere: it proves later that nothing up to there
      has been changed.

  audit prove --checkpoint FILE
      Says whether a checkpoint that was written earlier still holds.

  vault-rotate, or: npm run vault rotate
      Wraps every account's data key with the first of FENICIA_MASTER_KEYS. The server may run meanwhile, with the new
      and the old master keys configured; afterwards the old ones may be taken out. What does not open is named, stays
      as it is, and makes the command end with 1, as it does with vault-rekey.

  vault-rekey [--account ID], or: npm run vault rekey
      Gives an account, or all, a new data key and seals every secret with it. When it is cut off, run it again.

  vault-check, or: npm run vault check
      Opens everything in the vault and lists what does not open. Changes nothing.

Options:
  --json    Write one JSON value instead of words, to standard output or, when refused, to standard error.
  --help    Show this.

Exit codes: 0 done, 1 refused, failed, or something does not open or is not as it was, 2 the command line is wrong.
`

const UNITS = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000, y: 365 * 86_400_000 }

/** RFC 3339 has four digits for a year. */
const LAST_YEAR = 9999

/**
 * Reads `--expires`: a span from now, or a date (its end, UTC) or date-time. @returns RFC 3339, null for never
 * @throws {UsageError}
 */
export function parseExpires(text: string | undefined, now = Date.now()): string | null {
  if (text === undefined) return null
  const at = expiresAt(text, now)
  if (at.getUTCFullYear() > LAST_YEAR) {
    throw new UsageError(`--expires must be no later than the year ${LAST_YEAR}; without it, the key does not expire`)
  }
  return at.toISOString()
}

function expiresAt(text: string, now: number): Date {
  const span = /^([1-9]\d{0,4})([hdwy])$/.exec(text)
  if (span) return new Date(now + Number(span[1]) * UNITS[span[2] as keyof typeof UNITS])
  const date = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T23:59:59Z` : text
  const isDateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(date)
  const at = new Date(date)
  // An impossible day, such as 31 February, would be taken for one in March.
  if (!isDateTime || Number.isNaN(at.getTime()) || !isRealDay(date.slice(0, 10))) {
    throw new UsageError('--expires must be a span such as 12h, 90d, 4w or 1y, or a date such as 2027-01-31')
  }
  return at
}

/**
 * Reads `--rate`: requests and seconds, or off. @returns null for any number of requests, undefined for what a key gets by
 * itself
 * @throws {UsageError}
 */
export function parseRate(text: string | undefined): { requests: number; seconds: number } | null | undefined {
  if (text === undefined) return undefined
  if (text === 'off') return null
  const [, requests, seconds] = /^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? []
  if (requests && seconds) return { requests: Number(requests), seconds: Number(seconds) }
  throw new UsageError('--rate must be requests and seconds such as 100/60, or off')
}

function isRealDay(day: string): boolean {
  const at = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day)
}
