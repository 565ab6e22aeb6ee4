// What a room hands over at the web's door, as `RoomFace` does in the server: its pages, its entries of the rail, the parts that it
// adds to a matter's page and to an operator's file, its icons. Everything else of a room stays in its own folder and is loaded with its pages. main.ts opens
// the rooms, one line a room; the kit and the desk read what was handed over and know no room by name.
import type { Component } from 'vue';
import type { RouteLocationRaw, RouteRecordRaw } from 'vue-router';
import type { Address, Shape } from './api';
import { addIcons } from './icons';
import { addWords, type Language, type Words } from './i18n';
import { keepForms } from './phone/pages';

// Who is reading: somebody who supervises a territory, somebody who keeps the books of an operator of his own, or both.
export interface Reader {
  supervises: boolean;
  keeps: boolean;
}
export interface RailEntry {
  group: 'top' | 'work' | 'basis'; // the first, unnamed block; the matters that are worked on; what the work rests on
  order: number; // entries with a negative order stand before those of the rooms' matters
  to: string;
  leaves?: boolean; // the address is served apart from this interface
  icon: string;
  label: string;
  who?: (reader: Reader) => boolean;
  // The entry stands for the matters of this room, with their number, in the place of the list of them.
  insteadOf?: string;
  // In the bar at the foot of a phone: its place there, and where they differ its icon, label and readers.
  quick?: { order: number; icon?: string; label?: string; who?: (reader: Reader) => boolean };
}
// A section of a matter's page that shows only where the answer has something for it.
export interface MatterPart {
  id: string;
  label: string; // in the row of anchors; where it is empty, the section has no anchor
  beside: boolean; // in the column at the side
  shows: (view: Shape<'MatterPage'>) => boolean;
  component: () => Promise<{ default: Component }>;
}
// What a room keeps on an operator's file: a tab of its own, and where a glance at it is wanted a cell beside the name. Both are given
// the whole file as `file`.
export interface FilePart {
  id: string;
  label: string;
  order: number; // of the tab: below 0 before the records of the file, else after them
  count: (file: Shape<'OperatorFile'>) => number;
  component: () => Promise<{ default: Component }>;
  cell?: () => Promise<{ default: Component }>;
}
// A way from a place that several rooms lead to: a lot, or an operator's own pages.
export type Way = (id: string) => RouteLocationRaw;
export interface OperatorLink {
  icon: string;
  label: string;
  to: Way;
}
export interface Room {
  room: string; // its name in the server
  icons: Record<string, string>;
  names?: Record<Language, Words>; // the few words that stand outside of its pages: titles, entries of the rail
  routes?: RouteRecordRaw[];
  rail?: RailEntry[];
  matterParts?: MatterPart[];
  fileParts?: FilePart[];
  operatorLinks?: OperatorLink[];
  warnings?: string[]; // kinds of its matters that, while they run, stand beside the name on an operator's file
  ways?: Record<string, Way>;
  keptForms?: Address[]; // answers that a form of the room needs where there is no signal
}

export const rooms: Room[] = [];
export function openRooms(all: Room[]) {
  for (const room of all) {
    rooms.push(room);
    addIcons(room.icons);
    if (room.names) addWords(room.names['zh-Hans'], room.names['zh-Hant'], room.names.en);
    if (room.keptForms) keepForms(room.keptForms);
  }
}
// The way to what a room shows ("lot"); where no room shows it, the way leads nowhere.
export const wayTo = (what: string, id: string): RouteLocationRaw =>
  rooms.find((r) => r.ways?.[what])?.ways?.[what]?.(id) ?? '';
