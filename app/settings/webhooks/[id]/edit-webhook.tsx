'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { toast } from '@/components/ui/toast'
import type { ActionResult } from '../../data/action-result'
import { changedFields } from '../../data/changed-fields'
import { useAction } from '../../data/use-action'
import { changeWebhook } from '../actions'
import { WebhookForm, type WebhookValues } from '../webhook-form'

/** Changes a webhook in its place: only what is changed here, so that what somebody else has changed meanwhile stays. */
export function EditWebhook({ id, initial }: { id: string; initial: WebhookValues }) {
  const router = useRouter()
  // What the form was filled with: by now the page may know what somebody else has saved, which the form does not show.
  const [before, setBefore] = useState(initial)
  const { run, pending, problem, passwordDialog } = useAction(
    async (values: WebhookValues): Promise<ActionResult<WebhookValues>> => {
      const saved = await changeWebhook(id, changedFields(before, values))
      return saved.ok ? { ok: true, value: values } : saved
    },
    (saved) => {
      setBefore(saved)
      toast('Webhook saved')
      router.refresh()
    },
  )
  return (
    <>
      <WebhookForm initial={initial} submit="Save webhook" pending={pending} problem={problem} onSubmit={run} />
      {passwordDialog}
    </>
  )
}
