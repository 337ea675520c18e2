'use client'

import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import type { ActionAnswer } from '../action-answer'
import { givePasskey } from '../passkey'

const LOST = 'No answer came from the server. Check your connection, then try again.'

/**
 * Asks the server what to sign, the browser to sign it, and the server what it thinks of that.
 * @param onDone told once the server has accepted it
 */
export function PasskeyButton({
  label,
  ask,
  give,
  onDone,
}: {
  label: string
  ask: () => Promise<ActionAnswer<PublicKeyCredentialRequestOptionsJSON>>
  give: (answer: unknown) => Promise<ActionAnswer<null>>
  onDone: () => void
}) {
  const [pending, setPending] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)

  async function run(): Promise<string | null> {
    const asked = await ask()
    if (!asked.ok) return asked.message
    const { answer, problem } = await givePasskey(asked.value)
    if (problem !== undefined) return problem
    const given = await give(answer)
    if (!given.ok) return given.message
    onDone()
    return null
  }
  return (
    <div className="grid gap-3">
      <Button
        size="lg"
        pending={pending}
        onClick={async () => {
          setPending(true)
          setProblem(null)
          setProblem(await run().catch(() => LOST))
          setPending(false)
        }}
      >
        <KeyRound aria-hidden="true" />
        {label}
      </Button>
      {problem ? (
        <Banner tone="error" role="alert">
          {problem}
        </Banner>
      ) : null}
    </div>
  )
}
