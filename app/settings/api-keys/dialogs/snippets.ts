/** A request that works as it stands when it is pasted: `GET /api/v1/me` with the key's token. */
export interface Snippet {
  id: 'curl' | 'javascript' | 'python'
  name: string
  /** How to run it. */
  hint: string
  code: string
}

/**
 * The same request in three languages, each with nothing to install.
 * @param origin public address of this server, without a trailing slash
 */
export function requestSnippets(origin: string, token: string): Snippet[] {
  const url = `${origin}/api/v1/me`
  return [
    {
      id: 'curl',
      name: 'curl',
      hint: 'Paste it into a terminal.',
      // Double quotes: a Windows command line takes single ones as part of the header.
      code: `curl ${url} -H "Authorization: Bearer ${token}"`,
    },
    {
      id: 'javascript',
      name: 'JavaScript',
      hint: 'Paste it into Node.js, or save it as a file and run it.',
      code: `fetch('${url}', {
  headers: { Authorization: 'Bearer ${token}' },
})
  .then((response) => response.json())
  .then((key) => console.log(key))`,
    },
    {
      id: 'python',
      name: 'Python',
      hint: 'Paste it into Python 3, or save it as a file and run it.',
      code: `import json
from urllib.request import Request, urlopen

request = Request("${url}", headers={"Authorization": "Bearer ${token}"})
print(json.load(urlopen(request)))`,
    },
  ]
}

/** A token as it is shown while masked: what the list shows of it too. */
export function maskToken(token: string): string {
  return `${token.slice(0, 12)}${'•'.repeat(token.length - 16)}${token.slice(-4)}`
}
