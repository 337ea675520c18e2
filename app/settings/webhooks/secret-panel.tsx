'use client'

import { Banner } from '@/components/ui/banner'
import { CodeBlock } from '@/components/ui/code-block'

/** A signing secret, the one time that it is shown. */
export function SecretPanel({ secret }: { secret: string }) {
  return (
    <div className="grid gap-3" role="status" aria-label="Signing secret">
      <Banner tone="warning" title="Copy the signing secret now: it is shown only once">
        Your receiver checks with it that a message is Fenicia’s and was not changed. Whoever has it can make messages
        that look like Fenicia’s.
      </Banner>
      <CodeBlock code={secret} label="Signing secret" />
    </div>
  )
}
