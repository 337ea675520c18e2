import type { Metadata } from 'next'
import { Door } from '../door'
import { Invitation } from './invitation'

export const metadata: Metadata = { title: 'Invitation', referrer: 'no-referrer' }

/** Where the link of an invitation leads; what it holds stands in the fragment, which only the browser reads. */
export default function InvitationPage() {
  return (
    <Door title="You are invited to Fenicia">
      <noscript>
        <p>This page needs JavaScript: what the link holds is read by your browser alone.</p>
      </noscript>
      <Invitation />
    </Door>
  )
}
