import type { AccountPolicy } from '@/lib/accounts'
import { addressesIn, numberIn } from '../api-keys/limits/draft'

export type KeyPolicy = Pick<AccountPolicy, 'keyExpiryRequired' | 'keyMaxDays' | 'keyIdleDays' | 'keyAddresses'>

/** What an account asks of its keys as a form holds it: what was typed, whether or not it is a rule. */
export interface RulesDraft {
  expiryRequired: boolean
  /** Empty: none. */
  maxDays: string
  /** Empty: none. */
  idleDays: string
  /** One on a line, or with commas between; empty: from anywhere. */
  addresses: string
}

export function draftOf({ keyExpiryRequired, keyMaxDays, keyIdleDays, keyAddresses }: KeyPolicy): RulesDraft {
  return {
    expiryRequired: keyExpiryRequired,
    maxDays: keyMaxDays?.toString() ?? '',
    idleDays: keyIdleDays?.toString() ?? '',
    addresses: keyAddresses?.join('\n') ?? '',
  }
}

/** The rules as the server takes them: those that were changed, and no other. */
export function rulesInput({ expiryRequired, maxDays, idleDays, addresses }: Partial<RulesDraft>) {
  return {
    ...(expiryRequired !== undefined && { expiry_required: expiryRequired }),
    ...(maxDays !== undefined && { max_days: daysIn(maxDays) }),
    ...(idleDays !== undefined && { idle_days: daysIn(idleDays) }),
    ...(addresses !== undefined && { addresses: addressesIn(addresses) }),
  }
}

/** Empty: none. What is no number becomes 0, which the server refuses by the rule of the field. */
function daysIn(text: string): number | null {
  return text.trim() === '' ? null : Number(numberIn(text)) || 0
}
