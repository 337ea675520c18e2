'use client'

import { useRouter } from 'next/navigation'
import { Button } from '@/components/ui/button'
import { useAction } from '../../data/use-action'
import { markLeakHandled } from '../actions'

/** Says that all is done that a leak asks for. */
export function MarkHandled({ id }: { id: string }) {
  const router = useRouter()
  const { run, pending, problem, passwordDialog } = useAction(markLeakHandled, () => router.refresh())
  return (
    <div className="grid justify-items-end gap-1">
      <Button size="sm" pending={pending} onClick={() => run(id)}>
        Mark as handled
      </Button>
      {problem ? (
        <p role="alert" className="text-destructive text-xs">
          {problem.message}
        </p>
      ) : null}
      {passwordDialog}
    </div>
  )
}
