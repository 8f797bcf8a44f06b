// How the room's picture is arranged, by hosts on the join page: the number of its cells, and who is pinned to which of them.
import { Type } from "typebox";
import type { ParticipantId } from "#common";
import { type RoomLayout, type Rooms, roomLayouts } from "#conference/rooms";
import { okResponse, unwrap } from "../conference/operation.ts";
import { oneOf } from "../conference/room-fields.ts";
import type { Api } from "../instance.ts";
import { describeJoin, forHosts } from "./operation.ts";
import type { TokenHolders } from "./token-holders.ts";

export interface JoinPictureOptions {
  readonly rooms: Pick<Rooms, "update" | "setPosition">;
  readonly holders: Pick<TokenHolders, "hostOf">;
}

const describe = (operationId: string, summary: string, description: string) => ({
  ...describeJoin(operationId, summary, `${description} ${forHosts}, and for the chairman.`),
  response: okResponse,
});

const layout = {
  ...describe(
    "setMyRoomLayout",
    "Choose the layout of the picture",
    "It stays with the room. Pins to cells that the new layout does not have end.",
  ),
  body: Type.Object(
    {
      layout: oneOf<RoomLayout>(roomLayouts, {
        description: "The number of cells; `LAYOUT0`: as many as are needed.",
      }),
    },
    { additionalProperties: false, examples: [{ layout: "LAYOUT4" }] },
  ),
};

const position = {
  ...describe(
    "pinOther",
    "Pin a participant to a cell of the picture",
    "The cell must be one of the room's layout and not taken by another pinned participant.",
  ),
  params: Type.Object({
    participant_id: Type.Unsafe<ParticipantId>({ type: "string", description: "The id of the participant." }),
  }),
  body: Type.Object(
    {
      position: Type.Unsafe<number | null>({
        ...{ type: ["integer", "null"], minimum: -1, maximum: 8 },
        description: "A cell of the room's layout; -1: not shown; null: where the layout places them.",
      }),
    },
    { additionalProperties: false, examples: [{ position: 0 }, { position: null }] },
  ),
};

export function joinPictureRoutes(api: Api, { rooms, holders }: JoinPictureOptions): void {
  const config = { scope: "join" } as const;

  api.put("/join/room/layout", { schema: layout, config }, async (request) => {
    const room = await holders.hostOf(request);
    unwrap(await rooms.update(room, { layout: request.body.layout }));
    return {};
  });

  api.put("/join/participants/:participant_id/position", { schema: position, config }, async (request) => {
    const room = await holders.hostOf(request);
    unwrap(await rooms.setPosition(room, request.params.participant_id, request.body.position));
    return {};
  });
}
