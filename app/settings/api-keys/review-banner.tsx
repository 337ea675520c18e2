import Link from 'next/link'
import { Banner } from '@/components/ui/banner'
import { buttonVariants } from '@/components/ui/button'
import { REVIEW_HREF } from './paths'
import { counted } from './words'

/** Counts the keys that nobody seems to need any more, and leads to them. */
export function ReviewBanner({ count, mayManage }: { count: number; mayManage: boolean }) {
  if (count === 0) return null
  return (
    <Banner
      tone="warning"
      title={`${counted(count, 'key')} ${count === 1 ? 'seems' : 'seem'} to be unused`}
      action={
        <Link href={REVIEW_HREF} className={buttonVariants({ size: 'sm' })}>
          {mayManage ? 'Review' : 'Look at them'}
        </Link>
      }
    >
      Never used for 30 days, or not used for 90. A key that nobody needs is best revoked.
    </Banner>
  )
}
