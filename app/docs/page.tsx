import { redirect } from 'next/navigation'

/** There is one reference: whoever writes its address from memory is led to it. */
export default function DocsPage() {
  redirect('/docs/api')
}
