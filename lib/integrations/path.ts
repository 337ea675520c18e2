import { parseUrl } from '../parse-url'

/** Characters of a path, and of a whole URL: the latter is what Egress takes. */
const MAX_PATH = 4_096
const MAX_URL = 8_192
const MAX_PATTERN = 512
/** How often a path may be percent-encoded over. Twice is an encoded “%”; more than this is nobody's name. */
const MAX_LAYERS = 3

/** All that a request line may carry without misreading: visible ASCII. The rest is to be percent-encoded (RFC 3986). */
const VISIBLE_ASCII = /^[\x21-\x7e]*$/
/**
 * What only a server that decodes a second time would see: dots and slashes, in overlong UTF-8 and in the form of IIS too.
 */
const ENCODED_TWICE = /%(2e|2f|5c|c0|c1|e0%[89]|f0%8|u[0-9a-f]{4})/i

const PATH_REFUSED = Symbol.for('fenicia.path-refused')

/** A path that is not called: its message is for the caller and repeats nothing of it. Recognise it by `isPathRefused`. */
export class PathRefusedError extends Error {
  override name = 'PathRefusedError'
  readonly [PATH_REFUSED] = true
}

export function isPathRefused(error: unknown): error is PathRefusedError {
  return typeof error === 'object' && error !== null && PATH_REFUSED in error
}

/**
 * The address of a call: the path as the caller sent it, undecoded, below the base. Egress percent-encodes the few signs of
 * ASCII that the URL standard does not leave as they are, such as `"`, `<` and `{`. Whatever a server or something before it
 * could take for a way out of the base is refused rather than tidied, since what is tidied here may be read otherwise there:
 * dot segments (RFC 3986, 5.2.4), slashes, backslashes and controls in any spelling.
 * @param baseUrl an integration's, valid, which has no query
 * @param rawPath what stands after `/proxy/` in the request line, undecoded; empty for the base itself
 * @param rawQuery what stands after the `?`, undecoded; null without one
 * @returns the URL, and the path below the base, with the slash that begins it
 * @throws {PathRefusedError}
 */
export function joinPath(baseUrl: string, rawPath: string, rawQuery: string | null): { url: string; path: string } {
  checkPath(rawPath)
  const base = new URL(baseUrl)
  const stem = base.pathname.replace(/\/$/, '')
  const pathname = rawPath === '' ? base.pathname : `${stem}/${rawPath}`
  const query = rawQuery ?? ''
  if (!VISIBLE_ASCII.test(query) || /[\\#]/.test(query)) {
    throw new PathRefusedError('The query has characters that a URL can’t hold: percent-encode them.')
  }
  const url = `${base.origin}${pathname}${query && `?${query}`}`
  requireLength(url)
  if (!isBelow(url, base, stem, pathname))
    throw new PathRefusedError('The path leads out of the integration’s base URL.')
  return { url, path: `/${rawPath}` }
}

/**
 * Refuses an address that Egress would not take: also once the credential is in its query.
 * @throws {PathRefusedError}
 */
export function requireLength(url: string): void {
  if (url.length > MAX_URL) throw new PathRefusedError(`The address is longer than ${MAX_URL} characters.`)
}

/** Should a rule above have a gap: what the URL standard makes of the address is still below the base, and whole. */
function isBelow(url: string, base: URL, stem: string, pathname: string): boolean {
  const parsed = parseUrl(url)
  return (
    parsed !== null &&
    parsed.origin === base.origin &&
    parsed.username === '' &&
    parsed.password === '' &&
    parsed.hash === '' &&
    (parsed.pathname === base.pathname || parsed.pathname.startsWith(`${stem}/`)) &&
    parsed.pathname.split('/').length === pathname.split('/').length
  )
}

/** @throws {PathRefusedError} */
function checkPath(rawPath: string): void {
  if (rawPath.length > MAX_PATH) throw new PathRefusedError(`The path is longer than ${MAX_PATH} characters.`)
  if (!VISIBLE_ASCII.test(rawPath) || /[?#]/.test(rawPath)) {
    throw new PathRefusedError('The path has characters that a URL can’t hold as they are: percent-encode them.')
  }
  if (rawPath.startsWith('/')) throw new PathRefusedError('The path begins with an empty segment: leave out a slash.')
  for (const segment of rawPath.split('/')) checkSegment(segment)
  if (/^(https?:|[a-z][a-z0-9+.-]*:\/)/i.test(decodeURIComponent(rawPath))) {
    throw new PathRefusedError('A whole address was sent as the path: send what stands after the base URL.')
  }
}

/**
 * Looks at a segment as it is read by a server that decodes once, and by ones that decode again.
 * @throws {PathRefusedError}
 */
function checkSegment(segment: string): void {
  const once = decodeSegment(segment)
  if (once === null) throw new PathRefusedError('The path has a “%” that does not begin percent-encoded UTF-8.')
  if (ENCODED_TWICE.test(once))
    throw new PathRefusedError('The path has a dot, slash or backslash that is encoded twice.')
  let text = once
  for (let layer = 1; ; layer += 1) {
    if (/[/\\]/.test(text)) throw new PathRefusedError('The path has an encoded slash, or a backslash.')
    if (/\p{Cc}/u.test(text)) throw new PathRefusedError('The path has an encoded control character.')
    if (isDotSegment(text)) throw new PathRefusedError('The path has “.” or “..” as a segment, in whatever spelling.')
    const decoded: string = text.replace(/%[0-7][0-9a-f]/gi, (code) =>
      String.fromCharCode(Number.parseInt(code.slice(1), 16)),
    )
    if (decoded === text) return
    if (layer === MAX_LAYERS) throw new PathRefusedError('The path is percent-encoded too many times over.')
    text = decoded
  }
}

/**
 * Whether a server might climb: with path parameters (`..;a=b`), spaces or invisible characters beside the dots, or
 * characters that Unicode holds equivalent to dots and slashes (NFKC).
 */
function isDotSegment(text: string): boolean {
  const plain = text.normalize('NFKC').replace(/[\s\p{Cf}]/gu, '')
  return plain.split(/[/\\]/).some((part) => /^\.\.?(;|$)/.test(part))
}

/** @returns null for what is no percent-encoded UTF-8 */
function decodeSegment(segment: string): string | null {
  try {
    return decodeURIComponent(segment)
  } catch {
    return null
  }
}

/**
 * Whether a path may be called.
 * @param patterns see `pathPattern`; none: all paths may
 * @param path below the base, as `joinPath` gives it
 */
export function matchesPath(patterns: readonly string[], path: string): boolean {
  return patterns.length === 0 || patterns.some((pattern) => pathPattern(pattern)(path))
}

/**
 * The rule of a pattern. `/orders` is that path, `*` any one segment that is not empty, `/**` at the end whatever follows,
 * nothing included. Segments are compared decoded, one by one, in their letter case; a slash at the end makes another path,
 * as it does for many services.
 */
export function pathPattern(pattern: string): (path: string) => boolean {
  const wanted = pattern.split('/')
  const isOpen = wanted.at(-1) === '**'
  if (isOpen) wanted.pop()
  return (path) => {
    const segments = path.split('/')
    if (isOpen ? segments.length < wanted.length : segments.length !== wanted.length) return false
    return wanted.every((each, index) => isSegmentMatched(each, segments[index] as string))
  }
}

function isSegmentMatched(wanted: string, segment: string): boolean {
  if (wanted === '*') return segment !== ''
  const decoded = decodeSegment(segment)
  return decoded !== null && decoded === decodeSegment(wanted)
}

/** Whether a pattern is well-formed: what could never match, or is not what it looks like, is not. */
export function isPathPattern(text: string): boolean {
  if (!text.startsWith('/') || text.startsWith('//') || text.length > MAX_PATTERN) return false
  // Half of a surrogate pair can't be stored, and stands in no path.
  if (/[?#\s\p{Cs}]/u.test(text)) return false
  const segments = text.slice(1).split('/')
  return segments.every((segment, index) => {
    const isLast = index === segments.length - 1
    if (segment === '*' || (segment === '**' && isLast)) return true
    if (segment.includes('*') || (segment === '' && !isLast)) return false
    return isCallable(segment)
  })
}

function isCallable(segment: string): boolean {
  try {
    checkSegment(segment)
    return true
  } catch {
    return false
  }
}
