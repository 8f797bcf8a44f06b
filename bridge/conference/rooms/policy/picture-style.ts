// The style of a room's picture: the options of the room, or else the configured ones. Pure.
import { cutText } from "#common";
import type { CommandParams } from "#media/protocol";
import type { PictureClock, PictureFit } from "../records/options.ts";
import type { Room } from "../records/room.ts";

/** The configured style, for rooms that set none. */
export interface PictureStyle {
  readonly fit: PictureFit;
  readonly subject: boolean;
  readonly clock: PictureClock;
}

export const plainPicture: PictureStyle = { fit: "letterbox", subject: false, clock: "off" };

/** The longest title, in characters. */
const maxTitleLength = 128;

export type SceneStyle = Pick<CommandParams<"room.scene">, "title" | "clock" | "crop">;

/** The style as a part of the command to the worker. */
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
