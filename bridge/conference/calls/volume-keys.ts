// My listening volume, by keys: a step down or up within bounds. Pure.

const stepDb = 4;
export const quietestDb = -16;
export const loudestDb = 12;

export type VolumeAction = "quieter" | "louder";

/** The volume after a key; undefined when it can go no further that way. */
export function nextVolume(db: number, action: VolumeAction): number | undefined {
  const next = action === "louder" ? db + stepDb : db - stepDb;
  return next < quietestDb || next > loudestDb ? undefined : next;
}
