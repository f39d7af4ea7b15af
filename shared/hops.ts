// How often words of bots have crossed, told in a message's `meta.hops`, so that two bots do not talk to each other for ever (attack 27).

/** Words of bots go no further after so many. */
export const MAX_HOPS = 3;

/** How many bots a message has come through; 0 of one that a person wrote. */
export function hopsOf(meta: unknown): number {
  const hops = typeof meta === 'object' && meta !== null ? (meta as { hops?: unknown }).hops : undefined;
  return typeof hops === 'number' && hops > 0 ? hops : 0;
}
