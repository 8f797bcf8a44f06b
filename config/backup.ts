// The section `backup`: the bridge's own backups.
import { Type } from "typebox";

export const backupSchema = Type.Object(
  {
    path: Type.String({
      default: "",
      description:
        "Folder of the backups; on another disk they survive the loss of this one. Empty: `backups` inside data_dir.",
    }),
    keep_days: Type.Integer({
      minimum: 0,
      maximum: 3650,
      default: 7,
      description: "Days that each is kept; the newest stays. 0: no backups, not even before an upgrade.",
    }),
    hour: Type.Integer({
      minimum: 0,
      maximum: 23,
      default: 3,
      description: "When the daily one is made, in the local time of this machine: 0 to 23.",
    }),
  },
  {
    additionalProperties: false,
    description:
      "Backups that the bridge makes by itself, each day and before an upgrade of the database: all but recordings and the files of chats.",
  },
);
