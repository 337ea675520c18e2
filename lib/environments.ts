import type { Environment } from './api-keys/token'
import { Refusal } from './errors'

/** Whose credentials and integrations are meant: all of an account's or, for a key, those of its environment. */
export interface Reach {
  accountId: string
  /** Left out: both. */
  environment?: Environment
}

export function otherEnvironment(environment: Environment): Environment {
  return environment === 'live' ? 'test' : 'live'
}

/**
 * The refusal of a key that names what is of the other environment of its own account.
 * @param what such as “This credential”; never more than the caller has named
 * @param environment of what was named
 */
export function environmentMismatch(what: string, environment: Environment): Refusal {
  return new Refusal('environment_mismatch', mismatchText(what, environment))
}

/** The sentence of that refusal: which environment it is of, and which key to use. */
export function mismatchText(what: string, environment: Environment): string {
  const [is, key] = environment === 'live' ? ['live', 'a test key'] : ['of the test environment', 'a live key']
  return `${what} is ${is}, and this is ${key}: use a ${environment} key (fn_${environment}_…).`
}

/**
 * The environment of what somebody makes: the one that is asked for, else a key’s own, else live.
 * @throws {Refusal} `environment_mismatch` for a key that asks for the other one
 */
export function environmentToMake(
  { environment: own }: Pick<Reach, 'environment'>,
  asked: Environment | undefined,
): Environment {
  const environment = asked ?? own ?? 'live'
  if (own && environment !== own) throw environmentMismatch('What was to be made', environment)
  return environment
}
