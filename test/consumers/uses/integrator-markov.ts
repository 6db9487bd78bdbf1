// An algorithm whose rate model is a plain object of one's own.
import { markov } from '@mesobath/integrator-markov'

type Rates = Exclude<Parameters<typeof markov>[0]['rates'], Readonly<Record<string, unknown>>>

const rates: Rates = {
  contract: 1, name: 'equal', package: 'a-consumer', version: '1.0.0', citations: [], recipe: null, needs: [],
  correlate: ({ windows }) => ({
    _tag: 'Right',
    right: {
      lineShape: { kind: 'flat-window', width: windows.width, finiteTime: true },
      strength: (_request, out) => {
        out.re.fill(1)
        return { _tag: 'Right', right: undefined }
      },
    },
  }),
}
if (markov({ rates }).name !== 'markov') throw new Error('another algorithm')
