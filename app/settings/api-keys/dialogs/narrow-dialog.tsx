'use client'

import { RelativeTime } from '@/components/ui/relative-time'
import { toast } from '@/components/ui/toast'
import { ConfirmDialog } from '../../confirm-dialog'
import { useAction } from '../../data/use-action'
import { narrowKey } from '../actions'
import { useKeysChanged } from '../queries'
import type { ApiKey } from '../words'

/** Says which scopes a key would lose, and takes them from it. */
export default function NarrowDialog({
  apiKey,
  unused,
  isUncertain,
  watchedSince,
  onChanged,
  onClose,
}: {
  apiKey: ApiKey
  unused: readonly string[]
  /** Some requests did not say what they ask for. */
  isUncertain: boolean
  watchedSince: string | null
  onChanged: () => void
  onClose: () => void
}) {
  const { id, name, scopes } = apiKey
  const keysChanged = useKeysChanged()
  const { run, pending, problem, passwordDialog } = useAction(narrowKey, () => {
    onClose()
    keysChanged()
    onChanged()
    toast(`“${name}” may do less now`)
  })
  return (
    <ConfirmDialog
      open
      size="md"
      title={
        <>
          Take unused scopes from “<bdi>{name}</bdi>”?
        </>
      }
      description={
        <>
          None of its requests has asked for these
          {watchedSince ? (
            <>
              {' '}
              since it is noted, <RelativeTime value={watchedSince} />
            </>
          ) : null}
          . Scopes can’t be given back to a key: if an app turns out to need one, it needs another key.
          {isUncertain ? ' Some of its requests did not say what they ask for, so look before you take one.' : ''}
        </>
      }
      problem={problem}
      verb="Take scopes away"
      pending={pending}
      onConfirm={() => run(id, { scopes: scopes.filter((scope) => !unused.includes(scope)) })}
      onClose={onClose}
      passwordDialog={passwordDialog}
    >
      <ul className="grid gap-1 rounded border border-border bg-background px-3 py-2.5">
        {unused.map((scope) => (
          <li key={scope}>
            <code className="font-mono text-sm">{scope}</code>
          </li>
        ))}
      </ul>
    </ConfirmDialog>
  )
}
