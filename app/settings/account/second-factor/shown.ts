import { type Factors, hasPasskeys } from '@/lib/accounts'
import type { ShownFactors } from './second-factor'

/** A person's second factors as the page shows them. */
export function shownFactors({ authenticatorSince, passkeys, recoveryCodesLeft }: Factors): ShownFactors {
  return {
    authenticatorSince: authenticatorSince?.toISOString() ?? null,
    passkeysAvailable: hasPasskeys(),
    recoveryCodesLeft,
    passkeys: passkeys.map(({ id, name, createdAt, lastUsedAt, transports, backedUp }) => ({
      id,
      name,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
      kept: keptWhere(transports, backedUp),
    })),
  }
}

function keptWhere(transports: string[], backedUp: boolean): string {
  if (backedUp) return 'Synced between devices.'
  return transports.some((name) => ['usb', 'nfc', 'ble'].includes(name)) ? 'On a security key.' : 'On one device.'
}
