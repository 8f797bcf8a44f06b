// What becomes of what a user has in rooms: deleting the user removes the memberships with their links and tokens, at the latest
// at the next start. A disabled user stays a member, and what was opened ends; links open again once the user is enabled.
import type { Logger } from "#common";
import type { Members } from "#conference/members";
import type { Access } from "#services/access";
import type { JoinTokens } from "#services/join-tokens";

type KnownUsers = Pick<Access, "users" | "oidcUsers">;

export interface FollowedUsers {
  readonly access: Pick<Access, "changes" | "users" | "oidcUsers">;
  readonly members: Pick<Members, "removeUser" | "dismissUser" | "users">;
  readonly tokens: Pick<JoinTokens, "revokeAllOfUser">;
  readonly log: Logger;
}

/** Users of a login service are known as long as there is room: that one is not known any more does not say that they are gone. */
const isOfLoginService = (id: string): boolean => id.startsWith("oidc_");

export function followUsers({ access, members, tokens, log }: FollowedUsers): void {
  access.changes.on("changed", ({ kind, id }) => {
    if (kind !== "user") return;
    follow(id).catch((err: unknown) => {
      log.error({ err }, "what a user has in rooms was not ended");
    });
  });

  removeThoseGone().catch((err: unknown) => {
    log.error({ err }, "the memberships of users who were deleted before were not removed");
  });

  async function removeThoseGone(): Promise<void> {
    for (const id of await members.users()) if (!isOfLoginService(id)) await follow(id);
  }

  async function follow(id: string): Promise<void> {
    const user = await findUser(access, id);
    if (user?.enabled) return;
    await tokens.revokeAllOfUser(id);
    await (user ? members.dismissUser(id) : members.removeUser(id));
  }
}

/** One who is not known is not disabled: of a login service, they may come again. */
export const isDisabledUser = async (access: KnownUsers, id: string): Promise<boolean> =>
  (await findUser(access, id))?.enabled === false;

const findUser = async ({ users, oidcUsers }: KnownUsers, id: string) =>
  (await users.get(id)) ?? (await oidcUsers.get(id));
