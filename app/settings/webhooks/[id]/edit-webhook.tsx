'use client'

import { useRouter } from 'next/navigation'
import { toast } from '@/components/ui/toast'
import { useAction } from '../../data/use-action'
import { changeWebhook } from '../actions'
import { WebhookForm, type WebhookValues } from '../webhook-form'

/** Changes a webhook in its place. */
export function EditWebhook({ id, initial }: { id: string; initial: WebhookValues }) {
  const router = useRouter()
  const { run, pending, problem, passwordDialog } = useAction(changeWebhook, () => {
    toast('Webhook saved')
    router.refresh()
  })
  return (
    <>
      <WebhookForm
        initial={initial}
        submit="Save webhook"
        pending={pending}
        problem={problem}
        onSubmit={(values) => run(id, values)}
      />
      {passwordDialog}
    </>
  )
}
