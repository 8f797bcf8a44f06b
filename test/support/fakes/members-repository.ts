// Members kept in memory, in the order in which they were added.
import type { MemberId, RoomId } from "#common";
import type { Member, MemberKey, MemberPage, MembersRepository } from "#conference/members";

export class FakeMembersRepository implements MembersRepository {
  readonly members: Member[] = [];

  async insert(room: RoomId, members: readonly Member[], limit: number) {
    const others = this.members.filter(({ roomId }) => roomId === room);
    if (others.length + members.length > limit) return "full";
    const isOne = (member: Member) =>
      others.some(
        ({ id, userId, externalUserId }) =>
          id === member.id ||
          (userId !== null && userId === member.userId) ||
          (externalUserId !== null && externalUserId === member.externalUserId),
      );
    if (members.some(isOne)) return "taken";
    this.members.push(...members);
    return "inserted";
  }

  async find(room: RoomId, key: MemberKey) {
    const [[name, value] = []] = Object.entries(key);
    return this.members.find((member) => member.roomId === room && member[name as keyof Member] === value);
  }

  async countAdmins(room: RoomId) {
    const isAdmin = ({ roomId, userId, baseRole }: Member) =>
      roomId === room && userId !== null && baseRole === "moderator";
    return this.members.filter(isAdmin).length;
  }

  async count(room: RoomId) {
    return this.members.filter(({ roomId }) => roomId === room).length;
  }

  async list(room: RoomId, { after, top }: MemberPage) {
    const all = this.members.filter(({ roomId }) => roomId === room);
    const from = after ? all.findIndex(({ id }) => id === after.id) + 1 : 0;
    return all.slice(from, from + top);
  }

  async ofUser(userId: string, limit: number) {
    return this.members
      .filter((member) => member.userId === userId)
      .toReversed()
      .slice(0, limit);
  }

  async users() {
    return [...new Set(this.members.flatMap(({ userId }) => userId ?? []))];
  }

  async update(member: Member) {
    const index = this.#indexOf(member.roomId, member.id);
    if (index >= 0) this.members[index] = member;
    return index >= 0;
  }

  async delete(room: RoomId, id: MemberId) {
    const index = this.#indexOf(room, id);
    if (index >= 0) this.members.splice(index, 1);
    return index >= 0;
  }

  #indexOf(room: RoomId, wanted: MemberId): number {
    return this.members.findIndex(({ roomId, id }) => roomId === room && id === wanted);
  }
}
