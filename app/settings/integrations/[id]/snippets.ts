import type { ExampleCall } from './example-call'

/** A call through an integration that works as it stands, once FENICIA_TOKEN is set in its environment. */
export interface Snippet {
  id: 'curl' | 'javascript' | 'python'
  name: string
  /** How to run it. */
  hint: string
  code: string
}

/**
 * The same call in three languages, each with nothing to install.
 * @param proxy address of the integration's proxy, with a slash at its end
 */
export function callSnippets(proxy: string, { method, path }: ExampleCall): Snippet[] {
  const url = proxy + path
  const isSending = method === 'POST' || method === 'PUT' || method === 'PATCH'
  return [
    {
      id: 'curl',
      name: 'curl',
      hint: 'Paste it into a terminal.',
      code: [
        `curl ${{ GET: '', HEAD: '-I ' }[method] ?? `-X ${method} `}"${url}" -H "Authorization: Bearer $FENICIA_TOKEN"`,
        ...(isSending ? [`-H "Content-Type: application/json" -d '{}'`] : []),
      ].join(' \\\n  '),
    },
    {
      id: 'javascript',
      name: 'JavaScript',
      hint: 'Paste it into Node.js, or save it as a file and run it.',
      code: `fetch('${url}', {${method === 'GET' ? '' : `\n  method: '${method}',`}
  headers: {
    Authorization: \`Bearer \${process.env.FENICIA_TOKEN}\`,${isSending ? "\n    'Content-Type': 'application/json'," : ''}
  },${isSending ? "\n  body: '{}'," : ''}
}).then(async (answer) => console.log(answer.status, await answer.text()))`,
    },
    {
      id: 'python',
      name: 'Python',
      hint: 'Save it as a file and run it with Python 3.',
      code: `import os
from urllib.error import HTTPError
from urllib.request import Request, urlopen

request = Request(
    "${url}",${method === 'GET' ? '' : `\n    method="${method}",`}${isSending ? '\n    data=b"{}",' : ''}
    headers={
        "Authorization": f"Bearer {os.environ['FENICIA_TOKEN']}",${isSending ? '\n        "Content-Type": "application/json",' : ''}
    },
)
try:
    answer = urlopen(request)
except HTTPError as error:
    answer = error
print(answer.status, answer.read().decode())`,
    },
  ]
}
