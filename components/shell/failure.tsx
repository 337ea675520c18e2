'use client'

import { Button } from '@/components/ui/button'
import { MessagePage } from './message-page'

/** What an error boundary of Next hands over. An error of the server has a digest, which its log carries too. */
export interface FailureProps {
  error: unknown
  /** Fetches and renders again what failed. */
  retry: () => void
}

/** What stands in a page's place when it could not be shown. */
export function Failure({ error, retry }: FailureProps) {
  const reference = digestOf(error)
  // What failed in the browser (often code of an older version that the server no longer has) needs the whole page again.
  const again = reference ? retry : () => location.reload()
  return (
    <MessagePage
      role="alert"
      title="This page could not be shown"
      reference={reference}
      actions={
        <Button variant="primary" onClick={again}>
          Try again
        </Button>
      }
    >
      <p>
        {reference ? 'Something failed on the server while it made this page.' : 'Something failed in the browser.'}{' '}
        What was saved before is safe. If you were saving something, look whether it is there before you do it again.
      </p>
      <p>Trying again often helps. If it does not, the person who runs this server can find out why.</p>
    </MessagePage>
  )
}

function digestOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('digest' in error)) return undefined
  return typeof error.digest === 'string' ? error.digest : undefined
}
