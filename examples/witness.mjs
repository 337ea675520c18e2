// For the test of the examples: `node --import` this, and all that a script has and gets is written to WITNESS_FOLDER, its
// environment, its arguments, and every answer from the network as it came.
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const { WITNESS_FOLDER } = process.env
if (WITNESS_FOLDER) {
  const { argv, env } = process
  writeFileSync(join(WITNESS_FOLDER, 'process.json'), JSON.stringify({ argv, env }))
  const answers = join(WITNESS_FOLDER, 'answers.txt')
  const { fetch } = globalThis
  globalThis.fetch = async (...call) => {
    const response = await fetch(...call)
    appendFileSync(answers, `\n${response.status} ${JSON.stringify([...response.headers])}\n`)
    void keep(response.clone())
    return response
  }

  /** @param {Response} copy */
  async function keep(copy) {
    try {
      for await (const chunk of copy.body ?? []) appendFileSync(answers, chunk)
    } catch {
      // It broke off, which the script is told too.
    }
  }
}
