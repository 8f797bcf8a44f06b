// Refresh tokens of members in memory.
import type { MemberId, RoomId } from "#common";
import type { TokenFamiliesRepository, TokenFamily } from "#services/provisioning";

export class FakeTokenFamiliesRepository implements TokenFamiliesRepository {
  readonly #families = new Map<string, TokenFamily>();

  async insert(family: TokenFamily): Promise<boolean> {
    this.#families.set(family.id, family);
    return true;
  }

  async get(id: string): Promise<TokenFamily | undefined> {
    return this.#families.get(id);
  }

  async rotate(family: TokenFamily, usedRefreshHash: string): Promise<boolean> {
    if (this.#families.get(family.id)?.refreshHash !== usedRefreshHash) return false;
    this.#families.set(family.id, family);
    return true;
  }

  async delete(id: string): Promise<boolean> {
    return this.#families.delete(id);
  }

  async holders(room: RoomId, now: string): Promise<readonly MemberId[]> {
    return [...this.#families.values()].flatMap(({ roomId, memberId, accessExpiresAt }) =>
      roomId === room && accessExpiresAt > now ? [memberId] : [],
    );
  }
}
