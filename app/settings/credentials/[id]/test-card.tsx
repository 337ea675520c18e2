'use client'

import Link from 'next/link'
import { lazy, Suspense } from 'react'
import { Button } from '@/components/ui/button'
import { Card, CardContent, CardFooter, CardHeader, CardTitle } from '@/components/ui/card'
import { RelativeTime } from '@/components/ui/relative-time'
import { ProblemBanner } from '../../data/problem-banner'
import type { Allowed } from '../credential-menu'
import { editHref } from '../paths'
import { useCredentialsChanged } from '../queries'
import { TestStatus } from '../test-status'
import { useTest } from '../testing/use-test'
import { type Credential, isTestable } from '../words'

const load = () => import('../testing/test-progress')
const TestProgress = lazy(async () => ({ default: (await load()).TestProgress }))

/** What the last test found, and the button that runs another one. */
export function TestCard({ credential, may }: { credential: Credential; may: Allowed }) {
  const { id, last_test } = credential
  const { test, start, cancel, passwordDialog } = useTest()
  const changed = useCredentialsChanged()
  const isRunning = test?.phase === 'running'
  return (
    <Card>
      <CardHeader>
        <CardTitle>Last test</CardTitle>
      </CardHeader>
      <CardContent className="grid grid-cols-[minmax(0,1fr)] gap-4">
        {test ? (
          <>
            <ProblemBanner problem={test.problem} />
            <Suspense>
              <TestProgress test={test} />
            </Suspense>
          </>
        ) : (
          <div className="grid gap-1 text-sm [overflow-wrap:anywhere]">
            <p className="flex flex-wrap items-baseline gap-x-2">
              <TestStatus result={last_test?.result ?? null} className="font-medium" />
              {last_test ? (
                <span className="text-muted-foreground">
                  <RelativeTime value={last_test.at} />
                  {last_test.by ? ` by ${last_test.by}` : null}
                </span>
              ) : null}
            </p>
            <p className={last_test ? undefined : 'text-muted-foreground'}>
              {last_test?.detail ?? 'Nobody has tested what is stored now.'}
            </p>
          </div>
        )}
      </CardContent>
      {may.test ? (
        <CardFooter>
          {isTestable(credential) ? (
            <>
              <span>Sends the test request with the stored secret.</span>
              {isRunning ? (
                <Button onClick={cancel}>Cancel test</Button>
              ) : (
                <Button
                  onClick={() => void start({ credential_id: id }).then(changed)}
                  onPointerEnter={() => void load()}
                  onFocus={() => void load()}
                >
                  Test now
                </Button>
              )}
            </>
          ) : (
            <span>
              This credential has no test request.{' '}
              {may.update ? (
                <Link href={editHref(id)} className="rounded underline underline-offset-2">
                  Name an address to test with
                </Link>
              ) : null}
            </span>
          )}
        </CardFooter>
      ) : null}
      {passwordDialog}
    </Card>
  )
}
