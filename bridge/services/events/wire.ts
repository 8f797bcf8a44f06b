// Rooms and participants as events tell them. What is secret, and what only the client that wrote it understands,
// is left out.

import type { Static } from "typebox";
import type { ChatMessage } from "#conference/chat";
import type { ParticipantInfo, ParticipantQuality, Room } from "#conference/rooms";
import type { chatMessageData, participantData, qualityData, roomData } from "./types.ts";

export const roomOnWire = (room: Room): Static<typeof roomData> => ({
  id: room.id,
  extension_number: room.extensionNumber,
  subject: room.subject,
  mode: room.mode,
  control: room.control,
  layout: room.layout,
  language: room.language,
  capacity: room.capacity,
  scheduled_start_at: room.scheduledStartAt,
  scheduled_end_at: room.scheduledEndAt,
  revision: room.revision,
});

export const participantOnWire = (participant: ParticipantInfo): Static<typeof participantData> => ({
  id: participant.id,
  display_name: participant.displayName,
  number: participant.number,
  role: participant.role,
  chairman: participant.chairman,
  muted: participant.muted,
  mute_reasons: [...participant.muteReasons],
  talking: participant.talking,
  held: participant.held,
  hand_raised: participant.handRaised,
  position: participant.position,
  video: {
    camera: participant.video.camera,
    screen: participant.video.screen,
    refused: participant.video.refused,
  },
  joined_at: participant.joinedAt,
  left_at: participant.leftAt,
  state: participant.state,
  transport: participant.transport,
  codecs: [...participant.codecs],
  media_encryption: participant.mediaEncryption,
  volume: participant.volume,
  external_user_id: participant.externalUserId,
});

export const chatMessageOnWire = (message: ChatMessage): Static<typeof chatMessageData> => ({
  id: message.id,
  number: message.number,
  sent_at: message.sentAt,
  text: message.text,
  sender: {
    display_name: message.author.displayName,
    participant_id: message.author.participantId,
    member_id: message.author.memberId,
    user_id: message.author.userId,
  },
  file: message.file && {
    id: message.file.id,
    name: message.file.name,
    content_type: message.file.contentType,
    size: message.file.size,
    sha256: message.file.sha256,
  },
});

export const qualityOnWire = (quality: ParticipantQuality): Static<typeof qualityData> => ({
  mos: quality.mos,
  loss_percent: quality.lossPercent,
  jitter_ms: quality.jitterMs,
  round_trip_ms: quality.roundTripMs,
  echo: quality.echo,
});
