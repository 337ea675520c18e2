'use client'

import { useCallback, useState } from 'react'
import { Authenticator } from './authenticator'
import { Passkeys, type ShownPasskey } from './passkeys'
import { NewRecoveryCodes, RecoveryCodes } from './recovery-codes'

export interface ShownFactors {
  authenticatorSince: string | null
  passkeys: ShownPasskey[]
  passkeysAvailable: boolean
  recoveryCodesLeft: number
}

/** The second factors of a person, and what stands in for them. */
export function SecondFactor({ factors }: { factors: ShownFactors }) {
  const [codes, setCodes] = useState<string[] | null>(null)
  const close = useCallback(() => setCodes(null), [])
  const hasSome = factors.authenticatorSince !== null || factors.passkeys.length > 0
  return (
    <div className="grid gap-5">
      <Passkeys passkeys={factors.passkeys} available={factors.passkeysAvailable} onCodes={setCodes} />
      <Authenticator since={factors.authenticatorSince} onCodes={setCodes} />
      {hasSome ? <RecoveryCodes left={factors.recoveryCodesLeft} onCodes={setCodes} /> : null}
      {codes ? <NewRecoveryCodes codes={codes} onClose={close} /> : null}
    </div>
  )
}
