// PINs are secrets: principals that may change the room or have the scope `pins` see them. For all others they
// are as in a room that has none.
import type { FastifyRequest } from "fastify";
import type { Room } from "#conference/rooms";
import { seesPins } from "#services/access";

type VisibleMember = Omit<Room["options"]["members"][number], "pin"> & { readonly pin: string | null };
type VisibleOptions = Omit<Room["options"], "members"> & { readonly members: readonly VisibleMember[] };

/** Whether secrets that open the room are shown: PINs, and the token of browser phones. */
export const mayRead = ({ principal }: FastifyRequest): boolean =>
  principal !== undefined && seesPins(principal.scopes);

/** The room as the caller may see it: with PINs or without. */
export const visible = (room: Room, request: FastifyRequest): Room =>
  mayRead(request) ? room : { ...room, adminPin: null, roomPin: null };

/** The same of the members' PINs. */
export const visibleOptions = ({ options }: Room, request: FastifyRequest): VisibleOptions =>
  mayRead(request)
    ? options
    : { ...options, members: options.members.map((member) => ({ ...member, pin: null })) };
