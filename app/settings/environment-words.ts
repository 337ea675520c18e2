import type { Environment } from '@/lib/api-keys'

export const environmentNames: Record<Environment, string> = { live: 'Live', test: 'Test' }

/** The environment that the address of a list names; undefined: both. */
export function environmentIn(params: URLSearchParams): Environment | undefined {
  const environment = params.get('environment')
  return environment === 'live' || environment === 'test' ? environment : undefined
}
