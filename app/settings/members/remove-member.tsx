'use client'

import { useEffect, useState } from 'react'
import { Field, FieldGroup } from '@/components/ui/field'
import { RadioGroup, RadioGroupItem } from '@/components/ui/radio-group'
import { Select } from '@/components/ui/select'
import { toast } from '@/components/ui/toast'
import { ConfirmDialog } from '../confirm-dialog'
import { useLostFocus } from '../data/focus-home'
import { useCallAndRefresh } from '../data/use-call-and-refresh'
import { lookAtMadeAction, removeMemberAction, type SeenMade } from './actions'

/** Another member, to whom things can be handed over. */
export interface Heir {
  id: string
  name: string
}

type Seen = Record<'keys' | 'credentials' | 'integrations' | 'webhooks' | 'invitations', SeenMade>

const kinds: readonly { kind: keyof Seen; one: string; many: string }[] = [
  { kind: 'keys', one: 'API key', many: 'API keys' },
  { kind: 'credentials', one: 'credential', many: 'credentials' },
  { kind: 'integrations', one: 'integration', many: 'integrations' },
  { kind: 'webhooks', one: 'webhook', many: 'webhooks' },
  { kind: 'invitations', one: 'open invitation, which ends', many: 'open invitations, which end' },
]

/** Asks what becomes of what a member has made, and takes them out. */
export function RemoveMember({
  id,
  name,
  people,
  mayRevoke,
  onClose,
}: {
  id: string
  name: string
  /** Everybody in the account. */
  people: Heir[]
  /** Whether the person may revoke keys. */
  mayRevoke: boolean
  onClose: () => void
}) {
  const [seen, setSeen] = useState<Seen | null>(null)
  const [failed, setFailed] = useState(false)
  const [keys, setKeys] = useState('keep')
  const [rest, setRest] = useState('keep')
  const [chosenHeir, setHeir] = useState<string | null>(null)
  const heirs = people.filter((one) => one.id !== id)
  // Whoever was chosen may have left meanwhile.
  const heir = (heirs.find((one) => one.id === chosenHeir) ?? heirs[0])?.id ?? null
  const lostFocus = useLostFocus()
  const { run, pending, refusal, passwordDialog } = useCallAndRefresh(removeMemberAction, () => {
    onClose()
    lostFocus()
    toast(`${name} is no member any more`)
  })

  useEffect(() => {
    let isCurrent = true
    lookAtMadeAction(id).then(
      (answer) => {
        if (!isCurrent) return
        if (answer.ok) setSeen(answer.value)
        setFailed(!answer.ok)
      },
      () => isCurrent && setFailed(true),
    )
    return () => {
      isCurrent = false
    }
  }, [id])

  const others = seen ? seen.credentials.total + seen.integrations.total + seen.webhooks.total : 0
  const needsHeir = keys === 'hand_over' || rest === 'hand_over'
  return (
    <ConfirmDialog
      open
      title={
        <>
          Remove <bdi>{name}</bdi>?
        </>
      }
      description="From their next click on they see nothing of this account."
      problem={refusal}
      verb="Remove member"
      pending={pending}
      onConfirm={() => void run(id, { keys, rest, heir: needsHeir ? heir : null })}
      onClose={onClose}
      passwordDialog={passwordDialog}
    >
      <div role="status" className="text-sm">
        {seen ? <MadeList seen={seen} /> : failed ? 'What they made could not be read.' : 'Reading what they made …'}
      </div>
      {seen?.keys.total ? (
        <FieldGroup label="Their API keys" hint="Whoever made a key may have kept its token.">
          <RadioGroup value={keys} onValueChange={setKeys}>
            <RadioGroupItem value="keep" label="Go on working, and come up for review" />
            {heirs.length > 0 ? (
              <RadioGroupItem value="hand_over" label="Go on working; another member answers for them" />
            ) : null}
            {mayRevoke ? <RadioGroupItem value="revoke" label="Are revoked: apps that use them stop working" /> : null}
          </RadioGroup>
        </FieldGroup>
      ) : null}
      {others > 0 && heirs.length > 0 ? (
        <FieldGroup label="Their credentials, integrations and webhooks">
          <RadioGroup value={rest} onValueChange={setRest}>
            <RadioGroupItem value="keep" label="Go on working" />
            <RadioGroupItem value="hand_over" label="Go on working; another member answers for them" />
          </RadioGroup>
        </FieldGroup>
      ) : null}
      {needsHeir ? (
        <Field label="Who answers for them">
          <Select value={heir ?? ''} onChange={(event) => setHeir(event.target.value)}>
            {heirs.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </Select>
        </Field>
      ) : null}
    </ConfirmDialog>
  )
}

/** A name that may be written from right to left, so that it turns nothing around it: what <bdi> does, within a text. */
function isolated(name: string): string {
  return `\u2068${name}\u2069`
}

function MadeList({ seen }: { seen: Seen }) {
  const made = kinds.filter(({ kind }) => seen[kind].total > 0)
  if (made.length === 0) return 'They made nothing that goes on without them.'
  return (
    <ul className="grid gap-1 [overflow-wrap:anywhere]">
      {made.map(({ kind, one, many }) => {
        const { total, names } = seen[kind]
        const more = total > names.length && names.length > 0 ? ` and ${total - names.length} more` : ''
        return (
          <li key={kind}>
            {total} {total === 1 ? one : many}
            {names.length > 0 ? `: ${names.map(isolated).join(', ')}${more}` : ''}
          </li>
        )
      })}
    </ul>
  )
}
