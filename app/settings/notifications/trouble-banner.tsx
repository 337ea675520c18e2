import Link from 'next/link'
import { Banner } from '@/components/ui/banner'
import { buttonVariants } from '@/components/ui/button'
import { listTroubles } from '@/lib/notifications'
import { getRuntime } from '@/lib/runtime'
import { troubleWords } from './words'

/**
 * What is wrong with a credential now, on a page that it affects. A credential's own page tells by itself of a refusal and
 * of the end of its secret.
 */
export async function TroubleBanner({
  accountId,
  credentialId,
  on,
}: {
  accountId: string
  /** Null: there is none, and nothing to say. */
  credentialId: string | null
  on: 'credential' | 'integration'
}) {
  if (credentialId === null) return null
  const troubles = await listTroubles(getRuntime().database.db, accountId, credentialId)
  return troubles
    .filter(
      ({ kind, trouble }) =>
        on === 'integration' || (kind !== 'credential.reauthorization_required' && trouble !== 'secret_end'),
    )
    .map((trouble) => {
      const { title, text, tone } = troubleWords(trouble, new Date())
      const page = `/settings/credentials/${credentialId}`
      const isRefused = trouble.kind === 'credential.reauthorization_required'
      return (
        <Banner
          key={trouble.trouble}
          tone={tone}
          title={title}
          action={
            on === 'integration' ? (
              <Link href={isRefused ? `${page}?reauthorize=1` : page} className={buttonVariants({ size: 'sm' })}>
                {isRefused ? 'Re-authorize' : 'Open credential'}
              </Link>
            ) : undefined
          }
        >
          {text}
        </Banner>
      )
    })
}
