import { MultiBar, Presets, type SingleBar } from 'cli-progress'

export interface Bars {
  /** @param unit what is counted; in percent when left out */
  open(title: string, unit?: string): { update(done: number, total: number): void }
  stop(): void
}

/** Progress bars on a terminal, lines elsewhere. */
export function openBars(): Bars {
  if (!process.stdout.isTTY) {
    return {
      open(title, unit) {
        let quarters = -1
        return {
          update(done, total) {
            const reached = total > 0 ? Math.floor((done * 4) / total) : 0
            if (reached > quarters)
              console.log(`${title}: ${unit ? `${done} of ${total} ${unit}` : `${percent(done, total)} %`}`)
            quarters = Math.max(quarters, reached)
          },
        }
      },
      stop: () => undefined,
    }
  }
  const multi = new MultiBar({ format: '{title} {bar} {said}', hideCursor: true }, Presets.shades_classic)
  return {
    open(title, unit) {
      const bar: SingleBar = multi.create(0, 0, { title: title.padEnd(24), said: '' })
      return {
        update(done, total) {
          bar.setTotal(total)
          bar.update(done, { said: unit ? `${done}/${total} ${unit}` : `${percent(done, total)} %` })
        },
      }
    },
    stop: () => multi.stop(),
  }
}

const percent = (done: number, total: number) => (total > 0 ? Math.round((done * 100) / total) : 0)
