import type { Page } from '@playwright/test'
import { Secret, TOTP } from 'otpauth'

/** What an authenticator app shows for a key that was typed into it, so many steps of 30 seconds from now. */
export function codeOf(key: string, steps = 0): string {
  const totp = new TOTP({ secret: Secret.fromBase32(key.replace(/\s/g, '')) })
  return totp.generate({ timestamp: Date.now() + steps * 30_000 })
}

/**
 * Gives a browser a device that keeps passkeys and knows its person, as a laptop with a fingerprint reader
 * (https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/).
 */
export async function addPasskeyDevice(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}
