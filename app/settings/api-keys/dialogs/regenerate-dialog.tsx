'use client'

import { useEffect, useState } from 'react'
import { absoluteTime } from '@/components/time'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from '@/components/ui/dialog'
import { FieldGroup } from '@/components/ui/field'
import { RadioGroup, RadioGroupItem } from '@/components/ui/radio-group'
import type { Overlap } from '@/lib/api-keys'
import { ProblemBanner } from '../../data/problem-banner'
import { useAction } from '../../data/use-action'
import { type IssuedToken, regenerateKey } from '../actions'
import { useKeysChanged } from '../queries'
import type { ApiKey } from '../words'
import { IssuedTokenPanel } from './issued-token-panel'
import { KeyFacts } from './key-facts'

const HOUR_MS = 3_600_000

const overlaps: Record<Overlap, { label: string; hint: string; lengthMs: number }> = {
  none: { label: 'At once', hint: 'For a token that may be in the wrong hands.', lengthMs: 0 },
  '1h': { label: 'After 1 hour', hint: 'Time to change one app by hand.', lengthMs: HOUR_MS },
  '24h': {
    label: 'After 24 hours',
    hint: 'Time for a release, or for jobs that run once a day.',
    lengthMs: 24 * HOUR_MS,
  },
  '7d': { label: 'After 7 days', hint: 'Time to reach several places or people.', lengthMs: 7 * 24 * HOUR_MS },
}

const LOST =
  'No answer came from the server, so the key may have been regenerated. If the list shows it as retiring or retired, regenerate the new key: its token can’t be shown any more.'

/** Asks how long the old token goes on, puts a new key in its place, and shows the new token once. */
export default function RegenerateDialog({
  apiKey,
  onClose,
}: {
  apiKey: ApiKey
  /** @param issued the new key, when one was made */
  onClose: (issued: IssuedToken | null) => void
}) {
  const [issued, setIssued] = useState<IssuedToken | null>(null)
  const [stops, setStops] = useState('')
  const [busy, setBusy] = useState(false)
  const keysChanged = useKeysChanged()
  const changedExpiry = issued && newExpiry(apiKey, issued)
  return (
    <Dialog open busy={busy} onOpenChange={(open) => open || onClose(issued)}>
      <DialogContent dismissible={!issued} size={issued ? 'lg' : 'md'} pressOutsideCloses={false}>
        {issued ? (
          <IssuedTokenPanel
            title="API key regenerated"
            issued={issued}
            note={
              <div className="grid gap-2 text-sm">
                <p>{stops}</p>
                {changedExpiry ? (
                  <p>
                    The new key expires on {absoluteTime(changedExpiry)}: the account’s policies let no new key live
                    longer.
                  </p>
                ) : null}
              </div>
            }
            onClose={() => onClose(issued)}
          />
        ) : (
          <RegenerateForm
            apiKey={apiKey}
            onDone={(token, consequence) => {
              setIssued(token)
              setStops(consequence)
              keysChanged()
            }}
            onBusy={setBusy}
          />
        )}
      </DialogContent>
    </Dialog>
  )
}

function RegenerateForm({
  apiKey,
  onDone,
  onBusy,
}: {
  apiKey: ApiKey
  onDone: (issued: IssuedToken, consequence: string) => void
  onBusy: (busy: boolean) => void
}) {
  const [overlap, setOverlap] = useState<Overlap>('24h')
  const [whenSilent, setWhenSilent] = useState(false)
  const { run, pending, problem, passwordDialog } = useAction(
    regenerateKey,
    (issued) => onDone(issued, consequenceText(apiKey, overlap, 'was')),
    LOST,
  )
  useEffect(() => {
    onBusy(pending)
    return () => onBusy(false)
  }, [onBusy, pending])
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        run(apiKey.id, { overlap, retire_when_silent: overlap !== 'none' && whenSilent })
      }}
    >
      <DialogHeader>
        <DialogTitle>
          Regenerate “<bdi>{apiKey.name}</bdi>”
        </DialogTitle>
        <DialogDescription>
          Makes a new token for a key of the same name, scopes and expiry, or an earlier expiry where the account’s
          policies ask for one. The old token stops when you say.
        </DialogDescription>
      </DialogHeader>
      <ProblemBanner problem={problem} />
      <KeyFacts apiKey={apiKey} />
      <FieldGroup label="The old token stops" error={problem?.fields.overlap}>
        <RadioGroup value={overlap} onValueChange={(value) => setOverlap(value as Overlap)}>
          {Object.entries(overlaps).map(([value, { label, hint }]) => (
            <RadioGroupItem key={value} value={value} label={label} hint={hint} />
          ))}
        </RadioGroup>
      </FieldGroup>
      {overlap === 'none' ? null : (
        <Checkbox
          label="Stop it sooner when nothing uses it any more"
          hint="As soon as the new token is in use and the old one has been silent for an hour."
          checked={whenSilent}
          onChange={(event) => setWhenSilent(event.currentTarget.checked)}
        />
      )}
      <p aria-live="polite" className="text-sm">
        {consequenceText(apiKey, overlap, 'is')}
      </p>
      <DialogFooter>
        <DialogClose>Cancel</DialogClose>
        <Button type="submit" variant="primary" pending={pending}>
          Regenerate key
        </Button>
      </DialogFooter>
      {passwordDialog}
    </form>
  )
}

/** When the new key expires, if that is not when the old one was to: policies may shorten a life. */
function newExpiry({ expires_at }: ApiKey, { expiresAt }: IssuedToken): Date | null {
  return expiresAt && expiresAt.toISOString() !== expires_at ? expiresAt : null
}

/** What becomes of the old token; never later than the key's own expiry. */
function consequenceText({ expires_at }: ApiKey, overlap: Overlap, when: 'is' | 'was'): string {
  if (overlap === 'none') {
    return when === 'is'
      ? 'Whatever uses the old token is refused from that moment on, until it has the new one.'
      : 'The old token no longer works.'
  }
  const end = Date.now() + overlaps[overlap].lengthMs
  const expiry = expires_at ? Date.parse(expires_at) : Number.POSITIVE_INFINITY
  const until = absoluteTime(new Date(Math.min(end, expiry)))
  return expiry < end
    ? `Both tokens work until ${until}, when the key expires.`
    : `Both tokens work until ${until}; then the old one is refused.`
}
