// The picture of a trace: boxes in columns, bands between them. Columns are stages, the width of a band is its quantity, bands
// leave and enter a box in the order of where they go; what is not proven is a thin dashed line, never a band.
// Pure: no browser, no clock. A thousand holdings stay readable because boxes are grouped and a column shows its largest only.

export interface Holding {
  id: string;
  item: string;
  place: string;
  place_name: string;
  township: string;
  layer: number;
  quantity: number;
  resolved: boolean;
  origin: boolean;
  status_label: string;
  arrived_at: string | null;
}
export interface Movement {
  from: string;
  to: string;
  quantity: number;
  unknown: boolean;
}
export type Grouping = 'holding' | 'place' | 'lot' | 'township';

export interface Box {
  id: string;
  column: number;
  x: number;
  y: number;
  height: number;
  title: string;
  members: Holding[];
  quantity: number;
  resolved: number; // of `quantity`
  origin: boolean;
  rest: boolean; // "N more": opens the column by a step
  unknown: boolean; // some of it is not resolved
}
export interface Band {
  from: string;
  to: string;
  quantity: number;
  unknown: boolean;
  width: number;
  path: string;
  label_x: number;
  label_y: number;
  label_at_start: boolean; // where fewer bands meet
}
export interface Column {
  index: number;
  layer: number;
  x: number;
  shown: number;
  all: number;
}
export interface Picture {
  boxes: Box[];
  bands: Band[];
  columns: Column[];
  width: number;
  height: number;
}
export interface Options {
  group: Grouping;
  shown_max: number; // boxes of a column before the rest is one box
  opened: Record<number, number>; // layer → boxes more than shown_max
}

export const kBoxWidth = 184;
const kBoxHeight = 54;
const kGap = 14;
const kColumn = 276;
const kHead = 34;
const kMargin = 12;
const kBandMax = 44;
const kUnknownWidth = 2.2;
const kSweeps = 6;

interface Slot {
  id: string;
  column: number;
  height: number;
  y: number;
  box: Box | null; // null: a band passes through this column here
  before: string[];
  after: string[];
}

// What stands together in one box. The layer is part of every group, so that bands always run between columns.
export function groupOf(holding: Holding, group: Grouping): { key: string; title: string } {
  if (group === 'place') return { key: `${holding.layer}|${holding.place}`, title: holding.place_name };
  if (group === 'lot')
    return { key: `${holding.layer}|${holding.item}`, title: holding.item.split('/').pop() ?? holding.item };
  if (group === 'township') return { key: `${holding.layer}|${holding.township}`, title: holding.township };
  return { key: holding.id, title: holding.place_name };
}

// The grouping that a first look needs: single holdings while a column stays in sight, then places, then townships.
export function suggestGroup(holdings: Holding[], shown_max: number): Grouping {
  for (const group of ['holding', 'place'] as Grouping[]) {
    const count = new Map<number, Set<string>>();
    for (const h of holdings) {
      const set = count.get(h.layer) ?? new Set();
      count.set(h.layer, set.add(groupOf(h, group).key));
    }
    if ([...count.values()].every((keys) => keys.size <= shown_max * 2)) return group;
  }
  // Townships tell something where there is more than one; else the greatest places are shown, and the rest as one.
  return new Set(holdings.map((h) => h.township)).size > 1 ? 'township' : 'place';
}

export function layOut(holdings: Holding[], movements: Movement[], options: Options): Picture {
  const layers = [...new Set(holdings.map((h) => h.layer))].sort((a, b) => a - b);
  const columnOf = new Map(layers.map((layer, i) => [layer, i]));

  // ---- boxes
  const boxes = new Map<string, Box>();
  const make = (id: string, column: number, title: string): Box => ({
    id,
    column,
    x: kMargin + column * kColumn,
    y: 0,
    height: kBoxHeight,
    title,
    members: [],
    quantity: 0,
    resolved: 0,
    origin: false,
    rest: false,
    unknown: false,
  });
  const put = (box: Box, h: Holding) => {
    box.members.push(h);
    box.quantity += h.quantity;
    if (h.resolved) box.resolved += h.quantity;
    box.origin ||= h.origin;
    box.unknown ||= !h.resolved;
  };
  for (const h of holdings) {
    const { key, title } = groupOf(h, options.group);
    let box = boxes.get(key);
    if (!box) boxes.set(key, (box = make(key, columnOf.get(h.layer)!, title)));
    put(box, h);
  }
  const boxOf = new Map<string, string>();
  const columns: Column[] = [];
  for (const [index, layer] of layers.entries()) {
    // The origin, then what is not resolved, then the largest: what needs an act is never hidden behind what is large.
    const all = [...boxes.values()]
      .filter((b) => b.column === index)
      .sort(
        (a, b) =>
          Number(b.origin) - Number(a.origin) ||
          Number(b.unknown) - Number(a.unknown) ||
          b.quantity - a.quantity ||
          (a.id < b.id ? -1 : 1),
      );
    const most = options.shown_max + (options.opened[layer] ?? 0);
    const shown = all.length <= most + 1 ? all : all.slice(0, most);
    for (const box of shown) for (const h of box.members) boxOf.set(h.id, box.id);
    if (shown.length < all.length) {
      const rest = make(`rest|${layer}`, index, '');
      rest.rest = true;
      for (const box of all.slice(shown.length)) {
        boxes.delete(box.id);
        for (const h of box.members) {
          put(rest, h);
          boxOf.set(h.id, rest.id);
        }
      }
      boxes.set(rest.id, rest);
    }
    columns.push({ index, layer, x: kMargin + index * kColumn, shown: shown.length, all: all.length });
  }

  // ---- bands: movements between the same two boxes are one, proven and unproven apart
  const bands = new Map<string, Band>();
  for (const m of movements) {
    const from = boxOf.get(m.from),
      to = boxOf.get(m.to);
    if (from === undefined || to === undefined || from === to) continue;
    const key = `${from}>${to}>${m.unknown}`;
    const band = bands.get(key);
    if (band) band.quantity += m.quantity;
    else
      bands.set(key, {
        from,
        to,
        quantity: m.quantity,
        unknown: m.unknown,
        width: 0,
        path: '',
        label_x: 0,
        label_y: 0,
        label_at_start: false,
      });
  }

  // ---- slots: a band over several columns has a place of its own in each column between
  const slots = new Map<string, Slot>();
  for (const box of boxes.values())
    slots.set(box.id, { id: box.id, column: box.column, height: box.height, y: 0, box, before: [], after: [] });
  const route = new Map<Band, string[]>();
  for (const band of bands.values()) {
    const a = boxes.get(band.from)!,
      b = boxes.get(band.to)!;
    const way = [band.from];
    for (let c = a.column + 1; c < b.column; c++) {
      const id = `way|${band.from}|${band.to}|${c}`;
      if (!slots.has(id)) slots.set(id, { id, column: c, height: 10, y: 0, box: null, before: [], after: [] });
      way.push(id);
    }
    way.push(band.to);
    route.set(band, way);
    if (a.column < b.column)
      way.slice(1).forEach((next, i) => {
        slots.get(way[i]!)!.after.push(next);
        slots.get(next)!.before.push(way[i]!);
      });
  }

  // ---- order in each column by the middle of the neighbours, forth and back
  const table = layers.map((_, c) => [...slots.values()].filter((s) => s.column === c));
  const order = new Map<string, number>();
  const number = (column: Slot[]) => column.forEach((s, i) => order.set(s.id, (i + 0.5) / column.length));
  for (const column of table) {
    column.sort(
      (a, b) =>
        Number(a.box?.rest ?? false) - Number(b.box?.rest ?? false) ||
        (b.box?.quantity ?? 0) - (a.box?.quantity ?? 0) ||
        (a.id < b.id ? -1 : 1),
    );
    number(column);
  }
  const middle = (ids: string[], own: number) =>
    ids.length ? ids.reduce((sum, id) => sum + order.get(id)!, 0) / ids.length : own;
  let best = table.map((column) => [...column]);
  let least = crossings(best, slots);
  for (let sweep = 0; sweep < kSweeps && least > 0; sweep++) {
    const forth = sweep % 2 === 0;
    for (const column of forth ? table : [...table].reverse()) {
      const weight = new Map(column.map((s) => [s.id, middle(forth ? s.before : s.after, order.get(s.id)!)]));
      column.sort(
        (a, b) =>
          Number(a.box?.rest ?? false) - Number(b.box?.rest ?? false) ||
          weight.get(a.id)! - weight.get(b.id)! ||
          order.get(a.id)! - order.get(b.id)!,
      );
      number(column);
    }
    const now = crossings(table, slots);
    if (now < least) {
      least = now;
      best = table.map((column) => [...column]);
    }
  }

  // ---- heights: each column is packed, then moved towards its neighbours
  const tall = (column: Slot[]) => column.reduce((sum, s) => sum + s.height + kGap, -kGap);
  const height = Math.max(kBoxHeight, ...best.map(tall));
  for (const column of best) {
    let y = kHead + (height - tall(column)) / 2;
    for (const slot of column) {
      slot.y = y;
      y += slot.height + kGap;
    }
  }
  const centre = (s: Slot) => s.y + s.height / 2;
  for (const forth of [true, false, true]) {
    for (const column of forth ? best : [...best].reverse()) {
      for (const slot of column) {
        const near = (forth ? slot.before : slot.after).map((id) => centre(slots.get(id)!));
        if (near.length) slot.y = near.reduce((a, b) => a + b, 0) / near.length - slot.height / 2;
      }
      spread(column, kHead, kHead + height);
    }
  }
  for (const slot of slots.values()) if (slot.box) slot.box.y = Math.round(slot.y);

  // ---- ports: the widths that leave (enter) a box are stacked in the order of where they go (come from)
  const leaving = new Map<string, Band[]>(),
    entering = new Map<string, Band[]>();
  for (const band of bands.values()) {
    leaving.set(band.from, [...(leaving.get(band.from) ?? []), band]);
    entering.set(band.to, [...(entering.get(band.to) ?? []), band]);
  }
  const sum = (list: Band[]) => list.reduce((s, b) => s + (b.unknown ? 0 : b.quantity), 0);
  const most = Math.max(1e-9, ...[...leaving.values(), ...entering.values()].map(sum));
  for (const band of bands.values())
    band.width = band.unknown ? kUnknownWidth : Math.max(1.2, (kBandMax * band.quantity) / most);
  const start = new Map<Band, number>(),
    end = new Map<Band, number>();
  const stack = (lists: Map<string, Band[]>, port: Map<Band, number>, next: (b: Band) => Slot) => {
    for (const [id, list] of lists) {
      list.sort((a, b) => next(a).y - next(b).y || Number(a.unknown) - Number(b.unknown));
      const box = boxes.get(id)!;
      const room = list.reduce((s, b) => s + b.width, 0);
      const squeeze = Math.min(1, (box.height - 6) / room);
      let y = box.y + box.height / 2 - (room * squeeze) / 2;
      for (const band of list) {
        port.set(band, y + (band.width * squeeze) / 2);
        y += band.width * squeeze;
      }
    }
  };
  stack(leaving, start, (b) => slots.get(route.get(b)!.at(1)!)!);
  stack(entering, end, (b) => slots.get(route.get(b)!.at(-2)!)!);
  const counted = (end: 'from' | 'to') => {
    const count = new Map<string, number>();
    for (const band of bands.values()) count.set(band[end], (count.get(band[end]) ?? 0) + 1);
    return count;
  };
  const leave = counted('from'),
    enter = counted('to');
  for (const band of bands.values()) {
    const a = boxes.get(band.from)!,
      b = boxes.get(band.to)!;
    const x1 = a.x + kBoxWidth,
      y1 = start.get(band)!,
      x2 = b.x,
      y2 = end.get(band)!;
    if (b.column <= a.column) {
      // Back, or within the column (rework, returns): around the outside, so that it is not taken for a step onward.
      band.path = `M${x1} ${f(y1)}C${x1 + 70} ${f(y1 + 46)} ${x2 - 70} ${f(y2 + 46)} ${x2} ${f(y2)}`;
    } else {
      const way = route.get(band)!;
      let path = `M${x1} ${f(y1)}`;
      let px = x1,
        py = y1;
      for (const id of way.slice(1, -1)) {
        const slot = slots.get(id)!;
        const x = kMargin + slot.column * kColumn,
          y = centre(slot);
        path += curve(px, py, x, y) + `L${x + kBoxWidth} ${f(y)}`;
        px = x + kBoxWidth;
        py = y;
      }
      band.path = path + curve(px, py, x2, y2);
    }
    band.label_at_start = enter.get(band.to)! > leave.get(band.from)!;
    band.label_x = band.label_at_start ? x1 + 6 : x2 - 6;
    band.label_y = (band.label_at_start ? y1 : y2) - band.width / 2 - 3;
  }
  return {
    boxes: [...boxes.values()].sort((a, b) => a.column - b.column || a.y - b.y),
    bands: [...bands.values()].sort((a, b) => Number(a.unknown) - Number(b.unknown)),
    columns,
    width: kMargin * 2 + (layers.length - 1) * kColumn + kBoxWidth,
    height: kHead + height + kMargin,
  };
}

const f = (n: number) => n.toFixed(1);
function curve(x1: number, y1: number, x2: number, y2: number): string {
  const half = (x2 - x1) / 2;
  return `C${f(x1 + half)} ${f(y1)} ${f(x2 - half)} ${f(y2)} ${f(x2)} ${f(y2)}`;
}
// Nearest places without overlap, in order, between top and bottom.
function spread(column: Slot[], top: number, bottom: number) {
  let y = top;
  for (const slot of column) {
    slot.y = Math.max(slot.y, y);
    y = slot.y + slot.height + kGap;
  }
  let limit = bottom;
  for (const slot of [...column].reverse()) {
    slot.y = Math.min(slot.y, limit - slot.height);
    limit = slot.y - kGap;
  }
}
// How often bands of neighbouring columns cross; counted by inversions, O(n log n) a pair of columns.
export function crossings(table: { id: string; after: string[] }[][], slots: Map<string, { column: number }>): number {
  let count = 0;
  table.slice(1).forEach((right, c) => {
    const place = new Map(right.map((s, i) => [s.id, i]));
    const ends: number[] = [];
    for (const slot of table[c]!)
      ends.push(
        ...slot.after
          .filter((id) => slots.get(id)!.column === c + 1)
          .map((id) => place.get(id)!)
          .sort((a, b) => a - b),
      );
    const tree = new Array<number>(right.length + 1).fill(0);
    for (const end of ends.reverse()) {
      for (let k = end; k > 0; k -= k & -k) count += tree[k]!;
      for (let k = end + 1; k < tree.length; k += k & -k) tree[k]!++;
    }
  });
  return count;
}

// Everything before and after a box along the bands: what is lit when it is chosen.
export function pathThrough(picture: Picture, id: string): Set<string> {
  const lit = new Set([id]);
  for (const forth of [true, false]) {
    const wait = [id];
    const seen = new Set([id]);
    while (wait.length) {
      const at = wait.pop()!;
      for (const band of picture.bands) {
        const next = forth ? (band.from === at ? band.to : null) : band.to === at ? band.from : null;
        if (next !== null && !seen.has(next)) {
          seen.add(next);
          lit.add(next);
          wait.push(next);
        }
      }
    }
  }
  return lit;
}

// Where an arrow key leads: along the widest band to the left or right, up and down within the column.
export function step(picture: Picture, id: string, key: string): string {
  const at = picture.boxes.find((b) => b.id === id);
  if (!at) return picture.boxes.find((b) => b.origin)?.id ?? picture.boxes[0]?.id ?? '';
  if (key === 'ArrowRight' || key === 'ArrowLeft') {
    const forth = key === 'ArrowRight';
    const next = picture.bands.filter((b) => (forth ? b.from : b.to) === id).sort((a, b) => b.width - a.width)[0];
    return next ? (forth ? next.to : next.from) : id;
  }
  const column = picture.boxes.filter((b) => b.column === at.column);
  const i = column.indexOf(at) + (key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0);
  if (key === 'Home') return picture.boxes.find((b) => b.origin)?.id ?? id;
  return column[Math.min(column.length - 1, Math.max(0, i))]?.id ?? id;
}
