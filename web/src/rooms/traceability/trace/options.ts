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

export function toQuery(o: Options): string {
  const pairs: [string, string][] = [];
  if (o.mix) pairs.push(['mix', 'all']);
  if (!o.time) pairs.push(['time', 'ignore']);
  if (o.limit !== kLimits[0]) pairs.push(['limit', String(o.limit)]);
  for (const id of o.kill) pairs.push(['kill', id]);
  for (const id of o.cut) pairs.push(['cut', id]);
  return pairs.map(([name, value]) => `&${name}=${encodeURIComponent(value)}`).join('');
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
