/**
 * Carnot's efficiency 1 − T_c/T_h = 1 − β_h/β_c, the most that −W/Q_h can be in a cycle between two baths of constant temperatures, in
 * inverse temperatures of either sign.
 *
 * It is what β_h Q_h + β_c Q_c ≤ 0 and W + Q_h + Q_c = 0 leave for Q_h > 0. An inverted hot bath (β_h < 0) lets it rise above 1: then the
 * cold bath may give heat, too. Where β_c ≤ 0 nothing bounds it.
 *
 * @param inverseHot - β_h, 1/energy, ±Infinity included
 * @param inverseCold - β_c
 * @returns the bound; Infinity where there is none, −Infinity where no Q_h > 0 is possible, NaN where the limits contradict each other
 */
export const carnotEfficiency = (inverseHot: number, inverseCold: number): number => {
  if (Number.isNaN(inverseHot) || Number.isNaN(inverseCold)) return NaN
  if (inverseCold > 0) return 1 - inverseHot / inverseCold
  return inverseCold === 0 && inverseHot > 0 ? -Infinity : Infinity
}

/**
 * The most that Q_c/Q_w can be in a cycle that cools at β_c, gives waste heat away at β_h and is driven by heat from a bath at β_w:
 * (β_h − β_w)/(β_c − β_h), inverse temperatures of either sign.
 *
 * It is what β_c Q_c + β_h Q_h + β_w Q_w ≤ 0 and Q_c + Q_h + Q_w = 0 leave for Q_w > 0. Work is heat at β_w = 0, and the bound is then
 * T_c/(T_h − T_c) of Q_c/W.
 *
 * @param inverseHot - β_h, 1/energy, ±Infinity included
 * @param inverseCold - β_c
 * @param inverseWork - β_w; 0, which is work, unless told
 * @returns the bound; Infinity where β_c < β_h, so that the cold bath is the hotter one and cools by itself, NaN where the limits
 * contradict each other
 */
export const carnotCoefficient = (inverseHot: number, inverseCold: number, inverseWork = 0): number => {
  if (Number.isNaN(inverseHot) || Number.isNaN(inverseCold) || Number.isNaN(inverseWork)) return NaN
  if (inverseCold < inverseHot) return Infinity
  if (inverseCold === inverseHot) return Number.isFinite(inverseHot) ? (inverseHot < inverseWork ? -Infinity : Infinity) : NaN
  // As β_h falls without end the quotient tends to −1: each unit of heat from the driving bath must go into the cold one.
  if (inverseHot === -Infinity) return inverseWork === -Infinity ? NaN : -1
  return (inverseHot - inverseWork) / (inverseCold - inverseHot)
}
