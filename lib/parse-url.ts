/**
 * Reads an address by the URL standard; null: it is none. In place of `URL.canParse`, which on Node 20 and 22 denies
 * addresses with letters beyond ASCII once it was called some thousand times: https://github.com/AikidoSec/firewall-node/pull/1086
 * @param base what a relative one is relative to
 */
export function parseUrl(text: string, base?: string | URL): URL | null {
  try {
    return new URL(text, base)
  } catch {
    return null
  }
}
