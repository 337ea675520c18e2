import { isIP } from 'node:net'
import { getRuntime } from '../../runtime'

/** Who we are to passkeys: they are bound to the host of our public address, and used on its pages alone. */
export function relyingParty(url = getRuntime().config.url): { id: string; origin: string; name: string } {
  const { hostname, origin } = new URL(url)
  return { id: hostname, origin, name: 'Fenicia' }
}

/** Whether browsers have passkeys at our public address: it has a name, and https unless it is this machine. */
export function hasPasskeys(url = getRuntime().config.url): boolean {
  const { hostname, protocol } = new URL(url)
  if (isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0) return false
  return protocol === 'https:' || hostname === 'localhost' || hostname.endsWith('.localhost')
}
