// The codecs of the product, as the control channel and statistics name them.

export const audioCodecNames = ["opus", "G722", "PCMA", "PCMU"] as const;
export type AudioCodecName = (typeof audioCodecNames)[number];
