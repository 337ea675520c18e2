import type { Metadata } from 'next'
import Link from 'next/link'
import { redirect } from 'next/navigation'
import { describeSecondStep, type SecondStep } from '@/lib/accounts'
import { isRefusal } from '@/lib/errors'
import { localPath } from '@/lib/local-path'
import { getRuntime } from '@/lib/runtime'
import { Door, inlineLink } from '../../door'
import { getPerson, readTicketCookie } from '../../session'
import { SecondStepForm } from './second-step'

export const metadata: Metadata = { title: 'Second factor' }

/** The step between the password and the session. */
export default async function SecondFactorPage({ searchParams }: PageProps<'/sign-in/second-factor'>) {
  const { next } = await searchParams
  const target = localPath(typeof next === 'string' ? next : undefined)
  if (await getPerson()) redirect(target)
  const step = await findStep()
  if (!step) redirect(`/sign-in?next=${encodeURIComponent(target)}`)
  return (
    <Door
      title="Is it you?"
      lead="Your password was right. Now show your second factor."
      below={
        <Link href={`/sign-in?next=${encodeURIComponent(target)}`} className={inlineLink}>
          Sign in as somebody else
        </Link>
      }
    >
      <SecondStepForm step={step} next={target} />
    </Door>
  )
}

async function findStep(): Promise<SecondStep | null> {
  try {
    return await describeSecondStep(getRuntime().database.db, await readTicketCookie('second_factor'))
  } catch (error) {
    if (isRefusal(error)) return null
    throw error
  }
}
