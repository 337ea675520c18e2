import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { DataFolderError, DataFolderHeldError, lockDataFolder } from './data-folder'

// Real, but a test can come between a starter's look and its grasp.
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>()
  return { ...fs, linkSync: vi.fn(fs.linkSync) }
})

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fenicia-lock-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
})

/** A process of its own that locks and releases folders as it is told. */
class Starter {
  #answers: AsyncIterator<string>
  private constructor(readonly process: ChildProcess & { pid: number }) {
    if (!process.stdout) throw new Error('unreachable')
    this.#answers = createInterface(process.stdout)[Symbol.asyncIterator]()
  }

  static start(): Starter {
    const source = `
      import { createInterface } from 'node:readline'
      import { lockDataFolder } from './db/data-folder.ts'
      let lock
      for await (const line of createInterface(process.stdin)) {
        const [verb, folder] = line.split(' ')
        if (verb === 'release') { lock?.release(); lock = undefined; console.log('released') }
        else await lockDataFolder(folder).then((taken) => { lock = taken; console.log('held') }, (error) => console.log(String(error.pid)))
      }`
    const args = ['--import', 'tsx', '--input-type=module', '-e', source]
    return new Starter(
      spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] }) as ChildProcess & { pid: number },
    )
  }

  /** `held`, or the pid that is said to hold the folder. */
  async lock(path: string): Promise<string> {
    this.process.stdin?.write(`lock ${path}\n`)
    return (await this.#answers.next()).value
  }

  async release(): Promise<void> {
    this.process.stdin?.write('release\n')
    await this.#answers.next()
  }

  async kill(): Promise<void> {
    if (this.process.signalCode !== null || this.process.exitCode !== null) return
    this.process.kill('SIGKILL')
    await once(this.process, 'exit')
  }
}

/** The only lock file of a folder. */
function lockFile(): string {
  const files = readdirSync(folder).filter((name) => /^lock\.\d+$/.test(name))
  expect(files).toHaveLength(1)
  return join(folder, files[0] as string)
}

/** A pid that nobody has. */
function deadPid(): number {
  return spawnSync(process.execPath, ['--version']).pid
}

/** The lock of a folder as a process leaves it that is killed, with what this test says of its owner. */
async function leaveLock(owner: Record<string, unknown>): Promise<string> {
  const lock = await lockDataFolder(folder)
  const content = { ...JSON.parse(readFileSync(lockFile(), 'utf8')), ...owner }
  lock.release()
  writeFileSync(lockFile(), JSON.stringify(content))
  return lockFile()
}

describe('the lock of a data folder', () => {
  it('makes the folder, for its owner only', async () => {
    const path = join(folder, 'deep', 'data')
    const lock = await lockDataFolder(path)
    expect(statSync(path).mode & 0o777).toBe(0o700)
    lock.release()
  })

  it('leaves the mode of a folder that is there to whoever made it', async () => {
    mkdirSync(join(folder, 'shared'), { mode: 0o750 })
    const lock = await lockDataFolder(join(folder, 'shared'))
    expect(statSync(join(folder, 'shared')).mode & 0o777).toBe(0o750)
    lock.release()
  })

  it('is refused while it is held, naming the process, the folder and what to do', async () => {
    const lock = await lockDataFolder(folder)
    const refusal = await lockDataFolder(folder).catch((error) => error)
    expect(refusal).toBeInstanceOf(DataFolderHeldError)
    expect(refusal.message).toContain(`process ${process.pid}`)
    expect(refusal.message).toContain(folder)
    expect(refusal.message).toContain('FENICIA_DATA')
    lock.release()
  })

  it.each<[what: string, place: string[], code: string]>([
    ['there is a file', ['file'], 'EEXIST'],
    ['there is a file above', ['file', 'data'], 'ENOTDIR'],
  ])('is refused where %s, naming the folder and what to do', async (_, place, code) => {
    writeFileSync(join(folder, 'file'), '')
    const refusal = await lockDataFolder(join(folder, ...place)).catch((error) => error)
    expect(refusal).toBeInstanceOf(DataFolderError)
    expect(refusal.message).toMatch(
      new RegExp(`${join(folder, ...place)} can't be used: .*file.* \\(${code}\\).*FENICIA_DATA`),
    )
  })

  // In a process of its own: Node, asked for the folders on the way as well, would never answer here.
  it.runIf(process.platform === 'linux')('is refused at once where the system makes no folders, saying so', () => {
    const source = `import { lockDataFolder } from './db/data-folder.ts'
      await lockDataFolder('/proc/nope/data').catch((error) => console.log(error.name, error.message))`
    const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', source], {
      encoding: 'utf8',
      timeout: 20_000,
      killSignal: 'SIGKILL',
    })
    expect(stdout).toMatch(/^DataFolderError .*\/proc\/nope\/data can't be used: .*make.* \(ENOENT\).*FENICIA_DATA/)
  })

  it('is refused where files can’t be linked, as on a USB stick, saying so', async () => {
    vi.mocked(linkSync).mockImplementationOnce(() => {
      throw Object.assign(new Error('EPERM: operation not permitted, link'), { code: 'EPERM', syscall: 'link' })
    })
    await expect(lockDataFolder(folder)).rejects.toThrow(/hard links.*FENICIA_DATA/)
    ;(await lockDataFolder(folder)).release()
  })

  it('is free again once it is released, however often', async () => {
    for (let i = 0; i < 3; i++) (await lockDataFolder(folder)).release()
    lockFile()
  })

  it('of a process that is gone is taken over', async () => {
    await leaveLock({ pid: deadPid() })
    ;(await lockDataFolder(folder)).release()
  })

  it('of a process whose pid another one has by now is taken over', async () => {
    await leaveLock({ pid: process.pid, startedAt: '1' })
    ;(await lockDataFolder(folder)).release()
  })

  it.each(['', '{"pid":', '[]', '"x"', 'null', '{"pid":"7"}'])(
    'that a crash left as %j is taken over',
    async (content) => {
      writeFileSync(await leaveLock({}), content)
      ;(await lockDataFolder(folder)).release()
    },
  )
})

describe('a starter that pauses between looking and taking', () => {
  const elsewhere = JSON.stringify({ pid: process.ppid, startedAt: null })

  it('gives way to one that took over meanwhile', async () => {
    await leaveLock({ pid: deadPid() })
    vi.mocked(linkSync).mockImplementationOnce((draft, path) => {
      writeFileSync(path, elsewhere)
      linkSync(draft, path)
    })
    await expect(lockDataFolder(folder)).rejects.toThrow(`process ${process.ppid}`)
  })

  it('gives way to the second that took over meanwhile, when the first is gone with its lock', async () => {
    await leaveLock({ pid: deadPid() })
    vi.mocked(linkSync).mockImplementationOnce((draft, path) => {
      rmSync(lockFile())
      writeFileSync(join(folder, 'lock.99'), elsewhere)
      linkSync(draft, path)
    })
    await expect(lockDataFolder(folder)).rejects.toThrow(`process ${process.ppid}`)
    expect(lockFile()).toBe(join(folder, 'lock.99'))
  })
})

// As when two containers share a volume: their pids mean nothing to each other, but the files' times do.
describe('the lock of a process in another container', () => {
  const options = { heartbeatMs: 20 }

  it('is refused while that process gives signs of life', async () => {
    const path = await leaveLock({ pid: 1, space: 'elsewhere' })
    const pulse = setInterval(() => utimesSync(path, new Date(), new Date()), 20)
    onTestFinished(() => clearInterval(pulse))
    await expect(lockDataFolder(folder, options)).rejects.toThrow(DataFolderHeldError)
  })

  it('is taken over when it gives none', async () => {
    await leaveLock({ pid: 1, space: 'elsewhere' })
    ;(await lockDataFolder(folder, options)).release()
  })

  it('is taken over without a wait when the last sign is long past', async () => {
    const path = await leaveLock({ pid: 1, space: 'elsewhere' })
    const past = new Date(Date.now() - 600_000)
    utimesSync(path, past, past)
    const started = performance.now()
    ;(await lockDataFolder(folder, { heartbeatMs: 60_000 })).release()
    expect(performance.now() - started).toBeLessThan(10_000)
  })

  it('sees signs of life from us', async () => {
    const lock = await lockDataFolder(folder, options)
    const path = lockFile()
    const past = new Date(Date.now() - 600_000)
    utimesSync(path, past, past)
    await expect.poll(() => statSync(path).mtimeMs).toBeGreaterThan(past.getTime() + 1)
    lock.release()
  })
})

describe('of several processes that start at once', () => {
  let starters: Starter[]
  beforeAll(() => {
    starters = Array.from({ length: 4 }, () => Starter.start())
  })
  afterAll(async () => {
    for (const starter of starters) await starter.kill()
  })

  const situations: Record<string, () => void> = {
    'in an empty folder': () => {},
    'on a lock of a process that is gone': () =>
      void writeFileSync(join(folder, 'lock.7'), JSON.stringify({ pid: deadPid() })),
    'on a lock that was cut short': () => void writeFileSync(join(folder, 'lock.7'), '{"pid'),
  }
  it.each(Object.entries(situations))(
    '%s one wins, and the others name it',
    async (_, prepare) => {
      for (let round = 0; round < 15; round++) {
        for (const name of readdirSync(folder)) rmSync(join(folder, name))
        prepare()
        const answers = await Promise.all(starters.map((starter) => starter.lock(folder)))
        const winner = starters[answers.indexOf('held')]
        const expected = starters.map((starter) => (starter === winner ? 'held' : String(winner?.process.pid)))
        expect(answers).toEqual(expected)
        await winner?.release()
      }
    },
    60_000,
  )

  it('the one whose predecessor was killed takes over', async () => {
    const [first, second] = [Starter.start(), Starter.start()]
    expect(await first.lock(folder)).toBe('held')
    expect(await second.lock(folder)).toBe(String(first.process.pid))
    await first.kill()
    expect(await second.lock(folder)).toBe('held')
    await second.kill()
  }, 30_000)
})
