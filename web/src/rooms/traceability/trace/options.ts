// What a trace may be asked to do otherwise, and the same as a query string: of the page, of its files, and of a link to it.
export interface Options {
  mix: boolean;
  time: boolean; // the order of time counts
  limit: number; // one of kLimits
  kill: string[]; // item@place
  cut: string[];
}
export const kLimits = [2000, 20000] as const;

export const plain = (): Options => ({ mix: false, time: true, limit: kLimits[0], kill: [], cut: [] });

export function isPlain(o: Options): boolean {
  return !o.mix && o.time && o.limit === kLimits[0] && o.kill.length === 0 && o.cut.length === 0;
}

// What differs from a plain trace, as the server is asked for it.
export const queryOf = (o: Options) => ({
  ...(o.mix ? { mix: ['all'] } : {}),
  ...(o.time ? {} : { time: 'ignore' as const }),
  ...(o.limit === kLimits[0] ? {} : { limit: o.limit }),
  ...(o.kill.length ? { kill: o.kill } : {}),
  ...(o.cut.length ? { cut: o.cut } : {}),
});
// The same for an address that is written out.
export function toQuery(o: Options): string {
  const pairs = Object.entries(queryOf(o)).flatMap(([name, value]) => [value].flat().map((one) => [name, String(one)]));
  return pairs.map(([name, value]) => `&${name}=${encodeURIComponent(value ?? '')}`).join('');
}

// A holding is in one of the two lists, or in none.
export function toggle(o: Options, list: 'kill' | 'cut', id: string): Options {
  const other = list === 'kill' ? 'cut' : 'kill';
  const has = o[list].includes(id);
  return {
    ...o,
    [list]: has ? o[list].filter((x) => x !== id) : [...o[list], id],
    [other]: o[other].filter((x) => x !== id),
  };
}
