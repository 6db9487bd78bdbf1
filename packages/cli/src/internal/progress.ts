import type { Sink } from '../io.js'

/** How far a command has come, over tasks of different weight. */
export interface Progress {
  /** Begins a task that takes `weight` of the total; call the result with its fraction, and a new label where there is one. */
  task(label: string, weight: number): (fraction: number, label?: string) => void
  stop(): void
}

/** Plain lines come no more often than this, and only after as much progress. */
const LINE_SECONDS = 2
const LINE_SHARE = 0.1

const span = (seconds: number): string => {
  if (!Number.isFinite(seconds)) return '?'
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}

/** Silence. */
export const noProgress: Progress = { task: () => () => undefined, stop: () => undefined }

/** Tasks may overlap: what counts is the sum of what each has done. */
const tracker = (total: number, show: (fraction: number, label: string, left: string) => void): Progress['task'] => {
  const begun = performance.now()
  let done = 0
  return (label, weight) => {
    let before = 0
    return (fraction, now = label) => {
      done += weight * (fraction - before)
      before = fraction
      // Weights are sums of decimal fractions: the last task may end a rounding short of the total.
      const share = done >= total * (1 - 1e-9) ? 1 : done / total
      const elapsed = (performance.now() - begun) / 1000
      show(share, now, span(share > 0 ? elapsed * (1 - share) / share : Infinity))
    }
  }
}

const lines = (sink: Sink, total: number): Progress => {
  let lastTime = performance.now()
  let lastShare = 0
  return {
    task: tracker(total, (done, label, left) => {
      const now = performance.now()
      if (done < 1 && ((now - lastTime) / 1000 < LINE_SECONDS || done - lastShare < LINE_SHARE)) return
      if (done >= 1 && lastShare >= 1) return
      lastTime = now
      lastShare = done
      sink.write(`${String(Math.floor(100 * done)).padStart(3)} %  ${label}${done < 1 ? `, about ${left} left` : ''}\n`)
    }),
    stop: () => undefined,
  }
}

/** A bar with the time left on a terminal, plain lines elsewhere. `total` is the sum of the weights of all tasks. */
export const createProgress = async (sink: Sink, total: number): Promise<Progress> => {
  if (sink.isTTY !== true) return lines(sink, total)
  const { SingleBar } = (await import('cli-progress')).default
  const bar = new SingleBar({
    format: '{bar} {percentage} % | {left} left | {label}', barCompleteChar: '█', barIncompleteChar: '░', barsize: 30,
    hideCursor: true, clearOnComplete: true, stopOnComplete: false, gracefulExit: false, stream: sink as NodeJS.WriteStream, fps: 10, linewrap: false,
  })
  bar.start(100, 0, { left: '?', label: '' })
  return {
    task: tracker(total, (done, label, left) => { bar.update(Math.floor(100 * done), { left, label }) }),
    stop: () => { bar.stop() },
  }
}
