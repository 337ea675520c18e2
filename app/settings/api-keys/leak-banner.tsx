import Link from 'next/link'
import { Banner } from '@/components/ui/banner'
import { leakedKeys } from '@/lib/leaks'
import { getRuntime } from '@/lib/runtime'
import { keyHref } from './paths'
import { counted } from './words'

const MAX_NAMED = 5

/** Names the keys whose tokens were seen where they do not belong, until somebody says that all is done about it. */
export async function LeakBanner({ accountId }: { accountId: string }) {
  const leaked = await leakedKeys(getRuntime().database.db, accountId)
  if (leaked.length === 0) return null
  const hidden = leaked.length - MAX_NAMED
  return (
    <Banner
      tone="error"
      className="mb-4"
      title={
        leaked.length === 1
          ? 'The token of a key was seen where it does not belong'
          : `The tokens of ${counted(leaked.length, 'key')} were seen where they do not belong`
      }
    >
      <ul className="flex flex-wrap gap-x-4 gap-y-1">
        {leaked.slice(0, MAX_NAMED).map(({ id, name }) => (
          <li key={id} className="min-w-0">
            <Link href={keyHref(id)} prefetch={false} className="rounded text-foreground underline underline-offset-2">
              <bdi>{name}</bdi>
            </Link>
          </li>
        ))}
        {hidden > 0 ? <li>and {counted(hidden, 'other key')}</li> : null}
      </ul>
    </Banner>
  )
}
