import { RelativeTime } from '@/components/ui/relative-time'
import { type ApiKey, hintText, usageText, usedFromText } from '../words'

/** What depends on a key: when, from where and how much it is used. */
export function KeyFacts({ apiKey }: { apiKey: ApiKey }) {
  const { last_used } = apiKey
  const from = last_used && usedFromText(last_used)
  return (
    <dl className="grid gap-2 rounded border border-border bg-background px-3 py-2.5 text-sm">
      <Fact term="Key">
        <bdi className="font-medium">{apiKey.name}</bdi>{' '}
        <code className="whitespace-nowrap font-mono text-muted-foreground text-xs">{hintText(apiKey)}</code>
      </Fact>
      <Fact term="Last used">
        {last_used ? (
          <>
            <RelativeTime value={last_used.at} />
            {from ? ` from ${from}` : null}
          </>
        ) : (
          'Never'
        )}
      </Fact>
      <Fact term="Requests">{usageText(apiKey)}</Fact>
    </dl>
  )
}

function Fact({ term, children }: { term: string; children: React.ReactNode }) {
  return (
    <div className="grid grid-cols-[5.5rem_1fr] gap-2">
      <dt className="text-muted-foreground">{term}</dt>
      <dd className="min-w-0 text-foreground [overflow-wrap:anywhere]">{children}</dd>
    </div>
  )
}
