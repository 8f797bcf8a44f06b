// The geometry of a room's picture.
export { type CellArea, type LayoutName, layouts } from "./layouts.ts";
export { cellRectangles, cutTo, placeWhole, type Rectangle, type Size } from "./rectangles.ts";
