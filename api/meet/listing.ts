// Lists a page at a time: what a request asks for as a query of the domain, and where the next page begins. A page begins
// behind an item and not at a number, so that rooms which are made or deleted in the meantime neither repeat nor hide others.
import type { Filter, RoomId } from "#common";
import type { Room, RoomListField } from "#conference/rooms";
import { refuseFields } from "../plugins/index.ts";
import type { Cursor, PageTokens } from "./page-tokens.ts";
import type { RoomListQuery } from "./schemas.ts";
import { invalid } from "./view.ts";

const maxPageItems = 100;
const usualItems = 10;

export const itemsOf = (maxItems: number | undefined): number =>
  Math.min(maxItems ?? usualItems, maxPageItems);

const fieldOfSort = {
  creationDate: "createdAt",
  roomName: "subject",
  autoDeletionDate: "autoDeletionDate",
} as const satisfies Record<string, RoomListField>;

export interface RoomPageRequest {
  readonly query: RoomListQuery;
  /** Rooms in which a meeting runs. */
  readonly active: readonly RoomId[];
  /** Only these; undefined: any. */
  readonly only: Filter<RoomListField> | undefined;
  readonly tokens: PageTokens;
}

export interface RoomPage {
  /** Names the list and its order, for page tokens. */
  readonly list: string;
  readonly filter: Filter<RoomListField> | undefined;
  readonly orderBy: readonly { readonly field: RoomListField; readonly descending: boolean }[];
  /** Where the next page begins behind this room. */
  readonly cursorOf: (room: Room) => Cursor;
}

/** @throws HttpRefusal for a token that is not of this list. */
export function readRoomPage({ query, active, only, tokens }: RoomPageRequest): RoomPage {
  const { sortField = "creationDate", sortOrder = "desc", roomName, status, nextPageToken } = query;
  const field = fieldOfSort[sortField];
  const descending = sortOrder === "desc";
  const list = `rooms ${sortField} ${sortOrder}`;
  const terms: Filter<RoomListField>[] = [];
  if (only) terms.push(only);
  if (roomName) terms.push({ kind: "text", field: "subject", test: "contains", value: roomName });
  if (status) terms.push(ofStatus(status, active));
  if (nextPageToken !== undefined) {
    const cursor = readToken(tokens, list, nextPageToken);
    terms.push(behind(field, descending, cursor));
  }
  return {
    list,
    filter: terms.length === 0 ? undefined : { kind: "and", terms },
    orderBy: [
      { field, descending },
      { field: "id", descending },
    ],
    cursorOf: (room) => ({ value: sortValueOf(room, field), id: room.id }),
  };
}

/** @throws HttpRefusal */
export function readToken(tokens: PageTokens, list: string, token: string): Cursor {
  const cursor = tokens.read(list, token);
  if (cursor) return cursor;
  throw refuseFields([
    invalid("nextPageToken", "must be one that a page of this list, in this order, has shown"),
  ]);
}

function ofStatus(
  status: NonNullable<RoomListQuery["status"]>,
  active: readonly RoomId[],
): Filter<RoomListField> {
  // No room is without an id.
  const none: Filter<RoomListField> = { kind: "compare", field: "id", operator: "eq", value: null };
  const running: Filter<RoomListField> =
    active.length > 0 ? { kind: "in", field: "id", values: active } : none;
  if (status === "active_meeting") return running;
  const closed = { kind: "compare", field: "closed", operator: "eq", value: status === "closed" } as const;
  return { kind: "and", terms: [closed, { kind: "not", term: running }] };
}

/** Rows without a value come first in ascending order. */
function behind(field: RoomListField, descending: boolean, { value, id }: Cursor): Filter<RoomListField> {
  const operator = descending ? "lt" : "gt";
  const equal: Filter<RoomListField> = {
    kind: "and",
    terms: [
      { kind: "compare", field, operator: "eq", value },
      { kind: "compare", field: "id", operator, value: id },
    ],
  };
  if (value === null) {
    return descending
      ? equal
      : { kind: "or", terms: [equal, { kind: "compare", field, operator: "ne", value: null }] };
  }
  const beyond: Filter<RoomListField> = { kind: "compare", field, operator, value };
  const without: Filter<RoomListField>[] = descending
    ? [{ kind: "compare", field, operator: "eq", value: null }]
    : [];
  return { kind: "or", terms: [equal, beyond, ...without] };
}

function sortValueOf(room: Room, field: (typeof fieldOfSort)[keyof typeof fieldOfSort]): string | null {
  return field === "autoDeletionDate" ? room.access.autoDeletionDate : room[field];
}
