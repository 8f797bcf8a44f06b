// Deleting a user removes their memberships, links and tokens, at the latest at the next start. A disabled user stays a member, and
// cannot log in.
import type { Logger } from "#common";
import type { Members } from "#conference/members";
import type { Access } from "#services/access";

export interface FollowedUsers {
  readonly access: Pick<Access, "changes" | "users" | "oidcUsers">;
  readonly members: Pick<Members, "removeUser" | "users">;
  readonly log: Logger;
}

/** Users of a login service are known as long as there is room: that one is not known any more does not say that they are gone. */
const isOfLoginService = (id: string): boolean => id.startsWith("oidc_");

export function followUsers({ access, members, log }: FollowedUsers): void {
  access.changes.on("changed", ({ kind, id }) => {
    if (kind !== "user") return;
    removeIfGone(id).catch((err: unknown) => {
      log.error({ err }, "the memberships of a user were not removed");
    });
  });

  removeThoseGone().catch((err: unknown) => {
    log.error({ err }, "the memberships of users who were deleted before were not removed");
  });

  async function removeThoseGone(): Promise<void> {
    for (const id of await members.users()) if (!isOfLoginService(id)) await removeIfGone(id);
  }

  async function removeIfGone(id: string): Promise<void> {
    const user = (await access.users.get(id)) ?? (await access.oidcUsers.get(id));
    if (!user) await members.removeUser(id);
  }
}
