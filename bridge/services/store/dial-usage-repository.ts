// What each trunk has used of its minutes of a day and of its calls of an hour, kept as a setting of its own: only the last
// day and the last hour count.
import type { DialUsage, DialUsageRepository } from "#conference/dial-out";
import type { SettingsRepository } from "./settings-repository.ts";

const nameOf = (trunk: string) => `dial_usage.${trunk}`;

export const createDialUsageRepository = (settings: SettingsRepository): DialUsageRepository => ({
  async latest(trunks) {
    const rows = await Promise.all(trunks.map((trunk) => settings.get(nameOf(trunk))));
    return rows.filter((row) => row !== undefined).map((row) => JSON.parse(row) as DialUsage);
  },

  save: (usage) => settings.set(nameOf(usage.trunk), JSON.stringify(usage)),
});
