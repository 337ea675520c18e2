'use client'

import { useRouter } from 'next/navigation'
import { AlertDialogTrigger } from '@/components/ui/alert-dialog'
import { Button } from '@/components/ui/button'
import { toast } from '@/components/ui/toast'
import type { WebhookView } from '@/lib/webhooks'
import { ConfirmDialog } from '../../confirm-dialog'
import { ProblemBanner } from '../../data/problem-banner'
import { useAction } from '../../data/use-action'
import { removeWebhook, switchWebhook, tryWebhook } from '../actions'
import { WEBHOOKS_HREF } from '../words'

/** What can be done with a webhook. */
export function WebhookActions({ id, name, state }: { id: string; name: string; state: WebhookView['state'] }) {
  const router = useRouter()
  const isOn = state === 'enabled'
  const trying = useAction(tryWebhook, () => {
    toast('A test message is on its way')
    router.refresh()
  })
  const switching = useAction(switchWebhook, () => router.refresh())
  const removing = useAction(removeWebhook, () => {
    toast(`“${name}” is deleted`)
    router.push(WEBHOOKS_HREF)
  })
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap gap-2">
        {isOn ? (
          <Button
            pending={trying.pending}
            onClick={() => {
              switching.clear()
              trying.run(id)
            }}
          >
            Send test message
          </Button>
        ) : null}
        <Button
          pending={switching.pending}
          onClick={() => {
            trying.clear()
            switching.run(id, !isOn)
          }}
        >
          {isOn ? 'Pause' : 'Enable'}
        </Button>
        <ConfirmDialog
          trigger={<AlertDialogTrigger variant="danger">Delete webhook</AlertDialogTrigger>}
          title={
            <>
              Delete “<bdi>{name}</bdi>”?
            </>
          }
          description="It is told of nothing any more, and its messages and its secret are gone. This can’t be undone."
          problem={removing.problem}
          verb="Delete webhook"
          pending={removing.pending}
          onConfirm={() => removing.run(id)}
          onClose={removing.clear}
          passwordDialog={removing.passwordDialog}
        />
      </div>
      <ProblemBanner problem={trying.problem ?? switching.problem} />
      {trying.passwordDialog}
      {switching.passwordDialog}
    </div>
  )
}
