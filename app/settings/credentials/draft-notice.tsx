'use client'

import Link from 'next/link'
import { absoluteTime } from '@/components/time'
import { Banner } from '@/components/ui/banner'
import { Button, buttonVariants } from '@/components/ui/button'
import { RelativeTime } from '@/components/ui/relative-time'
import { toast } from '@/components/ui/toast'
import { ProblemBanner } from '../data/problem-banner'
import { useAction } from '../data/use-action'
import { discardTestedForm } from './actions'
import type { Allowed } from './credential-menu'
import { draftHref } from './paths'
import { useCredentialsChanged } from './queries'
import type { Draft, ProviderMarks } from './words'

/** Tells of one form that was tested and not saved, see `DraftsNotice`. */
export default function DraftNotice({ draft, marks, may }: { draft: Draft; marks: ProviderMarks; may: Allowed }) {
  const { id, credential_id, form, last_test, expires_at } = draft
  const changed = useCredentialsChanged()
  const { run, pending, problem, passwordDialog } = useAction(discardTestedForm, () => {
    changed()
    toast('Draft discarded')
  })
  const provider = typeof form.provider === 'string' ? (marks[form.provider]?.name ?? form.provider) : null
  const name = typeof form.name === 'string' ? `“${form.name}”` : null
  const isNew = provider ? `a credential for ${provider}` : `the credential ${name}`
  const what = credential_id ? `changes of ${name ?? 'a credential'}` : isNew
  const mayContinue = credential_id ? may.update : may.create
  return (
    <>
      <ProblemBanner problem={problem} />
      <Banner
        tone="warning"
        title={
          <>
            You tested {what}
            {last_test ? (
              <>
                {' '}
                <RelativeTime value={last_test.at} />
              </>
            ) : null}{' '}
            and did not save it
          </>
        }
        action={
          <>
            {mayContinue ? (
              <Link href={draftHref(draft)} prefetch={false} className={buttonVariants({ size: 'sm' })}>
                Continue
              </Link>
            ) : null}
            <Button size="sm" variant="ghost" pending={pending} onClick={() => run(id)}>
              Discard
            </Button>
          </>
        }
      >
        The test has spent the refresh token. Its new tokens are kept until{' '}
        <time dateTime={expires_at} suppressHydrationWarning>
          {absoluteTime(new Date(expires_at))}
        </time>
        ; discarded, they are lost, and the service has to be connected anew.
      </Banner>
      {passwordDialog}
    </>
  )
}
