// How amounts and lots read on the pages of a trace.
export const amount = (n: number) => Number(n.toFixed(2)).toLocaleString('en-US');
// The last part of an identifier is the number that people know the lot by.
export const lotNo = (item: string) => item.split(/[/:]/).pop() ?? item;
