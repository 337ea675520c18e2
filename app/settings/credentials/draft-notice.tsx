'use client'

import Link from 'next/link'
import { absoluteTime } from '@/components/time'
import { AlertDialogTrigger } from '@/components/ui/alert-dialog'
import { Banner } from '@/components/ui/banner'
import { buttonVariants } from '@/components/ui/button'
import { RelativeTime } from '@/components/ui/relative-time'
import { toast } from '@/components/ui/toast'
import { ConfirmDialog } from '../confirm-dialog'
import { useAction } from '../data/use-action'
import { discardTestedForm } from './actions'
import type { Allowed } from './credential-menu'
import { draftHref } from './paths'
import { useCredentialsChanged } from './queries'
import type { Draft, ProviderMarks } from './words'

/** Tells of one form that was tested or connected and not saved, see `DraftsNotice`. */
export default function DraftNotice({
  draft,
  marks,
  may,
  onDiscarded,
}: {
  draft: Draft
  marks: ProviderMarks
  may: Allowed
  onDiscarded: () => void
}) {
  const { id, credential_id, form, last_test, expires_at } = draft
  const { done, kept, lost, forgets } = wordsOf(draft)
  const changed = useCredentialsChanged()
  const { run, pending, problem, clear, passwordDialog } = useAction(discardTestedForm, () => {
    onDiscarded()
    changed()
    toast('Draft discarded')
  })
  const provider = typeof form.provider === 'string' ? (marks[form.provider]?.name ?? form.provider) : null
  const name = typeof form.name === 'string' ? `“${form.name}”` : null
  const isNew = provider ? `a credential for ${provider}` : `the credential ${name}`
  const what = credential_id ? `changes of ${name ?? 'a credential'}` : isNew
  const mayContinue = credential_id ? may.update : may.create
  return (
    <Banner
      tone="warning"
      title={
        <>
          You {done} {what}
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
          <ConfirmDialog
            trigger={
              <AlertDialogTrigger size="sm" variant="ghost">
                Discard
              </AlertDialogTrigger>
            }
            title="Discard this draft?"
            description={`You ${done} ${what}: ${forgets} This can’t be undone.`}
            problem={problem}
            verb="Discard draft"
            pending={pending}
            onConfirm={() => run(id)}
            onClose={clear}
            passwordDialog={passwordDialog}
          />
        </>
      }
    >
      {kept} kept until{' '}
      <time dateTime={expires_at} suppressHydrationWarning>
        {absoluteTime(new Date(expires_at))}
      </time>
      ; discarded, {lost}.
    </Banner>
  )
}

/** What was done with a form, what of it is kept, and what becomes of that when it is discarded. */
function wordsOf({ form, connection }: Draft): { done: string; kept: string; lost: string; forgets: string } {
  const anew = 'the service has to be connected anew'
  const lost = `they are lost, and ${anew}`
  if (connection) {
    const forgets = `the tokens that the service gave are forgotten, and ${anew}.`
    return { done: 'connected', kept: 'The tokens that the service gave are', lost, forgets }
  }
  if (form.grant === 'authorization_code') {
    return { done: 'began', kept: 'What you typed is', lost: 'it is lost', forgets: 'what you typed is forgotten.' }
  }
  const forgets = `the new tokens are forgotten, and the refresh token that they came for is spent: ${anew}.`
  return { done: 'tested', kept: 'The test has spent the refresh token. Its new tokens are', lost, forgets }
}
