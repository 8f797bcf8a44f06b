// Deleting a user removes their memberships, links and tokens. A disabled user stays a member, and cannot log in.
import type { Logger } from "#common";
import type { Members } from "#conference/members";
import type { Access } from "#services/access";

export interface FollowedUsers {
  readonly access: Pick<Access, "changes" | "users" | "oidcUsers">;
  readonly members: Pick<Members, "removeUser">;
  readonly log: Logger;
}

export function followUsers({ access, members, log }: FollowedUsers): void {
  access.changes.on("changed", ({ kind, id }) => {
    if (kind !== "user") return;
    removeIfGone(id).catch((err: unknown) => {
      log.error({ err }, "the memberships of a user were not removed");
    });
  });

  async function removeIfGone(id: string): Promise<void> {
    const user = (await access.users.get(id)) ?? (await access.oidcUsers.get(id));
    if (!user) await members.removeUser(id);
  }
}
