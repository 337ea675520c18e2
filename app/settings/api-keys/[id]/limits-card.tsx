'use client'

import { Button } from '@/components/ui/button'
import { Card, CardContent, CardDescription, CardFooter, CardHeader, CardTitle } from '@/components/ui/card'
import { DescriptionItem, DescriptionList } from '@/components/ui/description-list'
import { methodsText, quotaText, rateText } from '../limits/words'
import type { ApiKey } from '../words'

/** How often, from where and with which methods a key may be used. */
export function LimitsCard({ apiKey, onEdit }: { apiKey: ApiKey; onEdit?: () => void }) {
  const { rate, monthly_quota, addresses, methods } = apiKey
  return (
    <Card aria-labelledby="limits-title">
      <CardHeader>
        <CardTitle id="limits-title">Limits</CardTitle>
        <CardDescription>What is beyond them is refused, and told to the app that asks.</CardDescription>
      </CardHeader>
      <CardContent>
        <DescriptionList>
          <DescriptionItem term="Rate">{rateText(rate)}</DescriptionItem>
          <DescriptionItem term="In a month">{quotaText(monthly_quota)}</DescriptionItem>
          <DescriptionItem term="Addresses">
            {addresses ? (
              <ul className="grid gap-0.5">
                {addresses.map((address) => (
                  <li key={address} className="[overflow-wrap:anywhere]">
                    <code className="font-mono text-xs">{address}</code>
                  </li>
                ))}
              </ul>
            ) : (
              'All that the account allows'
            )}
          </DescriptionItem>
          <DescriptionItem term="Methods">
            {methods ? <code className="font-mono text-xs">{methodsText(methods)}</code> : methodsText(methods)}
          </DescriptionItem>
        </DescriptionList>
      </CardContent>
      {onEdit ? (
        <CardFooter>
          <span>A change holds from the next request on.</span>
          <Button aria-haspopup="dialog" onClick={onEdit}>
            Edit limits
          </Button>
        </CardFooter>
      ) : null}
    </Card>
  )
}
