'use client'

import Link from 'next/link'
import { useState } from 'react'
import { buttonVariants } from '@/components/ui/button'
import { Card, CardContent } from '@/components/ui/card'
import { useAction } from '../../data/use-action'
import { addWebhook } from '../actions'
import { SecretPanel } from '../secret-panel'
import { WebhookForm } from '../webhook-form'
import { WEBHOOKS_HREF, webhookHref } from '../words'

/** The form for a new webhook, then the secret that it signs with. */
export function NewWebhook() {
  const [made, setMade] = useState<{ id: string; secret: string } | null>(null)
  const { run, pending, problem, passwordDialog } = useAction(addWebhook, setMade)
  return (
    <Card>
      <CardContent className="grid gap-4 pt-5">
        {made ? (
          <>
            <SecretPanel secret={made.secret} />
            <div>
              <Link href={webhookHref(made.id)} className={buttonVariants({ variant: 'primary' })}>
                I have stored it: open the webhook
              </Link>
            </div>
          </>
        ) : (
          <WebhookForm
            initial={{ name: '', url: '', event_types: null }}
            submit="Add webhook"
            cancelHref={WEBHOOKS_HREF}
            pending={pending}
            problem={problem}
            onSubmit={run}
          />
        )}
        {passwordDialog}
      </CardContent>
    </Card>
  )
}
