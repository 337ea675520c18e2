import { providers } from '@/lib/credentials'
import type { ProviderMarks } from './words'

/** Name and monogram of every provider, for pages that must not load the whole catalogue. On the server only. */
export function providerMarks(): ProviderMarks {
  return Object.fromEntries(providers.map(({ id, name, monogram }) => [id, { name, monogram }]))
}
