// How holdings, amounts and lots read on the pages of a trace.
import type { Shape } from '../../../kit/api';

// A holding as people read it: its township by name, with the township's own identifier beside.
export type TracedHolding = Shape<'TraceNode'> & { township_id: string };
export const amount = (n: number | string) => Number(Number(n).toFixed(2)).toLocaleString('en-US');
// The last part of an identifier is the number that people know the lot by.
export const lotNo = (item: string) => item.split(/[/:]/).pop() ?? item;
