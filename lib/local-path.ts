import { parseUrl } from './parse-url'

/**
 * The path that a redirect parameter names, when it leads to one of our own pages; else `fallback`. Browsers take `\` for
 * `/` and drop tabs and line breaks, so that `/\evil.example` would lead to another host.
 */
export function localPath(wanted: string | null | undefined, fallback = '/'): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (!wanted?.startsWith('/') || /^\/\/|[\\\x00-\x1f\x7f]/.test(wanted)) return fallback
  const base = 'http://fenicia.invalid'
  const url = parseUrl(wanted, base)
  // Dots may hide slashes: "/.//evil.example" is "//evil.example".
  if (!url || url.origin !== base || url.pathname.startsWith('//') || url.pathname.startsWith('/api/')) return fallback
  return url.pathname + url.search + url.hash
}
