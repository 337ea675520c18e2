'use client'

import { useState } from 'react'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { toast } from '@/components/ui/toast'
import { ConfirmDialog } from '../confirm-dialog'
import { useLostFocus } from '../data/focus-home'
import { useCallAndRefresh } from '../data/use-call-and-refresh'
import { resendAction, revokeAction } from './actions'

/** Sends an invitation again, or takes it back. */
export function InvitationActions({ id, email }: { id: string; email: string }) {
  const [asks, setAsks] = useState(false)
  const lostFocus = useLostFocus()
  const resend = useCallAndRefresh(resendAction, () => toast(`An invitation is on its way to ${email} again`))
  const revoke = useCallAndRefresh(revokeAction, () => {
    setAsks(false)
    lostFocus()
    toast(`The invitation of ${email} is revoked`)
  })
  return (
    <div className="grid gap-2">
      <div className="flex gap-2">
        <Button size="sm" pending={resend.pending} aria-label={`Send again to ${email}`} onClick={() => resend.run(id)}>
          Send again
        </Button>
        <Button
          size="sm"
          variant="danger"
          aria-label={`Revoke the invitation of ${email}`}
          onClick={() => {
            revoke.clear()
            setAsks(true)
          }}
        >
          Revoke
        </Button>
      </div>
      {resend.refusal ? (
        <Banner tone="error" role="alert">
          {resend.refusal.message}
        </Banner>
      ) : null}
      {resend.passwordDialog}
      <ConfirmDialog
        open={asks}
        title={
          <>
            Revoke the invitation of <bdi>{email}</bdi>?
          </>
        }
        description="The link in their e-mail stops working at once. You can invite them again."
        problem={revoke.refusal}
        verb="Revoke invitation"
        pending={revoke.pending}
        onConfirm={() => revoke.run(id)}
        onClose={() => setAsks(false)}
        passwordDialog={revoke.passwordDialog}
      />
    </div>
  )
}
