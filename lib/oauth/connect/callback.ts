/** Where providers send browsers back to, exactly as it is to be registered with them. */
export function callbackUrl(url: string): string {
  return `${url}/api/oauth/callback`
}
