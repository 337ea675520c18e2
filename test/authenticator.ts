import { Secret as OtpSecret, TOTP } from 'otpauth'
import type { Database } from '@/db/client'
import { confirmAuthenticator, type Session, startAuthenticator } from '@/lib/accounts'
import { getRuntime, type Runtime } from '@/lib/runtime'
import { Vault } from '@/lib/vault'
import { MasterKeys } from '@/lib/vault/master-keys'
import { SOMEWHERE } from './people'

/** Gives the runtime of a test a vault of its own. */
export function useVault(keys: MasterKeys['first'][] = [{ kid: 'test', key: new Uint8Array(32).fill(7) }]): void {
  const [first, ...others] = keys
  if (!first) throw new Error('A vault has a master key')
  ;(getRuntime() as { vault: Runtime['vault'] }).vault = new Vault(new MasterKeys([first, ...others]))
}

/** The code that an authenticator app shows at a moment, by the secret that was typed into it. */
export function codeAt(secret: string, now = Date.now()): string {
  return new TOTP({ secret: OtpSecret.fromBase32(secret) }).generate({ timestamp: now })
}

/** Adds an authenticator app. */
export async function addAuthenticator(
  db: Database,
  session: Session,
): Promise<{ secret: string; recoveryCodes: string[] }> {
  const secret = (await startAuthenticator(db, session)).secret.reveal()
  const { recoveryCodes } = await confirmAuthenticator(db, session, codeAt(secret), SOMEWHERE)
  return { secret, recoveryCodes: recoveryCodes ?? [] }
}
