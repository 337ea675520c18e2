import Link from 'next/link'
import { Status } from '@/components/ui/status'
import { credentialHref } from './paths'
import { type Integration, stateNames } from './words'

/** Whether calls are let through, and whether they go well, as a word and a shape. */
export function IntegrationStatus({ state, failing_since }: Pick<Integration, 'state' | 'failing_since'>) {
  if (state === 'enabled' && failing_since) return <Status tone="error">Failing</Status>
  return <Status tone={state === 'enabled' ? 'success' : 'ended'}>{stateNames[state]}</Status>
}

/** The credential of an integration, or that it has none any more. */
export function CredentialLink({ credential }: Pick<Integration, 'credential'>) {
  if (!credential) return <Status tone="warning">No credential</Status>
  return (
    <Link
      href={credentialHref(credential.id)}
      prefetch={false}
      className="rounded underline decoration-border underline-offset-2 [overflow-wrap:anywhere] hover:decoration-current"
    >
      <bdi>{credential.name}</bdi>
    </Link>
  )
}
