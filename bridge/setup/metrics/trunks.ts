// Trunks: whether they are up, and what rooms have dialled over them today.
import type { DialBudget } from "#conference/dial-out";
import type { TrunkStatus } from "#services/trunks";
import type { Meters } from "./meters.ts";

export interface TrunkSources {
  readonly trunks: { snapshot(): readonly TrunkStatus[] };
  readonly budget: Pick<DialBudget, "snapshot">;
}

export function measureTrunks({ gauge }: Meters, { trunks, budget }: TrunkSources): void {
  gauge("parley_trunk_up", "1 while the trunk is up or is not watched.", ["trunk"], () =>
    trunks
      .snapshot()
      .map(({ name, status }) => [{ trunk: name }, status === "up" || status === "unwatched" ? 1 : 0]),
  );
  gauge("parley_trunk_frozen", "1 while the trunk has used its minutes of today.", ["trunk"], () =>
    budget.snapshot().map(({ trunk, frozen }) => [{ trunk }, frozen ? 1 : 0]),
  );
  gauge("parley_trunk_dialled_minutes", "Minutes of today's calls that rooms placed.", ["trunk"], () =>
    budget.snapshot().map(({ trunk, minutes }) => [{ trunk }, minutes]),
  );
}
