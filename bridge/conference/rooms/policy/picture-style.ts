// How a room's picture looks beside who is in it: what the room says, else what is configured. Pure.
import { cutText } from "#common";
import type { CommandParams } from "#media/protocol";
import type { PictureClock, PictureFit } from "../records/options.ts";
import type { Room } from "../records/room.ts";

/** As configured, for rooms that say nothing. */
export interface PictureStyle {
  readonly fit: PictureFit;
  readonly subject: boolean;
  readonly clock: PictureClock;
}

export const plainPicture: PictureStyle = { fit: "letterbox", subject: false, clock: "off" };

/** Characters that a title has room for. */
const maxTitleLength = 128;

export type SceneStyle = Pick<CommandParams<"room.scene">, "title" | "clock" | "crop">;

/** What the worker is told of it. */
export function sceneStyleOf(
  { options, subject, timezone }: Pick<Room, "options" | "subject" | "timezone">,
  configured: PictureStyle,
): SceneStyle {
  const fit = options.pictureFit ?? configured.fit;
  const titled = options.pictureSubject ?? configured.subject;
  const clock = options.pictureClock ?? configured.clock;
  return {
    ...(titled && subject !== "" && { title: cutText(subject, maxTitleLength) }),
    ...(clock !== "off" && { clock: { timezone, seconds: clock === "seconds" } }),
    ...(fit === "crop" && { crop: true }),
  };
}
