// What each trunk has used of its minutes today, kept as a setting of its own: only the last day counts.
import type { DialUsage, DialUsageRepository } from "#conference/dial-out";
import type { SettingsRepository } from "./settings-repository.ts";

const nameOf = (trunk: string) => `dial_usage.${trunk}`;

export const createDialUsageRepository = (settings: SettingsRepository): DialUsageRepository => ({
  async ofDay(trunks, day) {
    const rows = await Promise.all(trunks.map((trunk) => settings.get(nameOf(trunk))));
    return rows
      .filter((row) => row !== undefined)
      .map((row) => JSON.parse(row) as DialUsage)
      .filter((usage) => usage.day === day);
  },

  save: (usage) => settings.set(nameOf(usage.trunk), JSON.stringify(usage)),
});
