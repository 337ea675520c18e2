import { credentialStore } from '../credentials/runtime'
import { getRuntime } from '../runtime'
import type { ProxyDeps } from './proxy'

/** What this process calls services with. */
export function proxyDeps(): ProxyDeps {
  const { uses, calls } = getRuntime()
  return { ...credentialStore(), uses, calls }
}
