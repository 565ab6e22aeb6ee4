// The rooms' entries of the rail, as this reader sees them, in their order.
import { session } from '../kit/api';
import { rooms, type Reader, type RailEntry } from '../kit/room';

export type { RailEntry };
export const reader = (): Reader => ({
  supervises: session.assignments.some((a) => !a.operator),
  keeps: session.assignments.some((a) => a.operator),
});
const all = () => rooms.flatMap((r) => r.rail ?? []);
export const railOf = (group: RailEntry['group']) =>
  all()
    .filter((e) => e.group === group && (e.who?.(reader()) ?? true))
    .sort((a, b) => a.order - b.order);
// `before`: those that stand before the entry for a new matter.
export const quickOf = (before: boolean) =>
  all()
    .flatMap((e) => (e.quick ? [{ ...e, ...e.quick }] : []))
    .filter((e) => e.order < 0 === before && (e.who?.(reader()) ?? true))
    .sort((a, b) => a.order - b.order);
