// Layouts and places of the room's picture, as the page's lists have them. Pure.
import type { Roster } from "../../../join/schemas.ts";

type Layout = Roster["layout"];

export const layouts: readonly Layout[] = [
  ...(["LAYOUT0", "LAYOUT1", "LAYOUT2", "LAYOUT3", "LAYOUT4", "LAYOUT6", "LAYOUT9"] as const),
];

/** How many cells may be chosen; the automatic layout grows to nine. */
export const cellsOf = (layout: Layout): number => Number(layout.slice("LAYOUT".length)) || 9;

/** A place as the value of an option, and back. Null: where the layout places them. */
export const choiceOf = (position: number | null): string => (position === null ? "" : String(position));
export const positionOf = (value: string): number | null => (value === "" ? null : Number(value));
