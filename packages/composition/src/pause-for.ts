import type { Cancellation, Host } from '@mesobath/contracts'
import type { Pause } from '@mesobath/kernels'

/** The pause of a long step: lets the host breathe and hears the signal; null where there is nothing to wait for. */
export const pauseFor = (host: Host, signal?: Cancellation): Pause => {
  const breathe = async (): Promise<boolean> => {
    await host.breathe?.()
    return signal?.aborted !== true
  }
  return () => (host.breathe === undefined && signal?.aborted !== true ? null : breathe())
}
