'use client'

import { useRouter } from 'next/navigation'
import { Button } from '@/components/ui/button'
import { toast } from '@/components/ui/toast'
import { ProblemBanner } from '../../data/problem-banner'
import { useAction } from '../../data/use-action'
import { replay } from '../actions'

/** Sends a message once more. */
export function ReplayButton({ messageId }: { messageId: string }) {
  const router = useRouter()
  const { run, pending, problem, passwordDialog } = useAction(replay, () => {
    toast('The message is sent again')
    router.refresh()
  })
  return (
    <div className="grid gap-2">
      <ProblemBanner problem={problem} />
      <div>
        <Button size="sm" pending={pending} onClick={() => run(messageId)}>
          Send again
        </Button>
      </div>
      {passwordDialog}
    </div>
  )
}
