// Generated from the API's description by `npm run client`, and never changed by hand.
// @ts-nocheck
/** Event */
export type Event =
  | ({
      type: "room.created";
    } & EventRoomCreated)
  | ({
      type: "room.updated";
    } & EventRoomUpdated)
  | ({
      type: "room.deleted";
    } & EventRoomDeleted)
  | ({
      type: "room.started";
    } & EventRoomStarted)
  | ({
      type: "room.ended";
    } & EventRoomEnded)
  | ({
      type: "room.locked";
    } & EventRoomLocked)
  | ({
      type: "room.unlocked";
    } & EventRoomUnlocked)
  | ({
      type: "room.muted";
    } & EventRoomMuted)
  | ({
      type: "room.unmuted";
    } & EventRoomUnmuted)
  | ({
      type: "participant.joined";
    } & EventParticipantJoined)
  | ({
      type: "participant.left";
    } & EventParticipantLeft)
  | ({
      type: "participant.moved";
    } & EventParticipantMoved)
  | ({
      type: "participant.updated";
    } & EventParticipantUpdated)
  | ({
      type: "participant.muted";
    } & EventParticipantMuted)
  | ({
      type: "participant.unmuted";
    } & EventParticipantUnmuted)
  | ({
      type: "participant.talking";
    } & EventParticipantTalking)
  | ({
      type: "participant.held";
    } & EventParticipantHeld)
  | ({
      type: "participant.hand";
    } & EventParticipantHand)
  | ({
      type: "participant.video";
    } & EventParticipantVideo)
  | ({
      type: "participant.dtmf";
    } & EventParticipantDtmf)
  | ({
      type: "participant.role";
    } & EventParticipantRole)
  | ({
      type: "participant.quality";
    } & EventParticipantQuality)
  | ({
      type: "participant.finding";
    } & EventParticipantFinding)
  | ({
      type: "call.dialled";
    } & EventCallDialled)
  | ({
      type: "call.progress";
    } & EventCallProgress)
  | ({
      type: "call.failed";
    } & EventCallFailed)
  | ({
      type: "recording.started";
    } & EventRecordingStarted)
  | ({
      type: "recording.refused";
    } & EventRecordingRefused)
  | ({
      type: "recording.stopped";
    } & EventRecordingStopped)
  | ({
      type: "recording.gap";
    } & EventRecordingGap)
  | ({
      type: "recording.failed";
    } & EventRecordingFailed)
  | ({
      type: "recording.recovered";
    } & EventRecordingRecovered)
  | ({
      type: "recording.warning";
    } & EventRecordingWarning)
  | ({
      type: "recording.removed";
    } & EventRecordingRemoved)
  | ({
      type: "chat.message";
    } & EventChatMessage)
  | ({
      type: "account.created";
    } & EventAccountCreated)
  | ({
      type: "account.updated";
    } & EventAccountUpdated)
  | ({
      type: "account.deleted";
    } & EventAccountDeleted)
  | ({
      type: "account.registered";
    } & EventAccountRegistered)
  | ({
      type: "account.unregistered";
    } & EventAccountUnregistered)
  | ({
      type: "server.online";
    } & EventServerOnline)
  | ({
      type: "server.offline";
    } & EventServerOffline)
  | ({
      type: "server.overloaded";
    } & EventServerOverloaded)
  | ({
      type: "server.recovered";
    } & EventServerRecovered)
  | ({
      type: "backup.made";
    } & EventBackupMade)
  | ({
      type: "backup.failed";
    } & EventBackupFailed)
  | ({
      type: "video.degraded";
    } & EventVideoDegraded)
  | ({
      type: "video.restored";
    } & EventVideoRestored)
  | ({
      type: "video.refused";
    } & EventVideoRefused)
  | ({
      type: "security.blocked";
    } & EventSecurityBlocked);

/** EventAccountCreated */
export interface EventAccountCreated {
  data: {
    account: {
      display_name: string;
      enabled: boolean;
      extension: string;
      id: string;
      revision: number;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "account.created";
}

/** EventAccountDeleted */
export interface EventAccountDeleted {
  data: {
    account: {
      display_name: string;
      enabled: boolean;
      extension: string;
      id: string;
      revision: number;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "account.deleted";
}

/** EventAccountRegistered */
export interface EventAccountRegistered {
  data: {
    account: {
      display_name: string;
      enabled: boolean;
      extension: string;
      id: string;
      revision: number;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "account.registered";
}

/** EventAccountUnregistered */
export interface EventAccountUnregistered {
  data: {
    account: {
      display_name: string;
      enabled: boolean;
      extension: string;
      id: string;
      revision: number;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "account.unregistered";
}

/** EventAccountUpdated */
export interface EventAccountUpdated {
  data: {
    account: {
      display_name: string;
      enabled: boolean;
      extension: string;
      id: string;
      revision: number;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "account.updated";
}

/** EventBackupFailed */
export interface EventBackupFailed {
  data: {
    kind: "daily" | "upgrade";
    reason: string;
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "backup.failed";
}

/** EventBackupMade */
export interface EventBackupMade {
  data: {
    file: string;
    file_size: number;
    kind: "daily" | "upgrade";
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "backup.made";
}

/** EventCallDialled */
export interface EventCallDialled {
  data: {
    dialled: string;
    direction: "in" | "out";
    display_name: string;
    invited_by: string | null;
    number: string;
    source: string | null;
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "call.dialled";
}

/** EventCallFailed */
export interface EventCallFailed {
  data: {
    dialled: string;
    direction: "in" | "out";
    display_name: string;
    ended_by: "remote" | "local" | "failure";
    invited_by: string | null;
    number: string;
    reason: string;
    sip_call_id: string | null;
    sip_reason: string | null;
    source: string | null;
    state: string;
    status: number;
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "call.failed";
}

/** EventCallProgress */
export interface EventCallProgress {
  data: {
    dialled: string;
    direction: "in" | "out";
    display_name: string;
    invited_by: string | null;
    number: string;
    source: string | null;
    status: number;
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "call.progress";
}

/** EventChatMessage */
export interface EventChatMessage {
  data: {
    message: {
      file: {
        sha256: string;
        content_type: string;
        id: string;
        name: string;
        size: number;
      } | null;
      id: string;
      number: number;
      sender: {
        display_name: string;
        member_id: string | null;
        participant_id: string | null;
        user_id: string | null;
      };
      /** @format date-time */
      sent_at: string;
      text: string;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "chat.message";
}

/** EventParticipantDtmf */
export interface EventParticipantDtmf {
  data: {
    digit: string;
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "participant.dtmf";
}

/** EventParticipantFinding */
export interface EventParticipantFinding {
  data: {
    active: boolean;
    advice: string;
    code: string;
    sentence: string;
    severity: string;
    /** @format date-time */
    since: string;
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "participant.finding";
}

/** EventParticipantHand */
export interface EventParticipantHand {
  data: {
    participant: {
      chairman: boolean;
      codecs: string[];
      display_name: string;
      external_user_id: string | null;
      hand_raised: boolean;
      held: boolean;
      id: string;
      /** @format date-time */
      joined_at: string;
      left_at: string | null;
      media_encryption: string | null;
      mute_reasons: string[];
      muted: boolean;
      number: string;
      position: number;
      role: string;
      state: string;
      talking: boolean;
      transport: string | null;
      video: {
        camera: boolean;
        refused: boolean;
        screen: boolean;
      };
      volume: number;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "participant.hand";
}

/** EventParticipantHeld */
export interface EventParticipantHeld {
  data: {
    participant: {
      chairman: boolean;
      codecs: string[];
      display_name: string;
      external_user_id: string | null;
      hand_raised: boolean;
      held: boolean;
      id: string;
      /** @format date-time */
      joined_at: string;
      left_at: string | null;
      media_encryption: string | null;
      mute_reasons: string[];
      muted: boolean;
      number: string;
      position: number;
      role: string;
      state: string;
      talking: boolean;
      transport: string | null;
      video: {
        camera: boolean;
        refused: boolean;
        screen: boolean;
      };
      volume: number;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "participant.held";
}

/** EventParticipantJoined */
export interface EventParticipantJoined {
  data: {
    participant: {
      chairman: boolean;
      codecs: string[];
      display_name: string;
      external_user_id: string | null;
      hand_raised: boolean;
      held: boolean;
      id: string;
      /** @format date-time */
      joined_at: string;
      left_at: string | null;
      media_encryption: string | null;
      mute_reasons: string[];
      muted: boolean;
      number: string;
      position: number;
      role: string;
      state: string;
      talking: boolean;
      transport: string | null;
      video: {
        camera: boolean;
        refused: boolean;
        screen: boolean;
      };
      volume: number;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "participant.joined";
}

/** EventParticipantLeft */
export interface EventParticipantLeft {
  data: {
    duration: number;
    participant: {
      chairman: boolean;
      codecs: string[];
      display_name: string;
      external_user_id: string | null;
      hand_raised: boolean;
      held: boolean;
      id: string;
      /** @format date-time */
      joined_at: string;
      left_at: string | null;
      media_encryption: string | null;
      mute_reasons: string[];
      muted: boolean;
      number: string;
      position: number;
      role: string;
      state: string;
      talking: boolean;
      transport: string | null;
      video: {
        camera: boolean;
        refused: boolean;
        screen: boolean;
      };
      volume: number;
    };
    reason: string;
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "participant.left";
}

/** EventParticipantMoved */
export interface EventParticipantMoved {
  data: {
    participant: {
      chairman: boolean;
      codecs: string[];
      display_name: string;
      external_user_id: string | null;
      hand_raised: boolean;
      held: boolean;
      id: string;
      /** @format date-time */
      joined_at: string;
      left_at: string | null;
      media_encryption: string | null;
      mute_reasons: string[];
      muted: boolean;
      number: string;
      position: number;
      role: string;
      state: string;
      talking: boolean;
      transport: string | null;
      video: {
        camera: boolean;
        refused: boolean;
        screen: boolean;
      };
      volume: number;
    };
    to: {
      capacity: number;
      control: string;
      extension_number: string;
      id: string;
      language: string;
      layout: string;
      mode: string;
      revision: number;
      scheduled_end_at: string | null;
      scheduled_start_at: string | null;
      subject: string;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "participant.moved";
}

/** EventParticipantMuted */
export interface EventParticipantMuted {
  data: {
    participant: {
      chairman: boolean;
      codecs: string[];
      display_name: string;
      external_user_id: string | null;
      hand_raised: boolean;
      held: boolean;
      id: string;
      /** @format date-time */
      joined_at: string;
      left_at: string | null;
      media_encryption: string | null;
      mute_reasons: string[];
      muted: boolean;
      number: string;
      position: number;
      role: string;
      state: string;
      talking: boolean;
      transport: string | null;
      video: {
        camera: boolean;
        refused: boolean;
        screen: boolean;
      };
      volume: number;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "participant.muted";
}

/** EventParticipantQuality */
export interface EventParticipantQuality {
  data: {
    class: string;
    quality: {
      echo: boolean;
      jitter_ms: number;
      loss_percent: number;
      mos: number | null;
      round_trip_ms: number | null;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "participant.quality";
}

/** EventParticipantRole */
export interface EventParticipantRole {
  data: {
    participant: {
      chairman: boolean;
      codecs: string[];
      display_name: string;
      external_user_id: string | null;
      hand_raised: boolean;
      held: boolean;
      id: string;
      /** @format date-time */
      joined_at: string;
      left_at: string | null;
      media_encryption: string | null;
      mute_reasons: string[];
      muted: boolean;
      number: string;
      position: number;
      role: string;
      state: string;
      talking: boolean;
      transport: string | null;
      video: {
        camera: boolean;
        refused: boolean;
        screen: boolean;
      };
      volume: number;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "participant.role";
}

/** EventParticipantTalking */
export interface EventParticipantTalking {
  data: {
    participant: {
      chairman: boolean;
      codecs: string[];
      display_name: string;
      external_user_id: string | null;
      hand_raised: boolean;
      held: boolean;
      id: string;
      /** @format date-time */
      joined_at: string;
      left_at: string | null;
      media_encryption: string | null;
      mute_reasons: string[];
      muted: boolean;
      number: string;
      position: number;
      role: string;
      state: string;
      talking: boolean;
      transport: string | null;
      video: {
        camera: boolean;
        refused: boolean;
        screen: boolean;
      };
      volume: number;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "participant.talking";
}

/** EventParticipantUnmuted */
export interface EventParticipantUnmuted {
  data: {
    participant: {
      chairman: boolean;
      codecs: string[];
      display_name: string;
      external_user_id: string | null;
      hand_raised: boolean;
      held: boolean;
      id: string;
      /** @format date-time */
      joined_at: string;
      left_at: string | null;
      media_encryption: string | null;
      mute_reasons: string[];
      muted: boolean;
      number: string;
      position: number;
      role: string;
      state: string;
      talking: boolean;
      transport: string | null;
      video: {
        camera: boolean;
        refused: boolean;
        screen: boolean;
      };
      volume: number;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "participant.unmuted";
}

/** EventParticipantUpdated */
export interface EventParticipantUpdated {
  data: {
    participant: {
      chairman: boolean;
      codecs: string[];
      display_name: string;
      external_user_id: string | null;
      hand_raised: boolean;
      held: boolean;
      id: string;
      /** @format date-time */
      joined_at: string;
      left_at: string | null;
      media_encryption: string | null;
      mute_reasons: string[];
      muted: boolean;
      number: string;
      position: number;
      role: string;
      state: string;
      talking: boolean;
      transport: string | null;
      video: {
        camera: boolean;
        refused: boolean;
        screen: boolean;
      };
      volume: number;
    };
    previous: {
      display_name: string;
      number: string;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "participant.updated";
}

/** EventParticipantVideo */
export interface EventParticipantVideo {
  data: {
    participant: {
      chairman: boolean;
      codecs: string[];
      display_name: string;
      external_user_id: string | null;
      hand_raised: boolean;
      held: boolean;
      id: string;
      /** @format date-time */
      joined_at: string;
      left_at: string | null;
      media_encryption: string | null;
      mute_reasons: string[];
      muted: boolean;
      number: string;
      position: number;
      role: string;
      state: string;
      talking: boolean;
      transport: string | null;
      video: {
        camera: boolean;
        refused: boolean;
        screen: boolean;
      };
      volume: number;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "participant.video";
}

/** EventRecordingFailed */
export interface EventRecordingFailed {
  data: {
    duration: number;
    file_size: number;
    format: string;
    reason: string;
    recording: string;
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "recording.failed";
}

/** EventRecordingGap */
export interface EventRecordingGap {
  data: {
    duration: number;
    file_size: number;
    format: string;
    recording: string;
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "recording.gap";
}

/** EventRecordingRecovered */
export interface EventRecordingRecovered {
  data: {
    duration: number;
    file_size: number;
    format: string;
    recording: string;
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "recording.recovered";
}

/** EventRecordingRefused */
export interface EventRecordingRefused {
  data: {
    reason: string;
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "recording.refused";
}

/** EventRecordingRemoved */
export interface EventRecordingRemoved {
  data: {
    duration: number;
    file_size: number;
    format: string;
    reason: string;
    recording: string;
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "recording.removed";
}

/** EventRecordingStarted */
export interface EventRecordingStarted {
  data: {
    duration: number;
    file_size: number;
    format: string;
    recording: string;
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "recording.started";
}

/** EventRecordingStopped */
export interface EventRecordingStopped {
  data: {
    duration: number;
    file_size: number;
    format: string;
    missing: number;
    reason: string;
    recording: string;
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "recording.stopped";
}

/** EventRecordingWarning */
export interface EventRecordingWarning {
  data: {
    duration: number;
    file_size: number;
    format: string;
    reason: string;
    recording: string;
    /** @format date-time */
    removed_after: string;
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "recording.warning";
}

/** EventRoomCreated */
export interface EventRoomCreated {
  data: {
    room: {
      capacity: number;
      control: string;
      extension_number: string;
      id: string;
      language: string;
      layout: string;
      mode: string;
      revision: number;
      scheduled_end_at: string | null;
      scheduled_start_at: string | null;
      subject: string;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "room.created";
}

/** EventRoomDeleted */
export interface EventRoomDeleted {
  data: {
    room: {
      capacity: number;
      control: string;
      extension_number: string;
      id: string;
      language: string;
      layout: string;
      mode: string;
      revision: number;
      scheduled_end_at: string | null;
      scheduled_start_at: string | null;
      subject: string;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "room.deleted";
}

/** EventRoomEnded */
export interface EventRoomEnded {
  data: {
    duration: number;
    room: {
      capacity: number;
      control: string;
      extension_number: string;
      id: string;
      language: string;
      layout: string;
      mode: string;
      revision: number;
      scheduled_end_at: string | null;
      scheduled_start_at: string | null;
      subject: string;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "room.ended";
}

/** EventRoomLocked */
export interface EventRoomLocked {
  data: {
    room: {
      capacity: number;
      control: string;
      extension_number: string;
      id: string;
      language: string;
      layout: string;
      mode: string;
      revision: number;
      scheduled_end_at: string | null;
      scheduled_start_at: string | null;
      subject: string;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "room.locked";
}

/** EventRoomMuted */
export interface EventRoomMuted {
  data: {
    room: {
      capacity: number;
      control: string;
      extension_number: string;
      id: string;
      language: string;
      layout: string;
      mode: string;
      revision: number;
      scheduled_end_at: string | null;
      scheduled_start_at: string | null;
      subject: string;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "room.muted";
}

/** EventRoomStarted */
export interface EventRoomStarted {
  data: {
    room: {
      capacity: number;
      control: string;
      extension_number: string;
      id: string;
      language: string;
      layout: string;
      mode: string;
      revision: number;
      scheduled_end_at: string | null;
      scheduled_start_at: string | null;
      subject: string;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "room.started";
}

/** EventRoomUnlocked */
export interface EventRoomUnlocked {
  data: {
    room: {
      capacity: number;
      control: string;
      extension_number: string;
      id: string;
      language: string;
      layout: string;
      mode: string;
      revision: number;
      scheduled_end_at: string | null;
      scheduled_start_at: string | null;
      subject: string;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "room.unlocked";
}

/** EventRoomUnmuted */
export interface EventRoomUnmuted {
  data: {
    room: {
      capacity: number;
      control: string;
      extension_number: string;
      id: string;
      language: string;
      layout: string;
      mode: string;
      revision: number;
      scheduled_end_at: string | null;
      scheduled_start_at: string | null;
      subject: string;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "room.unmuted";
}

/** EventRoomUpdated */
export interface EventRoomUpdated {
  data: {
    room: {
      capacity: number;
      control: string;
      extension_number: string;
      id: string;
      language: string;
      layout: string;
      mode: string;
      revision: number;
      scheduled_end_at: string | null;
      scheduled_start_at: string | null;
      subject: string;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "room.updated";
}

/** EventSecurityBlocked */
export interface EventSecurityBlocked {
  data: {
    guard: "sip" | "calls" | "pin" | "api" | "login";
    reason?:
      | "unauthenticated"
      | "credentials"
      | "malformed"
      | "flood"
      | "scanner";
    seconds?: number;
    source: string;
    user?: string;
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "security.blocked";
}

/** EventServerOffline */
export interface EventServerOffline {
  data: {
    name: string;
    server: string;
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "server.offline";
}

/** EventServerOnline */
export interface EventServerOnline {
  data: {
    name: string;
    server: string;
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "server.online";
}

/** EventServerOverloaded */
export interface EventServerOverloaded {
  data: {
    causes: {
      measure: "late_ticks" | "mixer_cpu" | "control_cpu" | "machine_cpu";
      percent: number;
      worker: number | null;
    }[];
    name: string;
    server: string;
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "server.overloaded";
}

/** EventServerRecovered */
export interface EventServerRecovered {
  data: {
    name: string;
    seconds: number;
    server: string;
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "server.recovered";
}

/** EventVideoDegraded */
export interface EventVideoDegraded {
  data: {
    framerate_percent: number;
    limit: "late_ticks" | "mixer_cpu" | "video_cpu" | "machine_cpu" | null;
    size_percent: number;
    step: number;
    worker: number;
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "video.degraded";
}

/** EventVideoRefused */
export interface EventVideoRefused {
  data: {
    participant: {
      chairman: boolean;
      codecs: string[];
      display_name: string;
      external_user_id: string | null;
      hand_raised: boolean;
      held: boolean;
      id: string;
      /** @format date-time */
      joined_at: string;
      left_at: string | null;
      media_encryption: string | null;
      mute_reasons: string[];
      muted: boolean;
      number: string;
      position: number;
      role: string;
      state: string;
      talking: boolean;
      transport: string | null;
      video: {
        camera: boolean;
        refused: boolean;
        screen: boolean;
      };
      volume: number;
    };
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "video.refused";
}

/** EventVideoRestored */
export interface EventVideoRestored {
  data: {
    seconds: number;
    worker: number;
  };
  /** A UUID; the same wherever the event is told. */
  id: string;
  /** The id of the meeting it is about, or null. */
  meeting: string | null;
  /** The id of the participant it is about, or null. */
  participant: string | null;
  /** The id of the room it is about, or null. */
  room: string | null;
  /**
   * 1, 2, 3 … without gaps: the order of everything.
   * @min 1
   */
  seq: number;
  /**
   * When it happened.
   * @format date-time
   */
  time: string;
  type: "video.restored";
}

/** Problem */
export interface Problem {
  /** Stable. */
  code:
    | "MALFORMED_REQUEST"
    | "MALFORMED_JSON"
    | "VALIDATION_FAILED"
    | "ROOMS_NOT_PROCESSED"
    | "INVALID_FILTER"
    | "INVALID_SEARCH"
    | "INVALID_ORDERBY"
    | "HTTPS_REQUIRED"
    | "INVALID_REQUEST"
    | "UNSUPPORTED_GRANT_TYPE"
    | "INVALID_GRANT"
    | "UNAUTHENTICATED"
    | "TOKEN_EXPIRED"
    | "TOKEN_REVOKED"
    | "REFRESH_TOKEN_NOT_VALID"
    | "PERMISSION_DENIED"
    | "ROOM_ADMINS_ONLY"
    | "HOSTS_ONLY"
    | "INSUFFICIENT_SCOPE"
    | "LOCAL_ONLY"
    | "ADDRESS_NOT_ALLOWED"
    | "WRONG_PASSWORD"
    | "NOT_A_USER"
    | "CHAT_NOT_ALLOWED"
    | "LINK_NOT_VALID"
    | "ORIGIN_NOT_ALLOWED"
    | "DIAL_OUT_NOT_ALLOWED"
    | "ROUTE_NOT_FOUND"
    | "ROOM_NOT_FOUND"
    | "MEMBER_NOT_FOUND"
    | "PARTICIPANT_NOT_FOUND"
    | "SERVER_NOT_FOUND"
    | "TRUNK_NOT_FOUND"
    | "BAN_NOT_FOUND"
    | "WELCOME_NOT_FOUND"
    | "RECORDING_NOT_FOUND"
    | "FILE_NOT_FOUND"
    | "WEBHOOK_NOT_FOUND"
    | "DELIVERY_NOT_FOUND"
    | "KEY_NOT_FOUND"
    | "USER_NOT_FOUND"
    | "ACCOUNT_NOT_FOUND"
    | "CALL_NOT_FOUND"
    | "METHOD_NOT_ALLOWED"
    | "REQUEST_TIMEOUT"
    | "ROOM_NAME_AMBIGUOUS"
    | "EXTENSION_IN_USE"
    | "NO_FREE_EXTENSION"
    | "ROOM_OFFLINE"
    | "ROOM_FULL"
    | "ROOM_NOT_OPEN"
    | "MEMBER_EXISTS"
    | "LAST_ADMIN"
    | "TOO_MANY_ROOMS"
    | "TOO_MANY_MEMBERS"
    | "ROOM_HAS_ACTIVE_MEETING"
    | "ROOM_HAS_RECORDINGS"
    | "ROOM_WITH_RECORDINGS_HAS_ACTIVE_MEETING"
    | "ROOM_WITH_ACTIVE_MEETING_HAS_RECORDINGS"
    | "ROOM_WITH_ACTIVE_MEETING_HAS_RECORDINGS_CANNOT_SCHEDULE_DELETION"
    | "MAX_ROOMS_REACHED"
    | "POSITION_TAKEN"
    | "MUTED_BY_HOST"
    | "NOT_PERMITTED"
    | "NOT_IN_THE_ROOM"
    | "ALREADY_MOVING"
    | "MOVE_FAILED"
    | "NO_PICTURE"
    | "ALREADY_RECORDING"
    | "RECORDING_OFF"
    | "NOT_RECORDING"
    | "CANNOT_DUMP"
    | "NO_DUMP"
    | "ROOM_EMPTY"
    | "RECORDING_RUNNING"
    | "ALREADY_DIALLING"
    | "TRUNK_DOWN"
    | "DIAL_OUT_FAILED"
    | "TRUNK_NOT_FROZEN"
    | "SERVER_BUILT_IN"
    | "FILE_ALREADY_THERE"
    | "TOO_MANY_FILES"
    | "TOO_MANY_KEYS"
    | "TOO_MANY_ACCOUNTS"
    | "TOO_MANY_REVOCATIONS"
    | "USERNAME_IN_USE"
    | "TOO_MANY_USERS"
    | "IDEMPOTENCY_KEY_IN_USE"
    | "TOO_MANY_WEBHOOKS"
    | "WEBHOOK_DISABLED"
    | "EVENTS_GONE"
    | "PRECONDITION_FAILED"
    | "BODY_TOO_LARGE"
    | "FILE_TOO_LARGE"
    | "URL_TOO_LONG"
    | "UNSUPPORTED_MEDIA_TYPE"
    | "RANGE_NOT_SATISFIABLE"
    | "EXPECTATION_FAILED"
    | "INVALID_FIELD"
    | "FILE_NOT_ALLOWED"
    | "FILE_MISMATCH"
    | "UNPLAYABLE_AUDIO"
    | "IDEMPOTENCY_KEY_REUSED"
    | "UPGRADE_REQUIRED"
    | "RATE_LIMITED"
    | "TOO_MANY_ATTEMPTS"
    | "TOO_MANY_READERS"
    | "CHAT_LIMIT"
    | "DIAL_OUT_LIMIT"
    | "TOO_MANY_TRACES"
    | "HEADERS_TOO_LARGE"
    | "INTERNAL_ERROR"
    | "RECORDING_NOT_AVAILABLE"
    | "QUEUE_FULL"
    | "OVERLOADED"
    | "CANNOT_RECORD"
    | "UNAVAILABLE"
    | "ISSUER_UNAVAILABLE"
    | "NO_SPACE"
    | "NO_SPACE_TO_RECORD";
  /** What was wrong this time. */
  detail: string;
  /** The fields at fault, in the wire spelling. */
  details: {
    field: string;
    message: string;
  }[];
  /** For clients of the meet API: what keeps a room from being deleted, else the name of the HTTP status; a refused login has a word of OAuth (RFC 6749 section 5.2), or the code in small letters where OAuth has none. */
  error: string;
  /** Of a refused login, as OAuth has it: the same as `detail`. */
  error_description?: string;
  /** The same in the words of the conference API: one entry for each field at fault. */
  errors: {
    code: string;
    detail: string;
    message: string;
  }[];
  /** With ROOMS_NOT_PROCESSED: why nothing was done. */
  failed?: {
    error: string;
    message: string;
    roomId: string;
  }[];
  /** The path that was asked for. */
  instance: string;
  /** The same as `detail`, for clients of the meet API. */
  message: string;
  /** With EVENTS_GONE: the number of the first event that can be read. */
  oldest?: number;
  /** The HTTP status. */
  status: number;
  /** With ROOMS_NOT_PROCESSED: what became of the others. */
  successful?: Record<string, any>[];
  /** The problem in one sentence; the same for every occurrence. */
  title: string;
  /** A stable name of the problem: a URN made of the code. */
  type: string;
}

export type QueryParamsType = Record<string | number, any>;
export type ResponseFormat = keyof Omit<Body, "body" | "bodyUsed">;

export interface FullRequestParams extends Omit<RequestInit, "body"> {
  /** set parameter to `true` for call `securityWorker` for this request */
  secure?: boolean;
  /** request path */
  path: string;
  /** content type of request body */
  type?: ContentType;
  /** query params */
  query?: QueryParamsType;
  /** format of response (i.e. response.json() -> format: "json") */
  format?: ResponseFormat;
  /** request body */
  body?: unknown;
  /** base url */
  baseUrl?: string;
  /** request cancellation token */
  cancelToken?: CancelToken;
}

export type RequestParams = Omit<
  FullRequestParams,
  "body" | "method" | "query" | "path"
>;

export interface ApiConfig<SecurityDataType = unknown> {
  baseUrl?: string;
  baseApiParams?: Omit<RequestParams, "baseUrl" | "cancelToken" | "signal">;
  securityWorker?: (
    securityData: SecurityDataType | null,
  ) => Promise<RequestParams | void> | RequestParams | void;
  customFetch?: typeof fetch;
}

export interface HttpResponse<D extends unknown, E extends unknown = unknown>
  extends Response {
  data: D;
  error: E;
}

type CancelToken = Symbol | string | number;

export type ContentType =
  | "application/json"
  | "application/vnd.api+json"
  | "multipart/form-data"
  | "application/x-www-form-urlencoded"
  | "text/plain";

export class HttpClient<SecurityDataType = unknown> {
  public baseUrl: string = "/";
  private securityData: SecurityDataType | null = null;
  private securityWorker?: ApiConfig<SecurityDataType>["securityWorker"];
  private abortControllers = new Map<CancelToken, AbortController>();
  private customFetch = (...fetchParams: Parameters<typeof fetch>) =>
    fetch(...fetchParams);

  private baseApiParams: RequestParams = {
    credentials: "same-origin",
    headers: {},
    redirect: "follow",
    referrerPolicy: "no-referrer",
  };

  constructor(apiConfig: ApiConfig<SecurityDataType> = {}) {
    Object.assign(this, apiConfig);
  }

  public setSecurityData = (data: SecurityDataType | null) => {
    this.securityData = data;
  };

  protected encodeQueryParam(key: string, value: any) {
    const encodedKey = encodeURIComponent(key);
    return `${encodedKey}=${encodeURIComponent(typeof value === "number" ? value : `${value}`)}`;
  }

  protected addQueryParam(query: QueryParamsType, key: string) {
    return this.encodeQueryParam(key, query[key]);
  }

  protected addArrayQueryParam(query: QueryParamsType, key: string) {
    const value = query[key];
    return value.map((v: any) => this.encodeQueryParam(key, v)).join("&");
  }

  protected toQueryString(rawQuery?: QueryParamsType): string {
    const query = rawQuery || {};
    const keys = Object.keys(query).filter(
      (key) => "undefined" !== typeof query[key],
    );
    return keys
      .map((key) =>
        Array.isArray(query[key])
          ? this.addArrayQueryParam(query, key)
          : this.addQueryParam(query, key),
      )
      .join("&");
  }

  protected addQueryParams(rawQuery?: QueryParamsType): string {
    const queryString = this.toQueryString(rawQuery);
    return queryString ? `?${queryString}` : "";
  }

  private contentFormatters: Record<ContentType, (input: any) => any> = {
    ["application/json"]: (input: any) =>
      input !== null && (typeof input === "object" || typeof input === "string")
        ? JSON.stringify(input)
        : input,
    ["application/vnd.api+json"]: (input: any) =>
      input !== null && (typeof input === "object" || typeof input === "string")
        ? JSON.stringify(input)
        : input,
    ["text/plain"]: (input: any) =>
      input !== null && typeof input !== "string"
        ? JSON.stringify(input)
        : input,
    ["multipart/form-data"]: (input: any) => {
      if (input instanceof FormData) {
        return input;
      }

      return Object.keys(input || {}).reduce((formData, key) => {
        const property = input[key];
        formData.append(
          key,
          property instanceof Blob
            ? property
            : typeof property === "object" && property !== null
              ? JSON.stringify(property)
              : `${property}`,
        );
        return formData;
      }, new FormData());
    },
    ["application/x-www-form-urlencoded"]: (input: any) =>
      this.toQueryString(input),
  };

  protected mergeRequestParams(
    params1: RequestParams,
    params2?: RequestParams,
  ): RequestParams {
    return {
      ...this.baseApiParams,
      ...params1,
      ...(params2 || {}),
      headers: {
        ...(this.baseApiParams.headers || {}),
        ...(params1.headers || {}),
        ...((params2 && params2.headers) || {}),
      },
    };
  }

  protected createAbortSignal = (
    cancelToken: CancelToken,
  ): AbortSignal | undefined => {
    if (this.abortControllers.has(cancelToken)) {
      const abortController = this.abortControllers.get(cancelToken);
      if (abortController) {
        return abortController.signal;
      }
      return void 0;
    }

    const abortController = new AbortController();
    this.abortControllers.set(cancelToken, abortController);
    return abortController.signal;
  };

  public abortRequest = (cancelToken: CancelToken) => {
    const abortController = this.abortControllers.get(cancelToken);

    if (abortController) {
      abortController.abort();
      this.abortControllers.delete(cancelToken);
    }
  };

  public request = async <T = any, E = any>({
    body,
    secure,
    path,
    type,
    query,
    format,
    baseUrl,
    cancelToken,
    ...params
  }: FullRequestParams): Promise<HttpResponse<T, E>> => {
    const secureParams =
      ((typeof secure === "boolean" ? secure : this.baseApiParams.secure) &&
        this.securityWorker &&
        (await this.securityWorker(this.securityData))) ||
      {};
    const requestParams = this.mergeRequestParams(params, secureParams);
    const queryString = query && this.toQueryString(query);
    const payloadFormatter = this.contentFormatters[type || "application/json"];
    const responseFormat = format || requestParams.format;

    return this.customFetch(
      `${baseUrl || this.baseUrl || ""}${path}${queryString ? `?${queryString}` : ""}`,
      {
        ...requestParams,
        headers: {
          ...(requestParams.headers || {}),
          ...(type && type !== "multipart/form-data"
            ? { "Content-Type": type }
            : {}),
        },
        signal:
          (cancelToken
            ? this.createAbortSignal(cancelToken)
            : requestParams.signal) || null,
        body:
          typeof body === "undefined" || body === null
            ? null
            : payloadFormatter(body),
      },
    ).then(async (response) => {
      const r = response as HttpResponse<T, E>;
      r.data = null as unknown as T;
      r.error = null as unknown as E;

      const responseToParse = responseFormat ? response.clone() : response;
      const data = !responseFormat
        ? r
        : await responseToParse[responseFormat]()
            .then((data) => {
              if (r.ok) {
                r.data = data;
              } else {
                r.error = data;
              }
              return r;
            })
            .catch((e) => {
              r.error = e;
              return r;
            });

      if (cancelToken) {
        this.abortControllers.delete(cancelToken);
      }

      if (!response.ok) throw data;
      return data;
    });
  };
}

/**
 * @title Parley
 * @version 1.2.3
 * @license MIT
 * @baseUrl /
 *
 * The control plane of a Parley conference bridge.
 */
export class ParleyClient<
  SecurityDataType extends unknown,
> extends HttpClient<SecurityDataType> {
  healthz = {
    /**
     * @description For load balancers and service managers: 200 only while new calls can be taken.
     *
     * @tags System
     * @name GetHealth
     * @summary Tell whether the bridge is up
     * @request GET:/healthz
     */
    getHealth: (params: RequestParams = {}) =>
      this.request<
        {
          /** Its parts by name, each with one sentence when it is not up. */
          checks: Record<
            string,
            {
              detail?: string;
              up: boolean;
            }
          >;
          /** The whole bridge. */
          status: "ok" | "starting" | "draining" | "failed";
        },
        | {
            /** Its parts by name, each with one sentence when it is not up. */
            checks: Record<
              string,
              {
                detail?: string;
                up: boolean;
              }
            >;
            /** The whole bridge. */
            status: "ok" | "starting" | "draining" | "failed";
          }
        | Problem
      >({
        path: `/healthz`,
        method: "GET",
        format: "json",
        ...params,
      }),
  };
  metrics = {
    /**
     * @description Needs no key from the bridge's own machine where `api.metrics_without_key` is set.
     *
     * @tags System
     * @name GetMetrics
     * @summary Read the metrics as Prometheus text
     * @request GET:/metrics
     * @secure
     */
    getMetrics: (params: RequestParams = {}) =>
      this.request<string, Problem>({
        path: `/metrics`,
        method: "GET",
        secure: true,
        ...params,
      }),
  };
  api = {
    /**
     * @description Makes a participant who may come in, with tokens for them. The same `external_user_id` returns the participant that is there, unless `participants.duplicate_policy` says otherwise. A room that is not there is made, with the given name, where `participants.allow_early_join` is on. A participant's own token takes the permission `canShareAccessLinks`, and `canMakeModerator` for hosts; without a role it adds participants, and the `external_user_id` of another participant is refused.
     *
     * @tags Participants
     * @name AddParticipant
     * @summary Add a participant to a room
     * @request POST:/api/v1/rooms/{id}/participants
     * @secure
     */
    addParticipant: (
      id: string,
      data: {
        /**
         * The name that others see.
         * @minLength 1
         * @maxLength 64
         * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
         */
        display_name: string;
        /**
         * What your application calls this person. The same one is the same participant of the room.
         * @minLength 1
         * @maxLength 128
         * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
         */
        external_user_id?: string | null;
        /** As what they come in. Without it `participant`, or `host` for the first of a room without one. */
        role?: "host" | "participant";
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** Opens the room, by WebRTC and SIP: a join token. */
          access_token: string;
          /** Opens the API, in this room only. */
          auth_token: string;
          /** Seconds that `access_token` and `auth_token` last. */
          expires_in: number;
          /** The participant. */
          participant: {
            /**
             * The name that others see.
             * @minLength 1
             * @maxLength 64
             * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
             */
            display_name: string;
            /** What your application calls this person; absent: nothing. */
            external_user_id?: string;
            /** The id of the participant; the same while they are inside. */
            id: string;
            /** As what they come in. */
            role: "host" | "participant";
            /** The id of the room. */
            room_id: string;
          };
          /** For the next tokens, as bearer credential of the token operation. It works once. */
          refresh_token: string;
          /** The room. */
          room: {
            /** The id of the room. */
            id: string;
            /** The name of the room, its `subject`. */
            name: string;
            /** `inactive`: no participant can enter now. */
            status: "active" | "inactive";
          };
          /** The room was made for this participant. */
          room_created: boolean;
          /** Whether the client shall start the recording. */
          should_start_recording: boolean;
          /** The settings of this bridge for the participants API. */
          tenant_config: {
            /** A room that is not there is made. */
            allow_early_join: boolean;
            /** What the same `external_user_id` gets. */
            duplicate_policy: "return" | "reject" | "replace";
            /** The participant who is added first without a role is a host. */
            first_is_host: boolean;
            /** Whose client shall start the recording. */
            start_recording: "never" | "host" | "first";
          };
          /** Always `Bearer`. */
          token_type: "Bearer";
        },
        Problem
      >({
        path: `/api/v1/rooms/${id}/participants`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description As adding each of them, in their order; what is wrong with one keeps no other out.
     *
     * @tags Participants
     * @name AddParticipants
     * @summary Add participants to a room
     * @request POST:/api/v1/rooms/{id}/participants/bulk
     * @secure
     */
    addParticipants: (
      id: string,
      data: {
        /**
         * Whom to add, in this order.
         * @maxItems 100
         * @minItems 1
         */
        participants: any[];
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** One for each, in the order of the request. */
          results: {
            /** Opens the room, by WebRTC and SIP: a join token. */
            access_token?: string;
            /** Opens the API, in this room only. */
            auth_token?: string;
            /** Why they were not added. */
            error?: string;
            /** The id of the participant. */
            participant_id?: string;
            /** Whether they were added, or were there already. */
            success: boolean;
          }[];
        },
        Problem
      >({
        path: `/api/v1/rooms/${id}/participants/bulk`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description A user of this bridge (`userId`) or a person without an account (`name`); not both. The member's link is in the answer.
     *
     * @tags Meet
     * @name AddRoomMember
     * @summary Add a member to a room
     * @request POST:/api/v1/rooms/{roomId}/members
     * @secure
     */
    addRoomMember: (
      roomId: string,
      data: {
        /** What the member may do unless overridden. */
        baseRole: "moderator" | "speaker";
        /** What differs from the base role. */
        customPermissions?: {
          /** Whether they have `canChangeVirtualBackground`. */
          canChangeVirtualBackground?: boolean;
          /** Whether they have `canDeleteRecordings`. */
          canDeleteRecordings?: boolean;
          /** Whether they have `canEndMeeting`. */
          canEndMeeting?: boolean;
          /** Whether they have `canJoinMeeting`. */
          canJoinMeeting?: boolean;
          /** Whether they have `canKickParticipants`. */
          canKickParticipants?: boolean;
          /** Whether they have `canMakeModerator`. */
          canMakeModerator?: boolean;
          /** Whether they have `canPublishAudio`. */
          canPublishAudio?: boolean;
          /** Whether they have `canPublishVideo`. */
          canPublishVideo?: boolean;
          /** Whether they have `canReadChat`. */
          canReadChat?: boolean;
          /** Whether they have `canRecord`. */
          canRecord?: boolean;
          /** Whether they have `canRetrieveRecordings`. */
          canRetrieveRecordings?: boolean;
          /** Whether they have `canShareAccessLinks`. */
          canShareAccessLinks?: boolean;
          /** Whether they have `canShareScreen`. */
          canShareScreen?: boolean;
          /** Whether they have `canWriteChat`. */
          canWriteChat?: boolean;
        };
        /**
         * A person without an account. Not with `userId`.
         * @minLength 1
         * @maxLength 50
         * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
         */
        name?: string;
        /**
         * A user, by their name. Not with `name`.
         * @minLength 1
         * @maxLength 64
         * @pattern ^[a-z0-9_]+$
         */
        userId?: string;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * The member's own link.
           * @format uri
           */
          accessUrl?: string;
          /** What the member may do unless overridden. */
          baseRole?: "moderator" | "speaker";
          /** What differs from the base role; absent when nothing does. */
          customPermissions?: {
            /** Whether they have `canChangeVirtualBackground`. */
            canChangeVirtualBackground?: boolean;
            /** Whether they have `canDeleteRecordings`. */
            canDeleteRecordings?: boolean;
            /** Whether they have `canEndMeeting`. */
            canEndMeeting?: boolean;
            /** Whether they have `canJoinMeeting`. */
            canJoinMeeting?: boolean;
            /** Whether they have `canKickParticipants`. */
            canKickParticipants?: boolean;
            /** Whether they have `canMakeModerator`. */
            canMakeModerator?: boolean;
            /** Whether they have `canPublishAudio`. */
            canPublishAudio?: boolean;
            /** Whether they have `canPublishVideo`. */
            canPublishVideo?: boolean;
            /** Whether they have `canReadChat`. */
            canReadChat?: boolean;
            /** Whether they have `canRecord`. */
            canRecord?: boolean;
            /** Whether they have `canRetrieveRecordings`. */
            canRetrieveRecordings?: boolean;
            /** Whether they have `canShareAccessLinks`. */
            canShareAccessLinks?: boolean;
            /** Whether they have `canShareScreen`. */
            canShareScreen?: boolean;
            /** Whether they have `canWriteChat`. */
            canWriteChat?: boolean;
          };
          /** What they may do. */
          effectivePermissions?: {
            /** Whether they have `canChangeVirtualBackground`. */
            canChangeVirtualBackground: boolean;
            /** Whether they have `canDeleteRecordings`. */
            canDeleteRecordings: boolean;
            /** Whether they have `canEndMeeting`. */
            canEndMeeting: boolean;
            /** Whether they have `canJoinMeeting`. */
            canJoinMeeting: boolean;
            /** Whether they have `canKickParticipants`. */
            canKickParticipants: boolean;
            /** Whether they have `canMakeModerator`. */
            canMakeModerator: boolean;
            /** Whether they have `canPublishAudio`. */
            canPublishAudio: boolean;
            /** Whether they have `canPublishVideo`. */
            canPublishVideo: boolean;
            /** Whether they have `canReadChat`. */
            canReadChat: boolean;
            /** Whether they have `canRecord`. */
            canRecord: boolean;
            /** Whether they have `canRetrieveRecordings`. */
            canRetrieveRecordings: boolean;
            /** Whether they have `canShareAccessLinks`. */
            canShareAccessLinks: boolean;
            /** Whether they have `canShareScreen`. */
            canShareScreen: boolean;
            /** Whether they have `canWriteChat`. */
            canWriteChat: boolean;
          };
          /** The user's name, or `ext-` and what makes it unique. */
          memberId?: string;
          /** The name that the room shows. */
          name?: string;
        },
        Problem
      >({
        path: `/api/v1/rooms/${roomId}/members`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description The bytes go to the link with PUT; then a message names the file. The header `Parley-Call` names the call: its Call-ID.
     *
     * @tags Join
     * @name AnnounceMyFile
     * @summary Get a link for an upload
     * @request POST:/api/join/chat/files
     * @secure
     */
    announceMyFile: (
      data: {
        /**
         * What it is.
         * @minLength 1
         * @maxLength 100
         */
        content_type: string;
        /**
         * The name of the file.
         * @minLength 1
         * @maxLength 200
         */
        name: string;
        /**
         * How many bytes it has.
         * @min 1
         */
        size: number;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * When the upload must have begun.
           * @format date-time
           */
          expires_at: string;
          /** What the message names. */
          file_id: string;
          /** Where the bytes go with PUT: a path that is signed, and ends. */
          upload_url: string;
        },
        Problem
      >({
        path: `/api/join/chat/files`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description A meeting that runs (`withMeeting`) is ended, waited for, or keeps the room; recordings (`withRecordings`) are removed, keep the room and close it, or keep it is. 400: some were not processed.
     *
     * @tags Meet
     * @name BulkDeleteRooms
     * @summary Delete many rooms
     * @request DELETE:/api/v1/rooms
     * @secure
     */
    bulkDeleteRooms: (
      query: {
        /**
         * The ids of the rooms, with commas between; at most a hundred.
         * @minLength 1
         * @maxLength 8000
         */
        roomIds: string;
        /**
         * With a meeting that runs in the room.
         * @default "fail"
         */
        withMeeting?: "force" | "when_meeting_ends" | "fail";
        /**
         * With recordings of the room.
         * @default "fail"
         */
        withRecordings?: "force" | "close" | "fail";
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** Rooms that are as they were. */
          failed: {
            /** Why nothing was done. */
            error: string;
            /** The same in words. */
            message: string;
            /** The id that was given. */
            roomId: string;
          }[];
          /** How many were processed. */
          message: string;
          /** What became of these. */
          successful: {
            /** The same in words. */
            message: string;
            /** The room. */
            room?: {
              /**
               * The link for users, who log in.
               * @format uri
               */
              accessUrl?: string;
              /** Links for people without an account. */
              anonymous?: {
                /** The link of the role. */
                moderator: {
                  /**
                   * The link. Without its secret for those who may not hand it on.
                   * @format uri
                   */
                  accessUrl: string;
                  /** Whether the link lets participants in. */
                  enabled: boolean;
                };
                /** The link of the role. */
                speaker: {
                  /**
                   * The link. Without its secret for those who may not hand it on.
                   * @format uri
                   */
                  accessUrl: string;
                  /** Whether the link lets participants in. */
                  enabled: boolean;
                };
              };
              /** When it is deleted, milliseconds since 1970; null: not by itself. */
              autoDeletionDate?: number | null;
              /** How it is deleted; absent without a date. */
              autoDeletionPolicy?: {
                /** With a meeting that runs then. */
                withMeeting: "force" | "when_meeting_ends";
                /** With recordings that there are then. */
                withRecordings: "force" | "close";
              };
              /** What is on in the room. */
              config?: {
                /** The switch of end-to-end encryption. */
                e2ee: {
                  /** Whether end-to-end encryption is on. */
                  enabled: boolean;
                };
                /** The switch of the chat. */
                chat: {
                  /** Whether the chat is on. */
                  enabled: boolean;
                };
                /** Recordings of the room. */
                recording: {
                  /** The users and participants who may see its recordings, beside administrators. */
                  allowAccessTo:
                    | "admin"
                    | "admin_moderator"
                    | "admin_moderator_speaker";
                  /** Whether the room may be recorded. */
                  enabled: boolean;
                };
                /** The switch of the virtual background. */
                virtualBackground: {
                  /** Whether the virtual background is on. */
                  enabled: boolean;
                };
              };
              /** When it was made, milliseconds since 1970. */
              creationDate?: number;
              /** What the end of the running meeting brings. */
              meetingEndAction?: "none" | "delete" | "close";
              /** Whose the room is: a user name, or `admin`. */
              owner?: string;
              /** What the roles may do. */
              roles?: {
                /** The role. */
                moderator: {
                  /** What the role may do. */
                  permissions: {
                    /** Whether they have `canChangeVirtualBackground`. */
                    canChangeVirtualBackground: boolean;
                    /** Whether they have `canDeleteRecordings`. */
                    canDeleteRecordings: boolean;
                    /** Whether they have `canEndMeeting`. */
                    canEndMeeting: boolean;
                    /** Whether they have `canJoinMeeting`. */
                    canJoinMeeting: boolean;
                    /** Whether they have `canKickParticipants`. */
                    canKickParticipants: boolean;
                    /** Whether they have `canMakeModerator`. */
                    canMakeModerator: boolean;
                    /** Whether they have `canPublishAudio`. */
                    canPublishAudio: boolean;
                    /** Whether they have `canPublishVideo`. */
                    canPublishVideo: boolean;
                    /** Whether they have `canReadChat`. */
                    canReadChat: boolean;
                    /** Whether they have `canRecord`. */
                    canRecord: boolean;
                    /** Whether they have `canRetrieveRecordings`. */
                    canRetrieveRecordings: boolean;
                    /** Whether they have `canShareAccessLinks`. */
                    canShareAccessLinks: boolean;
                    /** Whether they have `canShareScreen`. */
                    canShareScreen: boolean;
                    /** Whether they have `canWriteChat`. */
                    canWriteChat: boolean;
                  };
                };
                /** The role. */
                speaker: {
                  /** What the role may do. */
                  permissions: {
                    /** Whether they have `canChangeVirtualBackground`. */
                    canChangeVirtualBackground: boolean;
                    /** Whether they have `canDeleteRecordings`. */
                    canDeleteRecordings: boolean;
                    /** Whether they have `canEndMeeting`. */
                    canEndMeeting: boolean;
                    /** Whether they have `canJoinMeeting`. */
                    canJoinMeeting: boolean;
                    /** Whether they have `canKickParticipants`. */
                    canKickParticipants: boolean;
                    /** Whether they have `canMakeModerator`. */
                    canMakeModerator: boolean;
                    /** Whether they have `canPublishAudio`. */
                    canPublishAudio: boolean;
                    /** Whether they have `canPublishVideo`. */
                    canPublishVideo: boolean;
                    /** Whether they have `canReadChat`. */
                    canReadChat: boolean;
                    /** Whether they have `canRecord`. */
                    canRecord: boolean;
                    /** Whether they have `canRetrieveRecordings`. */
                    canRetrieveRecordings: boolean;
                    /** Whether they have `canShareAccessLinks`. */
                    canShareAccessLinks: boolean;
                    /** Whether they have `canShareScreen`. */
                    canShareScreen: boolean;
                    /** Whether they have `canWriteChat`. */
                    canWriteChat: boolean;
                  };
                };
              };
              /** The id of the room, the same in every API of this bridge. */
              roomId?: string;
              /** What the room is called. */
              roomName?: string;
              /** How the room is doing. */
              status?: "open" | "active_meeting" | "closed";
            };
            /** What became of the room. */
            successCode:
              | "room_deleted"
              | "room_with_active_meeting_deleted"
              | "room_with_active_meeting_scheduled_to_be_deleted"
              | "room_and_recordings_deleted"
              | "room_closed"
              | "room_with_active_meeting_and_recordings_deleted"
              | "room_with_active_meeting_closed"
              | "room_with_active_meeting_and_recordings_scheduled_to_be_deleted"
              | "room_with_active_meeting_scheduled_to_be_closed";
          }[];
        },
        Problem
      >({
        path: `/api/v1/rooms`,
        method: "DELETE",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description For users. Ends all their logins, this one too: log in again.
     *
     * @tags Access
     * @name ChangePassword
     * @summary Change one's own password
     * @request POST:/api/login/password
     * @secure
     */
    changePassword: (
      data: {
        /**
         * The password until now.
         * @maxLength 128
         */
        current_password: string;
        /**
         * At least 10 characters, the user's name not among them.
         * @minLength 10
         * @maxLength 128
         */
        new_password: string;
      },
      params: RequestParams = {},
    ) =>
      this.request<object, Problem>({
        path: `/api/login/password`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description A telephone can register with it as soon as this is answered.
     *
     * @tags Accounts
     * @name CreateAccount
     * @summary Make an account
     * @request POST:/api/accounts
     * @secure
     */
    createAccount: (
      data: {
        /**
         * The name that rooms show. The extension when it is not given.
         * @minLength 1
         * @maxLength 64
         * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
         */
        display_name?: string;
        /**
         * Whose account it is. `null` or empty: not known.
         * @maxLength 254
         */
        email?: string | null;
        /**
         * Whether it can register and call. Disabling ends its registrations and its calls.
         * @default true
         */
        enabled?: boolean;
        /**
         * What the account registers with, calls as and is called by: 3 to 64 digits. No room and no other account has it.
         * @minLength 3
         * @maxLength 64
         * @pattern ^[0-9]{3,64}$
         */
        extension: string;
        /**
         * At least 8 characters that every telephone can be given, the extension not among them. Without it the bridge makes one and shows it in the answer, this one time.
         * @minLength 8
         * @maxLength 64
         * @pattern ^[!-~]+$
         */
        password?: string;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * When it was made.
           * @format date-time
           */
          created_at: string;
          /**
           * The name that rooms show. The extension when it is not given.
           * @minLength 1
           * @maxLength 64
           * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
           */
          display_name: string;
          /** Whose account it is; absent: not known. */
          email?: string;
          /**
           * Whether it can register and call. Disabling ends its registrations and its calls.
           * @default true
           */
          enabled: boolean;
          /**
           * What the account registers with, calls as and is called by: 3 to 64 digits. No room and no other account has it.
           * @minLength 3
           * @maxLength 64
           * @pattern ^[0-9]{3,64}$
           */
          extension: string;
          /** The id of the account. */
          id: string;
          /** The password that was made; it is shown nowhere else. */
          password?: string;
          /** Whether a telephone is registered with it now. */
          registered: boolean;
        },
        Problem
      >({
        path: `/api/accounts`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description The answer shows the key in full, this one time: the bridge keeps only a hash of it.
     *
     * @tags Access
     * @name CreateApiKey
     * @summary Make an API key
     * @request POST:/api/keys
     * @secure
     */
    createApiKey: (
      data: {
        /**
         * IP addresses and networks that it may come from. Empty: any.
         * @maxItems 50
         * @default []
         */
        addresses?: string[];
        /**
         * When it stops working. `null`: never.
         * @format date-time
         */
        expires_at?: string | null;
        /**
         * The person or program that uses it.
         * @minLength 1
         * @maxLength 64
         * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
         */
        name: string;
        /**
         * What it may do. `read`: look at everything but recordings, calls and PINs. `rooms`: make, change and control rooms, and see their PINs. `pins`: see PINs, with `read`. `calls`: the list of calls and their records. `calls:hangup`: hang calls up. `recordings`: list, start, stop, download and delete them. `admin`: everything.
         * @maxItems 9
         * @minItems 1
         */
        scopes: (
          | "admin"
          | "rooms"
          | "calls"
          | "calls:hangup"
          | "recordings"
          | "accounts"
          | "pins"
          | "diagnostics"
          | "read"
        )[];
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * IP addresses and networks that it may come from. Empty: any.
           * @maxItems 50
           * @default []
           */
          addresses: string[];
          /**
           * When it was made.
           * @format date-time
           */
          created_at: string;
          /**
           * When it stops working; absent: never.
           * @format date-time
           */
          expires_at?: string;
          /** The id of the key. */
          id: string;
          /** The key in full, this one time; absent when the request is a repetition (Idempotency-Key). */
          key?: string;
          /**
           * When it was last used, to the minute; absent: never.
           * @format date-time
           */
          last_used_at?: string;
          /**
           * The person or program that uses it.
           * @minLength 1
           * @maxLength 64
           * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
           */
          name: string;
          /** How the key begins; the rest is secret. */
          prefix: string;
          /**
           * What it may do. `read`: look at everything but recordings, calls and PINs. `rooms`: make, change and control rooms, and see their PINs. `pins`: see PINs, with `read`. `calls`: the list of calls and their records. `calls:hangup`: hang calls up. `recordings`: list, start, stop, download and delete them. `admin`: everything.
           * @maxItems 9
           * @minItems 1
           */
          scopes: (
            | "admin"
            | "rooms"
            | "calls"
            | "calls:hangup"
            | "recordings"
            | "accounts"
            | "pins"
            | "diagnostics"
            | "read"
          )[];
        },
        Problem
      >({
        path: `/api/keys`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description The room can be called as soon as this is answered, and stays until it is destroyed, whether it is called or not.
     *
     * @tags Conference
     * @name CreateConferenceRoom
     * @summary Make a room
     * @request POST:/api/conference_rooms
     * @secure
     */
    createConferenceRoom: (
      data: {
        /**
         * The PIN that makes its owner a host. Digits only; `null` removes it.
         * @minLength 3
         * @maxLength 6
         * @pattern ^[0-9]{3,6}$
         */
        admin_pin?: string | null;
        /**
         * Bit rate of the picture in a `VIDEO` room, in kbit/s.
         * @min 128
         * @max 10240
         * @default 1024
         */
        bitrate?: number;
        /**
         * How many participants there may be.
         * @min 1
         * @max 200
         * @default 9
         */
        capacity: number;
        /**
         * `FREE`: all participants may speak. `MASTER`: the hosts give the floor.
         * @default "FREE"
         */
        control?: "FREE" | "MASTER";
        /**
         * The client's own settings as JSON text; kept, never read.
         * @maxLength 65536
         * @default ""
         */
        custom_options?: string;
        /**
         * Whether welcomes and announcements are spoken.
         * @default true
         */
        enable_prompt?: boolean;
        /**
         * Whether each meeting is recorded from its first participant on.
         * @default false
         */
        enable_recording?: boolean;
        /**
         * The number that phones dial. Without one the room gets the next free number of the configured range.
         * @minLength 3
         * @maxLength 64
         * @pattern ^[0-9]{3,64}$
         */
        extension_number?: string;
        /**
         * Mail addresses of others who are invited.
         * @maxLength 4096
         * @default ""
         */
        external_invitees?: string;
        /**
         * Pictures a second in a `VIDEO` room.
         * @min 5
         * @max 30
         * @default 15
         */
        framerate?: number;
        /**
         * Height of the picture in a `VIDEO` room, in pixels.
         * @min 144
         * @max 1920
         * @default 720
         */
        height?: number;
        /**
         * Ids or names of the users who are invited by mail. Kept as they are given: one that there is not is not written to.
         * @maxItems 1000
         * @default []
         */
        internal_invitees?: string[];
        /**
         * BCP 47 tag of the language of the prompts.
         * @maxLength 64
         * @default "en"
         */
        language?: string;
        /**
         * Number of cells of the picture in a `VIDEO` room. `LAYOUT0`: as many as are needed.
         * @default "LAYOUT0"
         */
        layout?:
          | "LAYOUT0"
          | "LAYOUT1"
          | "LAYOUT2"
          | "LAYOUT3"
          | "LAYOUT4"
          | "LAYOUT6"
          | "LAYOUT9";
        /** `AUDIO`: a voice conference. `VIDEO`: a video conference, which phones without video may join. */
        mode: "AUDIO" | "VIDEO";
        /**
         * The numbers that reach the room from outside, for invitations.
         * @maxLength 128
         * @default ""
         * @pattern ^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
         */
        numbers?: string;
        /**
         * What the room calls itself when it dials out, for each trunk.
         * @maxItems 100
         * @default []
         */
        outbound_caller_ids?: {
          /**
           * The number to show there, or what else stands in front of the `@` of the caller's address; `anonymous`: none is shown.
           * @minLength 1
           * @maxLength 64
           * @pattern ^[^\s\u0000-\u001f\u007f-\u009f<>"@:;?]+$
           */
          caller_id: string;
          /**
           * What it is for.
           * @maxLength 1024
           */
          description?: string | null;
          /**
           * The name of the trunk. Kept as it is given: one that the configuration does not have is never dialled over.
           * @minLength 1
           * @maxLength 64
           */
          provider_id: string;
        }[];
        /**
         * The PIN that lets its owner in. Digits only; `null` removes it.
         * @minLength 3
         * @maxLength 6
         * @pattern ^[0-9]{3,6}$
         */
        room_pin?: string | null;
        /**
         * When the meeting ends. RFC 3339 with any offset; `null` removes it.
         * @format date-time
         */
        scheduled_end_at?: string | null;
        /**
         * When the meeting begins. RFC 3339 with any offset; `null` removes it.
         * @format date-time
         */
        scheduled_start_at?: string | null;
        /**
         * What the room is called.
         * @minLength 1
         * @maxLength 64
         * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
         */
        subject: string;
        /**
         * IANA name of the time zone in which times are told.
         * @maxLength 64
         * @default "UTC"
         */
        timezone?: string;
        /**
         * Width of the picture in a `VIDEO` room, in pixels.
         * @min 144
         * @max 1920
         * @default 1280
         */
        width?: number;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** The id of the room. */
          id: string;
          /** What came of the invitations by mail. `sent`: all invitees who have to be told are being written to. `partly`: some invitees have no usable address, or there are too many. `none`: there is no invitee to tell, or nothing new. `not_configured`: the room has invitees, and the bridge has no mail server. */
          invitations?: "sent" | "partly" | "none" | "not_configured";
        },
        Problem
      >({
        path: `/api/conference_rooms`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description What lets one person into this room, and into no other, without an account and without a PIN: SIP over WebSocket or TLS takes it as `Authorization: Bearer` (RFC 8898) of an INVITE to the room's extension. A host's token makes its holder a host, and the chairman where there is none. It is shown this one time, and ends by itself.
     *
     * @tags Conference
     * @name CreateConferenceRoomToken
     * @summary Make a join token
     * @request POST:/api/conference_rooms/{id}/tokens
     * @secure
     */
    createConferenceRoomToken: (
      id: string,
      data: {
        /**
         * The name that the room shows. Without it the browser says one.
         * @minLength 1
         * @maxLength 64
         * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
         */
        display_name?: string;
        /**
         * Seconds until it ends. A call that has begun goes on.
         * @min 60
         * @max 2592000
         * @default 14400
         */
        expires_in?: number;
        /**
         * As what they enter.
         * @default "participant"
         */
        role?: "host" | "participant";
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** The name that the room shows; null: the browser says one. */
          display_name: string | null;
          /** The SIP domain. */
          domain: string;
          /**
           * When it ends.
           * @format date-time
           */
          expires_at: string;
          /** The extension to call. */
          extension_number: string;
          /** For `RTCPeerConnection`; may be empty. */
          ice_servers: {
            /** The password of `username`, good as long as it says. */
            credential?: string;
            /** `stun:`, `turn:` and `turns:` addresses. */
            urls: string[];
            /** For TURN; of credentials that end, the instant of their end and whose they are. */
            username?: string;
          }[];
          /** What the token is revoked by; also the user of its SIP address. */
          id: string;
          /**
           * The link that lets a person in from a browser.
           * @format uri
           */
          join_url: string;
          /** As what they enter. */
          role: "host" | "participant";
          /** The host where browser phones connect. */
          sbc_host: string;
          /** The port where browser phones connect. */
          sbc_port: number;
          /** The token: a JSON Web Token that clients may read. */
          token: string;
        },
        Problem
      >({
        path: `/api/conference_rooms/${id}/tokens`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description At least one of `ipv4` and `ipv6` must be given. Rooms live on the built-in server; an external one is `OFFLINE` and hosts none.
     *
     * @tags Conference
     * @name CreateConferenceServer
     * @summary Store an external server
     * @request POST:/api/conference_servers
     * @secure
     */
    createConferenceServer: (
      data: {
        /**
         * Its IPv4 address; null or empty: none.
         * @maxLength 15
         */
        ipv4?: string | null;
        /**
         * Its IPv6 address; null or empty: none.
         * @maxLength 45
         */
        ipv6?: string | null;
        /**
         * Whether it takes callers. Those who are in a room stay when it is disabled.
         * @default true
         */
        enabled?: boolean;
        /**
         * How many callers there may be in all rooms, those at a PIN prompt included. 0: no limit.
         * @min 0
         * @max 2147483647
         */
        max_participants: number;
        /**
         * How many rooms there may be. 0: no limit.
         * @min 0
         * @max 2147483647
         */
        max_rooms: number;
        /**
         * What it is called.
         * @minLength 1
         * @maxLength 64
         * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
         */
        name: string;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** The id of the server; `internal` is the one that is built in. */
          id: string;
        },
        Problem
      >({
        path: `/api/conference_servers`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description For a browser's WebSocket, which cannot send a key: `GET /api/events?ticket=…` within 30 seconds, once.
     *
     * @tags Events
     * @name CreateEventsTicket
     * @summary Make a ticket for one reader of events
     * @request POST:/api/events/tickets
     * @secure
     */
    createEventsTicket: (params: RequestParams = {}) =>
      this.request<
        {
          /**
           * Until when it can be used.
           * @format date-time
           */
          expires_at: string;
          /** Give it as `ticket` in the query of `GET /api/events`. */
          ticket: string;
        },
        Problem
      >({
        path: `/api/events/tickets`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description The user is its admin. It gets an extension, so that phones reach it.
     *
     * @tags Self-service
     * @name CreateOwnRoom
     * @summary Make a room
     * @request POST:/api/room
     * @secure
     */
    createOwnRoom: (
      data: {
        /**
         * How many participants there may be.
         * @min 1
         * @max 200
         * @default 9
         */
        capacity?: number;
        /**
         * BCP 47 tag of the language of the prompts.
         * @maxLength 64
         * @default "en"
         */
        language?: string;
        /** `AUDIO`: a voice conference. `VIDEO`: a video conference, which phones without video may join. */
        mode?: "AUDIO" | "VIDEO";
        /**
         * When the meeting ends. RFC 3339 with any offset; `null` removes it.
         * @format date-time
         */
        scheduled_end_at?: string | null;
        /**
         * When the meeting begins. RFC 3339 with any offset; `null` removes it.
         * @format date-time
         */
        scheduled_start_at?: string | null;
        /**
         * What the room is called.
         * @minLength 1
         * @maxLength 64
         * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
         */
        subject: string;
        /**
         * IANA name of the time zone in which times are told.
         * @maxLength 64
         * @default "UTC"
         */
        timezone?: string;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** Whether the user is an admin of the room. */
          admin: boolean;
          /** Whether the user has put the room away. */
          archive_room: boolean;
          /** How many participants there may be. */
          capacity: number;
          /**
           * When it was made.
           * @format date-time
           */
          created_at: string;
          /** The number that phones dial. */
          extension_number: string;
          /** The user's own link into the room: not to be passed on. */
          join_url: string | null;
          /** The language of the prompts. */
          language: string;
          /** Whether it has a picture. */
          mode: "AUDIO" | "VIDEO";
          /** Whether a participant is in it now. */
          on_call: boolean;
          /** The id of the room, in every API. */
          room_id: string;
          /**
           * When it ends.
           * @format date-time
           */
          scheduled_end_at: string | null;
          /**
           * When it begins.
           * @format date-time
           */
          scheduled_start_at: string | null;
          /** `booked`: it has not begun. `ended`: its time is over, or it is closed. `started`: otherwise. */
          status: "booked" | "started" | "ended";
          /** What it is called. */
          subject: string;
          /** The time zone in which times are told. */
          timezone: string;
          /** The name of the user in the room. */
          username: string;
        },
        Problem
      >({
        path: `/api/room`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description It gets an extension, too: phones may call it. All fields have defaults. A user who makes it owns it and is its first member, a moderator. With a key, removing recordings at its date of deletion takes the scope `recordings`, too.
     *
     * @tags Meet
     * @name CreateRoom
     * @summary Make a room
     * @request POST:/api/v1/rooms
     * @secure
     */
    createRoom: (
      data: {
        /** The links that let people without an account in. */
        anonymous?: {
          /** The switch of the link. */
          moderator?: {
            /** Whether the link is on. */
            enabled: boolean;
          };
          /** The switch of the link. */
          speaker?: {
            /** Whether the link is on. */
            enabled: boolean;
          };
        };
        /** When the room is deleted, milliseconds since 1970, at least an hour from now. */
        autoDeletionDate?: number | null;
        /** How the room is deleted when its date has come. */
        autoDeletionPolicy?: {
          /**
           * What becomes of a meeting that runs at that moment.
           * @default "when_meeting_ends"
           */
          withMeeting?: "force" | "when_meeting_ends";
          /**
           * `force`: recordings go, too. `close`: the room is closed instead of deleted.
           * @default "close"
           */
          withRecordings?: "force" | "close";
        };
        /** What is to be on in the room. */
        config?: {
          /** The switch of end-to-end encryption, which switches recording off. */
          e2ee?: {
            /** Whether end-to-end encryption, which switches recording off is on. */
            enabled: boolean;
          };
          /** The switch of the chat. */
          chat?: {
            /** Whether the chat is on. */
            enabled: boolean;
          };
          /** Recordings of the room. */
          recording?: {
            /** The users and participants who may see its recordings, beside administrators. */
            allowAccessTo?:
              | "admin"
              | "admin_moderator"
              | "admin_moderator_speaker";
            /** Whether the room may be recorded. */
            enabled?: boolean;
          };
          /** The switch of the virtual background. */
          virtualBackground?: {
            /** Whether the virtual background is on. */
            enabled: boolean;
          };
        };
        /** What the roles may do. */
        roles?: {
          /** The role. */
          moderator?: {
            /** Those that are given change. */
            permissions: {
              /** Whether they have `canChangeVirtualBackground`. */
              canChangeVirtualBackground?: boolean;
              /** Whether they have `canDeleteRecordings`. */
              canDeleteRecordings?: boolean;
              /** Whether they have `canEndMeeting`. */
              canEndMeeting?: boolean;
              /** Whether they have `canJoinMeeting`. */
              canJoinMeeting?: boolean;
              /** Whether they have `canKickParticipants`. */
              canKickParticipants?: boolean;
              /** Whether they have `canMakeModerator`. */
              canMakeModerator?: boolean;
              /** Whether they have `canPublishAudio`. */
              canPublishAudio?: boolean;
              /** Whether they have `canPublishVideo`. */
              canPublishVideo?: boolean;
              /** Whether they have `canReadChat`. */
              canReadChat?: boolean;
              /** Whether they have `canRecord`. */
              canRecord?: boolean;
              /** Whether they have `canRetrieveRecordings`. */
              canRetrieveRecordings?: boolean;
              /** Whether they have `canShareAccessLinks`. */
              canShareAccessLinks?: boolean;
              /** Whether they have `canShareScreen`. */
              canShareScreen?: boolean;
              /** Whether they have `canWriteChat`. */
              canWriteChat?: boolean;
            };
          };
          /** The role. */
          speaker?: {
            /** Those that are given change. */
            permissions: {
              /** Whether they have `canChangeVirtualBackground`. */
              canChangeVirtualBackground?: boolean;
              /** Whether they have `canDeleteRecordings`. */
              canDeleteRecordings?: boolean;
              /** Whether they have `canEndMeeting`. */
              canEndMeeting?: boolean;
              /** Whether they have `canJoinMeeting`. */
              canJoinMeeting?: boolean;
              /** Whether they have `canKickParticipants`. */
              canKickParticipants?: boolean;
              /** Whether they have `canMakeModerator`. */
              canMakeModerator?: boolean;
              /** Whether they have `canPublishAudio`. */
              canPublishAudio?: boolean;
              /** Whether they have `canPublishVideo`. */
              canPublishVideo?: boolean;
              /** Whether they have `canReadChat`. */
              canReadChat?: boolean;
              /** Whether they have `canRecord`. */
              canRecord?: boolean;
              /** Whether they have `canRetrieveRecordings`. */
              canRetrieveRecordings?: boolean;
              /** Whether they have `canShareAccessLinks`. */
              canShareAccessLinks?: boolean;
              /** Whether they have `canShareScreen`. */
              canShareScreen?: boolean;
              /** Whether they have `canWriteChat`. */
              canWriteChat?: boolean;
            };
          };
        };
        /**
         * At most 50 characters once blanks are trimmed and collapsed; need not be unique.
         * @maxLength 500
         */
        roomName?: string;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * The link for users, who log in.
           * @format uri
           */
          accessUrl?: string;
          /** Links for people without an account. */
          anonymous?: {
            /** The link of the role. */
            moderator: {
              /**
               * The link. Without its secret for those who may not hand it on.
               * @format uri
               */
              accessUrl: string;
              /** Whether the link lets participants in. */
              enabled: boolean;
            };
            /** The link of the role. */
            speaker: {
              /**
               * The link. Without its secret for those who may not hand it on.
               * @format uri
               */
              accessUrl: string;
              /** Whether the link lets participants in. */
              enabled: boolean;
            };
          };
          /** When it is deleted, milliseconds since 1970; null: not by itself. */
          autoDeletionDate?: number | null;
          /** How it is deleted; absent without a date. */
          autoDeletionPolicy?: {
            /** With a meeting that runs then. */
            withMeeting: "force" | "when_meeting_ends";
            /** With recordings that there are then. */
            withRecordings: "force" | "close";
          };
          /** What is on in the room. */
          config?: {
            /** The switch of end-to-end encryption. */
            e2ee: {
              /** Whether end-to-end encryption is on. */
              enabled: boolean;
            };
            /** The switch of the chat. */
            chat: {
              /** Whether the chat is on. */
              enabled: boolean;
            };
            /** Recordings of the room. */
            recording: {
              /** The users and participants who may see its recordings, beside administrators. */
              allowAccessTo:
                | "admin"
                | "admin_moderator"
                | "admin_moderator_speaker";
              /** Whether the room may be recorded. */
              enabled: boolean;
            };
            /** The switch of the virtual background. */
            virtualBackground: {
              /** Whether the virtual background is on. */
              enabled: boolean;
            };
          };
          /** When it was made, milliseconds since 1970. */
          creationDate?: number;
          /** What the end of the running meeting brings. */
          meetingEndAction?: "none" | "delete" | "close";
          /** Whose the room is: a user name, or `admin`. */
          owner?: string;
          /** What the roles may do. */
          roles?: {
            /** The role. */
            moderator: {
              /** What the role may do. */
              permissions: {
                /** Whether they have `canChangeVirtualBackground`. */
                canChangeVirtualBackground: boolean;
                /** Whether they have `canDeleteRecordings`. */
                canDeleteRecordings: boolean;
                /** Whether they have `canEndMeeting`. */
                canEndMeeting: boolean;
                /** Whether they have `canJoinMeeting`. */
                canJoinMeeting: boolean;
                /** Whether they have `canKickParticipants`. */
                canKickParticipants: boolean;
                /** Whether they have `canMakeModerator`. */
                canMakeModerator: boolean;
                /** Whether they have `canPublishAudio`. */
                canPublishAudio: boolean;
                /** Whether they have `canPublishVideo`. */
                canPublishVideo: boolean;
                /** Whether they have `canReadChat`. */
                canReadChat: boolean;
                /** Whether they have `canRecord`. */
                canRecord: boolean;
                /** Whether they have `canRetrieveRecordings`. */
                canRetrieveRecordings: boolean;
                /** Whether they have `canShareAccessLinks`. */
                canShareAccessLinks: boolean;
                /** Whether they have `canShareScreen`. */
                canShareScreen: boolean;
                /** Whether they have `canWriteChat`. */
                canWriteChat: boolean;
              };
            };
            /** The role. */
            speaker: {
              /** What the role may do. */
              permissions: {
                /** Whether they have `canChangeVirtualBackground`. */
                canChangeVirtualBackground: boolean;
                /** Whether they have `canDeleteRecordings`. */
                canDeleteRecordings: boolean;
                /** Whether they have `canEndMeeting`. */
                canEndMeeting: boolean;
                /** Whether they have `canJoinMeeting`. */
                canJoinMeeting: boolean;
                /** Whether they have `canKickParticipants`. */
                canKickParticipants: boolean;
                /** Whether they have `canMakeModerator`. */
                canMakeModerator: boolean;
                /** Whether they have `canPublishAudio`. */
                canPublishAudio: boolean;
                /** Whether they have `canPublishVideo`. */
                canPublishVideo: boolean;
                /** Whether they have `canReadChat`. */
                canReadChat: boolean;
                /** Whether they have `canRecord`. */
                canRecord: boolean;
                /** Whether they have `canRetrieveRecordings`. */
                canRetrieveRecordings: boolean;
                /** Whether they have `canShareAccessLinks`. */
                canShareAccessLinks: boolean;
                /** Whether they have `canShareScreen`. */
                canShareScreen: boolean;
                /** Whether they have `canWriteChat`. */
                canWriteChat: boolean;
              };
            };
          };
          /** The id of the room, the same in every API of this bridge. */
          roomId?: string;
          /** What the room is called. */
          roomName?: string;
          /** How the room is doing. */
          status?: "open" | "active_meeting" | "closed";
        },
        Problem
      >({
        path: `/api/v1/rooms`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description They can log in as soon as this is answered.
     *
     * @tags Access
     * @name CreateUser
     * @summary Make a user
     * @request POST:/api/users
     * @secure
     */
    createUser: (
      data: {
        /**
         * The name that is shown. The user name when it is not given.
         * @minLength 1
         * @maxLength 128
         * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
         */
        display_name?: string;
        /**
         * Where invitations to rooms that have the user among their `internal_invitees` go. `null` or empty: nowhere, unless the user name is a mail address.
         * @maxLength 254
         */
        email?: string | null;
        /**
         * Whether the user can log in. Disabling ends every login.
         * @default true
         */
        enabled?: boolean;
        /**
         * At least 10 characters, the user's name not among them.
         * @minLength 10
         * @maxLength 128
         */
        password: string;
        /** `admin`: everything. `operator`: rooms, calls, recordings and looking at them. `viewer`: looking at rooms. `user`: what every user may do, and rooms of their own. */
        role: "admin" | "operator" | "viewer" | "user";
        /**
         * The name to log in with: letters, digits and `. _ @ -`. Upper and lower case are the same.
         * @minLength 1
         * @maxLength 64
         * @pattern ^[A-Za-z0-9._@-]+$
         */
        username: string;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * When it was made.
           * @format date-time
           */
          created_at: string;
          /**
           * The name that is shown. The user name when it is not given.
           * @minLength 1
           * @maxLength 128
           * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
           */
          display_name: string;
          /** Where invitations go, its domain in lower case; absent: nowhere is set. */
          email?: string;
          /**
           * Whether the user can log in. Disabling ends every login.
           * @default true
           */
          enabled: boolean;
          /** The id of the user. */
          id: string;
          /**
           * When the user last logged in; absent: never.
           * @format date-time
           */
          last_login_at?: string;
          /** `admin`: everything. `operator`: rooms, calls, recordings and looking at them. `viewer`: looking at rooms. `user`: what every user may do, and rooms of their own. */
          role: "admin" | "operator" | "viewer" | "user";
          /**
           * The name to log in with: letters, digits and `. _ @ -`. Upper and lower case are the same.
           * @minLength 1
           * @maxLength 64
           * @pattern ^[A-Za-z0-9._@-]+$
           */
          username: string;
        },
        Problem
      >({
        path: `/api/users`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description The secret is in this answer and nowhere else, not in the answer to a repetition (Idempotency-Key). Events from now on are sent.
     *
     * @tags Webhooks
     * @name CreateWebhook
     * @summary Make a webhook
     * @request POST:/api/webhooks
     * @secure
     */
    createWebhook: (
      data: {
        /**
         * A note of the client's own.
         * @maxLength 500
         * @default ""
         */
        description?: string;
        /**
         * Whether anything is sent.
         * @default true
         */
        enabled?: boolean;
        /**
         * `parley`: the events of the log. `meet`: `meetingStarted`, `meetingEnded`, `recordingStarted`, `recordingUpdated` and `recordingEnded` as the meet API sends them, with its signature. Decided when the webhook is made.
         * @default "parley"
         */
        format?: "parley" | "meet";
        /**
         * Only events of the room with this id, which there must be. Null: events of every room.
         * @minLength 1
         * @maxLength 128
         */
        room?: string | null;
        /**
         * Types and families of events, as `room.*`; none: all.
         * @maxItems 100
         * @default []
         */
        types?: string[];
        /**
         * Where to send: http or https, to a public address unless the configuration allows others.
         * @minLength 1
         * @maxLength 2000
         */
        url: string;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * When it was made.
           * @format date-time
           */
          created_at: string;
          /**
           * A note of the client's own.
           * @maxLength 500
           * @default ""
           */
          description: string;
          /** `gone`: the receiver answered 410. */
          disabled_reason?: "gone";
          /**
           * Whether anything is sent.
           * @default true
           */
          enabled: boolean;
          /**
           * `parley`: the events of the log. `meet`: `meetingStarted`, `meetingEnded`, `recordingStarted`, `recordingUpdated` and `recordingEnded` as the meet API sends them, with its signature. Decided when the webhook is made.
           * @default "parley"
           */
          format: "parley" | "meet";
          /** The id of the webhook. */
          id: string;
          /** Deliveries that failed and are tried again. */
          pending: number;
          /** Every event up to this number was sent once or is not wanted. */
          position: number;
          /**
           * Only events of this room.
           * @minLength 1
           * @maxLength 128
           */
          room?: string;
          /** Signatures are checked with it. It is not shown again. */
          secret?: string;
          /** Events that the log had forgotten before they could be sent. */
          skipped: number;
          /**
           * Types and families of events, as `room.*`; none: all.
           * @maxItems 100
           * @default []
           */
          types: string[];
          /**
           * When it was changed last.
           * @format date-time
           */
          updated_at: string;
          /** Where events are sent. */
          url: string;
        },
        Problem
      >({
        path: `/api/webhooks`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Ends its registrations and its calls, and frees the extension.
     *
     * @tags Accounts
     * @name DeleteAccount
     * @summary Remove an account
     * @request POST:/api/accounts/{id}/destroy
     * @secure
     */
    deleteAccount: (id: string, params: RequestParams = {}) =>
      this.request<void, Problem>({
        path: `/api/accounts/${id}/destroy`,
        method: "POST",
        secure: true,
        ...params,
      }),

    /**
     * @description They are signed with another secret from now on; all calls and connections with tokens end at once.
     *
     * @tags Conference
     * @name DeleteAllJoinTokens
     * @summary Revoke the join tokens of all rooms
     * @request POST:/api/join_tokens/destroy
     * @secure
     */
    deleteAllJoinTokens: (params: RequestParams = {}) =>
      this.request<void, Problem>({
        path: `/api/join_tokens/destroy`,
        method: "POST",
        secure: true,
        ...params,
      }),

    /**
     * @description It stops working at once.
     *
     * @tags Access
     * @name DeleteApiKey
     * @summary Revoke an API key
     * @request POST:/api/keys/{id}/destroy
     * @secure
     */
    deleteApiKey: (id: string, params: RequestParams = {}) =>
      this.request<void, Problem>({
        path: `/api/keys/${id}/destroy`,
        method: "POST",
        secure: true,
        ...params,
      }),

    /**
     * @description The file goes too.
     *
     * @tags Conference
     * @name DeleteConferenceRecording
     * @summary Delete a recording
     * @request POST:/api/conference_rooms/{id}/recordings/{recording_id}/destroy
     * @secure
     */
    deleteConferenceRecording: (
      id: string,
      recordingId: string,
      params: RequestParams = {},
    ) =>
      this.request<void, Problem>({
        path: `/api/conference_rooms/${id}/recordings/${recordingId}/destroy`,
        method: "POST",
        secure: true,
        ...params,
      }),

    /**
     * @description Ends a running meeting and frees the extension number. Recordings are kept unless the body says otherwise, which takes the scope `recordings`, too; the event of a recording that ends with the room comes before that of the room.
     *
     * @tags Conference
     * @name DeleteConferenceRoom
     * @summary Destroy a room
     * @request POST:/api/conference_rooms/{id}/destroy
     * @secure
     */
    deleteConferenceRoom: (
      id: string,
      data?: {
        /**
         * `keep`: recordings stay listed, linked and deletable. `remove`: their files go, too.
         * @default "keep"
         */
        recordings?: "keep" | "remove";
      },
      params: RequestParams = {},
    ) =>
      this.request<void, Problem>({
        path: `/api/conference_rooms/${id}/destroy`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        ...params,
      }),

    /**
     * @description Its calls and its connections end at once. What was revoked already, or is no token of this room, changes nothing.
     *
     * @tags Conference
     * @name DeleteConferenceRoomToken
     * @summary Revoke a join token
     * @request POST:/api/conference_rooms/{id}/tokens/{token_id}/destroy
     * @secure
     */
    deleteConferenceRoomToken: (
      id: string,
      tokenId: string,
      params: RequestParams = {},
    ) =>
      this.request<void, Problem>({
        path: `/api/conference_rooms/${id}/tokens/${tokenId}/destroy`,
        method: "POST",
        secure: true,
        ...params,
      }),

    /**
     * @description All that there are, `token` of the room among them: their calls and connections end at once.
     *
     * @tags Conference
     * @name DeleteConferenceRoomTokens
     * @summary Revoke all join tokens of a room
     * @request POST:/api/conference_rooms/{id}/tokens/destroy
     * @secure
     */
    deleteConferenceRoomTokens: (id: string, params: RequestParams = {}) =>
      this.request<void, Problem>({
        path: `/api/conference_rooms/${id}/tokens/destroy`,
        method: "POST",
        secure: true,
        ...params,
      }),

    /**
     * @description The built-in one cannot be destroyed.
     *
     * @tags Conference
     * @name DeleteConferenceServer
     * @summary Forget a server
     * @request POST:/api/conference_servers/{id}/destroy
     * @secure
     */
    deleteConferenceServer: (id: string, params: RequestParams = {}) =>
      this.request<void, Problem>({
        path: `/api/conference_servers/${id}/destroy`,
        method: "POST",
        secure: true,
        ...params,
      }),

    /**
     * @description It takes the permission `canDeleteRecordings`, and the room must let the holder's role see its recordings.
     *
     * @tags Join
     * @name DeleteMyRecording
     * @summary Delete a recording of the room
     * @request DELETE:/api/join/recordings/{recording_id}
     * @secure
     */
    deleteMyRecording: (recordingId: string, params: RequestParams = {}) =>
      this.request<object, Problem>({
        path: `/api/join/recordings/${recordingId}`,
        method: "DELETE",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description The file goes too.
     *
     * @tags Conference
     * @name DeleteRecording
     * @summary Delete a recording
     * @request POST:/api/recordings/{recording_id}/destroy
     * @secure
     */
    deleteRecording: (recordingId: string, params: RequestParams = {}) =>
      this.request<void, Problem>({
        path: `/api/recordings/${recordingId}/destroy`,
        method: "POST",
        secure: true,
        ...params,
      }),

    /**
     * @description A meeting that runs (`withMeeting`) is ended, waited for, or keeps the room; recordings (`withRecordings`) are removed, keep the room and close it, or keep it is. 202: it happens when the meeting ends.
     *
     * @tags Meet
     * @name DeleteRoom
     * @summary Delete a room
     * @request DELETE:/api/v1/rooms/{roomId}
     * @secure
     */
    deleteRoom: (
      roomId: string,
      query?: {
        /**
         * With a meeting that runs in the room.
         * @default "fail"
         */
        withMeeting?: "force" | "when_meeting_ends" | "fail";
        /**
         * With recordings of the room.
         * @default "fail"
         */
        withRecordings?: "force" | "close" | "fail";
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** The same in words. */
          message: string;
          /** The room. */
          room?: {
            /**
             * The link for users, who log in.
             * @format uri
             */
            accessUrl?: string;
            /** Links for people without an account. */
            anonymous?: {
              /** The link of the role. */
              moderator: {
                /**
                 * The link. Without its secret for those who may not hand it on.
                 * @format uri
                 */
                accessUrl: string;
                /** Whether the link lets participants in. */
                enabled: boolean;
              };
              /** The link of the role. */
              speaker: {
                /**
                 * The link. Without its secret for those who may not hand it on.
                 * @format uri
                 */
                accessUrl: string;
                /** Whether the link lets participants in. */
                enabled: boolean;
              };
            };
            /** When it is deleted, milliseconds since 1970; null: not by itself. */
            autoDeletionDate?: number | null;
            /** How it is deleted; absent without a date. */
            autoDeletionPolicy?: {
              /** With a meeting that runs then. */
              withMeeting: "force" | "when_meeting_ends";
              /** With recordings that there are then. */
              withRecordings: "force" | "close";
            };
            /** What is on in the room. */
            config?: {
              /** The switch of end-to-end encryption. */
              e2ee: {
                /** Whether end-to-end encryption is on. */
                enabled: boolean;
              };
              /** The switch of the chat. */
              chat: {
                /** Whether the chat is on. */
                enabled: boolean;
              };
              /** Recordings of the room. */
              recording: {
                /** The users and participants who may see its recordings, beside administrators. */
                allowAccessTo:
                  | "admin"
                  | "admin_moderator"
                  | "admin_moderator_speaker";
                /** Whether the room may be recorded. */
                enabled: boolean;
              };
              /** The switch of the virtual background. */
              virtualBackground: {
                /** Whether the virtual background is on. */
                enabled: boolean;
              };
            };
            /** When it was made, milliseconds since 1970. */
            creationDate?: number;
            /** What the end of the running meeting brings. */
            meetingEndAction?: "none" | "delete" | "close";
            /** Whose the room is: a user name, or `admin`. */
            owner?: string;
            /** What the roles may do. */
            roles?: {
              /** The role. */
              moderator: {
                /** What the role may do. */
                permissions: {
                  /** Whether they have `canChangeVirtualBackground`. */
                  canChangeVirtualBackground: boolean;
                  /** Whether they have `canDeleteRecordings`. */
                  canDeleteRecordings: boolean;
                  /** Whether they have `canEndMeeting`. */
                  canEndMeeting: boolean;
                  /** Whether they have `canJoinMeeting`. */
                  canJoinMeeting: boolean;
                  /** Whether they have `canKickParticipants`. */
                  canKickParticipants: boolean;
                  /** Whether they have `canMakeModerator`. */
                  canMakeModerator: boolean;
                  /** Whether they have `canPublishAudio`. */
                  canPublishAudio: boolean;
                  /** Whether they have `canPublishVideo`. */
                  canPublishVideo: boolean;
                  /** Whether they have `canReadChat`. */
                  canReadChat: boolean;
                  /** Whether they have `canRecord`. */
                  canRecord: boolean;
                  /** Whether they have `canRetrieveRecordings`. */
                  canRetrieveRecordings: boolean;
                  /** Whether they have `canShareAccessLinks`. */
                  canShareAccessLinks: boolean;
                  /** Whether they have `canShareScreen`. */
                  canShareScreen: boolean;
                  /** Whether they have `canWriteChat`. */
                  canWriteChat: boolean;
                };
              };
              /** The role. */
              speaker: {
                /** What the role may do. */
                permissions: {
                  /** Whether they have `canChangeVirtualBackground`. */
                  canChangeVirtualBackground: boolean;
                  /** Whether they have `canDeleteRecordings`. */
                  canDeleteRecordings: boolean;
                  /** Whether they have `canEndMeeting`. */
                  canEndMeeting: boolean;
                  /** Whether they have `canJoinMeeting`. */
                  canJoinMeeting: boolean;
                  /** Whether they have `canKickParticipants`. */
                  canKickParticipants: boolean;
                  /** Whether they have `canMakeModerator`. */
                  canMakeModerator: boolean;
                  /** Whether they have `canPublishAudio`. */
                  canPublishAudio: boolean;
                  /** Whether they have `canPublishVideo`. */
                  canPublishVideo: boolean;
                  /** Whether they have `canReadChat`. */
                  canReadChat: boolean;
                  /** Whether they have `canRecord`. */
                  canRecord: boolean;
                  /** Whether they have `canRetrieveRecordings`. */
                  canRetrieveRecordings: boolean;
                  /** Whether they have `canShareAccessLinks`. */
                  canShareAccessLinks: boolean;
                  /** Whether they have `canShareScreen`. */
                  canShareScreen: boolean;
                  /** Whether they have `canWriteChat`. */
                  canWriteChat: boolean;
                };
              };
            };
            /** The id of the room, the same in every API of this bridge. */
            roomId?: string;
            /** What the room is called. */
            roomName?: string;
            /** How the room is doing. */
            status?: "open" | "active_meeting" | "closed";
          };
          /** What became of the room. */
          successCode:
            | "room_deleted"
            | "room_with_active_meeting_deleted"
            | "room_with_active_meeting_scheduled_to_be_deleted"
            | "room_and_recordings_deleted"
            | "room_closed"
            | "room_with_active_meeting_and_recordings_deleted"
            | "room_with_active_meeting_closed"
            | "room_with_active_meeting_and_recordings_scheduled_to_be_deleted"
            | "room_with_active_meeting_scheduled_to_be_closed";
        },
        Problem
      >({
        path: `/api/v1/rooms/${roomId}`,
        method: "DELETE",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description They are sent out of a running meeting at once; their link and their tokens open nothing any more.
     *
     * @tags Meet
     * @name DeleteRoomMember
     * @summary Remove a member from a room
     * @request DELETE:/api/v1/rooms/{roomId}/members/{memberId}
     * @secure
     */
    deleteRoomMember: (
      roomId: string,
      memberId: string,
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** What was done. */
          message: string;
        },
        Problem
      >({
        path: `/api/v1/rooms/${roomId}/members/${memberId}`,
        method: "DELETE",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Ends the user's logins.
     *
     * @tags Access
     * @name DeleteUser
     * @summary Remove a user
     * @request POST:/api/users/{id}/destroy
     * @secure
     */
    deleteUser: (id: string, params: RequestParams = {}) =>
      this.request<void, Problem>({
        path: `/api/users/${id}/destroy`,
        method: "POST",
        secure: true,
        ...params,
      }),

    /**
     * @description Its deliveries are forgotten.
     *
     * @tags Webhooks
     * @name DeleteWebhook
     * @summary Destroy a webhook
     * @request POST:/api/webhooks/{id}/destroy
     * @secure
     */
    deleteWebhook: (id: string, params: RequestParams = {}) =>
      this.request<void, Problem>({
        path: `/api/webhooks/${id}/destroy`,
        method: "POST",
        secure: true,
        ...params,
      }),

    /**
     * @description Each message is a datagram of UDP with the addresses and ports it had, for every transport. Secrets are left out.
     *
     * @tags Calls
     * @name DownloadCallLadder
     * @summary Download the SIP messages of a call as pcap
     * @request GET:/api/calls/{id}/ladder.pcap
     * @secure
     */
    downloadCallLadder: (id: string, params: RequestParams = {}) =>
      this.request<string, Problem>({
        path: `/api/calls/${id}/ladder.pcap`,
        method: "GET",
        secure: true,
        ...params,
      }),

    /**
     * @description The file as an attachment. Takes ranges; the entity tag is its SHA-256.
     *
     * @tags Chat
     * @name DownloadChatFile
     * @summary Download a file
     * @request GET:/api/chat/files/{file_id}
     * @secure
     */
    downloadChatFile: (
      fileId: string,
      query?: {
        /**
         * The maker of the link.
         * @maxLength 200
         */
        by?: string;
        /**
         * The end of the link, seconds since 1970.
         * @min 0
         */
        expires?: number;
      },
      params: RequestParams = {},
    ) =>
      this.request<Blob, Problem>({
        path: `/api/chat/files/${fileId}`,
        method: "GET",
        query: query,
        secure: true,
        ...params,
      }),

    /**
     * @description For looking for faults, as `parley dump` does it, and only over the bridge's Unix socket. The answer comes when the time is over, the call has ended or the dump was stopped. One at a time of a call; the request's end ends it.
     *
     * @tags Calls
     * @name DumpCall
     * @summary Dump the media of a call
     * @request GET:/api/calls/{id}/dump
     * @secure
     */
    dumpCall: (
      id: string,
      query?: {
        /**
         * `rtp`: RTP and RTCP packets of both directions as pcap. `pcm`: audio as WAV, left what the far party says, right what it hears.
         * @default "rtp"
         */
        format?: "rtp" | "pcm";
        /**
         * How long.
         * @min 1
         * @max 300
         * @default 10
         */
        seconds?: number;
      },
      params: RequestParams = {},
    ) =>
      this.request<string, Problem>({
        path: `/api/calls/${id}/dump`,
        method: "GET",
        query: query,
        secure: true,
        ...params,
      }),

    /**
     * @description For all participants. It takes the permission `canEndMeeting`.
     *
     * @tags Join
     * @name EndMyMeeting
     * @summary End the meeting
     * @request POST:/api/join/room/end
     * @secure
     */
    endMyMeeting: (params: RequestParams = {}) =>
      this.request<object, Problem>({
        path: `/api/join/room/end`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Its meeting ends in `time_left` seconds, at once without; those inside hear how long they have. No participant enters a room that has ended. For admins of the room.
     *
     * @tags Self-service
     * @name EndRoom
     * @summary End a room
     * @request POST:/api/admin/room/{room_id}/end
     * @secure
     */
    endRoom: (
      roomId: string,
      data?: {
        /**
         * In how many seconds the meeting ends; 0: now.
         * @min 0
         * @max 86400
         * @default 0
         */
        time_left?: number;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** Whether the user is an admin of the room. */
          admin: boolean;
          /** Whether the user has put the room away. */
          archive_room: boolean;
          /** How many participants there may be. */
          capacity: number;
          /**
           * When it was made.
           * @format date-time
           */
          created_at: string;
          /** The number that phones dial. */
          extension_number: string;
          /** The user's own link into the room: not to be passed on. */
          join_url: string | null;
          /** The language of the prompts. */
          language: string;
          /** Whether it has a picture. */
          mode: "AUDIO" | "VIDEO";
          /** Whether a participant is in it now. */
          on_call: boolean;
          /** The id of the room, in every API. */
          room_id: string;
          /**
           * When it ends.
           * @format date-time
           */
          scheduled_end_at: string | null;
          /**
           * When it begins.
           * @format date-time
           */
          scheduled_start_at: string | null;
          /** `booked`: it has not begun. `ended`: its time is over, or it is closed. `started`: otherwise. */
          status: "booked" | "started" | "ended";
          /** What it is called. */
          subject: string;
          /** The time zone in which times are told. */
          timezone: string;
          /** The name of the user in the room. */
          username: string;
        },
        Problem
      >({
        path: `/api/admin/room/${roomId}/end`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description What `parley doctor` shows: ports, addresses and address translation, STUN and TURN servers, trunks, certificate, database and backups, disks, voices, fonts, workers, clock and limits, each with a verdict and what to do. It takes up to half a minute; a file of 1 MiB is written and removed in each folder.
     *
     * @tags System
     * @name Examine
     * @summary Examine the bridge and its machine
     * @request GET:/api/doctor
     * @secure
     */
    examine: (params: RequestParams = {}) =>
      this.request<
        {
          /** One of each check. */
          checks: {
            /** What was looked at. */
            check: string;
            /** One sentence. */
            detail: string;
            /** What to do; null where there is nothing to do. */
            remedy: string | null;
            /** `skip`: what it needs is not known here. */
            verdict: "pass" | "warn" | "fail" | "skip";
          }[];
          /** The worst verdict of all. */
          status: "pass" | "warn" | "fail";
        },
        void | Problem
      >({
        path: `/api/doctor`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description With the secret of a link, for its holder: as the link's role, under the name that they say, or as the member whose link it is. Without one, for users who send their access token: owners and administrators as hosts, members as themselves.
     *
     * @tags Join
     * @name ExchangeJoinLink
     * @summary Exchange a link for a join token
     * @request POST:/api/join/token
     * @secure
     */
    exchangeJoinLink: (
      data: {
        /**
         * The name that the room shows; a member has one already.
         * @minLength 1
         * @maxLength 64
         * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
         */
        name?: string;
        /**
         * The id of the room.
         * @minLength 1
         * @maxLength 128
         */
        room: string;
        /**
         * What the link carries.
         * @minLength 1
         * @maxLength 64
         */
        secret?: string;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * When it ends.
           * @format date-time
           */
          expires_at: string;
          /** The join token. */
          token: string;
        },
        Problem
      >({
        path: `/api/join/token`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description One JSON object a line (`application/x-ndjson`): the room as it is, and again whenever it changes, at least every ten seconds. Ends when the token is over or the room is destroyed, and when the call is moved to another room: the next stream follows that one. With `chat=true` new messages of the chat come as lines of their own, `{"message": …}`, to those who are in the room and may read it.
     *
     * @tags Join
     * @name FollowJoinRoster
     * @summary Follow the room
     * @request GET:/api/join/roster
     * @secure
     */
    followJoinRoster: (
      query?: {
        /**
         * Whether messages of the chat are wanted.
         * @default false
         */
        chat?: boolean;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        | {
            /** The number of cells of the picture in a `VIDEO` room; `LAYOUT0`: as many as are needed. */
            layout:
              | "LAYOUT0"
              | "LAYOUT1"
              | "LAYOUT2"
              | "LAYOUT3"
              | "LAYOUT4"
              | "LAYOUT6"
              | "LAYOUT9";
            /** Whether new participants are kept out. */
            locked: boolean;
            /** In the order in which they joined. */
            participants: {
              /** Whether they have the chair. */
              chairman: boolean;
              /** The name that the room shows. */
              display_name: string;
              /** Whether they ask for the floor. */
              hand_raised: boolean;
              /** Whether their phone has put the conference on hold. */
              held: boolean;
              /** The id of the participant. */
              id: string;
              /** `self`, `host`, `room`, `floor`. */
              mute_reasons: string[];
              /** Whether they are muted, for any reason. */
              muted: boolean;
              /** The cell of the picture they are pinned to; -1: not shown; null: where the layout places them. */
              position: number | null;
              /** Host or participant. */
              role: "host" | "participant";
              /** Whether they speak now. */
              talking: boolean;
            }[];
            /** What that participant may do now; null: it is not in the room yet. */
            permissions: {
              /** Whether they have `canChangeVirtualBackground`. */
              can_change_virtual_background: boolean;
              /** Whether they have `canDeleteRecordings`. */
              can_delete_recordings: boolean;
              /** Whether they have `canEndMeeting`. */
              can_end_meeting: boolean;
              /** Whether they have `canJoinMeeting`. */
              can_join_meeting: boolean;
              /** Whether they have `canKickParticipants`. */
              can_kick_participants: boolean;
              /** Whether they have `canMakeModerator`. */
              can_make_moderator: boolean;
              /** Whether they have `canPublishAudio`. */
              can_publish_audio: boolean;
              /** Whether they have `canPublishVideo`. */
              can_publish_video: boolean;
              /** Whether they have `canReadChat`. */
              can_read_chat: boolean;
              /** Whether they have `canRecord`. */
              can_record: boolean;
              /** Whether they have `canRetrieveRecordings`. */
              can_retrieve_recordings: boolean;
              /** Whether they have `canShareAccessLinks`. */
              can_share_access_links: boolean;
              /** Whether they have `canShareScreen`. */
              can_share_screen: boolean;
              /** Whether they have `canWriteChat`. */
              can_write_chat: boolean;
            };
            /** Whether the room is recorded. */
            recording: boolean;
            /** The participant of the call that the request names; null: it is not in the room yet. */
            you: string | null;
          }
        | {
            /** A message of a room's chat. */
            message: {
              /** The file that was sent with it; null: none. */
              file: {
                /** SHA-256 of its bytes, hexadecimal. */
                sha256: string;
                /** What it is; checked against its bytes. */
                content_type: string;
                /** The id of the file. */
                id: string;
                /** Its name. */
                name: string;
                /** Bytes. */
                size: number;
              };
              /** The id of the message. */
              id: string;
              /** 1, 2, 3 … in the room. */
              number: number;
              /** The sender. */
              sender: {
                /** The name that the room showed. */
                display_name: string;
                /** The member of the room that they were. */
                member_id: string | null;
                /** The participant that they were; null: they wrote without a call. */
                participant_id: string | null;
                /** The user that they were. */
                user_id: string | null;
              };
              /**
               * When it was sent.
               * @format date-time
               */
              sent_at: string;
              /** Plain text; empty only with a file. */
              text: string;
            };
          },
        Problem
      >({
        path: `/api/join/roster`,
        method: "GET",
        query: query,
        secure: true,
        ...params,
      }),

    /**
     * @description JSON or `application/x-www-form-urlencoded`. Refusals have the `error` of RFC 6749 section 5.2; a refused login is `invalid_grant` for every reason. A refresh token that comes a second time ends the login.
     *
     * @tags Access
     * @name GetAccessToken
     * @summary Log in, or go on with a login
     * @request POST:/api/login/oauth/token
     */
    getAccessToken: (
      data: {
        /** `client_id`, as the documentation of the source API spells it. Taken, and without a meaning here. */
        clicent_id?: string | null;
        /** The program that asks. Taken, and without a meaning here. */
        client_id?: string | null;
        /** The SIP domain of a tenant. Taken, and without a meaning here. */
        domain?: string | null;
        /**
         * `password`: log in. `refresh_token`: go on with a login. No other is supported.
         * @maxLength 256
         */
        grant_type: string;
        /**
         * For `password`.
         * @maxLength 128
         */
        password?: string;
        /**
         * For `refresh_token`: the latest one. It works once.
         * @maxLength 256
         */
        refresh_token?: string;
        /** A user's rights are those of the role. Taken, and without a meaning here. */
        scope?: string | null;
        /**
         * For `password`.
         * @maxLength 256
         */
        username?: string;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** To be sent as `Authorization: Bearer …`. */
          access_token: string;
          /** Seconds that the access token is valid for. */
          expires_in: number;
          /** For the next access token, within 14 days. It works once. */
          refresh_token: string;
          /** What the user may do, words with spaces between. */
          scope: string;
          /** Always `Bearer`. */
          token_type: "Bearer";
        },
        Problem
      >({
        path: `/api/login/oauth/token`,
        method: "POST",
        body: data,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description With the telephones that are registered with it. The header ETag changes with every change of the account.
     *
     * @tags Accounts
     * @name GetAccount
     * @summary Show an account
     * @request GET:/api/accounts/{id}
     * @secure
     */
    getAccount: (id: string, params: RequestParams = {}) =>
      this.request<
        {
          /**
           * When it was made.
           * @format date-time
           */
          created_at: string;
          /**
           * The name that rooms show. The extension when it is not given.
           * @minLength 1
           * @maxLength 64
           * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
           */
          display_name: string;
          /** Whose account it is; absent: not known. */
          email?: string;
          /**
           * Whether it can register and call. Disabling ends its registrations and its calls.
           * @default true
           */
          enabled: boolean;
          /**
           * What the account registers with, calls as and is called by: 3 to 64 digits. No room and no other account has it.
           * @minLength 3
           * @maxLength 64
           * @pattern ^[0-9]{3,64}$
           */
          extension: string;
          /** The id of the account. */
          id: string;
          /** Whether a telephone is registered with it now. */
          registered: boolean;
          /** The telephones that are registered with it. */
          registrations: {
            /** The address and port that it came from. */
            address: string;
            /** The SIP URI that the telephone has registered. */
            contact: string;
            /**
             * Until when it is registered, unless it registers again.
             * @format date-time
             */
            expires_at: string;
            /** `UDP`, `TCP`, `TLS`, `WS` or `WSS`. */
            transport: string;
            /** What the telephone says it is; may be empty. */
            user_agent: string;
          }[];
        },
        void | Problem
      >({
        path: `/api/accounts/${id}`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Never the key itself: that is shown once, when it is made.
     *
     * @tags Access
     * @name GetApiKey
     * @summary Show an API key
     * @request GET:/api/keys/{id}
     * @secure
     */
    getApiKey: (id: string, params: RequestParams = {}) =>
      this.request<
        {
          /**
           * IP addresses and networks that it may come from. Empty: any.
           * @maxItems 50
           * @default []
           */
          addresses: string[];
          /**
           * When it was made.
           * @format date-time
           */
          created_at: string;
          /**
           * When it stops working; absent: never.
           * @format date-time
           */
          expires_at?: string;
          /** The id of the key. */
          id: string;
          /**
           * When it was last used, to the minute; absent: never.
           * @format date-time
           */
          last_used_at?: string;
          /**
           * The person or program that uses it.
           * @minLength 1
           * @maxLength 64
           * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
           */
          name: string;
          /** How the key begins; the rest is secret. */
          prefix: string;
          /**
           * What it may do. `read`: look at everything but recordings, calls and PINs. `rooms`: make, change and control rooms, and see their PINs. `pins`: see PINs, with `read`. `calls`: the list of calls and their records. `calls:hangup`: hang calls up. `recordings`: list, start, stop, download and delete them. `admin`: everything.
           * @maxItems 9
           * @minItems 1
           */
          scopes: (
            | "admin"
            | "rooms"
            | "calls"
            | "calls:hangup"
            | "recordings"
            | "accounts"
            | "pins"
            | "diagnostics"
            | "read"
          )[];
        },
        void | Problem
      >({
        path: `/api/keys/${id}`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description A call that is over is no longer here but among the call records.
     *
     * @tags Calls
     * @name GetCall
     * @summary Show a call
     * @request GET:/api/calls/{id}
     * @secure
     */
    getCall: (id: string, params: RequestParams = {}) =>
      this.request<
        {
          /**
           * When it was answered; absent until then.
           * @format date-time
           */
          answered_at?: string;
          /** The codec in use. */
          codec?: string;
          /** The name of the far party after a transfer; absent likewise. */
          connected_name?: string;
          /** The number of the far party after a transfer, as a trusted PBX has told it; absent while it is still the one that `from` or `to` names. */
          connected_number?: string;
          /** `inbound`: a call to Parley. `outbound`: a call that Parley placed. */
          direction: "inbound" | "outbound";
          /** The name of the far party, or its number. */
          display_name: string;
          /** What was wrong with the media, the worst first: codes separated by commas; absent: nothing that was found. */
          findings?: string;
          /** The number that calls; `anonymous` when it is withheld. */
          from: string;
          /** The id of the call; its record has the same. */
          id: string;
          /**
           * When it was let into the first room; absent until then.
           * @format date-time
           */
          joined_at?: string;
          /** Address and port that the far party's media come from. */
          media_address?: string;
          /** The suite of SRTP that media were encrypted by last; absent when they passed in the clear. */
          media_encryption?: string;
          /** The meeting it takes part in; absent until it is inside. */
          meeting_id?: string;
          /** The participant it is in the room. */
          participant_id?: string;
          /** How unevenly they come, in milliseconds. */
          received_jitter_ms?: number;
          /** The same as a share of all. */
          received_loss_percent?: number;
          /**
           * Media packets from the far party that never came.
           * @min 0
           */
          received_lost?: number;
          /** Opinion score (ITU-T G.107) of what comes from the far party, 1 to 4.5: the mean. */
          received_mos_mean?: number;
          /** The same: the worst five seconds. */
          received_mos_min?: number;
          /**
           * Media packets from the far party.
           * @min 0
           */
          received_packets?: number;
          /** The extension number of that room at the time. */
          room_extension?: string;
          /** The room it is for, the last one of a participant who was moved; absent when none was found. */
          room_id?: string;
          /** What that room was called at the time. */
          room_subject?: string;
          /** The ids of all rooms that it was inside, in order, separated by commas: more than one when the participant was moved; absent until it is inside. */
          rooms?: string;
          /** There and back, in milliseconds. */
          round_trip_ms?: number;
          /** How unevenly they come there, in milliseconds. */
          sent_jitter_ms?: number;
          /** The share of them that the far party says it has missed. */
          sent_loss_percent?: number;
          /** Opinion score of what the far party hears, 1 to 4.5: the mean. */
          sent_mos_mean?: number;
          /** The same: the worst five seconds. */
          sent_mos_min?: number;
          /**
           * Media packets to the far party.
           * @min 0
           */
          sent_packets?: number;
          /** Address and port that the far party's SIP messages come from. */
          signalling_address: string;
          /** The Call-ID of its SIP messages, for `GET /api/sip/trace` and the log. */
          sip_call_id: string;
          /**
           * When it began: the first message.
           * @format date-time
           */
          started_at: string;
          /** `arriving` while its room is looked up, `refusing` while it hears why not, `answering` until it is connected, `entering` while it is asked for a PIN, `talking` inside the room, `leaving` while it hears a farewell. */
          state: string;
          /** The number that was dialled. */
          to: string;
          /** `UDP`, `TCP` or another transport of SIP. */
          transport: string;
          /** The trunk it came by or went out on; absent when there is none. */
          trunk?: string;
          /** The same in sentences, with how long each of them lasted. */
          verdict?: string;
          /**
           * Key frames that the far party asked for.
           * @min 0
           */
          video_key_frame_requests_received?: number;
          /**
           * Key frames that the far party was asked for.
           * @min 0
           */
          video_key_frame_requests_sent?: number;
          /** The codec of the pictures that came; absent when none did. */
          video_received_codec?: string;
          /** Their bitrate: the mean while pictures came. */
          video_received_kbps?: number;
          /** The share of their packets that never came. */
          video_received_loss_percent?: number;
          /** Width and height of those that came last: `1280x720`. */
          video_received_size?: string;
          /** The codec of the room's picture as it was sent; absent when it was not. */
          video_sent_codec?: string;
          /** Its bitrate: the mean while it was sent. */
          video_sent_kbps?: number;
          /** The share of its packets that the far party says it has missed. */
          video_sent_loss_percent?: number;
          /** Its width and height in the end. */
          video_sent_size?: string;
        },
        void | Problem
      >({
        path: `/api/calls/${id}`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Messages and what happened to the media, without secrets, in the order in which they passed; also of calls that ended of late, as long as `call_records.ladder_mb` has room. As text they are drawn as a ladder.
     *
     * @tags Calls
     * @name GetCallLadder
     * @summary Show the SIP messages of a call
     * @request GET:/api/calls/{id}/ladder
     * @secure
     */
    getCallLadder: (
      id: string,
      query?: {
        /**
         * `text`: a drawing for a terminal.
         * @default "json"
         */
        format?: "json" | "text";
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** The Call-ID headers of its messages. */
          call_ids: string[];
          /** Whether the call is over. */
          ended: boolean;
          /** In the order in which they passed. */
          entries: {
            /**
             * When it passed.
             * @format date-time
             */
            at: string;
            /** The Call-ID header. */
            call_id?: string;
            /**
             * How often in a row; of `keys`, how many were pressed.
             * @min 1
             */
            count?: number;
            /** The CSeq header. */
            cseq?: string;
            /** More about it; empty where there is no more. */
            detail?: string;
            /** `in`: to the bridge. */
            direction?: "in" | "out";
            /** `sip`: a message. `media`: what happened beside the messages. */
            kind: "sip" | "media";
            /** The bridge's address and port. */
            local?: string;
            /** The far end's address and port. */
            remote?: string;
            /** What its session description says, on one line; absent without one. */
            session?: string;
            /** The message, without secrets. */
            text?: string;
            /** The method, or the status and its words. */
            title?: string;
            /** `UDP`, `TCP`, `TLS`, `WS` or `WSS`. */
            transport?: string;
            /** `answered`, `joined`, `first_packet`, `codec`, `encrypted`, `held`, `resumed`, `silent` (no audio comes), `heard` (it comes again), `keys`, `media_failed`, `media_moved` (another media worker goes on with them), `media_lost`, `finding` or `ended`. */
            what?: string;
          }[];
          /**
           * Entries that were left out in the middle, because there were too many.
           * @min 0
           */
          left_out: number;
        },
        void | Problem
      >({
        path: `/api/calls/${id}/ladder`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description A call that has not ended has none yet.
     *
     * @tags Calls
     * @name GetCallRecord
     * @summary Show the record of a call
     * @request GET:/api/call_records/{id}
     * @secure
     */
    getCallRecord: (id: string, params: RequestParams = {}) =>
      this.request<
        {
          /**
           * When it was answered; absent until then.
           * @format date-time
           */
          answered_at?: string;
          /** The codec in use. */
          codec?: string;
          /** The name of the far party after a transfer; absent likewise. */
          connected_name?: string;
          /** The number of the far party after a transfer, as a trusted PBX has told it; absent while it is still the one that `from` or `to` names. */
          connected_number?: string;
          /** `inbound`: a call to Parley. `outbound`: a call that Parley placed. */
          direction: "inbound" | "outbound";
          /** The name of the far party, or its number. */
          display_name: string;
          /**
           * From the answer to the end, in seconds.
           * @min 0
           */
          duration: number;
          /**
           * When it ended.
           * @format date-time
           */
          ended_at: string;
          /** `remote`: the far party. `local`: the room, the API or the bridge. `failure`: neither wanted it. */
          ended_by: "remote" | "local" | "failure";
          /** What was wrong with the media, the worst first: codes separated by commas; absent: nothing that was found. */
          findings?: string;
          /** The number that calls; `anonymous` when it is withheld. */
          from: string;
          /** The id of the call; its record has the same. */
          id: string;
          /**
           * When it was let into the first room; absent until then.
           * @format date-time
           */
          joined_at?: string;
          /** Address and port that the far party's media come from. */
          media_address?: string;
          /** The suite of SRTP that media were encrypted by last; absent when they passed in the clear. */
          media_encryption?: string;
          /** The meeting it takes part in; absent until it is inside. */
          meeting_id?: string;
          /** The participant it is in the room. */
          participant_id?: string;
          /** The same in words: the status line's of a refusal (`Busy Here`), those of the SIP Reason header of a call that was hung up. */
          reason: string;
          /** How unevenly they come, in milliseconds. */
          received_jitter_ms?: number;
          /** The same as a share of all. */
          received_loss_percent?: number;
          /**
           * Media packets from the far party that never came.
           * @min 0
           */
          received_lost?: number;
          /** Opinion score (ITU-T G.107) of what comes from the far party, 1 to 4.5: the mean. */
          received_mos_mean?: number;
          /** The same: the worst five seconds. */
          received_mos_min?: number;
          /**
           * Media packets from the far party.
           * @min 0
           */
          received_packets?: number;
          /** `answered`; `refused` by the called side; `cancelled` by the calling side before the answer; `failed`: something broke before the answer; `lost`: the bridge died during the call. */
          result: "answered" | "refused" | "cancelled" | "failed" | "lost";
          /** The extension number of that room at the time. */
          room_extension?: string;
          /** The room it is for, the last one of a participant who was moved; absent when none was found. */
          room_id?: string;
          /** What that room was called at the time. */
          room_subject?: string;
          /** The ids of all rooms that it was inside, in order, separated by commas: more than one when the participant was moved; absent until it is inside. */
          rooms?: string;
          /** There and back, in milliseconds. */
          round_trip_ms?: number;
          /** How unevenly they come there, in milliseconds. */
          sent_jitter_ms?: number;
          /** The share of them that the far party says it has missed. */
          sent_loss_percent?: number;
          /** Opinion score of what the far party hears, 1 to 4.5: the mean. */
          sent_mos_mean?: number;
          /** The same: the worst five seconds. */
          sent_mos_min?: number;
          /**
           * Media packets to the far party.
           * @min 0
           */
          sent_packets?: number;
          /** Address and port that the far party's SIP messages come from. */
          signalling_address: string;
          /** The Call-ID of its SIP messages, for `GET /api/sip/trace` and the log. */
          sip_call_id: string;
          /** The Reason header of a refusal, or else its Warning, as it was written; absent when it had none. */
          sip_reason?: string;
          /**
           * When it began: the first message.
           * @format date-time
           */
          started_at: string;
          /** The SIP status that says why, also for an answered call. */
          status: number;
          /** The number that was dialled. */
          to: string;
          /** `UDP`, `TCP` or another transport of SIP. */
          transport: string;
          /** The trunk it came by or went out on; absent when there is none. */
          trunk?: string;
          /** The same in sentences, with how long each of them lasted. */
          verdict?: string;
          /**
           * Key frames that the far party asked for.
           * @min 0
           */
          video_key_frame_requests_received?: number;
          /**
           * Key frames that the far party was asked for.
           * @min 0
           */
          video_key_frame_requests_sent?: number;
          /** The codec of the pictures that came; absent when none did. */
          video_received_codec?: string;
          /** Their bitrate: the mean while pictures came. */
          video_received_kbps?: number;
          /** The share of their packets that never came. */
          video_received_loss_percent?: number;
          /** Width and height of those that came last: `1280x720`. */
          video_received_size?: string;
          /** The codec of the room's picture as it was sent; absent when it was not. */
          video_sent_codec?: string;
          /** Its bitrate: the mean while it was sent. */
          video_sent_kbps?: number;
          /** The share of its packets that the far party says it has missed. */
          video_sent_loss_percent?: number;
          /** Its width and height in the end. */
          video_sent_size?: string;
        },
        void | Problem
      >({
        path: `/api/call_records/${id}`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description The header ETag changes with every change of the room.
     *
     * @tags Conference
     * @name GetConferenceRoom
     * @summary Show a room
     * @request GET:/api/conference_rooms/{id}
     * @secure
     */
    getConferenceRoom: (id: string, params: RequestParams = {}) =>
      this.request<
        {
          /**
           * The PIN that makes its owner a host.
           * @minLength 3
           * @maxLength 6
           * @pattern ^[0-9]{3,6}$
           */
          admin_pin: string | null;
          /**
           * Bit rate of the picture in a `VIDEO` room, in kbit/s.
           * @min 128
           * @max 10240
           * @default 1024
           */
          bitrate: number;
          /**
           * How many participants there may be.
           * @min 1
           * @max 200
           * @default 9
           */
          capacity: number;
          /**
           * Whether the room takes no new participants, hosts included, until it is opened again. A meeting that runs goes on.
           * @default false
           */
          closed: boolean;
          /**
           * `FREE`: all participants may speak. `MASTER`: the hosts give the floor.
           * @default "FREE"
           */
          control: "FREE" | "MASTER";
          /**
           * When the room was made.
           * @format date-time
           */
          created_at: string;
          /**
           * The client's own settings as JSON text; kept, never read.
           * @maxLength 65536
           * @default ""
           */
          custom_options: string;
          /**
           * The SIP domain.
           * @minLength 1
           * @maxLength 280
           */
          domain: string | null;
          /**
           * Whether welcomes and announcements are spoken.
           * @default true
           */
          enable_prompt: boolean;
          /**
           * Whether each meeting is recorded from its first participant on.
           * @default false
           */
          enable_recording: boolean;
          /**
           * The number that phones dial.
           * @minLength 3
           * @maxLength 64
           * @pattern ^[0-9]{3,64}$
           */
          extension_number: string;
          /**
           * Mail addresses of others who are invited.
           * @maxLength 4096
           * @default ""
           */
          external_invitees: string;
          /**
           * Pictures a second in a `VIDEO` room.
           * @min 5
           * @max 30
           * @default 15
           */
          framerate: number;
          /**
           * Height of the picture in a `VIDEO` room, in pixels.
           * @min 144
           * @max 1920
           * @default 720
           */
          height: number;
          /** The id of the room. */
          id: string;
          /**
           * Ids or names of the users who are invited by mail. Kept as they are given: one that there is not is not written to.
           * @maxItems 1000
           * @default []
           */
          internal_invitees: string[];
          /**
           * BCP 47 tag of the language of the prompts.
           * @maxLength 64
           * @default "en"
           */
          language: string;
          /**
           * Number of cells of the picture in a `VIDEO` room. `LAYOUT0`: as many as are needed.
           * @default "LAYOUT0"
           */
          layout:
            | "LAYOUT0"
            | "LAYOUT1"
            | "LAYOUT2"
            | "LAYOUT3"
            | "LAYOUT4"
            | "LAYOUT6"
            | "LAYOUT9";
          /** `AUDIO`: a voice conference. `VIDEO`: a video conference, which phones without video may join. */
          mode: "AUDIO" | "VIDEO";
          /**
           * The numbers that reach the room from outside, for invitations.
           * @maxLength 128
           * @default ""
           * @pattern ^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
           */
          numbers: string;
          /**
           * What the room calls itself when it dials out, for each trunk.
           * @maxItems 100
           * @default []
           */
          outbound_caller_ids: {
            /**
             * The number to show there, or what else stands in front of the `@` of the caller's address; `anonymous`: none is shown.
             * @minLength 1
             * @maxLength 64
             * @pattern ^[^\s\u0000-\u001f\u007f-\u009f<>"@:;?]+$
             */
            caller_id: string;
            /**
             * What it is for.
             * @maxLength 1024
             */
            description?: string | null;
            /**
             * The name of the trunk. Kept as it is given: one that the configuration does not have is never dialled over.
             * @minLength 1
             * @maxLength 64
             */
            provider_id: string;
          }[];
          /**
           * The PIN that lets its owner in.
           * @minLength 3
           * @maxLength 6
           * @pattern ^[0-9]{3,6}$
           */
          room_pin: string | null;
          /** The host where browser phones connect. */
          sbc_host: string | null;
          /**
           * The port where browser phones connect.
           * @min 0
           * @max 65535
           */
          sbc_port: number | null;
          /**
           * When the meeting ends.
           * @format date-time
           */
          scheduled_end_at: string | null;
          /**
           * When the meeting begins.
           * @format date-time
           */
          scheduled_start_at: string | null;
          /**
           * What the room is called.
           * @minLength 1
           * @maxLength 64
           * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
           */
          subject: string;
          /**
           * IANA name of the time zone in which times are told.
           * @maxLength 64
           * @default "UTC"
           */
          timezone: string;
          /** A join token for participants of this room, good for a day: SIP over WebSocket takes it as `Authorization: Bearer`. Null for clients that may not see PINs. */
          token: string | null;
          /**
           * Width of the picture in a `VIDEO` room, in pixels.
           * @min 144
           * @max 1920
           * @default 1280
           */
          width: number;
        },
        void | Problem
      >({
        path: `/api/conference_rooms/${id}`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description How callers enter, and who is known in advance.
     *
     * @tags Conference
     * @name GetConferenceRoomOptions
     * @summary Show the options of a room
     * @request GET:/api/conference_rooms/{id}/options
     * @secure
     */
    getConferenceRoomOptions: (id: string, params: RequestParams = {}) =>
      this.request<
        {
          /**
           * Whether a host may open the room before its scheduled start.
           * @default false
           */
          allow_early_join: boolean;
          /**
           * What the room hears of arrivals and departures. `names`: callers are asked to say their name on the way in, and the room hears it in their own voice; of callers who say nothing it hears a tone.
           * @default "tones"
           */
          announce: "tones" | "names" | "none";
          /**
           * Whether the room takes no new participants, hosts included, until it is opened again. A meeting that runs goes on.
           * @default false
           */
          closed: boolean;
          /** The members. */
          members: {
            /**
             * The name the room knows them by.
             * @minLength 1
             * @maxLength 64
             * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
             */
            name: string;
            /** Their own PIN; null for clients that may not see it. */
            pin: string | null;
            /** As what they enter. */
            role: "host" | "participant";
          }[];
          /** Whether the room has a picture. It may be changed in a meeting: who can send and show one is offered it, or loses it, and stays in the call. */
          mode: "AUDIO" | "VIDEO";
          /**
           * Whether the time of day in the room's time zone is written into its picture, to the minute or to the second. null: as configured (`video.clock`).
           * @default null
           */
          picture_clock: "off" | "minutes" | "seconds";
          /**
           * For a camera's picture of another aspect ratio than its cell. `letterbox`: the whole picture, with bars; `crop`: it fills the cell and is cut. Shared screens are always shown whole. null: as configured (`video.fit`).
           * @default null
           */
          picture_fit: "letterbox" | "crop";
          /**
           * Whether the subject is written into the room's picture. null: as configured (`video.subject`).
           * @default null
           */
          picture_subject: boolean | null;
          /**
           * Callers who come before a host wait outside with music.
           * @default false
           */
          wait_for_host: boolean;
        },
        void | Problem
      >({
        path: `/api/conference_rooms/${id}/options`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description As long as they are inside.
     *
     * @tags Conference
     * @name GetConferenceRoomParticipant
     * @summary Show a participant
     * @request GET:/api/conference_rooms/{id}/participants/{participant_id}
     * @secure
     */
    getConferenceRoomParticipant: (
      id: string,
      participantId: string,
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** Whether this is the chairman of the room. */
          chairman: boolean;
          /** What is spoken with their phone; empty until the first packets. */
          codecs: string[];
          /** The name shown to others. */
          display_name: string;
          /** The id that the client's own system has for them; null for callers by phone. */
          external_user_id: string | null;
          /** What is wrong with their call at present, the worst first; empty: nothing that was found. */
          findings: {
            /** What to look at. */
            advice: string;
            /** What it is, for programs. */
            code:
              | "MEDIA_NOT_DECRYPTED"
              | "MEDIA_NOT_SENT"
              | "NO_AUDIO_IN"
              | "NO_AUDIO_OUT"
              | "MEDIA_IGNORED"
              | "MACHINE_OVERLOADED"
              | "LOSS_IN"
              | "LOSS_OUT"
              | "JITTER_IN"
              | "JITTER_OUT"
              | "DELAY"
              | "ECHO_SOURCE"
              | "CLIPPING"
              | "LOW_LEVEL"
              | "CLOCK_SKEW"
              | "WRONG_TIMESTAMPS"
              | "DTMF_INBAND";
            /** What is wrong, with the figure that shows it. */
            sentence: string;
            /** `error`: they cannot talk. `warning`: it is heard. `info`: it is made up for, or concerns keys alone. */
            severity: "error" | "warning" | "info";
            /**
             * When it was found.
             * @format date-time
             */
            since: string;
          }[];
          /** Whether the participant has raised a hand to ask for the floor. */
          hand_raised: boolean;
          /** Whether the participant's phone has put the conference on hold. */
          held: boolean;
          /** The id of the participant. */
          id: string;
          /**
           * When the participant came in.
           * @format date-time
           */
          joined_at: string;
          /**
           * When the participant went; null while inside.
           * @format date-time
           */
          left_at: string | null;
          /** The suite of SRTP that their media are encrypted by, such as `AES_CM_128_HMAC_SHA1_80`; null: they pass in the clear. */
          media_encryption: string | null;
          /** Whom the room has known in advance; null: no member. */
          member_id: string | null;
          /** Why the participant is muted; empty when not. */
          mute_reasons: ("self" | "host" | "room" | "floor")[];
          /** Whether the others cannot hear this participant. */
          muted: boolean;
          /** The number the participant called from. */
          number: string;
          /** What they may do at this moment. */
          permissions: {
            /** Whether they have `canChangeVirtualBackground`. */
            can_change_virtual_background: boolean;
            /** Whether they have `canDeleteRecordings`. */
            can_delete_recordings: boolean;
            /** Whether they have `canEndMeeting`. */
            can_end_meeting: boolean;
            /** Whether they have `canJoinMeeting`. */
            can_join_meeting: boolean;
            /** Whether they have `canKickParticipants`. */
            can_kick_participants: boolean;
            /** Whether they have `canMakeModerator`. */
            can_make_moderator: boolean;
            /** Whether they have `canPublishAudio`. */
            can_publish_audio: boolean;
            /** Whether they have `canPublishVideo`. */
            can_publish_video: boolean;
            /** Whether they have `canReadChat`. */
            can_read_chat: boolean;
            /** Whether they have `canRecord`. */
            can_record: boolean;
            /** Whether they have `canRetrieveRecordings`. */
            can_retrieve_recordings: boolean;
            /** Whether they have `canShareAccessLinks`. */
            can_share_access_links: boolean;
            /** Whether they have `canShareScreen`. */
            can_share_screen: boolean;
            /** Whether they have `canWriteChat`. */
            can_write_chat: boolean;
          };
          /**
           * The cell of the picture that shows them, pinned or not; -1: none does.
           * @min -1
           * @max 8
           */
          position: number;
          /** How good the connection was in the last seconds: the worse of its two directions. Null at first. */
          quality: {
            /** Audio since the call began that was too loud for its codec. */
            clipped_ms: number;
            /** Audio from the phone that was made up for lost packets. */
            concealed_percent: number;
            /** Audio cut out or put in since the call began, to follow the phone's clock and the network. */
            corrected_ms: number;
            /** How long what comes from the phone waits until it is heard. */
            delay_ms: number;
            /** Whether the participant's phone seems to send back what it hears. */
            echo: boolean;
            /** How unevenly packets arrive. */
            jitter_ms: number;
            /** How loud the phone is now; 0 is the loudest there is. */
            level_dbov: number;
            /** Packets that were lost. */
            loss_percent: number;
            /** Estimated opinion score (ITU-T G.107), 1 to 4.5; null while unknown. */
            mos: number | null;
            /**
             * Packets since the call began that the bridge's own machine refused to send: a firewall on it, no route.
             * @min 0
             */
            packets_unsent: number;
            /** How unevenly ours arrive there; null while it reports nothing. */
            remote_jitter_ms: number | null;
            /** What the phone lost of our packets; null while it reports nothing. */
            remote_loss_percent: number | null;
            /** The same score for what the phone hears; null while it reports nothing. */
            remote_mos: number | null;
            /** There and back; null while unknown. */
            round_trip_ms: number | null;
            /** Why the last of them was not sent: the system's name for it, such as `EPERM`; null: all were. */
            unsent_reason: string | null;
            /** Pictures in both directions in the last seconds; null where no video is agreed on. */
            video: {
              /** Why the last of them that was broken itself was: `incomplete` (packets lost), `malformed`, `unsupported`, `too large`, `no parameter sets`, `no key frame`; null: none was. */
              drop_reason: string | null;
              /**
               * Pictures of their camera since the call began that could not be used, because they or what they build on were broken.
               * @min 0
               */
              frames_dropped: number;
              /**
               * Key frames that their phone has asked for since the call began.
               * @min 0
               */
              key_frame_requests_received: number;
              /**
               * Key frames that were asked of their camera since the call began.
               * @min 0
               */
              key_frame_requests_sent: number;
              /** Of their camera's pictures; null while none come. */
              received_codec: string | null;
              /**
               * Likewise.
               * @min 0
               */
              received_height: number;
              /**
               * Kilobits of the last second.
               * @min 0
               */
              received_kbps: number;
              /** Packets of their camera that were lost. */
              received_loss_percent: number;
              /**
               * Of the picture that came last, in pixels; 0 before the first.
               * @min 0
               */
              received_width: number;
              /** Of the room's picture that they are sent; null while it is not. */
              sent_codec: string | null;
              /**
               * Likewise.
               * @min 0
               */
              sent_height: number;
              /**
               * Kilobits of the last second.
               * @min 0
               */
              sent_kbps: number;
              /** What the phone lost of it; null while it reports nothing. */
              sent_loss_percent: number | null;
              /**
               * Of the room's picture as they are sent it, in pixels; 0 before the first.
               * @min 0
               */
              sent_width: number;
            };
          };
          /** `host` or `participant`. */
          role: "host" | "participant";
          /** `joined`: inside. `left`: gone, as the event says that tells of it. */
          state: "joined" | "left";
          /** Whether speech is heard from this participant now. */
          talking: boolean;
          /** How signalling reaches their phone: `UDP`, `TCP` …; null when it is not known. */
          transport: string | null;
          /** The pictures that they send at this moment, seen by the others or not. */
          video: {
            /** Whether pictures of their camera come. */
            camera: boolean;
            /** Whether pictures of one of them are not decoded any more: the process that decodes has ended over them twice. */
            refused: boolean;
            /** Whether they share a screen. */
            screen: boolean;
          };
          /** How loud they hear the room, in dB; 0: unchanged. */
          volume: number;
        },
        void | Problem
      >({
        path: `/api/conference_rooms/${id}/participants/${participantId}`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description The composed picture as every viewer sees it at this moment. Requests within half a second of each other get the same one. 409 `NO_PICTURE`: the room is empty, or it has no picture. 503 `UNAVAILABLE`: what composes pictures is starting, a moment after the first participant has come. 503 `OVERLOADED`: the bridge begins nothing new for now.
     *
     * @tags Conference
     * @name GetConferenceRoomSnapshot
     * @summary Take a picture of a room
     * @request GET:/api/conference_rooms/{id}/snapshot.jpg
     * @secure
     */
    getConferenceRoomSnapshot: (id: string, params: RequestParams = {}) =>
      this.request<Blob, Problem>({
        path: `/api/conference_rooms/${id}/snapshot.jpg`,
        method: "GET",
        secure: true,
        format: "blob",
        ...params,
      }),

    /**
     * @description Answers for empty rooms, too.
     *
     * @tags Conference
     * @name GetConferenceRoomStatus
     * @summary Show how a room is doing
     * @request GET:/api/conference_rooms/{id}/status
     * @secure
     */
    getConferenceRoomStatus: (id: string, params: RequestParams = {}) =>
      this.request<
        {
          /** Whether new callers are refused. */
          locked: boolean;
          /** Whether the room as a whole is muted. */
          muted: boolean;
          /**
           * How much less the room has of its picture because the machine is near its limit. 0: nothing less; 1: half of the framerate; 2: a third; 3: a third and two thirds of width and height; 4: a third and half of them.
           * @min 0
           * @max 4
           */
          picture_degradation: number;
          /** Whether a recording runs. */
          recording: boolean;
          /** `ON_CALL`: participants are connected. `ONLINE`: it can be called. `OFFLINE`: it is closed, nothing can host it now, or its booked time is over. */
          status: "ONLINE" | "OFFLINE" | "ON_CALL";
        },
        void | Problem
      >({
        path: `/api/conference_rooms/${id}/status`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description An external server is `OFFLINE`, because nothing answers for it.
     *
     * @tags Conference
     * @name GetConferenceServerStatus
     * @summary Show how a server is doing
     * @request GET:/api/conference_servers/{id}/status
     * @secure
     */
    getConferenceServerStatus: (id: string, params: RequestParams = {}) =>
      this.request<
        {
          /** How busy the machine's processors are, in per cent. */
          cpu_usage: number;
          /** How much of the machine's memory is used, in per cent. */
          memory_usage: number;
          /** How many participants are connected. */
          participants_count: number;
          /** How many rooms there are. */
          rooms_count: number;
          /** `ONLINE`: it answers and is not about to stop. `OFFLINE`: otherwise. */
          status: "ONLINE" | "OFFLINE";
        },
        void | Problem
      >({
        path: `/api/conference_servers/${id}/status`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description For looking for faults, as `parley state` shows it: counters, states and sizes of SIP, calls, rooms, events, webhooks, trunks and media workers. The fields may change with any version; secrets and PINs are never among them.
     *
     * @tags System
     * @name GetDebugState
     * @summary Read what each part of the bridge holds
     * @request GET:/api/debug/state
     * @secure
     */
    getDebugState: (params: RequestParams = {}) =>
      this.request<Record<string, any>, void | Problem>({
        path: `/api/debug/state`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description A link to a file that a message of this room has, for five minutes.
     *
     * @tags Self-service
     * @name GetDownloadLink
     * @summary Get a link to a file
     * @request GET:/api/participant/room/{room_id}/download
     * @secure
     */
    getDownloadLink: (
      roomId: string,
      query: {
        /**
         * As the message has it.
         * @maxLength 64
         */
        file_id: string;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** A path that is signed, and ends. */
          download_url: string;
          /**
           * When it ends.
           * @format date-time
           */
          expires_at: string;
          /** A file that belongs to a message. */
          file: {
            /** SHA-256 of its bytes, hexadecimal. */
            sha256: string;
            /** What it is; checked against its bytes. */
            content_type: string;
            /** The id of the file. */
            id: string;
            /** Its name. */
            name: string;
            /** Bytes. */
            size: number;
          };
        },
        void | Problem
      >({
        path: `/api/participant/room/${roomId}/download`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description What a browser needs to join the room by SIP.
     *
     * @tags Join
     * @name GetJoinSession
     * @summary Show what a join token opens
     * @request GET:/api/join
     * @secure
     */
    getJoinSession: (params: RequestParams = {}) =>
      this.request<
        {
          /**
           * Seconds until the token ends.
           * @min 0
           */
          expires_in: number;
          /** For `RTCPeerConnection`; may be empty. */
          ice_servers: {
            /** The password of `username`, good as long as it says. */
            credential?: string;
            /** `stun:`, `turn:` and `turns:` addresses. */
            urls: string[];
            /** For TURN; of credentials that end, the instant of their end and whose they are. */
            username?: string;
          }[];
          /** What may be handed on to others; null for those who may not. */
          links: {
            /** Lets hosts in; null: it is switched off, or not for this holder to hand on (`canMakeModerator`). */
            moderator: string | null;
            /** Lets participants in; null: it is switched off. */
            speaker: string | null;
          };
          /** The holder of the token. */
          participant: {
            /** The name that the token gives; empty: free to choose. */
            display_name: string;
            /** What they may do. */
            permissions: {
              /** Whether they have `canChangeVirtualBackground`. */
              can_change_virtual_background: boolean;
              /** Whether they have `canDeleteRecordings`. */
              can_delete_recordings: boolean;
              /** Whether they have `canEndMeeting`. */
              can_end_meeting: boolean;
              /** Whether they have `canJoinMeeting`. */
              can_join_meeting: boolean;
              /** Whether they have `canKickParticipants`. */
              can_kick_participants: boolean;
              /** Whether they have `canMakeModerator`. */
              can_make_moderator: boolean;
              /** Whether they have `canPublishAudio`. */
              can_publish_audio: boolean;
              /** Whether they have `canPublishVideo`. */
              can_publish_video: boolean;
              /** Whether they have `canReadChat`. */
              can_read_chat: boolean;
              /** Whether they have `canRecord`. */
              can_record: boolean;
              /** Whether they have `canRetrieveRecordings`. */
              can_retrieve_recordings: boolean;
              /** Whether they have `canShareAccessLinks`. */
              can_share_access_links: boolean;
              /** Whether they have `canShareScreen`. */
              can_share_screen: boolean;
              /** Whether they have `canWriteChat`. */
              can_write_chat: boolean;
            };
            /** As what the token lets its holder in. */
            role: "host" | "participant";
          };
          /** The room. */
          room: {
            /**
             * When a booked room begins; null: it is not booked.
             * @format date-time
             */
            begins_at: string | null;
            /** Whether a new participant would be let in now. */
            entry: "open" | "closed" | "locked" | "full" | "not_begun" | "over";
            /** The number that phones dial. */
            extension_number: string;
            /** The id of the room. */
            id: string;
            /** Whether the room has a picture. */
            mode: "AUDIO" | "VIDEO";
            /** What the room is called. */
            name: string;
            /** What the room's picture is at most: a camera need not send more. Null: the room has none. */
            picture: {
              /** Pictures a second. */
              framerate: number;
              /** Pixels. */
              height: number;
              /** Pixels. */
              width: number;
            };
            /** Whether it is recorded now. */
            recording: boolean;
          };
          /** How the room is called. */
          sip: {
            /** The domain of one's own address. */
            domain: string;
            /** Where SIP over WebSocket is served on this host. */
            path: string;
            /** What to call. */
            uri: string;
          };
        },
        void | Problem
      >({
        path: `/api/join`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description As the user has it.
     *
     * @tags Self-service
     * @name GetMyRoom
     * @summary Show a room that the user is in
     * @request GET:/api/participant/room/{room_id}
     * @secure
     */
    getMyRoom: (roomId: string, params: RequestParams = {}) =>
      this.request<
        {
          /** Whether the user is an admin of the room. */
          admin: boolean;
          /** Whether the user has put the room away. */
          archive_room: boolean;
          /** How many participants there may be. */
          capacity: number;
          /**
           * When it was made.
           * @format date-time
           */
          created_at: string;
          /** The number that phones dial. */
          extension_number: string;
          /** The user's own link into the room: not to be passed on. */
          join_url: string | null;
          /** The language of the prompts. */
          language: string;
          /** Whether it has a picture. */
          mode: "AUDIO" | "VIDEO";
          /** Whether a participant is in it now. */
          on_call: boolean;
          /** The id of the room, in every API. */
          room_id: string;
          /**
           * When it ends.
           * @format date-time
           */
          scheduled_end_at: string | null;
          /**
           * When it begins.
           * @format date-time
           */
          scheduled_start_at: string | null;
          /** `booked`: it has not begun. `ended`: its time is over, or it is closed. `started`: otherwise. */
          status: "booked" | "started" | "ended";
          /** What it is called. */
          subject: string;
          /** The time zone in which times are told. */
          timezone: string;
          /** The name of the user in the room. */
          username: string;
        },
        void | Problem
      >({
        path: `/api/participant/room/${roomId}`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description As they came last.
     *
     * @tags Access
     * @name GetOidcUser
     * @summary Show a person who came with a token of the issuer
     * @request GET:/api/oidc_users/{id}
     * @secure
     */
    getOidcUser: (id: string, params: RequestParams = {}) =>
      this.request<
        {
          /** Whether the tokens of this person are taken. */
          enabled: boolean;
          /**
           * When they first came.
           * @format date-time
           */
          first_seen_at: string;
          /** The id of the person here; the same for ever. */
          id: string;
          /** The issuer that has logged them in. */
          issuer: string;
          /**
           * When they last came, to the minute.
           * @format date-time
           */
          last_seen_at: string;
          /** The name in their latest token. */
          name: string;
          /** What their latest token makes them. */
          role: "admin" | "operator" | "viewer" | "user";
          /** What the issuer calls them, `sub` of their tokens. */
          subject: string;
        },
        void | Problem
      >({
        path: `/api/oidc_users/${id}`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Whole, or the fields that are asked for.
     *
     * @tags Meet
     * @name GetRoom
     * @summary Show a room
     * @request GET:/api/v1/rooms/{roomId}
     * @secure
     */
    getRoom: (
      roomId: string,
      query?: {
        /**
         * Only these, with commas between: roomId, roomName, owner, creationDate, autoDeletionDate, autoDeletionPolicy, config, roles, anonymous, accessUrl, status, meetingEndAction.
         * @maxLength 500
         */
        fields?: string;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * The link for users, who log in.
           * @format uri
           */
          accessUrl?: string;
          /** Links for people without an account. */
          anonymous?: {
            /** The link of the role. */
            moderator: {
              /**
               * The link. Without its secret for those who may not hand it on.
               * @format uri
               */
              accessUrl: string;
              /** Whether the link lets participants in. */
              enabled: boolean;
            };
            /** The link of the role. */
            speaker: {
              /**
               * The link. Without its secret for those who may not hand it on.
               * @format uri
               */
              accessUrl: string;
              /** Whether the link lets participants in. */
              enabled: boolean;
            };
          };
          /** When it is deleted, milliseconds since 1970; null: not by itself. */
          autoDeletionDate?: number | null;
          /** How it is deleted; absent without a date. */
          autoDeletionPolicy?: {
            /** With a meeting that runs then. */
            withMeeting: "force" | "when_meeting_ends";
            /** With recordings that there are then. */
            withRecordings: "force" | "close";
          };
          /** What is on in the room. */
          config?: {
            /** The switch of end-to-end encryption. */
            e2ee: {
              /** Whether end-to-end encryption is on. */
              enabled: boolean;
            };
            /** The switch of the chat. */
            chat: {
              /** Whether the chat is on. */
              enabled: boolean;
            };
            /** Recordings of the room. */
            recording: {
              /** The users and participants who may see its recordings, beside administrators. */
              allowAccessTo:
                | "admin"
                | "admin_moderator"
                | "admin_moderator_speaker";
              /** Whether the room may be recorded. */
              enabled: boolean;
            };
            /** The switch of the virtual background. */
            virtualBackground: {
              /** Whether the virtual background is on. */
              enabled: boolean;
            };
          };
          /** When it was made, milliseconds since 1970. */
          creationDate?: number;
          /** What the end of the running meeting brings. */
          meetingEndAction?: "none" | "delete" | "close";
          /** Whose the room is: a user name, or `admin`. */
          owner?: string;
          /** What the roles may do. */
          roles?: {
            /** The role. */
            moderator: {
              /** What the role may do. */
              permissions: {
                /** Whether they have `canChangeVirtualBackground`. */
                canChangeVirtualBackground: boolean;
                /** Whether they have `canDeleteRecordings`. */
                canDeleteRecordings: boolean;
                /** Whether they have `canEndMeeting`. */
                canEndMeeting: boolean;
                /** Whether they have `canJoinMeeting`. */
                canJoinMeeting: boolean;
                /** Whether they have `canKickParticipants`. */
                canKickParticipants: boolean;
                /** Whether they have `canMakeModerator`. */
                canMakeModerator: boolean;
                /** Whether they have `canPublishAudio`. */
                canPublishAudio: boolean;
                /** Whether they have `canPublishVideo`. */
                canPublishVideo: boolean;
                /** Whether they have `canReadChat`. */
                canReadChat: boolean;
                /** Whether they have `canRecord`. */
                canRecord: boolean;
                /** Whether they have `canRetrieveRecordings`. */
                canRetrieveRecordings: boolean;
                /** Whether they have `canShareAccessLinks`. */
                canShareAccessLinks: boolean;
                /** Whether they have `canShareScreen`. */
                canShareScreen: boolean;
                /** Whether they have `canWriteChat`. */
                canWriteChat: boolean;
              };
            };
            /** The role. */
            speaker: {
              /** What the role may do. */
              permissions: {
                /** Whether they have `canChangeVirtualBackground`. */
                canChangeVirtualBackground: boolean;
                /** Whether they have `canDeleteRecordings`. */
                canDeleteRecordings: boolean;
                /** Whether they have `canEndMeeting`. */
                canEndMeeting: boolean;
                /** Whether they have `canJoinMeeting`. */
                canJoinMeeting: boolean;
                /** Whether they have `canKickParticipants`. */
                canKickParticipants: boolean;
                /** Whether they have `canMakeModerator`. */
                canMakeModerator: boolean;
                /** Whether they have `canPublishAudio`. */
                canPublishAudio: boolean;
                /** Whether they have `canPublishVideo`. */
                canPublishVideo: boolean;
                /** Whether they have `canReadChat`. */
                canReadChat: boolean;
                /** Whether they have `canRecord`. */
                canRecord: boolean;
                /** Whether they have `canRetrieveRecordings`. */
                canRetrieveRecordings: boolean;
                /** Whether they have `canShareAccessLinks`. */
                canShareAccessLinks: boolean;
                /** Whether they have `canShareScreen`. */
                canShareScreen: boolean;
                /** Whether they have `canWriteChat`. */
                canWriteChat: boolean;
              };
            };
          };
          /** The id of the room, the same in every API of this bridge. */
          roomId?: string;
          /** What the room is called. */
          roomName?: string;
          /** How the room is doing. */
          status?: "open" | "active_meeting" | "closed";
        },
        void | Problem
      >({
        path: `/api/v1/rooms/${roomId}`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Chat, recording, virtual background, encryption.
     *
     * @tags Meet
     * @name GetRoomConfig
     * @summary Show what is on in a room
     * @request GET:/api/v1/rooms/{roomId}/config
     * @secure
     */
    getRoomConfig: (roomId: string, params: RequestParams = {}) =>
      this.request<
        {
          /** The switch of end-to-end encryption. */
          e2ee: {
            /** Whether end-to-end encryption is on. */
            enabled: boolean;
          };
          /** The switch of the chat. */
          chat: {
            /** Whether the chat is on. */
            enabled: boolean;
          };
          /** Recordings of the room. */
          recording: {
            /** The users and participants who may see its recordings, beside administrators. */
            allowAccessTo:
              | "admin"
              | "admin_moderator"
              | "admin_moderator_speaker";
            /** Whether the room may be recorded. */
            enabled: boolean;
          };
          /** The switch of the virtual background. */
          virtualBackground: {
            /** Whether the virtual background is on. */
            enabled: boolean;
          };
        },
        void | Problem
      >({
        path: `/api/v1/rooms/${roomId}/config`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description With a room-member token: oneself.
     *
     * @tags Meet
     * @name GetRoomMember
     * @summary Show a member of a room
     * @request GET:/api/v1/rooms/{roomId}/members/{memberId}
     * @secure
     */
    getRoomMember: (
      roomId: string,
      memberId: string,
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * The member's own link.
           * @format uri
           */
          accessUrl?: string;
          /** What the member may do unless overridden. */
          baseRole?: "moderator" | "speaker";
          /** What differs from the base role; absent when nothing does. */
          customPermissions?: {
            /** Whether they have `canChangeVirtualBackground`. */
            canChangeVirtualBackground?: boolean;
            /** Whether they have `canDeleteRecordings`. */
            canDeleteRecordings?: boolean;
            /** Whether they have `canEndMeeting`. */
            canEndMeeting?: boolean;
            /** Whether they have `canJoinMeeting`. */
            canJoinMeeting?: boolean;
            /** Whether they have `canKickParticipants`. */
            canKickParticipants?: boolean;
            /** Whether they have `canMakeModerator`. */
            canMakeModerator?: boolean;
            /** Whether they have `canPublishAudio`. */
            canPublishAudio?: boolean;
            /** Whether they have `canPublishVideo`. */
            canPublishVideo?: boolean;
            /** Whether they have `canReadChat`. */
            canReadChat?: boolean;
            /** Whether they have `canRecord`. */
            canRecord?: boolean;
            /** Whether they have `canRetrieveRecordings`. */
            canRetrieveRecordings?: boolean;
            /** Whether they have `canShareAccessLinks`. */
            canShareAccessLinks?: boolean;
            /** Whether they have `canShareScreen`. */
            canShareScreen?: boolean;
            /** Whether they have `canWriteChat`. */
            canWriteChat?: boolean;
          };
          /** What they may do. */
          effectivePermissions?: {
            /** Whether they have `canChangeVirtualBackground`. */
            canChangeVirtualBackground: boolean;
            /** Whether they have `canDeleteRecordings`. */
            canDeleteRecordings: boolean;
            /** Whether they have `canEndMeeting`. */
            canEndMeeting: boolean;
            /** Whether they have `canJoinMeeting`. */
            canJoinMeeting: boolean;
            /** Whether they have `canKickParticipants`. */
            canKickParticipants: boolean;
            /** Whether they have `canMakeModerator`. */
            canMakeModerator: boolean;
            /** Whether they have `canPublishAudio`. */
            canPublishAudio: boolean;
            /** Whether they have `canPublishVideo`. */
            canPublishVideo: boolean;
            /** Whether they have `canReadChat`. */
            canReadChat: boolean;
            /** Whether they have `canRecord`. */
            canRecord: boolean;
            /** Whether they have `canRetrieveRecordings`. */
            canRetrieveRecordings: boolean;
            /** Whether they have `canShareAccessLinks`. */
            canShareAccessLinks: boolean;
            /** Whether they have `canShareScreen`. */
            canShareScreen: boolean;
            /** Whether they have `canWriteChat`. */
            canWriteChat: boolean;
          };
          /** The user's name, or `ext-` and what makes it unique. */
          memberId?: string;
          /** The name that the room shows. */
          name?: string;
        },
        void | Problem
      >({
        path: `/api/v1/rooms/${roomId}/members/${memberId}`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description In the order in which they were added, a page at a time.
     *
     * @tags Meet
     * @name GetRoomMembers
     * @summary List the members of a room
     * @request GET:/api/v1/rooms/{roomId}/members
     * @secure
     */
    getRoomMembers: (
      roomId: string,
      query?: {
        /**
         * Only these, with commas between: memberId, name, accessUrl, baseRole, customPermissions, effectivePermissions.
         * @maxLength 500
         */
        fields?: string;
        /**
         * How many on a page; at most 100, more is taken as 100.
         * @min 1
         * @default 10
         */
        maxItems?: number;
        /**
         * As the page before has it.
         * @minLength 1
         * @maxLength 2048
         */
        nextPageToken?: string;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** The members of this page. */
          members: {
            /**
             * The member's own link.
             * @format uri
             */
            accessUrl?: string;
            /** What the member may do unless overridden. */
            baseRole?: "moderator" | "speaker";
            /** What differs from the base role; absent when nothing does. */
            customPermissions?: {
              /** Whether they have `canChangeVirtualBackground`. */
              canChangeVirtualBackground?: boolean;
              /** Whether they have `canDeleteRecordings`. */
              canDeleteRecordings?: boolean;
              /** Whether they have `canEndMeeting`. */
              canEndMeeting?: boolean;
              /** Whether they have `canJoinMeeting`. */
              canJoinMeeting?: boolean;
              /** Whether they have `canKickParticipants`. */
              canKickParticipants?: boolean;
              /** Whether they have `canMakeModerator`. */
              canMakeModerator?: boolean;
              /** Whether they have `canPublishAudio`. */
              canPublishAudio?: boolean;
              /** Whether they have `canPublishVideo`. */
              canPublishVideo?: boolean;
              /** Whether they have `canReadChat`. */
              canReadChat?: boolean;
              /** Whether they have `canRecord`. */
              canRecord?: boolean;
              /** Whether they have `canRetrieveRecordings`. */
              canRetrieveRecordings?: boolean;
              /** Whether they have `canShareAccessLinks`. */
              canShareAccessLinks?: boolean;
              /** Whether they have `canShareScreen`. */
              canShareScreen?: boolean;
              /** Whether they have `canWriteChat`. */
              canWriteChat?: boolean;
            };
            /** What they may do. */
            effectivePermissions?: {
              /** Whether they have `canChangeVirtualBackground`. */
              canChangeVirtualBackground: boolean;
              /** Whether they have `canDeleteRecordings`. */
              canDeleteRecordings: boolean;
              /** Whether they have `canEndMeeting`. */
              canEndMeeting: boolean;
              /** Whether they have `canJoinMeeting`. */
              canJoinMeeting: boolean;
              /** Whether they have `canKickParticipants`. */
              canKickParticipants: boolean;
              /** Whether they have `canMakeModerator`. */
              canMakeModerator: boolean;
              /** Whether they have `canPublishAudio`. */
              canPublishAudio: boolean;
              /** Whether they have `canPublishVideo`. */
              canPublishVideo: boolean;
              /** Whether they have `canReadChat`. */
              canReadChat: boolean;
              /** Whether they have `canRecord`. */
              canRecord: boolean;
              /** Whether they have `canRetrieveRecordings`. */
              canRetrieveRecordings: boolean;
              /** Whether they have `canShareAccessLinks`. */
              canShareAccessLinks: boolean;
              /** Whether they have `canShareScreen`. */
              canShareScreen: boolean;
              /** Whether they have `canWriteChat`. */
              canWriteChat: boolean;
            };
            /** The user's name, or `ext-` and what makes it unique. */
            memberId?: string;
            /** The name that the room shows. */
            name?: string;
          }[];
          /** Where this page stands. */
          pagination: {
            /** Whether there are more. */
            isTruncated: boolean;
            /** How many there may be on a page. */
            maxItems: number;
            /** For the next page; null on the last one. */
            nextPageToken: string | null;
          };
        },
        void | Problem
      >({
        path: `/api/v1/rooms/${roomId}/members`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description A page at a time. Users without the scope `read` see their own rooms and those that they are members of.
     *
     * @tags Meet
     * @name GetRooms
     * @summary List the rooms
     * @request GET:/api/v1/rooms
     * @secure
     */
    getRooms: (
      query?: {
        /**
         * Only these, with commas between: roomId, roomName, owner, creationDate, autoDeletionDate, autoDeletionPolicy, config, roles, anonymous, accessUrl, status, meetingEndAction.
         * @maxLength 500
         */
        fields?: string;
        /**
         * How many on a page; at most 100, more is taken as 100.
         * @min 1
         * @default 10
         */
        maxItems?: number;
        /**
         * As the page before has it.
         * @minLength 1
         * @maxLength 2048
         */
        nextPageToken?: string;
        /**
         * Only rooms whose name contains this, in upper or lower case.
         * @maxLength 100
         */
        roomName?: string;
        /**
         * By what they are in order.
         * @default "creationDate"
         */
        sortField?: "creationDate" | "roomName" | "autoDeletionDate";
        /**
         * Which way.
         * @default "desc"
         */
        sortOrder?: "asc" | "desc";
        /** Only these. */
        status?: "open" | "active_meeting" | "closed";
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** Where this page stands. */
          pagination: {
            /** Whether there are more. */
            isTruncated: boolean;
            /** How many there may be on a page. */
            maxItems: number;
            /** For the next page; null on the last one. */
            nextPageToken: string | null;
          };
          /** The rooms of this page. */
          rooms: {
            /**
             * The link for users, who log in.
             * @format uri
             */
            accessUrl?: string;
            /** Links for people without an account. */
            anonymous?: {
              /** The link of the role. */
              moderator: {
                /**
                 * The link. Without its secret for those who may not hand it on.
                 * @format uri
                 */
                accessUrl: string;
                /** Whether the link lets participants in. */
                enabled: boolean;
              };
              /** The link of the role. */
              speaker: {
                /**
                 * The link. Without its secret for those who may not hand it on.
                 * @format uri
                 */
                accessUrl: string;
                /** Whether the link lets participants in. */
                enabled: boolean;
              };
            };
            /** When it is deleted, milliseconds since 1970; null: not by itself. */
            autoDeletionDate?: number | null;
            /** How it is deleted; absent without a date. */
            autoDeletionPolicy?: {
              /** With a meeting that runs then. */
              withMeeting: "force" | "when_meeting_ends";
              /** With recordings that there are then. */
              withRecordings: "force" | "close";
            };
            /** What is on in the room. */
            config?: {
              /** The switch of end-to-end encryption. */
              e2ee: {
                /** Whether end-to-end encryption is on. */
                enabled: boolean;
              };
              /** The switch of the chat. */
              chat: {
                /** Whether the chat is on. */
                enabled: boolean;
              };
              /** Recordings of the room. */
              recording: {
                /** The users and participants who may see its recordings, beside administrators. */
                allowAccessTo:
                  | "admin"
                  | "admin_moderator"
                  | "admin_moderator_speaker";
                /** Whether the room may be recorded. */
                enabled: boolean;
              };
              /** The switch of the virtual background. */
              virtualBackground: {
                /** Whether the virtual background is on. */
                enabled: boolean;
              };
            };
            /** When it was made, milliseconds since 1970. */
            creationDate?: number;
            /** What the end of the running meeting brings. */
            meetingEndAction?: "none" | "delete" | "close";
            /** Whose the room is: a user name, or `admin`. */
            owner?: string;
            /** What the roles may do. */
            roles?: {
              /** The role. */
              moderator: {
                /** What the role may do. */
                permissions: {
                  /** Whether they have `canChangeVirtualBackground`. */
                  canChangeVirtualBackground: boolean;
                  /** Whether they have `canDeleteRecordings`. */
                  canDeleteRecordings: boolean;
                  /** Whether they have `canEndMeeting`. */
                  canEndMeeting: boolean;
                  /** Whether they have `canJoinMeeting`. */
                  canJoinMeeting: boolean;
                  /** Whether they have `canKickParticipants`. */
                  canKickParticipants: boolean;
                  /** Whether they have `canMakeModerator`. */
                  canMakeModerator: boolean;
                  /** Whether they have `canPublishAudio`. */
                  canPublishAudio: boolean;
                  /** Whether they have `canPublishVideo`. */
                  canPublishVideo: boolean;
                  /** Whether they have `canReadChat`. */
                  canReadChat: boolean;
                  /** Whether they have `canRecord`. */
                  canRecord: boolean;
                  /** Whether they have `canRetrieveRecordings`. */
                  canRetrieveRecordings: boolean;
                  /** Whether they have `canShareAccessLinks`. */
                  canShareAccessLinks: boolean;
                  /** Whether they have `canShareScreen`. */
                  canShareScreen: boolean;
                  /** Whether they have `canWriteChat`. */
                  canWriteChat: boolean;
                };
              };
              /** The role. */
              speaker: {
                /** What the role may do. */
                permissions: {
                  /** Whether they have `canChangeVirtualBackground`. */
                  canChangeVirtualBackground: boolean;
                  /** Whether they have `canDeleteRecordings`. */
                  canDeleteRecordings: boolean;
                  /** Whether they have `canEndMeeting`. */
                  canEndMeeting: boolean;
                  /** Whether they have `canJoinMeeting`. */
                  canJoinMeeting: boolean;
                  /** Whether they have `canKickParticipants`. */
                  canKickParticipants: boolean;
                  /** Whether they have `canMakeModerator`. */
                  canMakeModerator: boolean;
                  /** Whether they have `canPublishAudio`. */
                  canPublishAudio: boolean;
                  /** Whether they have `canPublishVideo`. */
                  canPublishVideo: boolean;
                  /** Whether they have `canReadChat`. */
                  canReadChat: boolean;
                  /** Whether they have `canRecord`. */
                  canRecord: boolean;
                  /** Whether they have `canRetrieveRecordings`. */
                  canRetrieveRecordings: boolean;
                  /** Whether they have `canShareAccessLinks`. */
                  canShareAccessLinks: boolean;
                  /** Whether they have `canShareScreen`. */
                  canShareScreen: boolean;
                  /** Whether they have `canWriteChat`. */
                  canWriteChat: boolean;
                };
              };
            };
            /** The id of the room, the same in every API of this bridge. */
            roomId?: string;
            /** What the room is called. */
            roomName?: string;
            /** How the room is doing. */
            status?: "open" | "active_meeting" | "closed";
          }[];
        },
        void | Problem
      >({
        path: `/api/v1/rooms`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Key or user, and what it may do.
     *
     * @tags Access
     * @name GetSelf
     * @summary Tell whose credential this is
     * @request GET:/api/login/me
     * @secure
     */
    getSelf: (params: RequestParams = {}) =>
      this.request<
        {
          /** The id of the key or the user. */
          id: string;
          /** `admin_key`: the key of the configuration or of the first start. `key`: an API key. `machine`: the `parley` command on the bridge's own machine. */
          kind: "admin_key" | "key" | "user" | "machine";
          /** The name of the key or the user. */
          name: string;
          /** What it may do. */
          scopes: (
            | "admin"
            | "rooms"
            | "calls"
            | "calls:hangup"
            | "recordings"
            | "accounts"
            | "pins"
            | "diagnostics"
            | "read"
          )[];
        },
        void | Problem
      >({
        path: `/api/login/me`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description The bytes go to the link with PUT; then a message names the file.
     *
     * @tags Self-service
     * @name GetUploadLink
     * @summary Get a link for an upload
     * @request GET:/api/participant/room/{room_id}/upload
     * @secure
     */
    getUploadLink: (
      roomId: string,
      query: {
        /**
         * What it is.
         * @minLength 1
         * @maxLength 100
         */
        content_type: string;
        /**
         * The name of the file.
         * @minLength 1
         * @maxLength 200
         */
        name: string;
        /**
         * How many bytes it has.
         * @min 1
         */
        size: number;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * When the upload must have begun.
           * @format date-time
           */
          expires_at: string;
          /** What the message names. */
          file_id: string;
          /** Where the bytes go with PUT: a path that is signed, and ends. */
          upload_url: string;
        },
        void | Problem
      >({
        path: `/api/participant/room/${roomId}/upload`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Never the password.
     *
     * @tags Access
     * @name GetUser
     * @summary Show a user
     * @request GET:/api/users/{id}
     * @secure
     */
    getUser: (id: string, params: RequestParams = {}) =>
      this.request<
        {
          /**
           * When it was made.
           * @format date-time
           */
          created_at: string;
          /**
           * The name that is shown. The user name when it is not given.
           * @minLength 1
           * @maxLength 128
           * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
           */
          display_name: string;
          /** Where invitations go, its domain in lower case; absent: nowhere is set. */
          email?: string;
          /**
           * Whether the user can log in. Disabling ends every login.
           * @default true
           */
          enabled: boolean;
          /** The id of the user. */
          id: string;
          /**
           * When the user last logged in; absent: never.
           * @format date-time
           */
          last_login_at?: string;
          /** `admin`: everything. `operator`: rooms, calls, recordings and looking at them. `viewer`: looking at rooms. `user`: what every user may do, and rooms of their own. */
          role: "admin" | "operator" | "viewer" | "user";
          /**
           * The name to log in with: letters, digits and `. _ @ -`. Upper and lower case are the same.
           * @minLength 1
           * @maxLength 64
           * @pattern ^[A-Za-z0-9._@-]+$
           */
          username: string;
        },
        void | Problem
      >({
        path: `/api/users/${id}`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description With its place in the log of events, and without its secret.
     *
     * @tags Webhooks
     * @name GetWebhook
     * @summary Show a webhook
     * @request GET:/api/webhooks/{id}
     * @secure
     */
    getWebhook: (id: string, params: RequestParams = {}) =>
      this.request<
        {
          /**
           * When it was made.
           * @format date-time
           */
          created_at: string;
          /**
           * A note of the client's own.
           * @maxLength 500
           * @default ""
           */
          description: string;
          /** `gone`: the receiver answered 410. */
          disabled_reason?: "gone";
          /**
           * Whether anything is sent.
           * @default true
           */
          enabled: boolean;
          /**
           * `parley`: the events of the log. `meet`: `meetingStarted`, `meetingEnded`, `recordingStarted`, `recordingUpdated` and `recordingEnded` as the meet API sends them, with its signature. Decided when the webhook is made.
           * @default "parley"
           */
          format: "parley" | "meet";
          /** The id of the webhook. */
          id: string;
          /** Deliveries that failed and are tried again. */
          pending: number;
          /** Every event up to this number was sent once or is not wanted. */
          position: number;
          /**
           * Only events of this room.
           * @minLength 1
           * @maxLength 128
           */
          room?: string;
          /** Events that the log had forgotten before they could be sent. */
          skipped: number;
          /**
           * Types and families of events, as `room.*`; none: all.
           * @maxItems 100
           * @default []
           */
          types: string[];
          /**
           * When it was changed last.
           * @format date-time
           */
          updated_at: string;
          /** Where events are sent. */
          url: string;
        },
        void | Problem
      >({
        path: `/api/webhooks/${id}`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description What was sent, each try of it, and what the receiver answered.
     *
     * @tags Webhooks
     * @name GetWebhookDelivery
     * @summary Show a delivery
     * @request GET:/api/webhooks/{id}/deliveries/{delivery_id}
     * @secure
     */
    getWebhookDelivery: (
      id: string,
      deliveryId: string,
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** The last of them, oldest first. */
          attempts: {
            /**
             * When the request was made.
             * @format date-time
             */
            at: string;
            /** How long it took. */
            duration_ms: number;
            /** What went wrong, as a word; absent when the answer was a success. */
            error?: string;
            /** How the answer began. */
            response: string;
            /** Of the answer; absent when there was none. */
            status?: number;
          }[];
          /**
           * When it was begun.
           * @format date-time
           */
          created_at: string;
          /** The id of the event: what the receiver gets as `webhook-id`. */
          event: string;
          /** The id of the delivery. */
          id: string;
          /**
           * When a pending one is tried again.
           * @format date-time
           */
          next_attempt_at?: string;
          /** The body that is sent. */
          payload: string;
          /** The number of the event; a test has none. */
          seq?: number;
          /** How it stands. */
          state: "pending" | "delivered" | "failed";
          /** How often it was tried. */
          tries: number;
          /** The type of the event. */
          type: string;
        },
        void | Problem
      >({
        path: `/api/webhooks/${id}/deliveries/${deliveryId}`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description For admins of the room.
     *
     * @tags Self-service
     * @name GrantRoomAdmin
     * @summary Make an admin of a participant
     * @request POST:/api/admin/room/{room_id}/participant/{participant_id}/admin
     * @secure
     */
    grantRoomAdmin: (
      roomId: string,
      participantId: string,
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** Whether they are an admin of the room. */
          admin: boolean;
          /** Whether they have put the room away. */
          archive_room: boolean;
          /** Whether they are in the room now. */
          in_room: boolean;
          /** The id of the participant: the user's, where they are one. */
          participant_id: string;
          /** The user; null: a person with a link alone. */
          user_id: string | null;
          /** Their name in the room. */
          username: string;
        },
        Problem
      >({
        path: `/api/admin/room/${roomId}/participant/${participantId}/admin`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Ends it in any state: refuses it when it has not been answered, else sends BYE with a Reason.
     *
     * @tags Calls
     * @name HangUpCall
     * @summary Hang up a call
     * @request POST:/api/calls/{id}/destroy
     * @secure
     */
    hangUpCall: (id: string, params: RequestParams = {}) =>
      this.request<void, Problem>({
        path: `/api/calls/${id}/destroy`,
        method: "POST",
        secure: true,
        ...params,
      }),

    /**
     * @description Nothing is dialled unless a trunk allows the number.
     *
     * @tags Conference
     * @name InviteConferenceRoomParticipant
     * @summary Call a number into a room
     * @request POST:/api/conference_rooms/{id}/participants/invite
     * @secure
     */
    inviteConferenceRoomParticipant: (
      id: string,
      data: {
        /**
         * What to dial: up to 32 digits, `*` and `#`, with or without `+` in front. Blanks and `( ) . - /` between them are left out.
         * @minLength 1
         * @maxLength 64
         */
        number: string;
      },
      params: RequestParams = {},
    ) =>
      this.request<object, Problem>({
        path: `/api/conference_rooms/${id}/participants/invite`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description A user who is in it already stays as they are. With an id that is no user's, no user is invited. For admins of the room.
     *
     * @tags Self-service
     * @name InviteParticipants
     * @summary Invite users to a room
     * @request POST:/api/admin/room/{room_id}/participant
     * @secure
     */
    inviteParticipants: (
      roomId: string,
      data: {
        /**
         * Whom to invite.
         * @maxItems 100
         * @minItems 1
         */
        participants: {
          /**
           * The id of the user.
           * @minLength 1
           * @maxLength 200
           * @pattern ^[\x21-\x7e]+$
           */
          user_id: string;
          /**
           * The name in the room: that of the user unless given.
           * @minLength 1
           * @maxLength 64
           * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
           */
          username?: string;
        }[];
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** In the order in which they were added. */
          items: {
            /** Whether they are an admin of the room. */
            admin: boolean;
            /** Whether they have put the room away. */
            archive_room: boolean;
            /** Whether they are in the room now. */
            in_room: boolean;
            /** The id of the participant: the user's, where they are one. */
            participant_id: string;
            /** The user; null: a person with a link alone. */
            user_id: string | null;
            /** Their name in the room. */
            username: string;
          }[];
        },
        Problem
      >({
        path: `/api/admin/room/${roomId}/participant`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Extensions of accounts, and numbers over trunks with `dial_by_hosts`. For hosts, by their token or since they entered as one.
     *
     * @tags Join
     * @name InviteToMyRoom
     * @summary Call a number
     * @request POST:/api/join/room/invite
     * @secure
     */
    inviteToMyRoom: (
      data: {
        /**
         * The number to call.
         * @minLength 1
         * @maxLength 64
         */
        number: string;
      },
      params: RequestParams = {},
    ) =>
      this.request<object, Problem>({
        path: `/api/join/room/invite`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description They are not heard any more at once, are told so unless the room is silent, and are hung up on.
     *
     * @tags Conference
     * @name KickOutConferenceRoomParticipant
     * @summary Send a participant out of the room
     * @request POST:/api/conference_rooms/{id}/participants/{participant_id}/destroy
     * @secure
     */
    kickOutConferenceRoomParticipant: (
      id: string,
      participantId: string,
      params: RequestParams = {},
    ) =>
      this.request<void, Problem>({
        path: `/api/conference_rooms/${id}/participants/${participantId}/destroy`,
        method: "POST",
        secure: true,
        ...params,
      }),

    /**
     * @description Its source is read again at once, and what led to the ban is forgotten. An address of IPv6 lifts the ban of its /64 network.
     *
     * @tags System
     * @name LiftBan
     * @summary Lift the bans of an address
     * @request DELETE:/api/bans/{address}
     * @secure
     */
    liftBan: (address: string, params: RequestParams = {}) =>
      this.request<void, Problem>({
        path: `/api/bans/${address}`,
        method: "DELETE",
        secure: true,
        ...params,
      }),

    /**
     * @description The bridge reads messages of all banned sources again at once.
     *
     * @tags System
     * @name LiftBans
     * @summary Lift all bans
     * @request DELETE:/api/bans
     * @secure
     */
    liftBans: (params: RequestParams = {}) =>
      this.request<void, Problem>({
        path: `/api/bans`,
        method: "DELETE",
        secure: true,
        ...params,
      }),

    /**
     * @description A link to a file of this room, for five minutes. The header `Parley-Call` names the call: its Call-ID.
     *
     * @tags Join
     * @name LinkMyFile
     * @summary Get a link to a file
     * @request GET:/api/join/chat/files/{file_id}
     * @secure
     */
    linkMyFile: (fileId: string, params: RequestParams = {}) =>
      this.request<
        {
          /** A path that is signed, and ends. */
          download_url: string;
          /**
           * When it ends.
           * @format date-time
           */
          expires_at: string;
          /** A file that belongs to a message. */
          file: {
            /** SHA-256 of its bytes, hexadecimal. */
            sha256: string;
            /** What it is; checked against its bytes. */
            content_type: string;
            /** The id of the file. */
            id: string;
            /** Its name. */
            name: string;
            /** Bytes. */
            size: number;
          };
        },
        void | Problem
      >({
        path: `/api/join/chat/files/${fileId}`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Extensions that register with the bridge itself; never a password.
     *
     * @tags Accounts
     * @name ListAccounts
     * @summary List the accounts
     * @request GET:/api/accounts
     * @secure
     */
    listAccounts: (
      query?: {
        /**
         * Conditions on fields: `eq ne gt ge lt le`, `field in ('a','b')`, `and`, `or`, `not`, parentheses, `startswith(field,'text')`, `endswith(…)`, `contains(…)`; texts and instants in single quotes. The three functions fold case, the operators do not. `$filter` means the same.
         * @maxLength 2000
         * @example "startswith(extension,'10')"
         */
        filter?: string;
        /**
         * Fields to order by, each with `asc` (default) or `desc`. Texts are ordered letter by letter without their case, by Unicode numbers: letters with accents come behind `z`. `$orderby` means the same.
         * @maxLength 200
         * @example "extension"
         */
        orderby?: string;
        /**
         * Words that must all be found in the texts of an item, with `or` between alternatives and double quotes around phrases; upper and lower case are the same, accents count. `$search` means the same.
         * @maxLength 200
         * @example "ana"
         */
        search?: string;
        /**
         * How many items to leave out at the start. `$skip` means the same.
         * @min 0
         * @max 2147483647
         * @default 0
         */
        skip?: number;
        /**
         * How many items to return at most. `$top` means the same.
         * @min 1
         * @max 100
         * @default 100
         */
        top?: number;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * How many accounts match, before paging.
           * @min 0
           */
          count: number;
          /** The accounts of this page. */
          items: {
            /**
             * When it was made.
             * @format date-time
             */
            created_at: string;
            /**
             * The name that rooms show. The extension when it is not given.
             * @minLength 1
             * @maxLength 64
             * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
             */
            display_name: string;
            /** Whose account it is; absent: not known. */
            email?: string;
            /**
             * Whether it can register and call. Disabling ends its registrations and its calls.
             * @default true
             */
            enabled: boolean;
            /**
             * What the account registers with, calls as and is called by: 3 to 64 digits. No room and no other account has it.
             * @minLength 3
             * @maxLength 64
             * @pattern ^[0-9]{3,64}$
             */
            extension: string;
            /** The id of the account. */
            id: string;
            /** Whether a telephone is registered with it now. */
            registered: boolean;
          }[];
        },
        void | Problem
      >({
        path: `/api/accounts`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description What each may do and until when; never the key itself.
     *
     * @tags Access
     * @name ListApiKeys
     * @summary List the API keys
     * @request GET:/api/keys
     * @secure
     */
    listApiKeys: (
      query?: {
        /**
         * Conditions on fields: `eq ne gt ge lt le`, `field in ('a','b')`, `and`, `or`, `not`, parentheses, `startswith(field,'text')`, `endswith(…)`, `contains(…)`; texts and instants in single quotes. The three functions fold case, the operators do not. `$filter` means the same.
         * @maxLength 2000
         * @example "startswith(name,'panel')"
         */
        filter?: string;
        /**
         * Fields to order by, each with `asc` (default) or `desc`. Texts are ordered letter by letter without their case, by Unicode numbers: letters with accents come behind `z`. `$orderby` means the same.
         * @maxLength 200
         * @example "name"
         */
        orderby?: string;
        /**
         * Words that must all be found in the texts of an item, with `or` between alternatives and double quotes around phrases; upper and lower case are the same, accents count. `$search` means the same.
         * @maxLength 200
         * @example "panel"
         */
        search?: string;
        /**
         * How many items to leave out at the start. `$skip` means the same.
         * @min 0
         * @max 2147483647
         * @default 0
         */
        skip?: number;
        /**
         * How many items to return at most. `$top` means the same.
         * @min 1
         * @max 100
         * @default 100
         */
        top?: number;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * How many keys match, before paging.
           * @min 0
           */
          count: number;
          /** The keys of this page. */
          items: {
            /**
             * IP addresses and networks that it may come from. Empty: any.
             * @maxItems 50
             * @default []
             */
            addresses: string[];
            /**
             * When it was made.
             * @format date-time
             */
            created_at: string;
            /**
             * When it stops working; absent: never.
             * @format date-time
             */
            expires_at?: string;
            /** The id of the key. */
            id: string;
            /**
             * When it was last used, to the minute; absent: never.
             * @format date-time
             */
            last_used_at?: string;
            /**
             * The person or program that uses it.
             * @minLength 1
             * @maxLength 64
             * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
             */
            name: string;
            /** How the key begins; the rest is secret. */
            prefix: string;
            /**
             * What it may do. `read`: look at everything but recordings, calls and PINs. `rooms`: make, change and control rooms, and see their PINs. `pins`: see PINs, with `read`. `calls`: the list of calls and their records. `calls:hangup`: hang calls up. `recordings`: list, start, stop, download and delete them. `admin`: everything.
             * @maxItems 9
             * @minItems 1
             */
            scopes: (
              | "admin"
              | "rooms"
              | "calls"
              | "calls:hangup"
              | "recordings"
              | "accounts"
              | "pins"
              | "diagnostics"
              | "read"
            )[];
          }[];
        },
        void | Problem
      >({
        path: `/api/keys`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description The latest first, unless `orderby` says otherwise.
     *
     * @tags Access
     * @name ListAuditEntries
     * @summary List who changed what
     * @request GET:/api/audit
     * @secure
     */
    listAuditEntries: (
      query?: {
        /**
         * Conditions on fields: `eq ne gt ge lt le`, `field in ('a','b')`, `and`, `or`, `not`, parentheses, `startswith(field,'text')`, `endswith(…)`, `contains(…)`; texts and instants in single quotes. The three functions fold case, the operators do not. `$filter` means the same.
         * @maxLength 2000
         * @example "at ge '2026-03-01T00:00:00Z' and outcome eq 'denied'"
         */
        filter?: string;
        /**
         * Fields to order by, each with `asc` (default) or `desc`. Texts are ordered letter by letter without their case, by Unicode numbers: letters with accents come behind `z`. `$orderby` means the same.
         * @maxLength 200
         * @example "at"
         */
        orderby?: string;
        /**
         * Words that must all be found in the texts of an item, with `or` between alternatives and double quotes around phrases; upper and lower case are the same, accents count. `$search` means the same.
         * @maxLength 200
         * @example "panel"
         */
        search?: string;
        /**
         * How many items to leave out at the start. `$skip` means the same.
         * @min 0
         * @max 2147483647
         * @default 0
         */
        skip?: number;
        /**
         * How many items to return at most. `$top` means the same.
         * @min 1
         * @max 100
         * @default 100
         */
        top?: number;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * How many entries match, before paging.
           * @min 0
           */
          count: number;
          /** The entries of this page. */
          items: {
            /** The id of the key or the user. */
            actor_id?: string;
            /** What kind of credential it was; `machine`: none was needed, the `parley` command on the bridge's own machine; `participant`: the token of a participant of one room; `nobody`: none that is valid. */
            actor_kind:
              | "admin_key"
              | "key"
              | "user"
              | "machine"
              | "participant"
              | "nobody";
            /** The name of the key or the user at that time. */
            actor_name?: string;
            /** Where the request came from. */
            address: string;
            /**
             * When it happened.
             * @format date-time
             */
            at: string;
            /** The fields that the request brought; never their values. */
            fields: string[];
            /** Grows with every entry. */
            id: number;
            /** The id of what it was done to or of what was made. */
            object_id?: string;
            /** The operation, as this description calls it. */
            operation: string;
            /** `done`: it succeeded. `denied`: the client may not do this. */
            outcome: "done" | "denied";
            /** The address that was asked for, without its query. */
            path: string;
            /** The HTTP status. */
            status: number;
          }[];
        },
        void | Problem
      >({
        path: `/api/audit`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Addresses that are neither read nor answered for a while, because of what came from them. Each relapse doubles the time, up to an hour. Trunks, `sip.trusted_networks` and sources that have shown right credentials within the last hour are never banned.
     *
     * @tags System
     * @name ListBans
     * @summary List the sources whose SIP is not read
     * @request GET:/api/bans
     * @secure
     */
    listBans: (
      query?: {
        /**
         * How many of the first are left out.
         * @min 0
         * @default 0
         */
        skip?: number;
        /**
         * How many at most.
         * @min 1
         * @max 100
         * @default 100
         */
        top?: number;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * How many there are.
           * @min 0
           */
          count: number;
          /** The bans. */
          items: {
            /** The address there that gave the last cause. */
            address: string;
            /** `unauthenticated`: requests that never answer their challenge; `credentials`: wrong passwords; `malformed`: what is no SIP; `flood`: more than a source may send; `scanner`: a program that looks for SIP servers gave itself away. */
            reason:
              | "unauthenticated"
              | "credentials"
              | "malformed"
              | "flood"
              | "scanner";
            /**
             * When it began.
             * @format date-time
             */
            since: string;
            /** What is banned: an address, or the /64 network of an IPv6 one. */
            source: string;
            /**
             * How often the source has been banned, this time included.
             * @min 1
             */
            times: number;
            /**
             * When it ends.
             * @format date-time
             */
            until: string;
            /** Where the source is known: the user name that was given with wrong passwords, the only one that is banned there. Else null. */
            user: string | null;
          }[];
        },
        void | Problem
      >({
        path: `/api/bans`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Every call that is over, refused ones too, the newest first. As CSV all that match are sent, not only a page, up to 100 000 rows, unless `top` is given; cells that a spreadsheet would take for a formula begin with an apostrophe.
     *
     * @tags Calls
     * @name ListCallRecords
     * @summary List the records of calls
     * @request GET:/api/call_records
     * @secure
     */
    listCallRecords: (
      query?: {
        /**
         * Conditions on fields: `eq ne gt ge lt le`, `field in ('a','b')`, `and`, `or`, `not`, parentheses, `startswith(field,'text')`, `endswith(…)`, `contains(…)`; texts and instants in single quotes. The three functions fold case, the operators do not. `$filter` means the same.
         * @maxLength 2000
         * @example "started_at ge '2026-03-01T00:00:00Z' and result ne 'answered'"
         */
        filter?: string;
        /**
         * `csv`: a table file instead of JSON, as `Accept: text/csv` asks for too.
         * @example "csv"
         */
        format?: "json" | "csv";
        /**
         * Fields to order by, each with `asc` (default) or `desc`. Texts are ordered letter by letter without their case, by Unicode numbers: letters with accents come behind `z`. `$orderby` means the same.
         * @maxLength 200
         * @example "duration desc"
         */
        orderby?: string;
        /**
         * Words that must all be found in the texts of an item, with `or` between alternatives and double quotes around phrases; upper and lower case are the same, accents count. `$search` means the same.
         * @maxLength 200
         * @example "ada or grace"
         */
        search?: string;
        /**
         * How many items to leave out at the start. `$skip` means the same.
         * @min 0
         * @max 2147483647
         * @default 0
         */
        skip?: number;
        /**
         * How many items to return at most. `$top` means the same.
         * @min 1
         * @max 100
         * @default 100
         */
        top?: number;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * How many records match, before paging.
           * @min 0
           */
          count: number;
          /** The records of this page. */
          items: {
            /**
             * When it was answered; absent until then.
             * @format date-time
             */
            answered_at?: string;
            /** The codec in use. */
            codec?: string;
            /** The name of the far party after a transfer; absent likewise. */
            connected_name?: string;
            /** The number of the far party after a transfer, as a trusted PBX has told it; absent while it is still the one that `from` or `to` names. */
            connected_number?: string;
            /** `inbound`: a call to Parley. `outbound`: a call that Parley placed. */
            direction: "inbound" | "outbound";
            /** The name of the far party, or its number. */
            display_name: string;
            /**
             * From the answer to the end, in seconds.
             * @min 0
             */
            duration: number;
            /**
             * When it ended.
             * @format date-time
             */
            ended_at: string;
            /** `remote`: the far party. `local`: the room, the API or the bridge. `failure`: neither wanted it. */
            ended_by: "remote" | "local" | "failure";
            /** What was wrong with the media, the worst first: codes separated by commas; absent: nothing that was found. */
            findings?: string;
            /** The number that calls; `anonymous` when it is withheld. */
            from: string;
            /** The id of the call; its record has the same. */
            id: string;
            /**
             * When it was let into the first room; absent until then.
             * @format date-time
             */
            joined_at?: string;
            /** Address and port that the far party's media come from. */
            media_address?: string;
            /** The suite of SRTP that media were encrypted by last; absent when they passed in the clear. */
            media_encryption?: string;
            /** The meeting it takes part in; absent until it is inside. */
            meeting_id?: string;
            /** The participant it is in the room. */
            participant_id?: string;
            /** The same in words: the status line's of a refusal (`Busy Here`), those of the SIP Reason header of a call that was hung up. */
            reason: string;
            /** How unevenly they come, in milliseconds. */
            received_jitter_ms?: number;
            /** The same as a share of all. */
            received_loss_percent?: number;
            /**
             * Media packets from the far party that never came.
             * @min 0
             */
            received_lost?: number;
            /** Opinion score (ITU-T G.107) of what comes from the far party, 1 to 4.5: the mean. */
            received_mos_mean?: number;
            /** The same: the worst five seconds. */
            received_mos_min?: number;
            /**
             * Media packets from the far party.
             * @min 0
             */
            received_packets?: number;
            /** `answered`; `refused` by the called side; `cancelled` by the calling side before the answer; `failed`: something broke before the answer; `lost`: the bridge died during the call. */
            result: "answered" | "refused" | "cancelled" | "failed" | "lost";
            /** The extension number of that room at the time. */
            room_extension?: string;
            /** The room it is for, the last one of a participant who was moved; absent when none was found. */
            room_id?: string;
            /** What that room was called at the time. */
            room_subject?: string;
            /** The ids of all rooms that it was inside, in order, separated by commas: more than one when the participant was moved; absent until it is inside. */
            rooms?: string;
            /** There and back, in milliseconds. */
            round_trip_ms?: number;
            /** How unevenly they come there, in milliseconds. */
            sent_jitter_ms?: number;
            /** The share of them that the far party says it has missed. */
            sent_loss_percent?: number;
            /** Opinion score of what the far party hears, 1 to 4.5: the mean. */
            sent_mos_mean?: number;
            /** The same: the worst five seconds. */
            sent_mos_min?: number;
            /**
             * Media packets to the far party.
             * @min 0
             */
            sent_packets?: number;
            /** Address and port that the far party's SIP messages come from. */
            signalling_address: string;
            /** The Call-ID of its SIP messages, for `GET /api/sip/trace` and the log. */
            sip_call_id: string;
            /** The Reason header of a refusal, or else its Warning, as it was written; absent when it had none. */
            sip_reason?: string;
            /**
             * When it began: the first message.
             * @format date-time
             */
            started_at: string;
            /** The SIP status that says why, also for an answered call. */
            status: number;
            /** The number that was dialled. */
            to: string;
            /** `UDP`, `TCP` or another transport of SIP. */
            transport: string;
            /** The trunk it came by or went out on; absent when there is none. */
            trunk?: string;
            /** The same in sentences, with how long each of them lasted. */
            verdict?: string;
            /**
             * Key frames that the far party asked for.
             * @min 0
             */
            video_key_frame_requests_received?: number;
            /**
             * Key frames that the far party was asked for.
             * @min 0
             */
            video_key_frame_requests_sent?: number;
            /** The codec of the pictures that came; absent when none did. */
            video_received_codec?: string;
            /** Their bitrate: the mean while pictures came. */
            video_received_kbps?: number;
            /** The share of their packets that never came. */
            video_received_loss_percent?: number;
            /** Width and height of those that came last: `1280x720`. */
            video_received_size?: string;
            /** The codec of the room's picture as it was sent; absent when it was not. */
            video_sent_codec?: string;
            /** Its bitrate: the mean while it was sent. */
            video_sent_kbps?: number;
            /** The share of its packets that the far party says it has missed. */
            video_sent_loss_percent?: number;
            /** Its width and height in the end. */
            video_sent_size?: string;
          }[];
        },
        void | Problem
      >({
        path: `/api/call_records`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Everything that is up or being set up, the newest first; figures of the media are a few seconds old.
     *
     * @tags Calls
     * @name ListCalls
     * @summary List the calls that last
     * @request GET:/api/calls
     * @secure
     */
    listCalls: (
      query?: {
        /**
         * Conditions on fields: `eq ne gt ge lt le`, `field in ('a','b')`, `and`, `or`, `not`, parentheses, `startswith(field,'text')`, `endswith(…)`, `contains(…)`; texts and instants in single quotes. The three functions fold case, the operators do not. `$filter` means the same.
         * @maxLength 2000
         * @example "state eq 'talking' and received_loss_percent gt 2"
         */
        filter?: string;
        /**
         * Fields to order by, each with `asc` (default) or `desc`. Texts are ordered letter by letter without their case, by Unicode numbers: letters with accents come behind `z`. `$orderby` means the same.
         * @maxLength 200
         * @example "started_at"
         */
        orderby?: string;
        /**
         * Words that must all be found in the texts of an item, with `or` between alternatives and double quotes around phrases; upper and lower case are the same, accents count. `$search` means the same.
         * @maxLength 200
         * @example "ada or grace"
         */
        search?: string;
        /**
         * How many items to leave out at the start. `$skip` means the same.
         * @min 0
         * @max 2147483647
         * @default 0
         */
        skip?: number;
        /**
         * How many items to return at most. `$top` means the same.
         * @min 1
         * @max 100
         * @default 100
         */
        top?: number;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * How many calls match, before paging.
           * @min 0
           */
          count: number;
          /** The calls of this page. */
          items: {
            /**
             * When it was answered; absent until then.
             * @format date-time
             */
            answered_at?: string;
            /** The codec in use. */
            codec?: string;
            /** The name of the far party after a transfer; absent likewise. */
            connected_name?: string;
            /** The number of the far party after a transfer, as a trusted PBX has told it; absent while it is still the one that `from` or `to` names. */
            connected_number?: string;
            /** `inbound`: a call to Parley. `outbound`: a call that Parley placed. */
            direction: "inbound" | "outbound";
            /** The name of the far party, or its number. */
            display_name: string;
            /** What was wrong with the media, the worst first: codes separated by commas; absent: nothing that was found. */
            findings?: string;
            /** The number that calls; `anonymous` when it is withheld. */
            from: string;
            /** The id of the call; its record has the same. */
            id: string;
            /**
             * When it was let into the first room; absent until then.
             * @format date-time
             */
            joined_at?: string;
            /** Address and port that the far party's media come from. */
            media_address?: string;
            /** The suite of SRTP that media were encrypted by last; absent when they passed in the clear. */
            media_encryption?: string;
            /** The meeting it takes part in; absent until it is inside. */
            meeting_id?: string;
            /** The participant it is in the room. */
            participant_id?: string;
            /** How unevenly they come, in milliseconds. */
            received_jitter_ms?: number;
            /** The same as a share of all. */
            received_loss_percent?: number;
            /**
             * Media packets from the far party that never came.
             * @min 0
             */
            received_lost?: number;
            /** Opinion score (ITU-T G.107) of what comes from the far party, 1 to 4.5: the mean. */
            received_mos_mean?: number;
            /** The same: the worst five seconds. */
            received_mos_min?: number;
            /**
             * Media packets from the far party.
             * @min 0
             */
            received_packets?: number;
            /** The extension number of that room at the time. */
            room_extension?: string;
            /** The room it is for, the last one of a participant who was moved; absent when none was found. */
            room_id?: string;
            /** What that room was called at the time. */
            room_subject?: string;
            /** The ids of all rooms that it was inside, in order, separated by commas: more than one when the participant was moved; absent until it is inside. */
            rooms?: string;
            /** There and back, in milliseconds. */
            round_trip_ms?: number;
            /** How unevenly they come there, in milliseconds. */
            sent_jitter_ms?: number;
            /** The share of them that the far party says it has missed. */
            sent_loss_percent?: number;
            /** Opinion score of what the far party hears, 1 to 4.5: the mean. */
            sent_mos_mean?: number;
            /** The same: the worst five seconds. */
            sent_mos_min?: number;
            /**
             * Media packets to the far party.
             * @min 0
             */
            sent_packets?: number;
            /** Address and port that the far party's SIP messages come from. */
            signalling_address: string;
            /** The Call-ID of its SIP messages, for `GET /api/sip/trace` and the log. */
            sip_call_id: string;
            /**
             * When it began: the first message.
             * @format date-time
             */
            started_at: string;
            /** `arriving` while its room is looked up, `refusing` while it hears why not, `answering` until it is connected, `entering` while it is asked for a PIN, `talking` inside the room, `leaving` while it hears a farewell. */
            state: string;
            /** The number that was dialled. */
            to: string;
            /** `UDP`, `TCP` or another transport of SIP. */
            transport: string;
            /** The trunk it came by or went out on; absent when there is none. */
            trunk?: string;
            /** The same in sentences, with how long each of them lasted. */
            verdict?: string;
            /**
             * Key frames that the far party asked for.
             * @min 0
             */
            video_key_frame_requests_received?: number;
            /**
             * Key frames that the far party was asked for.
             * @min 0
             */
            video_key_frame_requests_sent?: number;
            /** The codec of the pictures that came; absent when none did. */
            video_received_codec?: string;
            /** Their bitrate: the mean while pictures came. */
            video_received_kbps?: number;
            /** The share of their packets that never came. */
            video_received_loss_percent?: number;
            /** Width and height of those that came last: `1280x720`. */
            video_received_size?: string;
            /** The codec of the room's picture as it was sent; absent when it was not. */
            video_sent_codec?: string;
            /** Its bitrate: the mean while it was sent. */
            video_sent_kbps?: number;
            /** The share of its packets that the far party says it has missed. */
            video_sent_loss_percent?: number;
            /** Its width and height in the end. */
            video_sent_size?: string;
          }[];
        },
        void | Problem
      >({
        path: `/api/calls`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description The latest messages, or those before or after a number.
     *
     * @tags Self-service
     * @name ListChat
     * @summary Read the chat of a room
     * @request GET:/api/participant/room/{room_id}/chat
     * @secure
     */
    listChat: (
      roomId: string,
      query?: {
        /**
         * Those next to this number, instead of the latest.
         * @min 0
         */
        after?: number;
        /**
         * Only messages with a smaller number: older ones.
         * @min 1
         */
        before?: number;
        /**
         * How many at most.
         * @min 1
         * @max 200
         * @default 50
         */
        limit?: number;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** In the order in which they were sent. */
          items: {
            /** The file that was sent with it; null: none. */
            file: {
              /** SHA-256 of its bytes, hexadecimal. */
              sha256: string;
              /** What it is; checked against its bytes. */
              content_type: string;
              /** The id of the file. */
              id: string;
              /** Its name. */
              name: string;
              /** Bytes. */
              size: number;
            };
            /** The id of the message. */
            id: string;
            /** 1, 2, 3 … in the room. */
            number: number;
            /** The sender. */
            sender: {
              /** The name that the room showed. */
              display_name: string;
              /** The member of the room that they were. */
              member_id: string | null;
              /** The participant that they were; null: they wrote without a call. */
              participant_id: string | null;
              /** The user that they were. */
              user_id: string | null;
            };
            /**
             * When it was sent.
             * @format date-time
             */
            sent_at: string;
            /** Plain text; empty only with a file. */
            text: string;
          }[];
          /** The number of the latest message of the room; 0: there was none. */
          newest: number;
        },
        void | Problem
      >({
        path: `/api/participant/room/${roomId}/chat`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description All that there are of this room, also of earlier meetings, and also when the room is gone.
     *
     * @tags Conference
     * @name ListConferenceRecordings
     * @summary List the recordings of a room
     * @request GET:/api/conference_rooms/{id}/recordings
     * @secure
     */
    listConferenceRecordings: (id: string, params: RequestParams = {}) =>
      this.request<
        {
          /**
           * How many recordings there are.
           * @min 0
           */
          count: number;
          /** The recordings. */
          items: {
            /** SHA-256 of the file, hexadecimal; null while it is being written. */
            sha256: string | null;
            /**
             * Its first instant.
             * @format date-time
             */
            answered_at: string;
            /** Its length in seconds. */
            duration: number;
            /**
             * Its last instant; null while it runs.
             * @format date-time
             */
            ended_at: string | null;
            /** The name of the file. */
            file_name: string;
            /**
             * The size of the file in bytes.
             * @min 0
             */
            file_size: number;
            /** Where the file is, relative to this API's address. Takes the API key, or the query of a link. */
            file_url: string;
            /** The id of the recording. */
            id: string;
            /** The id of the meeting that was recorded. */
            meeting_id: string;
            /** Where one picture of it (JPEG) is, relative to this API's address; takes what `file_url` takes. Null while it is being written, and for audio alone. */
            poster_url: string | null;
            /** Whether it was marked as heard. */
            read: boolean;
            /** It broke off with the process that wrote it; what was on the disk has been mended. */
            recovered: boolean;
            /** Its extension number at that time. */
            room_extension_number: string;
            /** The id of the room; it may be gone. */
            room_id: string;
            /** What the room was called when the recording began. */
            room_subject: string;
            /** One file for each participant who spoke, on the same timeline; none unless recordings.tracks is separate. */
            tracks: {
              /** SHA-256 of the file, hexadecimal; null while it is being written. */
              sha256: string | null;
              /** Their name; empty when it is not known any more. */
              display_name: string;
              /** The name of the file. */
              file_name: string;
              /**
               * The size of the file in bytes.
               * @min 0
               */
              file_size: number;
              /** Where the file is, relative to this API's address. */
              file_url: string;
              /** The id that the participant had. */
              participant_id: string;
            }[];
          }[];
        },
        void | Problem
      >({
        path: `/api/conference_rooms/${id}/recordings`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Participants inside, in the order in which they came; callers who are still asked for a PIN are not listed.
     *
     * @tags Conference
     * @name ListConferenceRoomParticipants
     * @summary List the participants of a room
     * @request GET:/api/conference_rooms/{id}/participants
     * @secure
     */
    listConferenceRoomParticipants: (id: string, params: RequestParams = {}) =>
      this.request<
        {
          /**
           * How many participants there are.
           * @min 0
           */
          count: number;
          /** The participants. */
          items: {
            /** Whether this is the chairman of the room. */
            chairman: boolean;
            /** What is spoken with their phone; empty until the first packets. */
            codecs: string[];
            /** The name shown to others. */
            display_name: string;
            /** The id that the client's own system has for them; null for callers by phone. */
            external_user_id: string | null;
            /** What is wrong with their call at present, the worst first; empty: nothing that was found. */
            findings: {
              /** What to look at. */
              advice: string;
              /** What it is, for programs. */
              code:
                | "MEDIA_NOT_DECRYPTED"
                | "MEDIA_NOT_SENT"
                | "NO_AUDIO_IN"
                | "NO_AUDIO_OUT"
                | "MEDIA_IGNORED"
                | "MACHINE_OVERLOADED"
                | "LOSS_IN"
                | "LOSS_OUT"
                | "JITTER_IN"
                | "JITTER_OUT"
                | "DELAY"
                | "ECHO_SOURCE"
                | "CLIPPING"
                | "LOW_LEVEL"
                | "CLOCK_SKEW"
                | "WRONG_TIMESTAMPS"
                | "DTMF_INBAND";
              /** What is wrong, with the figure that shows it. */
              sentence: string;
              /** `error`: they cannot talk. `warning`: it is heard. `info`: it is made up for, or concerns keys alone. */
              severity: "error" | "warning" | "info";
              /**
               * When it was found.
               * @format date-time
               */
              since: string;
            }[];
            /** Whether the participant has raised a hand to ask for the floor. */
            hand_raised: boolean;
            /** Whether the participant's phone has put the conference on hold. */
            held: boolean;
            /** The id of the participant. */
            id: string;
            /**
             * When the participant came in.
             * @format date-time
             */
            joined_at: string;
            /**
             * When the participant went; null while inside.
             * @format date-time
             */
            left_at: string | null;
            /** The suite of SRTP that their media are encrypted by, such as `AES_CM_128_HMAC_SHA1_80`; null: they pass in the clear. */
            media_encryption: string | null;
            /** Whom the room has known in advance; null: no member. */
            member_id: string | null;
            /** Why the participant is muted; empty when not. */
            mute_reasons: ("self" | "host" | "room" | "floor")[];
            /** Whether the others cannot hear this participant. */
            muted: boolean;
            /** The number the participant called from. */
            number: string;
            /** What they may do at this moment. */
            permissions: {
              /** Whether they have `canChangeVirtualBackground`. */
              can_change_virtual_background: boolean;
              /** Whether they have `canDeleteRecordings`. */
              can_delete_recordings: boolean;
              /** Whether they have `canEndMeeting`. */
              can_end_meeting: boolean;
              /** Whether they have `canJoinMeeting`. */
              can_join_meeting: boolean;
              /** Whether they have `canKickParticipants`. */
              can_kick_participants: boolean;
              /** Whether they have `canMakeModerator`. */
              can_make_moderator: boolean;
              /** Whether they have `canPublishAudio`. */
              can_publish_audio: boolean;
              /** Whether they have `canPublishVideo`. */
              can_publish_video: boolean;
              /** Whether they have `canReadChat`. */
              can_read_chat: boolean;
              /** Whether they have `canRecord`. */
              can_record: boolean;
              /** Whether they have `canRetrieveRecordings`. */
              can_retrieve_recordings: boolean;
              /** Whether they have `canShareAccessLinks`. */
              can_share_access_links: boolean;
              /** Whether they have `canShareScreen`. */
              can_share_screen: boolean;
              /** Whether they have `canWriteChat`. */
              can_write_chat: boolean;
            };
            /**
             * The cell of the picture that shows them, pinned or not; -1: none does.
             * @min -1
             * @max 8
             */
            position: number;
            /** How good the connection was in the last seconds: the worse of its two directions. Null at first. */
            quality: {
              /** Audio since the call began that was too loud for its codec. */
              clipped_ms: number;
              /** Audio from the phone that was made up for lost packets. */
              concealed_percent: number;
              /** Audio cut out or put in since the call began, to follow the phone's clock and the network. */
              corrected_ms: number;
              /** How long what comes from the phone waits until it is heard. */
              delay_ms: number;
              /** Whether the participant's phone seems to send back what it hears. */
              echo: boolean;
              /** How unevenly packets arrive. */
              jitter_ms: number;
              /** How loud the phone is now; 0 is the loudest there is. */
              level_dbov: number;
              /** Packets that were lost. */
              loss_percent: number;
              /** Estimated opinion score (ITU-T G.107), 1 to 4.5; null while unknown. */
              mos: number | null;
              /**
               * Packets since the call began that the bridge's own machine refused to send: a firewall on it, no route.
               * @min 0
               */
              packets_unsent: number;
              /** How unevenly ours arrive there; null while it reports nothing. */
              remote_jitter_ms: number | null;
              /** What the phone lost of our packets; null while it reports nothing. */
              remote_loss_percent: number | null;
              /** The same score for what the phone hears; null while it reports nothing. */
              remote_mos: number | null;
              /** There and back; null while unknown. */
              round_trip_ms: number | null;
              /** Why the last of them was not sent: the system's name for it, such as `EPERM`; null: all were. */
              unsent_reason: string | null;
              /** Pictures in both directions in the last seconds; null where no video is agreed on. */
              video: {
                /** Why the last of them that was broken itself was: `incomplete` (packets lost), `malformed`, `unsupported`, `too large`, `no parameter sets`, `no key frame`; null: none was. */
                drop_reason: string | null;
                /**
                 * Pictures of their camera since the call began that could not be used, because they or what they build on were broken.
                 * @min 0
                 */
                frames_dropped: number;
                /**
                 * Key frames that their phone has asked for since the call began.
                 * @min 0
                 */
                key_frame_requests_received: number;
                /**
                 * Key frames that were asked of their camera since the call began.
                 * @min 0
                 */
                key_frame_requests_sent: number;
                /** Of their camera's pictures; null while none come. */
                received_codec: string | null;
                /**
                 * Likewise.
                 * @min 0
                 */
                received_height: number;
                /**
                 * Kilobits of the last second.
                 * @min 0
                 */
                received_kbps: number;
                /** Packets of their camera that were lost. */
                received_loss_percent: number;
                /**
                 * Of the picture that came last, in pixels; 0 before the first.
                 * @min 0
                 */
                received_width: number;
                /** Of the room's picture that they are sent; null while it is not. */
                sent_codec: string | null;
                /**
                 * Likewise.
                 * @min 0
                 */
                sent_height: number;
                /**
                 * Kilobits of the last second.
                 * @min 0
                 */
                sent_kbps: number;
                /** What the phone lost of it; null while it reports nothing. */
                sent_loss_percent: number | null;
                /**
                 * Of the room's picture as they are sent it, in pixels; 0 before the first.
                 * @min 0
                 */
                sent_width: number;
              };
            };
            /** `host` or `participant`. */
            role: "host" | "participant";
            /** `joined`: inside. `left`: gone, as the event says that tells of it. */
            state: "joined" | "left";
            /** Whether speech is heard from this participant now. */
            talking: boolean;
            /** How signalling reaches their phone: `UDP`, `TCP` …; null when it is not known. */
            transport: string | null;
            /** The pictures that they send at this moment, seen by the others or not. */
            video: {
              /** Whether pictures of their camera come. */
              camera: boolean;
              /** Whether pictures of one of them are not decoded any more: the process that decodes has ended over them twice. */
              refused: boolean;
              /** Whether they share a screen. */
              screen: boolean;
            };
            /** How loud they hear the room, in dB; 0: unchanged. */
            volume: number;
          }[];
        },
        void | Problem
      >({
        path: `/api/conference_rooms/${id}/participants`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description All rooms that match, a page at a time, in the order in which they were made unless asked otherwise.
     *
     * @tags Conference
     * @name ListConferenceRooms
     * @summary List the rooms
     * @request GET:/api/conference_rooms
     * @secure
     */
    listConferenceRooms: (
      query?: {
        /**
         * Conditions on fields: `eq ne gt ge lt le`, `field in ('a','b')`, `and`, `or`, `not`, parentheses, `startswith(field,'text')`, `endswith(…)`, `contains(…)`; texts and instants in single quotes. The three functions fold case, the operators do not. `$filter` means the same.
         * @maxLength 2000
         * @example "capacity ge 10 and startswith(extension_number,'80')"
         */
        filter?: string;
        /**
         * Fields to order by, each with `asc` (default) or `desc`. Texts are ordered letter by letter without their case, by Unicode numbers: letters with accents come behind `z`. `$orderby` means the same.
         * @maxLength 200
         * @example "scheduled_start_at desc, subject"
         */
        orderby?: string;
        /**
         * Words that must all be found in the texts of an item, with `or` between alternatives and double quotes around phrases; upper and lower case are the same, accents count. `$search` means the same.
         * @maxLength 200
         * @example "weekly or daily"
         */
        search?: string;
        /**
         * How many items to leave out at the start. `$skip` means the same.
         * @min 0
         * @max 2147483647
         * @default 0
         */
        skip?: number;
        /**
         * How many items to return at most. `$top` means the same.
         * @min 1
         * @max 100
         * @default 100
         */
        top?: number;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * How many rooms match, before paging.
           * @min 0
           */
          count: number;
          /** The rooms of this page. */
          items: {
            /**
             * The PIN that makes its owner a host.
             * @minLength 3
             * @maxLength 6
             * @pattern ^[0-9]{3,6}$
             */
            admin_pin: string | null;
            /**
             * Bit rate of the picture in a `VIDEO` room, in kbit/s.
             * @min 128
             * @max 10240
             * @default 1024
             */
            bitrate: number;
            /**
             * How many participants there may be.
             * @min 1
             * @max 200
             * @default 9
             */
            capacity: number;
            /**
             * Whether the room takes no new participants, hosts included, until it is opened again. A meeting that runs goes on.
             * @default false
             */
            closed: boolean;
            /**
             * `FREE`: all participants may speak. `MASTER`: the hosts give the floor.
             * @default "FREE"
             */
            control: "FREE" | "MASTER";
            /**
             * When the room was made.
             * @format date-time
             */
            created_at: string;
            /**
             * The client's own settings as JSON text; kept, never read.
             * @maxLength 65536
             * @default ""
             */
            custom_options: string;
            /**
             * Whether welcomes and announcements are spoken.
             * @default true
             */
            enable_prompt: boolean;
            /**
             * Whether each meeting is recorded from its first participant on.
             * @default false
             */
            enable_recording: boolean;
            /**
             * The number that phones dial.
             * @minLength 3
             * @maxLength 64
             * @pattern ^[0-9]{3,64}$
             */
            extension_number: string;
            /**
             * Mail addresses of others who are invited.
             * @maxLength 4096
             * @default ""
             */
            external_invitees: string;
            /**
             * Pictures a second in a `VIDEO` room.
             * @min 5
             * @max 30
             * @default 15
             */
            framerate: number;
            /**
             * Height of the picture in a `VIDEO` room, in pixels.
             * @min 144
             * @max 1920
             * @default 720
             */
            height: number;
            /** The id of the room. */
            id: string;
            /**
             * Ids or names of the users who are invited by mail. Kept as they are given: one that there is not is not written to.
             * @maxItems 1000
             * @default []
             */
            internal_invitees: string[];
            /**
             * BCP 47 tag of the language of the prompts.
             * @maxLength 64
             * @default "en"
             */
            language: string;
            /**
             * Number of cells of the picture in a `VIDEO` room. `LAYOUT0`: as many as are needed.
             * @default "LAYOUT0"
             */
            layout:
              | "LAYOUT0"
              | "LAYOUT1"
              | "LAYOUT2"
              | "LAYOUT3"
              | "LAYOUT4"
              | "LAYOUT6"
              | "LAYOUT9";
            /** `AUDIO`: a voice conference. `VIDEO`: a video conference, which phones without video may join. */
            mode: "AUDIO" | "VIDEO";
            /**
             * The numbers that reach the room from outside, for invitations.
             * @maxLength 128
             * @default ""
             * @pattern ^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
             */
            numbers: string;
            /**
             * The PIN that lets its owner in.
             * @minLength 3
             * @maxLength 6
             * @pattern ^[0-9]{3,6}$
             */
            room_pin: string | null;
            /**
             * When the meeting ends.
             * @format date-time
             */
            scheduled_end_at: string | null;
            /**
             * When the meeting begins.
             * @format date-time
             */
            scheduled_start_at: string | null;
            /**
             * What the room is called.
             * @minLength 1
             * @maxLength 64
             * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
             */
            subject: string;
            /**
             * IANA name of the time zone in which times are told.
             * @maxLength 64
             * @default "UTC"
             */
            timezone: string;
            /**
             * Width of the picture in a `VIDEO` room, in pixels.
             * @min 144
             * @max 1920
             * @default 1280
             */
            width: number;
          }[];
        },
        void | Problem
      >({
        path: `/api/conference_rooms`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description The built-in one and the external ones that are stored.
     *
     * @tags Conference
     * @name ListConferenceServers
     * @summary List the servers
     * @request GET:/api/conference_servers
     * @secure
     */
    listConferenceServers: (
      query?: {
        /**
         * Conditions on fields: `eq ne gt ge lt le`, `field in ('a','b')`, `and`, `or`, `not`, parentheses, `startswith(field,'text')`, `endswith(…)`, `contains(…)`; texts and instants in single quotes. The three functions fold case, the operators do not. `$filter` means the same.
         * @maxLength 2000
         * @example "enabled eq true and max_rooms gt 10"
         */
        filter?: string;
        /**
         * Fields to order by, each with `asc` (default) or `desc`. Texts are ordered letter by letter without their case, by Unicode numbers: letters with accents come behind `z`. `$orderby` means the same.
         * @maxLength 200
         * @example "name desc"
         */
        orderby?: string;
        /**
         * Words that must all be found in the texts of an item, with `or` between alternatives and double quotes around phrases; upper and lower case are the same, accents count. `$search` means the same.
         * @maxLength 200
         * @example "north or south"
         */
        search?: string;
        /**
         * How many items to leave out at the start. `$skip` means the same.
         * @min 0
         * @max 2147483647
         * @default 0
         */
        skip?: number;
        /**
         * How many items to return at most. `$top` means the same.
         * @min 1
         * @max 100
         * @default 100
         */
        top?: number;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * How many servers match, before paging.
           * @min 0
           */
          count: number;
          /** The servers of this page. */
          items: {
            /**
             * Its IPv4 address; null or empty: none.
             * @maxLength 15
             */
            ipv4: string | null;
            /**
             * Its IPv6 address; null or empty: none.
             * @maxLength 45
             */
            ipv6: string | null;
            /**
             * Whether it takes callers. Those who are in a room stay when it is disabled.
             * @default true
             */
            enabled: boolean;
            /** The id of the server; `internal` is the one that is built in. */
            id: string;
            /**
             * How many callers there may be in all rooms, those at a PIN prompt included. 0: no limit.
             * @min 0
             * @max 2147483647
             */
            max_participants: number;
            /**
             * How many rooms there may be. 0: no limit.
             * @min 0
             * @max 2147483647
             */
            max_rooms: number;
            /**
             * What it is called.
             * @minLength 1
             * @maxLength 64
             * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
             */
            name: string;
            /** `INTERNAL`: the one that is built in. `EXTERNAL`: any other. */
            type: "INTERNAL" | "EXTERNAL";
          }[];
        },
        void | Problem
      >({
        path: `/api/conference_servers`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description The latest messages, or those before or after a number. The header `Parley-Call` names the call: its Call-ID.
     *
     * @tags Join
     * @name ListMyChat
     * @summary Read the chat of the room
     * @request GET:/api/join/chat
     * @secure
     */
    listMyChat: (
      query?: {
        /**
         * Those next to this number, instead of the latest.
         * @min 0
         */
        after?: number;
        /**
         * Only messages with a smaller number: older ones.
         * @min 1
         */
        before?: number;
        /**
         * How many at most.
         * @min 1
         * @max 200
         * @default 50
         */
        limit?: number;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** In the order in which they were sent. */
          items: {
            /** The file that was sent with it; null: none. */
            file: {
              /** SHA-256 of its bytes, hexadecimal. */
              sha256: string;
              /** What it is; checked against its bytes. */
              content_type: string;
              /** The id of the file. */
              id: string;
              /** Its name. */
              name: string;
              /** Bytes. */
              size: number;
            };
            /** The id of the message. */
            id: string;
            /** 1, 2, 3 … in the room. */
            number: number;
            /** The sender. */
            sender: {
              /** The name that the room showed. */
              display_name: string;
              /** The member of the room that they were. */
              member_id: string | null;
              /** The participant that they were; null: they wrote without a call. */
              participant_id: string | null;
              /** The user that they were. */
              user_id: string | null;
            };
            /**
             * When it was sent.
             * @format date-time
             */
            sent_at: string;
            /** Plain text; empty only with a file. */
            text: string;
          }[];
          /** The number of the latest message of the room; 0: there was none. */
          newest: number;
        },
        void | Problem
      >({
        path: `/api/join/chat`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description It takes the permission `canRetrieveRecordings`, and the room must let the holder's role see its recordings.
     *
     * @tags Join
     * @name ListMyRecordings
     * @summary List the recordings of the room
     * @request GET:/api/join/recordings
     * @secure
     */
    listMyRecordings: (params: RequestParams = {}) =>
      this.request<
        {
          /** The oldest first. */
          items: {
            /**
             * Its first instant.
             * @format date-time
             */
            answered_at: string;
            /** Whole seconds. */
            duration: number;
            /**
             * Its last instant; null while it runs.
             * @format date-time
             */
            ended_at: string | null;
            /** What the file is called. */
            file_name: string;
            /** Bytes. */
            file_size: number;
            /** The id of the recording. */
            id: string;
            /** Where one picture of it (JPEG) is, relative to this API's address; takes the token. Null while it runs, and for audio alone. */
            poster_url: string | null;
          }[];
        },
        void | Problem
      >({
        path: `/api/join/recordings`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Those that are booked, started and ended.
     *
     * @tags Self-service
     * @name ListMyRooms
     * @summary List the rooms that the user is in
     * @request GET:/api/participant/room
     * @secure
     */
    listMyRooms: (
      query?: {
        /**
         * How many to leave out.
         * @min 0
         * @default 0
         */
        skip?: number;
        /**
         * How many at most.
         * @min 1
         * @max 100
         * @default 100
         */
        top?: number;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** How many rooms the user is in. */
          count: number;
          /** The latest first. */
          items: {
            /** Whether the user is an admin of the room. */
            admin: boolean;
            /** Whether the user has put the room away. */
            archive_room: boolean;
            /** How many participants there may be. */
            capacity: number;
            /**
             * When it was made.
             * @format date-time
             */
            created_at: string;
            /** The number that phones dial. */
            extension_number: string;
            /** The user's own link into the room: not to be passed on. */
            join_url: string | null;
            /** The language of the prompts. */
            language: string;
            /** Whether it has a picture. */
            mode: "AUDIO" | "VIDEO";
            /** Whether a participant is in it now. */
            on_call: boolean;
            /** The id of the room, in every API. */
            room_id: string;
            /**
             * When it ends.
             * @format date-time
             */
            scheduled_end_at: string | null;
            /**
             * When it begins.
             * @format date-time
             */
            scheduled_start_at: string | null;
            /** `booked`: it has not begun. `ended`: its time is over, or it is closed. `started`: otherwise. */
            status: "booked" | "started" | "ended";
            /** What it is called. */
            subject: string;
            /** The time zone in which times are told. */
            timezone: string;
            /** The name of the user in the room. */
            username: string;
          }[];
        },
        void | Problem
      >({
        path: `/api/participant/room`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Those whom the configured login service (`oidc.issuer`) has logged in and who have used this API. The 20000 who came last are kept, and all who are disabled.
     *
     * @tags Access
     * @name ListOidcUsers
     * @summary List the people who came with tokens of the issuer
     * @request GET:/api/oidc_users
     * @secure
     */
    listOidcUsers: (
      query?: {
        /**
         * Conditions on fields: `eq ne gt ge lt le`, `field in ('a','b')`, `and`, `or`, `not`, parentheses, `startswith(field,'text')`, `endswith(…)`, `contains(…)`; texts and instants in single quotes. The three functions fold case, the operators do not. `$filter` means the same.
         * @maxLength 2000
         * @example "role eq 'operator'"
         */
        filter?: string;
        /**
         * Fields to order by, each with `asc` (default) or `desc`. Texts are ordered letter by letter without their case, by Unicode numbers: letters with accents come behind `z`. `$orderby` means the same.
         * @maxLength 200
         * @example "last_seen_at desc"
         */
        orderby?: string;
        /**
         * Words that must all be found in the texts of an item, with `or` between alternatives and double quotes around phrases; upper and lower case are the same, accents count. `$search` means the same.
         * @maxLength 200
         * @example "ada"
         */
        search?: string;
        /**
         * How many items to leave out at the start. `$skip` means the same.
         * @min 0
         * @max 2147483647
         * @default 0
         */
        skip?: number;
        /**
         * How many items to return at most. `$top` means the same.
         * @min 1
         * @max 100
         * @default 100
         */
        top?: number;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * How many people match, before paging.
           * @min 0
           */
          count: number;
          /** The people of this page. */
          items: {
            /** Whether the tokens of this person are taken. */
            enabled: boolean;
            /**
             * When they first came.
             * @format date-time
             */
            first_seen_at: string;
            /** The id of the person here; the same for ever. */
            id: string;
            /** The issuer that has logged them in. */
            issuer: string;
            /**
             * When they last came, to the minute.
             * @format date-time
             */
            last_seen_at: string;
            /** The name in their latest token. */
            name: string;
            /** What their latest token makes them. */
            role: "admin" | "operator" | "viewer" | "user";
            /** What the issuer calls them, `sub` of their tokens. */
            subject: string;
          }[];
        },
        void | Problem
      >({
        path: `/api/oidc_users`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description With their profiles, for those who are in it.
     *
     * @tags Self-service
     * @name ListParticipants
     * @summary List the participants of a room
     * @request GET:/api/participant/room/{room_id}/participant
     * @secure
     */
    listParticipants: (roomId: string, params: RequestParams = {}) =>
      this.request<
        {
          /** In the order in which they were added. */
          items: {
            /** Whether they are an admin of the room. */
            admin: boolean;
            /** Whether they have put the room away. */
            archive_room: boolean;
            /** Whether they are in the room now. */
            in_room: boolean;
            /** The id of the participant: the user's, where they are one. */
            participant_id: string;
            /** The user; null: a person with a link alone. */
            user_id: string | null;
            /** Their name in the room. */
            username: string;
          }[];
        },
        void | Problem
      >({
        path: `/api/participant/room/${roomId}/participant`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Those of rooms that are gone included, a page at a time, the oldest first unless asked otherwise. Filters see `duration` and `file_size` as 0 while a recording runs.
     *
     * @tags Conference
     * @name ListRecordings
     * @summary List the recordings of all rooms
     * @request GET:/api/recordings
     * @secure
     */
    listRecordings: (
      query?: {
        /**
         * Conditions on fields: `eq ne gt ge lt le`, `field in ('a','b')`, `and`, `or`, `not`, parentheses, `startswith(field,'text')`, `endswith(…)`, `contains(…)`; texts and instants in single quotes. The three functions fold case, the operators do not. `$filter` means the same.
         * @maxLength 2000
         * @example "read eq false and answered_at ge '2026-03-01T00:00:00Z'"
         */
        filter?: string;
        /**
         * Fields to order by, each with `asc` (default) or `desc`. Texts are ordered letter by letter without their case, by Unicode numbers: letters with accents come behind `z`. `$orderby` means the same.
         * @maxLength 200
         * @example "answered_at desc"
         */
        orderby?: string;
        /**
         * Words that must all be found in the texts of an item, with `or` between alternatives and double quotes around phrases; upper and lower case are the same, accents count. `$search` means the same.
         * @maxLength 200
         * @example "weekly"
         */
        search?: string;
        /**
         * How many items to leave out at the start. `$skip` means the same.
         * @min 0
         * @max 2147483647
         * @default 0
         */
        skip?: number;
        /**
         * How many items to return at most. `$top` means the same.
         * @min 1
         * @max 100
         * @default 100
         */
        top?: number;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * How many recordings there are.
           * @min 0
           */
          count: number;
          /** The recordings. */
          items: {
            /** SHA-256 of the file, hexadecimal; null while it is being written. */
            sha256: string | null;
            /**
             * Its first instant.
             * @format date-time
             */
            answered_at: string;
            /** Its length in seconds. */
            duration: number;
            /**
             * Its last instant; null while it runs.
             * @format date-time
             */
            ended_at: string | null;
            /** The name of the file. */
            file_name: string;
            /**
             * The size of the file in bytes.
             * @min 0
             */
            file_size: number;
            /** Where the file is, relative to this API's address. Takes the API key, or the query of a link. */
            file_url: string;
            /** The id of the recording. */
            id: string;
            /** The id of the meeting that was recorded. */
            meeting_id: string;
            /** Where one picture of it (JPEG) is, relative to this API's address; takes what `file_url` takes. Null while it is being written, and for audio alone. */
            poster_url: string | null;
            /** Whether it was marked as heard. */
            read: boolean;
            /** It broke off with the process that wrote it; what was on the disk has been mended. */
            recovered: boolean;
            /** Its extension number at that time. */
            room_extension_number: string;
            /** The id of the room; it may be gone. */
            room_id: string;
            /** What the room was called when the recording began. */
            room_subject: string;
            /** One file for each participant who spoke, on the same timeline; none unless recordings.tracks is separate. */
            tracks: {
              /** SHA-256 of the file, hexadecimal; null while it is being written. */
              sha256: string | null;
              /** Their name; empty when it is not known any more. */
              display_name: string;
              /** The name of the file. */
              file_name: string;
              /**
               * The size of the file in bytes.
               * @min 0
               */
              file_size: number;
              /** Where the file is, relative to this API's address. */
              file_url: string;
              /** The id that the participant had. */
              participant_id: string;
            }[];
          }[];
        },
        void | Problem
      >({
        path: `/api/recordings`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Those who were added, in that order, and then all others who are inside.
     *
     * @tags Participants
     * @name ListRoomParticipants
     * @summary List the participants of a room
     * @request GET:/api/v1/rooms/{id}/participants
     * @secure
     */
    listRoomParticipants: (
      id: string,
      query?: {
        /**
         * Only those who are inside now.
         * @default false
         * @example true
         */
        active?: boolean;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** Those who were added, and all others who are inside. */
          participants: {
            /** The name that others see. */
            display_name: string;
            /** What your application calls this person; absent: nothing. */
            external_user_id?: string;
            /** The id of the participant; the same while they are inside. */
            id: string;
            /**
             * When they came in; absent: they are not inside.
             * @format date-time
             */
            joined_at?: string;
            /** As what they are inside, or may come in. */
            role: "host" | "participant";
          }[];
        },
        void | Problem
      >({
        path: `/api/v1/rooms/${id}/participants`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Whether each is up, since when, and why not. What it takes to use one is not told.
     *
     * @tags System
     * @name ListTrunks
     * @summary List the trunks and how they are
     * @request GET:/api/trunks
     * @secure
     */
    listTrunks: (params: RequestParams = {}) =>
      this.request<
        {
          /**
           * How many trunks there are.
           * @min 0
           */
          count: number;
          /** The trunks. */
          items: {
            /** One sentence for the operator. */
            detail: string;
            /**
             * Minutes of today's calls (UTC) that rooms placed.
             * @min 0
             */
            dialled_minutes: number;
            /** It has used its `dial_daily_minutes`: nothing more is dialled today. */
            frozen: boolean;
            /** Whether Parley registers there. */
            kind: "static" | "registered";
            /** As in the configuration. */
            name: string;
            /**
             * When it became so.
             * @format date-time
             */
            since: string;
            /** `unwatched`: Parley does not check whether it is up. */
            status: "connecting" | "up" | "down" | "unwatched";
          }[];
        },
        void | Problem
      >({
        path: `/api/trunks`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description The users who may log in, with their roles; never a password.
     *
     * @tags Access
     * @name ListUsers
     * @summary List the users
     * @request GET:/api/users
     * @secure
     */
    listUsers: (
      query?: {
        /**
         * Conditions on fields: `eq ne gt ge lt le`, `field in ('a','b')`, `and`, `or`, `not`, parentheses, `startswith(field,'text')`, `endswith(…)`, `contains(…)`; texts and instants in single quotes. The three functions fold case, the operators do not. `$filter` means the same.
         * @maxLength 2000
         * @example "startswith(username,'a')"
         */
        filter?: string;
        /**
         * Fields to order by, each with `asc` (default) or `desc`. Texts are ordered letter by letter without their case, by Unicode numbers: letters with accents come behind `z`. `$orderby` means the same.
         * @maxLength 200
         * @example "username"
         */
        orderby?: string;
        /**
         * Words that must all be found in the texts of an item, with `or` between alternatives and double quotes around phrases; upper and lower case are the same, accents count. `$search` means the same.
         * @maxLength 200
         * @example "ada"
         */
        search?: string;
        /**
         * How many items to leave out at the start. `$skip` means the same.
         * @min 0
         * @max 2147483647
         * @default 0
         */
        skip?: number;
        /**
         * How many items to return at most. `$top` means the same.
         * @min 1
         * @max 100
         * @default 100
         */
        top?: number;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * How many users match, before paging.
           * @min 0
           */
          count: number;
          /** The users of this page. */
          items: {
            /**
             * When it was made.
             * @format date-time
             */
            created_at: string;
            /**
             * The name that is shown. The user name when it is not given.
             * @minLength 1
             * @maxLength 128
             * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
             */
            display_name: string;
            /** Where invitations go, its domain in lower case; absent: nowhere is set. */
            email?: string;
            /**
             * Whether the user can log in. Disabling ends every login.
             * @default true
             */
            enabled: boolean;
            /** The id of the user. */
            id: string;
            /**
             * When the user last logged in; absent: never.
             * @format date-time
             */
            last_login_at?: string;
            /** `admin`: everything. `operator`: rooms, calls, recordings and looking at them. `viewer`: looking at rooms. `user`: what every user may do, and rooms of their own. */
            role: "admin" | "operator" | "viewer" | "user";
            /**
             * The name to log in with: letters, digits and `. _ @ -`. Upper and lower case are the same.
             * @minLength 1
             * @maxLength 64
             * @pattern ^[A-Za-z0-9._@-]+$
             */
            username: string;
          }[];
        },
        void | Problem
      >({
        path: `/api/users`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description What is tried again, and the last thousand that are over; the newest first.
     *
     * @tags Webhooks
     * @name ListWebhookDeliveries
     * @summary List what was sent
     * @request GET:/api/webhooks/{id}/deliveries
     * @secure
     */
    listWebhookDeliveries: (
      id: string,
      query?: {
        /**
         * So many are left out.
         * @min 0
         * @max 1000000
         * @default 0
         */
        skip?: number;
        /** Only these. */
        state?: "pending" | "delivered" | "failed";
        /**
         * At most so many are listed.
         * @min 1
         * @max 100
         * @default 20
         */
        top?: number;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * How many match, before paging.
           * @min 0
           */
          count: number;
          /** The newest first. */
          items: {
            /** The last of them, oldest first. */
            attempts: {
              /**
               * When the request was made.
               * @format date-time
               */
              at: string;
              /** How long it took. */
              duration_ms: number;
              /** What went wrong, as a word; absent when the answer was a success. */
              error?: string;
              /** How the answer began. */
              response: string;
              /** Of the answer; absent when there was none. */
              status?: number;
            }[];
            /**
             * When it was begun.
             * @format date-time
             */
            created_at: string;
            /** The id of the event: what the receiver gets as `webhook-id`. */
            event: string;
            /** The id of the delivery. */
            id: string;
            /**
             * When a pending one is tried again.
             * @format date-time
             */
            next_attempt_at?: string;
            /** The body that is sent. */
            payload: string;
            /** The number of the event; a test has none. */
            seq?: number;
            /** How it stands. */
            state: "pending" | "delivered" | "failed";
            /** How often it was tried. */
            tries: number;
            /** The type of the event. */
            type: string;
          }[];
        },
        void | Problem
      >({
        path: `/api/webhooks/${id}/deliveries`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description All of them, in the order in which they were made, without their secrets.
     *
     * @tags Webhooks
     * @name ListWebhooks
     * @summary List the webhooks
     * @request GET:/api/webhooks
     * @secure
     */
    listWebhooks: (params: RequestParams = {}) =>
      this.request<
        {
          /**
           * How many there are.
           * @min 0
           */
          count: number;
          /** In the order in which they were made. */
          items: {
            /**
             * When it was made.
             * @format date-time
             */
            created_at: string;
            /**
             * A note of the client's own.
             * @maxLength 500
             * @default ""
             */
            description: string;
            /** `gone`: the receiver answered 410. */
            disabled_reason?: "gone";
            /**
             * Whether anything is sent.
             * @default true
             */
            enabled: boolean;
            /**
             * `parley`: the events of the log. `meet`: `meetingStarted`, `meetingEnded`, `recordingStarted`, `recordingUpdated` and `recordingEnded` as the meet API sends them, with its signature. Decided when the webhook is made.
             * @default "parley"
             */
            format: "parley" | "meet";
            /** The id of the webhook. */
            id: string;
            /** Deliveries that failed and are tried again. */
            pending: number;
            /** Every event up to this number was sent once or is not wanted. */
            position: number;
            /**
             * Only events of this room.
             * @minLength 1
             * @maxLength 128
             */
            room?: string;
            /** Events that the log had forgotten before they could be sent. */
            skipped: number;
            /**
             * Types and families of events, as `room.*`; none: all.
             * @maxItems 100
             * @default []
             */
            types: string[];
            /**
             * When it was changed last.
             * @format date-time
             */
            updated_at: string;
            /** Where events are sent. */
            url: string;
          }[];
        },
        void | Problem
      >({
        path: `/api/webhooks`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Refuses new callers, hosts excepted.
     *
     * @tags Conference
     * @name LockConferenceRoom
     * @summary Lock a room
     * @request POST:/api/conference_rooms/{id}/lock
     * @secure
     */
    lockConferenceRoom: (id: string, params: RequestParams = {}) =>
      this.request<object, Problem>({
        path: `/api/conference_rooms/${id}/lock`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Keeps new participants out. For hosts, by their token or since they entered as one, and for the chairman.
     *
     * @tags Join
     * @name LockMyRoom
     * @summary Lock or unlock the room
     * @request PUT:/api/join/room/lock
     * @secure
     */
    lockMyRoom: (
      data: {
        /** On or off. */
        on: boolean;
      },
      params: RequestParams = {},
    ) =>
      this.request<object, Problem>({
        path: `/api/join/room/lock`,
        method: "PUT",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description As the PIN of a host does. It takes the permission `canMakeModerator`.
     *
     * @tags Join
     * @name MakeHost
     * @summary Make a host of a participant
     * @request PUT:/api/join/participants/{participant_id}/host
     * @secure
     */
    makeHost: (participantId: string, params: RequestParams = {}) =>
      this.request<object, Problem>({
        path: `/api/join/participants/${participantId}/host`,
        method: "PUT",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Their call goes on, and they keep their id, their name and their own mute; hosts and the chairman of this room are ordinary participants there unless `role` says otherwise. No PIN is asked for and a lock does not keep them out, but the room must have a free place and have begun. When it cannot be they stay where they are. Answers when they are there: at once, or after their phone has agreed to another media address.
     *
     * @tags Conference
     * @name MoveConferenceRoomParticipant
     * @summary Move a participant to another room
     * @request POST:/api/conference_rooms/{id}/participants/{participant_id}/move
     * @secure
     */
    moveConferenceRoomParticipant: (
      id: string,
      participantId: string,
      data: {
        /**
         * As whom they come there.
         * @default "participant"
         */
        role?: "host" | "participant";
        /**
         * The id of the room that they are moved to.
         * @maxLength 128
         */
        room_id: string;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** Whether this is the chairman of the room. */
          chairman: boolean;
          /** What is spoken with their phone; empty until the first packets. */
          codecs: string[];
          /** The name shown to others. */
          display_name: string;
          /** The id that the client's own system has for them; null for callers by phone. */
          external_user_id: string | null;
          /** What is wrong with their call at present, the worst first; empty: nothing that was found. */
          findings: {
            /** What to look at. */
            advice: string;
            /** What it is, for programs. */
            code:
              | "MEDIA_NOT_DECRYPTED"
              | "MEDIA_NOT_SENT"
              | "NO_AUDIO_IN"
              | "NO_AUDIO_OUT"
              | "MEDIA_IGNORED"
              | "MACHINE_OVERLOADED"
              | "LOSS_IN"
              | "LOSS_OUT"
              | "JITTER_IN"
              | "JITTER_OUT"
              | "DELAY"
              | "ECHO_SOURCE"
              | "CLIPPING"
              | "LOW_LEVEL"
              | "CLOCK_SKEW"
              | "WRONG_TIMESTAMPS"
              | "DTMF_INBAND";
            /** What is wrong, with the figure that shows it. */
            sentence: string;
            /** `error`: they cannot talk. `warning`: it is heard. `info`: it is made up for, or concerns keys alone. */
            severity: "error" | "warning" | "info";
            /**
             * When it was found.
             * @format date-time
             */
            since: string;
          }[];
          /** Whether the participant has raised a hand to ask for the floor. */
          hand_raised: boolean;
          /** Whether the participant's phone has put the conference on hold. */
          held: boolean;
          /** The id of the participant. */
          id: string;
          /**
           * When the participant came in.
           * @format date-time
           */
          joined_at: string;
          /**
           * When the participant went; null while inside.
           * @format date-time
           */
          left_at: string | null;
          /** The suite of SRTP that their media are encrypted by, such as `AES_CM_128_HMAC_SHA1_80`; null: they pass in the clear. */
          media_encryption: string | null;
          /** Whom the room has known in advance; null: no member. */
          member_id: string | null;
          /** Why the participant is muted; empty when not. */
          mute_reasons: ("self" | "host" | "room" | "floor")[];
          /** Whether the others cannot hear this participant. */
          muted: boolean;
          /** The number the participant called from. */
          number: string;
          /** What they may do at this moment. */
          permissions: {
            /** Whether they have `canChangeVirtualBackground`. */
            can_change_virtual_background: boolean;
            /** Whether they have `canDeleteRecordings`. */
            can_delete_recordings: boolean;
            /** Whether they have `canEndMeeting`. */
            can_end_meeting: boolean;
            /** Whether they have `canJoinMeeting`. */
            can_join_meeting: boolean;
            /** Whether they have `canKickParticipants`. */
            can_kick_participants: boolean;
            /** Whether they have `canMakeModerator`. */
            can_make_moderator: boolean;
            /** Whether they have `canPublishAudio`. */
            can_publish_audio: boolean;
            /** Whether they have `canPublishVideo`. */
            can_publish_video: boolean;
            /** Whether they have `canReadChat`. */
            can_read_chat: boolean;
            /** Whether they have `canRecord`. */
            can_record: boolean;
            /** Whether they have `canRetrieveRecordings`. */
            can_retrieve_recordings: boolean;
            /** Whether they have `canShareAccessLinks`. */
            can_share_access_links: boolean;
            /** Whether they have `canShareScreen`. */
            can_share_screen: boolean;
            /** Whether they have `canWriteChat`. */
            can_write_chat: boolean;
          };
          /**
           * The cell of the picture that shows them, pinned or not; -1: none does.
           * @min -1
           * @max 8
           */
          position: number;
          /** How good the connection was in the last seconds: the worse of its two directions. Null at first. */
          quality: {
            /** Audio since the call began that was too loud for its codec. */
            clipped_ms: number;
            /** Audio from the phone that was made up for lost packets. */
            concealed_percent: number;
            /** Audio cut out or put in since the call began, to follow the phone's clock and the network. */
            corrected_ms: number;
            /** How long what comes from the phone waits until it is heard. */
            delay_ms: number;
            /** Whether the participant's phone seems to send back what it hears. */
            echo: boolean;
            /** How unevenly packets arrive. */
            jitter_ms: number;
            /** How loud the phone is now; 0 is the loudest there is. */
            level_dbov: number;
            /** Packets that were lost. */
            loss_percent: number;
            /** Estimated opinion score (ITU-T G.107), 1 to 4.5; null while unknown. */
            mos: number | null;
            /**
             * Packets since the call began that the bridge's own machine refused to send: a firewall on it, no route.
             * @min 0
             */
            packets_unsent: number;
            /** How unevenly ours arrive there; null while it reports nothing. */
            remote_jitter_ms: number | null;
            /** What the phone lost of our packets; null while it reports nothing. */
            remote_loss_percent: number | null;
            /** The same score for what the phone hears; null while it reports nothing. */
            remote_mos: number | null;
            /** There and back; null while unknown. */
            round_trip_ms: number | null;
            /** Why the last of them was not sent: the system's name for it, such as `EPERM`; null: all were. */
            unsent_reason: string | null;
            /** Pictures in both directions in the last seconds; null where no video is agreed on. */
            video: {
              /** Why the last of them that was broken itself was: `incomplete` (packets lost), `malformed`, `unsupported`, `too large`, `no parameter sets`, `no key frame`; null: none was. */
              drop_reason: string | null;
              /**
               * Pictures of their camera since the call began that could not be used, because they or what they build on were broken.
               * @min 0
               */
              frames_dropped: number;
              /**
               * Key frames that their phone has asked for since the call began.
               * @min 0
               */
              key_frame_requests_received: number;
              /**
               * Key frames that were asked of their camera since the call began.
               * @min 0
               */
              key_frame_requests_sent: number;
              /** Of their camera's pictures; null while none come. */
              received_codec: string | null;
              /**
               * Likewise.
               * @min 0
               */
              received_height: number;
              /**
               * Kilobits of the last second.
               * @min 0
               */
              received_kbps: number;
              /** Packets of their camera that were lost. */
              received_loss_percent: number;
              /**
               * Of the picture that came last, in pixels; 0 before the first.
               * @min 0
               */
              received_width: number;
              /** Of the room's picture that they are sent; null while it is not. */
              sent_codec: string | null;
              /**
               * Likewise.
               * @min 0
               */
              sent_height: number;
              /**
               * Kilobits of the last second.
               * @min 0
               */
              sent_kbps: number;
              /** What the phone lost of it; null while it reports nothing. */
              sent_loss_percent: number | null;
              /**
               * Of the room's picture as they are sent it, in pixels; 0 before the first.
               * @min 0
               */
              sent_width: number;
            };
          };
          /** `host` or `participant`. */
          role: "host" | "participant";
          /** `joined`: inside. `left`: gone, as the event says that tells of it. */
          state: "joined" | "left";
          /** Whether speech is heard from this participant now. */
          talking: boolean;
          /** How signalling reaches their phone: `UDP`, `TCP` …; null when it is not known. */
          transport: string | null;
          /** The pictures that they send at this moment, seen by the others or not. */
          video: {
            /** Whether pictures of their camera come. */
            camera: boolean;
            /** Whether pictures of one of them are not decoded any more: the process that decodes has ended over them twice. */
            refused: boolean;
            /** Whether they share a screen. */
            screen: boolean;
          };
          /** How loud they hear the room, in dB; 0: unchanged. */
          volume: number;
        },
        Problem
      >({
        path: `/api/conference_rooms/${id}/participants/${participantId}/move`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Mutes all participants but the chairman, those who come later included.
     *
     * @tags Conference
     * @name MuteConferenceRoom
     * @summary Mute a room
     * @request POST:/api/conference_rooms/{id}/mute
     * @secure
     */
    muteConferenceRoom: (id: string, params: RequestParams = {}) =>
      this.request<object, Problem>({
        path: `/api/conference_rooms/${id}/mute`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description The participant cannot undo this; a host can.
     *
     * @tags Conference
     * @name MuteConferenceRoomParticipant
     * @summary Mute a participant
     * @request POST:/api/conference_rooms/{id}/participants/{participant_id}/mute
     * @secure
     */
    muteConferenceRoomParticipant: (
      id: string,
      participantId: string,
      params: RequestParams = {},
    ) =>
      this.request<object, Problem>({
        path: `/api/conference_rooms/${id}/participants/${participantId}/mute`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description All but the chairman. For hosts, by their token or since they entered as one, and for the chairman.
     *
     * @tags Join
     * @name MuteMyRoom
     * @summary Mute or unmute the room
     * @request PUT:/api/join/room/mute
     * @secure
     */
    muteMyRoom: (
      data: {
        /** On or off. */
        on: boolean;
      },
      params: RequestParams = {},
    ) =>
      this.request<object, Problem>({
        path: `/api/join/room/mute`,
        method: "PUT",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description The button of the page. The header `Parley-Call` names the call: its Call-ID.
     *
     * @tags Join
     * @name MuteMyself
     * @summary Mute or unmute oneself
     * @request PUT:/api/join/self/mute
     * @secure
     */
    muteMyself: (
      data: {
        /** On or off. */
        on: boolean;
      },
      params: RequestParams = {},
    ) =>
      this.request<object, Problem>({
        path: `/api/join/self/mute`,
        method: "PUT",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Unmuting gives them the floor. For hosts, by their token or since they entered as one, and for the chairman.
     *
     * @tags Join
     * @name MuteOther
     * @summary Mute or unmute a participant
     * @request PUT:/api/join/participants/{participant_id}/mute
     * @secure
     */
    muteOther: (
      participantId: string,
      data: {
        /** On or off. */
        on: boolean;
      },
      params: RequestParams = {},
    ) =>
      this.request<object, Problem>({
        path: `/api/join/participants/${participantId}/mute`,
        method: "PUT",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description The cell must be one of the room's layout and not taken by another pinned participant. For hosts, by their token or since they entered as one, and for the chairman.
     *
     * @tags Join
     * @name PinOther
     * @summary Pin a participant to a cell of the picture
     * @request PUT:/api/join/participants/{participant_id}/position
     * @secure
     */
    pinOther: (
      participantId: string,
      data: {
        /**
         * A cell of the room's layout; -1: not shown; null: where the layout places them.
         * @min -1
         * @max 8
         */
        position: number | null;
      },
      params: RequestParams = {},
    ) =>
      this.request<object, Problem>({
        path: `/api/join/participants/${participantId}/position`,
        method: "PUT",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Asks for the floor, or no longer. The header `Parley-Call` names the call: its Call-ID.
     *
     * @tags Join
     * @name RaiseMyHand
     * @summary Raise or lower one's hand
     * @request PUT:/api/join/self/hand
     * @secure
     */
    raiseMyHand: (
      data: {
        /** On or off. */
        on: boolean;
      },
      params: RequestParams = {},
    ) =>
      this.request<object, Problem>({
        path: `/api/join/self/hand`,
        method: "PUT",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description As JSON: events behind `after`. With `Accept: text/event-stream`: a stream of server-sent events that begins with a snapshot of the rooms on call. With an upgrade to WebSocket: the same stream, one JSON object a message.
     *
     * @tags Events
     * @name ReadEvents
     * @summary Read or follow the events
     * @request GET:/api/events
     * @secure
     */
    readEvents: (
      query?: {
        /**
         * Only events behind this number. A stream that has it continues there and sends no snapshot; a header `Last-Event-ID` does the same.
         * @min 0
         */
        after?: number;
        /**
         * Only events of the room with this id, which may have gone and is not looked up.
         * @maxLength 128
         */
        room?: string;
        /**
         * Of a list: at most so many. A stream has no end.
         * @min 1
         * @max 1000
         * @default 100
         */
        top?: number;
        /**
         * Types and families, separated by commas: `room.*,participant.joined`. Absent: all.
         * @maxLength 1000
         * @example "room.*,participant.joined"
         */
        types?: string;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** In the order in which they happened. */
          items: Event[];
          /**
           * The last event there is; 0: none yet.
           * @min 0
           */
          newest: number;
          /**
           * Where the next question begins: give it as `after`.
           * @min 0
           */
          next: number;
          /**
           * The first event that the log still has.
           * @min 1
           */
          oldest: number;
        },
        void | Problem
      >({
        path: `/api/events`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description All participants hear it. It takes the permission `canRecord`.
     *
     * @tags Join
     * @name RecordMyRoom
     * @summary Start or stop recording
     * @request PUT:/api/join/room/recording
     * @secure
     */
    recordMyRoom: (
      data: {
        /** On or off. */
        on: boolean;
      },
      params: RequestParams = {},
    ) =>
      this.request<object, Problem>({
        path: `/api/join/room/recording`,
        method: "PUT",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Sends the same event with the same `webhook-id` at once and answers with what came of it. A pending delivery goes on being tried when this fails.
     *
     * @tags Webhooks
     * @name RedeliverWebhookDelivery
     * @summary Send a delivery once more
     * @request POST:/api/webhooks/{id}/deliveries/{delivery_id}/redeliver
     * @secure
     */
    redeliverWebhookDelivery: (
      id: string,
      deliveryId: string,
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * When the request was made.
           * @format date-time
           */
          at: string;
          /** How long it took. */
          duration_ms: number;
          /** What went wrong, as a word; absent when the answer was a success. */
          error?: string;
          /** How the answer began. */
          response: string;
          /** Of the answer; absent when there was none. */
          status?: number;
        },
        Problem
      >({
        path: `/api/webhooks/${id}/deliveries/${deliveryId}/redeliver`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description With a key, or with the participant's own refresh token as bearer credential. A refresh token works once: one that comes a second time ends all tokens that came of it. Earlier access and API tokens last until their end.
     *
     * @tags Participants
     * @name RefreshParticipantToken
     * @summary Make new tokens for a participant
     * @request POST:/api/v1/rooms/{id}/participants/{pid}/token
     * @secure
     */
    refreshParticipantToken: (
      id: string,
      pid: string,
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** Opens the room, by WebRTC and SIP: a join token. */
          access_token: string;
          /** Opens the API, in this room only. */
          auth_token: string;
          /** Seconds that `access_token` and `auth_token` last. */
          expires_in: number;
          /** For the next tokens, as bearer credential of the token operation. It works once. */
          refresh_token: string;
          /** Always `Bearer`. */
          token_type: "Bearer";
        },
        Problem
      >({
        path: `/api/v1/rooms/${id}/participants/${pid}/token`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Their call ends. It takes the permission `canKickParticipants`.
     *
     * @tags Join
     * @name RemoveOther
     * @summary Remove a participant
     * @request DELETE:/api/join/participants/{participant_id}
     * @secure
     */
    removeOther: (participantId: string, params: RequestParams = {}) =>
      this.request<object, Problem>({
        path: `/api/join/participants/${participantId}`,
        method: "DELETE",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description A participant who is inside is sent away at once, and their tokens are worth nothing any more. A participant's own token removes its holder, and others with the permission `canKickParticipants`.
     *
     * @tags Participants
     * @name RemoveParticipant
     * @summary Remove a participant from a room
     * @request DELETE:/api/v1/rooms/{id}/participants/{pid}
     * @secure
     */
    removeParticipant: (id: string, pid: string, params: RequestParams = {}) =>
      this.request<void, Problem>({
        path: `/api/v1/rooms/${id}/participants/${pid}`,
        method: "DELETE",
        secure: true,
        ...params,
      }),

    /**
     * @description Who is in the meeting is sent away at once; their links and tokens open nothing any more. The last admin cannot be removed. For admins of the room.
     *
     * @tags Self-service
     * @name RemoveParticipants
     * @summary Remove participants from a room
     * @request DELETE:/api/admin/room/{room_id}/participant
     * @secure
     */
    removeParticipants: (
      roomId: string,
      data: {
        /**
         * Whom to remove.
         * @maxItems 100
         * @minItems 1
         */
        participant_ids: string[];
      },
      params: RequestParams = {},
    ) =>
      this.request<void, Problem>({
        path: `/api/admin/room/${roomId}/participant`,
        method: "DELETE",
        body: data,
        secure: true,
        type: "application/json",
        ...params,
      }),

    /**
     * @description A meeting may last longer than its link. While the call that the header `Parley-Call` names is in the room, its token can be had again for an hour at least, with the same id, name and role; it is revoked with the one before.
     *
     * @tags Join
     * @name RenewJoinToken
     * @summary Renew a join token in the middle of its call
     * @request POST:/api/join/renewal
     * @secure
     */
    renewJoinToken: (params: RequestParams = {}) =>
      this.request<
        {
          /**
           * Seconds until the token ends.
           * @min 0
           */
          expires_in: number;
          /** The token from now on. */
          token: string;
        },
        Problem
      >({
        path: `/api/join/renewal`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Ends the login of the given token or of the one in the header; both its tokens stop working.
     *
     * @tags Access
     * @name RevokeAccessToken
     * @summary Log out
     * @request POST:/api/login/oauth/revoke
     */
    revokeAccessToken: (
      data?: {
        /** `client_id`, as the documentation of the source API spells it. Taken, and without a meaning here. */
        clicent_id?: string | null;
        /** The program that asks. Taken, and without a meaning here. */
        client_id?: string | null;
        /**
         * Access or refresh token; without it the one of the header.
         * @maxLength 256
         */
        token?: string;
        /** Which of the two it is. Taken, and without a meaning here. */
        token_type_hint?: string | null;
      },
      params: RequestParams = {},
    ) =>
      this.request<object, Problem>({
        path: `/api/login/oauth/revoke`,
        method: "POST",
        body: data,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description The last admin stays one. For admins of the room.
     *
     * @tags Self-service
     * @name RevokeRoomAdmin
     * @summary Make an admin a participant
     * @request DELETE:/api/admin/room/{room_id}/participant/{participant_id}/admin
     * @secure
     */
    revokeRoomAdmin: (
      roomId: string,
      participantId: string,
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** Whether they are an admin of the room. */
          admin: boolean;
          /** Whether they have put the room away. */
          archive_room: boolean;
          /** Whether they are in the room now. */
          in_room: boolean;
          /** The id of the participant: the user's, where they are one. */
          participant_id: string;
          /** The user; null: a person with a link alone. */
          user_id: string | null;
          /** Their name in the room. */
          username: string;
        },
        Problem
      >({
        path: `/api/admin/room/${roomId}/participant/${participantId}/admin`,
        method: "DELETE",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description For a day both secrets sign; a secret that was being replaced already ends at once.
     *
     * @tags Webhooks
     * @name RotateWebhookSecret
     * @summary Replace a webhook's secret
     * @request POST:/api/webhooks/{id}/rotate_secret
     * @secure
     */
    rotateWebhookSecret: (id: string, params: RequestParams = {}) =>
      this.request<
        {
          /**
           * Until then the secret before signs as well.
           * @format date-time
           */
          previous_expires_at: string;
          /** Signatures are checked with it. It is not shown again. */
          secret: string;
        },
        Problem
      >({
        path: `/api/webhooks/${id}/rotate_secret`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Text, a file that was uploaded, or both; also without being in the meeting.
     *
     * @tags Self-service
     * @name SendChatMessage
     * @summary Send a message
     * @request POST:/api/participant/room/{room_id}/chat
     * @secure
     */
    sendChatMessage: (
      roomId: string,
      data: {
        /**
         * A file that the sender has uploaded to this room.
         * @maxLength 64
         */
        file_id?: string;
        /**
         * Plain text of at most 4000 characters.
         * @maxLength 8000
         */
        text?: string;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** The file that was sent with it; null: none. */
          file: {
            /** SHA-256 of its bytes, hexadecimal. */
            sha256: string;
            /** What it is; checked against its bytes. */
            content_type: string;
            /** The id of the file. */
            id: string;
            /** Its name. */
            name: string;
            /** Bytes. */
            size: number;
          };
          /** The id of the message. */
          id: string;
          /** 1, 2, 3 … in the room. */
          number: number;
          /** The sender. */
          sender: {
            /** The name that the room showed. */
            display_name: string;
            /** The member of the room that they were. */
            member_id: string | null;
            /** The participant that they were; null: they wrote without a call. */
            participant_id: string | null;
            /** The user that they were. */
            user_id: string | null;
          };
          /**
           * When it was sent.
           * @format date-time
           */
          sent_at: string;
          /** Plain text; empty only with a file. */
          text: string;
        },
        Problem
      >({
        path: `/api/participant/room/${roomId}/chat`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Text, a file that was uploaded, or both. The header `Parley-Call` names the call: its Call-ID.
     *
     * @tags Join
     * @name SendMyMessage
     * @summary Send a message
     * @request POST:/api/join/chat
     * @secure
     */
    sendMyMessage: (
      data: {
        /**
         * A file that the sender has uploaded to this room.
         * @maxLength 64
         */
        file_id?: string;
        /**
         * Plain text of at most 4000 characters.
         * @maxLength 8000
         */
        text?: string;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** The file that was sent with it; null: none. */
          file: {
            /** SHA-256 of its bytes, hexadecimal. */
            sha256: string;
            /** What it is; checked against its bytes. */
            content_type: string;
            /** The id of the file. */
            id: string;
            /** Its name. */
            name: string;
            /** Bytes. */
            size: number;
          };
          /** The id of the message. */
          id: string;
          /** 1, 2, 3 … in the room. */
          number: number;
          /** The sender. */
          sender: {
            /** The name that the room showed. */
            display_name: string;
            /** The member of the room that they were. */
            member_id: string | null;
            /** The participant that they were; null: they wrote without a call. */
            participant_id: string | null;
            /** The user that they were. */
            user_id: string | null;
          };
          /**
           * When it was sent.
           * @format date-time
           */
          sent_at: string;
          /** Plain text; empty only with a file. */
          text: string;
        },
        Problem
      >({
        path: `/api/join/chat`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Nothing else changes; it may be marked again.
     *
     * @tags Conference
     * @name SetConferenceRecordingRead
     * @summary Mark a recording as heard
     * @request POST:/api/conference_rooms/{id}/recordings/{recording_id}/set_read
     * @secure
     */
    setConferenceRecordingRead: (
      id: string,
      recordingId: string,
      params: RequestParams = {},
    ) =>
      this.request<object, Problem>({
        path: `/api/conference_rooms/${id}/recordings/${recordingId}/set_read`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Nothing else changes; it may be marked again.
     *
     * @tags Conference
     * @name SetConferenceRecordingUnRead
     * @summary Mark a recording as not heard
     * @request POST:/api/conference_rooms/{id}/recordings/{recording_id}/set_unread
     * @secure
     */
    setConferenceRecordingUnRead: (
      id: string,
      recordingId: string,
      params: RequestParams = {},
    ) =>
      this.request<object, Problem>({
        path: `/api/conference_rooms/${id}/recordings/${recordingId}/set_unread`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description The cell must be one of the room's layout and not taken by another pinned participant.
     *
     * @tags Conference
     * @name SetConferenceRoomParticipantPosition
     * @summary Pin a participant to a cell of the picture
     * @request POST:/api/conference_rooms/{id}/participants/{participant_id}/position
     * @secure
     */
    setConferenceRoomParticipantPosition: (
      id: string,
      participantId: string,
      data: {
        /**
         * A cell of the room's layout; -1: not shown; null: where the layout places them.
         * @min -1
         * @max 8
         */
        position: number | null;
      },
      params: RequestParams = {},
    ) =>
      this.request<object, Problem>({
        path: `/api/conference_rooms/${id}/participants/${participantId}/position`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description It stays with the room. Pins to cells that the new layout does not have end. For hosts, by their token or since they entered as one, and for the chairman.
     *
     * @tags Join
     * @name SetMyRoomLayout
     * @summary Choose the layout of the picture
     * @request PUT:/api/join/room/layout
     * @secure
     */
    setMyRoomLayout: (
      data: {
        /** The number of cells; `LAYOUT0`: as many as are needed. */
        layout:
          | "LAYOUT0"
          | "LAYOUT1"
          | "LAYOUT2"
          | "LAYOUT3"
          | "LAYOUT4"
          | "LAYOUT6"
          | "LAYOUT9";
      },
      params: RequestParams = {},
    ) =>
      this.request<object, Problem>({
        path: `/api/join/room/layout`,
        method: "PUT",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Nothing else changes; it may be marked again.
     *
     * @tags Conference
     * @name SetRecordingRead
     * @summary Mark a recording as heard
     * @request POST:/api/recordings/{recording_id}/set_read
     * @secure
     */
    setRecordingRead: (recordingId: string, params: RequestParams = {}) =>
      this.request<object, Problem>({
        path: `/api/recordings/${recordingId}/set_read`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Nothing else changes; it may be marked again.
     *
     * @tags Conference
     * @name SetRecordingUnread
     * @summary Mark a recording as not heard
     * @request POST:/api/recordings/{recording_id}/set_unread
     * @secure
     */
    setRecordingUnread: (recordingId: string, params: RequestParams = {}) =>
      this.request<object, Problem>({
        path: `/api/recordings/${recordingId}/set_unread`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description What is stored of it; how it is doing is its status.
     *
     * @tags Conference
     * @name ShowConferenceServer
     * @summary Show a server
     * @request GET:/api/conference_servers/{id}
     * @secure
     */
    showConferenceServer: (id: string, params: RequestParams = {}) =>
      this.request<
        {
          /**
           * Its IPv4 address; null or empty: none.
           * @maxLength 15
           */
          ipv4: string | null;
          /**
           * Its IPv6 address; null or empty: none.
           * @maxLength 45
           */
          ipv6: string | null;
          /**
           * Whether it takes callers. Those who are in a room stay when it is disabled.
           * @default true
           */
          enabled: boolean;
          /** The id of the server; `internal` is the one that is built in. */
          id: string;
          /**
           * How many callers there may be in all rooms, those at a PIN prompt included. 0: no limit.
           * @min 0
           * @max 2147483647
           */
          max_participants: number;
          /**
           * How many rooms there may be. 0: no limit.
           * @min 0
           * @max 2147483647
           */
          max_rooms: number;
          /**
           * What it is called.
           * @minLength 1
           * @maxLength 64
           * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
           */
          name: string;
          /** `INTERNAL`: the one that is built in. `EXTERNAL`: any other. */
          type: "INTERNAL" | "EXTERNAL";
        },
        void | Problem
      >({
        path: `/api/conference_servers/${id}`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description All participants are told that recording runs.
     *
     * @tags Conference
     * @name StartRecordingInConferenceRoom
     * @summary Start recording
     * @request POST:/api/conference_rooms/{id}/start_recording
     * @secure
     */
    startRecordingInConferenceRoom: (id: string, params: RequestParams = {}) =>
      this.request<object, Problem>({
        path: `/api/conference_rooms/${id}/start_recording`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description The request that made it is answered with what was dumped until now. Only over the bridge's Unix socket.
     *
     * @tags Calls
     * @name StopCallDump
     * @summary End the dump of a call
     * @request POST:/api/calls/{id}/dump/stop
     * @secure
     */
    stopCallDump: (id: string, params: RequestParams = {}) =>
      this.request<void, Problem>({
        path: `/api/calls/${id}/dump/stop`,
        method: "POST",
        secure: true,
        ...params,
      }),

    /**
     * @description What was recorded until now is kept.
     *
     * @tags Conference
     * @name StopRecordingInConferenceRoom
     * @summary Stop recording
     * @request POST:/api/conference_rooms/{id}/stop_recording
     * @secure
     */
    stopRecordingInConferenceRoom: (id: string, params: RequestParams = {}) =>
      this.request<object, Problem>({
        path: `/api/conference_rooms/${id}/stop_recording`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description What `parley doctor --trunk` does: asks the trunk, calls the number by the trunk's own rules and within its limits, sends a tone for three seconds, puts the call on hold and takes it back, and says what came of it, each with a verdict and what to do. It takes up to a minute and a half; one at a time. Best is a number that answers by itself and echoes.
     *
     * @tags System
     * @name TestTrunk
     * @summary Place a test call over a trunk
     * @request POST:/api/trunks/{name}/test
     * @secure
     */
    testTrunk: (
      name: string,
      data: {
        /**
         * Whom to call.
         * @minLength 1
         * @maxLength 64
         */
        number: string;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** What was found. */
          checks: {
            /** What was looked at. */
            check: string;
            /** One sentence. */
            detail: string;
            /** What to do; null where there is nothing to do. */
            remedy: string | null;
            /** `skip`: what it needs is not known here. */
            verdict: "pass" | "warn" | "fail" | "skip";
          }[];
          /** The number as it was dialled there. */
          dialled: string;
          /** The worst verdict of all. */
          status: "pass" | "warn" | "fail";
          /** As in the configuration. */
          trunk: string;
        },
        Problem
      >({
        path: `/api/trunks/${name}/test`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Sends an event `webhook.test` at once and answers with what came of it. It is not tried again. A webhook with the format `meet` is sent a `meetingStarted` of a room that there is not.
     *
     * @tags Webhooks
     * @name TestWebhook
     * @summary Send a test
     * @request POST:/api/webhooks/{id}/test
     * @secure
     */
    testWebhook: (id: string, params: RequestParams = {}) =>
      this.request<
        {
          /**
           * When the request was made.
           * @format date-time
           */
          at: string;
          /** How long it took. */
          duration_ms: number;
          /** What went wrong, as a word; absent when the answer was a success. */
          error?: string;
          /** How the answer began. */
          response: string;
          /** Of the answer; absent when there was none. */
          status?: number;
        },
        Problem
      >({
        path: `/api/webhooks/${id}/test`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Text that grows until the number of messages, the time or the connection ends.
     *
     * @tags System
     * @name TraceSip
     * @summary Watch SIP messages as they pass
     * @request GET:/api/sip/trace
     * @secure
     */
    traceSip: (
      query?: {
        /**
         * Only messages of this call.
         * @minLength 1
         * @maxLength 256
         */
        call_id?: string;
        /**
         * Ends after so many messages.
         * @min 1
         * @max 1000
         * @default 100
         */
        messages?: number;
        /**
         * Only messages to and from this address.
         * @maxLength 64
         */
        peer?: string;
        /**
         * Ends after so many seconds.
         * @min 1
         * @max 3600
         * @default 60
         */
        seconds?: number;
      },
      params: RequestParams = {},
    ) =>
      this.request<string, Problem>({
        path: `/api/sip/trace`,
        method: "GET",
        query: query,
        secure: true,
        ...params,
      }),

    /**
     * @description There is one chairman at most: the previous one loses the chair. The new chairman is no longer muted by the mute of the room or by `MASTER` control.
     *
     * @tags Conference
     * @name TransferConferenceRoomOwnership
     * @summary Give the chair to a participant
     * @request POST:/api/conference_rooms/{id}/participants/{participant_id}/chairman
     * @secure
     */
    transferConferenceRoomOwnership: (
      id: string,
      participantId: string,
      params: RequestParams = {},
    ) =>
      this.request<object, Problem>({
        path: `/api/conference_rooms/${id}/participants/${participantId}/chairman`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description It gets its `dial_daily_minutes` of today once more; the next day begins again in any case.
     *
     * @tags System
     * @name UnfreezeTrunk
     * @summary Let a trunk that has used its minutes dial again
     * @request POST:/api/trunks/{name}/unfreeze
     * @secure
     */
    unfreezeTrunk: (name: string, params: RequestParams = {}) =>
      this.request<object, Problem>({
        path: `/api/trunks/${name}/unfreeze`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Lets new callers in again.
     *
     * @tags Conference
     * @name UnlockConferenceRoom
     * @summary Unlock a room
     * @request POST:/api/conference_rooms/{id}/unlock
     * @secure
     */
    unlockConferenceRoom: (id: string, params: RequestParams = {}) =>
      this.request<object, Problem>({
        path: `/api/conference_rooms/${id}/unlock`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Lifts what muting the room has done, and nothing else.
     *
     * @tags Conference
     * @name UnmuteConferenceRoom
     * @summary Unmute a room
     * @request POST:/api/conference_rooms/{id}/unmute
     * @secure
     */
    unmuteConferenceRoom: (id: string, params: RequestParams = {}) =>
      this.request<object, Problem>({
        path: `/api/conference_rooms/${id}/unmute`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Gives the floor: clears every reason for which the participant is muted.
     *
     * @tags Conference
     * @name UnmuteConferenceRoomParticipant
     * @summary Unmute a participant
     * @request POST:/api/conference_rooms/{id}/participants/{participant_id}/unmute
     * @secure
     */
    unmuteConferenceRoomParticipant: (
      id: string,
      participantId: string,
      params: RequestParams = {},
    ) =>
      this.request<object, Problem>({
        path: `/api/conference_rooms/${id}/participants/${participantId}/unmute`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Fields that are absent stay as they are. A new password and disabling end the account's registrations and calls at once.
     *
     * @tags Accounts
     * @name UpdateAccount
     * @summary Change an account
     * @request POST:/api/accounts/{id}
     * @secure
     */
    updateAccount: (
      id: string,
      data: {
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        created_at?: any;
        /**
         * The name that rooms show. The extension when it is not given.
         * @minLength 1
         * @maxLength 64
         * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
         */
        display_name?: string;
        /**
         * Whose account it is. `null` or empty: not known.
         * @maxLength 254
         */
        email?: string | null;
        /**
         * Whether it can register and call. Disabling ends its registrations and its calls.
         * @default true
         */
        enabled?: boolean;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        extension?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        id?: any;
        /**
         * At least 8 characters that every telephone can be given, the extension not among them.
         * @minLength 8
         * @maxLength 64
         * @pattern ^[!-~]+$
         */
        password?: string;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        registered?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        registrations?: any;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * When it was made.
           * @format date-time
           */
          created_at: string;
          /**
           * The name that rooms show. The extension when it is not given.
           * @minLength 1
           * @maxLength 64
           * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
           */
          display_name: string;
          /** Whose account it is; absent: not known. */
          email?: string;
          /**
           * Whether it can register and call. Disabling ends its registrations and its calls.
           * @default true
           */
          enabled: boolean;
          /**
           * What the account registers with, calls as and is called by: 3 to 64 digits. No room and no other account has it.
           * @minLength 3
           * @maxLength 64
           * @pattern ^[0-9]{3,64}$
           */
          extension: string;
          /** The id of the account. */
          id: string;
          /** Whether a telephone is registered with it now. */
          registered: boolean;
          /** The telephones that are registered with it. */
          registrations: {
            /** The address and port that it came from. */
            address: string;
            /** The SIP URI that the telephone has registered. */
            contact: string;
            /**
             * Until when it is registered, unless it registers again.
             * @format date-time
             */
            expires_at: string;
            /** `UDP`, `TCP`, `TLS`, `WS` or `WSS`. */
            transport: string;
            /** What the telephone says it is; may be empty. */
            user_agent: string;
          }[];
        },
        Problem
      >({
        path: `/api/accounts/${id}`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Fields that are absent stay as they are. The key itself never changes: make another one.
     *
     * @tags Access
     * @name UpdateApiKey
     * @summary Change an API key
     * @request POST:/api/keys/{id}
     * @secure
     */
    updateApiKey: (
      id: string,
      data: {
        /**
         * IP addresses and networks that it may come from. Empty: any.
         * @maxItems 50
         * @default []
         */
        addresses?: string[];
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        created_at?: any;
        /**
         * When it stops working. `null`: never.
         * @format date-time
         */
        expires_at?: string | null;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        id?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        last_used_at?: any;
        /**
         * The person or program that uses it.
         * @minLength 1
         * @maxLength 64
         * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
         */
        name?: string;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        prefix?: any;
        /**
         * What it may do. `read`: look at everything but recordings, calls and PINs. `rooms`: make, change and control rooms, and see their PINs. `pins`: see PINs, with `read`. `calls`: the list of calls and their records. `calls:hangup`: hang calls up. `recordings`: list, start, stop, download and delete them. `admin`: everything.
         * @maxItems 9
         * @minItems 1
         */
        scopes?: (
          | "admin"
          | "rooms"
          | "calls"
          | "calls:hangup"
          | "recordings"
          | "accounts"
          | "pins"
          | "diagnostics"
          | "read"
        )[];
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * IP addresses and networks that it may come from. Empty: any.
           * @maxItems 50
           * @default []
           */
          addresses: string[];
          /**
           * When it was made.
           * @format date-time
           */
          created_at: string;
          /**
           * When it stops working; absent: never.
           * @format date-time
           */
          expires_at?: string;
          /** The id of the key. */
          id: string;
          /**
           * When it was last used, to the minute; absent: never.
           * @format date-time
           */
          last_used_at?: string;
          /**
           * The person or program that uses it.
           * @minLength 1
           * @maxLength 64
           * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
           */
          name: string;
          /** How the key begins; the rest is secret. */
          prefix: string;
          /**
           * What it may do. `read`: look at everything but recordings, calls and PINs. `rooms`: make, change and control rooms, and see their PINs. `pins`: see PINs, with `read`. `calls`: the list of calls and their records. `calls:hangup`: hang calls up. `recordings`: list, start, stop, download and delete them. `admin`: everything.
           * @maxItems 9
           * @minItems 1
           */
          scopes: (
            | "admin"
            | "rooms"
            | "calls"
            | "calls:hangup"
            | "recordings"
            | "accounts"
            | "pins"
            | "diagnostics"
            | "read"
          )[];
        },
        Problem
      >({
        path: `/api/keys/${id}`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Fields that are absent stay as they are. What GET shows may be sent back; a change without effect leaves the ETag.
     *
     * @tags Conference
     * @name UpdateConferenceRoom
     * @summary Change a room
     * @request POST:/api/conference_rooms/{id}
     * @secure
     */
    updateConferenceRoom: (
      id: string,
      data: {
        /**
         * The PIN that makes its owner a host. Digits only; `null` removes it.
         * @minLength 3
         * @maxLength 6
         * @pattern ^[0-9]{3,6}$
         */
        admin_pin?: string | null;
        /**
         * Bit rate of the picture in a `VIDEO` room, in kbit/s.
         * @min 128
         * @max 10240
         * @default 1024
         */
        bitrate?: number;
        /**
         * How many participants there may be.
         * @min 1
         * @max 200
         * @default 9
         */
        capacity?: number;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        closed?: any;
        /**
         * `FREE`: all participants may speak. `MASTER`: the hosts give the floor.
         * @default "FREE"
         */
        control?: "FREE" | "MASTER";
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        created_at?: any;
        /**
         * The client's own settings as JSON text; kept, never read.
         * @maxLength 65536
         * @default ""
         */
        custom_options?: string;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        domain?: any;
        /**
         * Whether welcomes and announcements are spoken.
         * @default true
         */
        enable_prompt?: boolean;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        enable_recording?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        extension_number?: any;
        /**
         * Mail addresses of others who are invited.
         * @maxLength 4096
         * @default ""
         */
        external_invitees?: string;
        /**
         * Pictures a second in a `VIDEO` room.
         * @min 5
         * @max 30
         * @default 15
         */
        framerate?: number;
        /**
         * Height of the picture in a `VIDEO` room, in pixels.
         * @min 144
         * @max 1920
         * @default 720
         */
        height?: number;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        id?: any;
        /**
         * Ids or names of the users who are invited by mail. Kept as they are given: one that there is not is not written to.
         * @maxItems 1000
         * @default []
         */
        internal_invitees?: string[];
        /**
         * BCP 47 tag of the language of the prompts.
         * @maxLength 64
         * @default "en"
         */
        language?: string;
        /**
         * Number of cells of the picture in a `VIDEO` room. `LAYOUT0`: as many as are needed.
         * @default "LAYOUT0"
         */
        layout?:
          | "LAYOUT0"
          | "LAYOUT1"
          | "LAYOUT2"
          | "LAYOUT3"
          | "LAYOUT4"
          | "LAYOUT6"
          | "LAYOUT9";
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        mode?: any;
        /**
         * The numbers that reach the room from outside, for invitations.
         * @maxLength 128
         * @default ""
         * @pattern ^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
         */
        numbers?: string;
        /**
         * What the room calls itself when it dials out, for each trunk.
         * @maxItems 100
         * @default []
         */
        outbound_caller_ids?: {
          /**
           * The number to show there, or what else stands in front of the `@` of the caller's address; `anonymous`: none is shown.
           * @minLength 1
           * @maxLength 64
           * @pattern ^[^\s\u0000-\u001f\u007f-\u009f<>"@:;?]+$
           */
          caller_id: string;
          /**
           * What it is for.
           * @maxLength 1024
           */
          description?: string | null;
          /**
           * The name of the trunk. Kept as it is given: one that the configuration does not have is never dialled over.
           * @minLength 1
           * @maxLength 64
           */
          provider_id: string;
        }[];
        /**
         * The PIN that lets its owner in. Digits only; `null` removes it.
         * @minLength 3
         * @maxLength 6
         * @pattern ^[0-9]{3,6}$
         */
        room_pin?: string | null;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        sbc_host?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        sbc_port?: any;
        /**
         * When the meeting ends. RFC 3339 with any offset; `null` removes it.
         * @format date-time
         */
        scheduled_end_at?: string | null;
        /**
         * When the meeting begins. RFC 3339 with any offset; `null` removes it.
         * @format date-time
         */
        scheduled_start_at?: string | null;
        /**
         * What the room is called.
         * @minLength 1
         * @maxLength 64
         * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
         */
        subject?: string;
        /**
         * IANA name of the time zone in which times are told.
         * @maxLength 64
         * @default "UTC"
         */
        timezone?: string;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        token?: any;
        /**
         * Width of the picture in a `VIDEO` room, in pixels.
         * @min 144
         * @max 1920
         * @default 1280
         */
        width?: number;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** What came of the invitations by mail. `sent`: all invitees who have to be told are being written to. `partly`: some invitees have no usable address, or there are too many. `none`: there is no invitee to tell, or nothing new. `not_configured`: the room has invitees, and the bridge has no mail server. */
          invitations?: "sent" | "partly" | "none" | "not_configured";
        },
        Problem
      >({
        path: `/api/conference_rooms/${id}`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Options that are absent stay as they are. A list of members replaces the whole list.
     *
     * @tags Conference
     * @name UpdateConferenceRoomOptions
     * @summary Change the options of a room
     * @request PATCH:/api/conference_rooms/{id}/options
     * @secure
     */
    updateConferenceRoomOptions: (
      id: string,
      data: {
        /**
         * Whether a host may open the room before its scheduled start.
         * @default false
         */
        allow_early_join?: boolean;
        /**
         * What the room hears of arrivals and departures. `names`: callers are asked to say their name on the way in, and the room hears it in their own voice; of callers who say nothing it hears a tone.
         * @default "tones"
         */
        announce?: "tones" | "names" | "none";
        /**
         * Whether the room takes no new participants, hosts included, until it is opened again. A meeting that runs goes on.
         * @default false
         */
        closed?: boolean;
        /**
         * People who enter with a PIN of their own. A room that has some asks every caller for a PIN.
         * @maxItems 200
         */
        members?: {
          /**
           * The name the room knows them by.
           * @minLength 1
           * @maxLength 64
           * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
           */
          name: string;
          /**
           * Their own PIN: digits, unique in this room.
           * @minLength 3
           * @maxLength 6
           * @pattern ^[0-9]{3,6}$
           */
          pin: string;
          /** As what they enter. */
          role: "host" | "participant";
        }[];
        /** Whether the room has a picture. It may be changed in a meeting: who can send and show one is offered it, or loses it, and stays in the call. */
        mode?: "AUDIO" | "VIDEO";
        /**
         * Whether the time of day in the room's time zone is written into its picture, to the minute or to the second. null: as configured (`video.clock`).
         * @default null
         */
        picture_clock?: "off" | "minutes" | "seconds";
        /**
         * For a camera's picture of another aspect ratio than its cell. `letterbox`: the whole picture, with bars; `crop`: it fills the cell and is cut. Shared screens are always shown whole. null: as configured (`video.fit`).
         * @default null
         */
        picture_fit?: "letterbox" | "crop";
        /**
         * Whether the subject is written into the room's picture. null: as configured (`video.subject`).
         * @default null
         */
        picture_subject?: boolean | null;
        /**
         * Callers who come before a host wait outside with music.
         * @default false
         */
        wait_for_host?: boolean;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * Whether a host may open the room before its scheduled start.
           * @default false
           */
          allow_early_join: boolean;
          /**
           * What the room hears of arrivals and departures. `names`: callers are asked to say their name on the way in, and the room hears it in their own voice; of callers who say nothing it hears a tone.
           * @default "tones"
           */
          announce: "tones" | "names" | "none";
          /**
           * Whether the room takes no new participants, hosts included, until it is opened again. A meeting that runs goes on.
           * @default false
           */
          closed: boolean;
          /** The members. */
          members: {
            /**
             * The name the room knows them by.
             * @minLength 1
             * @maxLength 64
             * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
             */
            name: string;
            /** Their own PIN; null for clients that may not see it. */
            pin: string | null;
            /** As what they enter. */
            role: "host" | "participant";
          }[];
          /** Whether the room has a picture. It may be changed in a meeting: who can send and show one is offered it, or loses it, and stays in the call. */
          mode: "AUDIO" | "VIDEO";
          /**
           * Whether the time of day in the room's time zone is written into its picture, to the minute or to the second. null: as configured (`video.clock`).
           * @default null
           */
          picture_clock: "off" | "minutes" | "seconds";
          /**
           * For a camera's picture of another aspect ratio than its cell. `letterbox`: the whole picture, with bars; `crop`: it fills the cell and is cut. Shared screens are always shown whole. null: as configured (`video.fit`).
           * @default null
           */
          picture_fit: "letterbox" | "crop";
          /**
           * Whether the subject is written into the room's picture. null: as configured (`video.subject`).
           * @default null
           */
          picture_subject: boolean | null;
          /**
           * Callers who come before a host wait outside with music.
           * @default false
           */
          wait_for_host: boolean;
        },
        Problem
      >({
        path: `/api/conference_rooms/${id}/options`,
        method: "PATCH",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description The first participant gets the cell 0, the next the cell 1 and so on; all other participants are hidden. An empty list lets the picture arrange itself again.
     *
     * @tags Conference
     * @name UpdateConferenceRoomParticipantsLayout
     * @summary Pin participants to the cells in order
     * @request POST:/api/conference_rooms/{id}/participants/layout
     * @secure
     */
    updateConferenceRoomParticipantsLayout: (
      id: string,
      data: {
        /**
         * Ids of participants.
         * @maxItems 200
         */
        items: string[];
      },
      params: RequestParams = {},
    ) =>
      this.request<object, Problem>({
        path: `/api/conference_rooms/${id}/participants/layout`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Fields that are absent stay as they are. A limit that is lower than what there is ends nothing: it refuses what comes next.
     *
     * @tags Conference
     * @name UpdateConferenceServer
     * @summary Change a server
     * @request POST:/api/conference_servers/{id}
     * @secure
     */
    updateConferenceServer: (
      id: string,
      data: {
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        ipv4?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        ipv6?: any;
        /**
         * Whether it takes callers. Those who are in a room stay when it is disabled.
         * @default true
         */
        enabled?: boolean;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        id?: any;
        /**
         * How many callers there may be in all rooms, those at a PIN prompt included. 0: no limit.
         * @min 0
         * @max 2147483647
         */
        max_participants?: number;
        /**
         * How many rooms there may be. 0: no limit.
         * @min 0
         * @max 2147483647
         */
        max_rooms?: number;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        name?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        type?: any;
      },
      params: RequestParams = {},
    ) =>
      this.request<object, Problem>({
        path: `/api/conference_servers/${id}`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description The name that the room shows, and whether the user has put the room away.
     *
     * @tags Self-service
     * @name UpdateMyProfile
     * @summary Change one's own profile in a room
     * @request PATCH:/api/participant/room/{room_id}/userprofile
     * @secure
     */
    updateMyProfile: (
      roomId: string,
      data: {
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        admin?: any;
        /** Whether the user puts the room away. */
        archive_room?: boolean;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        in_room?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        participant_id?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        user_id?: any;
        /**
         * The name in the room: that of the user unless given.
         * @minLength 1
         * @maxLength 64
         * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
         */
        username?: string;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** Whether they are an admin of the room. */
          admin: boolean;
          /** Whether they have put the room away. */
          archive_room: boolean;
          /** Whether they are in the room now. */
          in_room: boolean;
          /** The id of the participant: the user's, where they are one. */
          participant_id: string;
          /** The user; null: a person with a link alone. */
          user_id: string | null;
          /** Their name in the room. */
          username: string;
        },
        Problem
      >({
        path: `/api/participant/room/${roomId}/userprofile`,
        method: "PATCH",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description With `enabled` false every token of this person is refused from now on, and what they have open ends. Name and role come from their tokens.
     *
     * @tags Access
     * @name UpdateOidcUser
     * @summary Shut a person of the issuer out, or let them in again
     * @request POST:/api/oidc_users/{id}
     * @secure
     */
    updateOidcUser: (
      id: string,
      data: {
        /** Whether the tokens of this person are taken. */
        enabled?: boolean;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        first_seen_at?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        id?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        issuer?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        last_seen_at?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        name?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        role?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        subject?: any;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** Whether the tokens of this person are taken. */
          enabled: boolean;
          /**
           * When they first came.
           * @format date-time
           */
          first_seen_at: string;
          /** The id of the person here; the same for ever. */
          id: string;
          /** The issuer that has logged them in. */
          issuer: string;
          /**
           * When they last came, to the minute.
           * @format date-time
           */
          last_seen_at: string;
          /** The name in their latest token. */
          name: string;
          /** What their latest token makes them. */
          role: "admin" | "operator" | "viewer" | "user";
          /** What the issuer calls them, `sub` of their tokens. */
          subject: string;
        },
        Problem
      >({
        path: `/api/oidc_users/${id}`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description For clients that know one address for both: with fields of the room it changes the room, without any it ends it in `time_left` seconds. Others change with PATCH and end with `/end`.
     *
     * @tags Self-service
     * @name UpdateOrEndRoom
     * @summary Change or end a room
     * @request POST:/api/admin/room/{room_id}
     * @secure
     */
    updateOrEndRoom: (
      roomId: string,
      data?: {
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        admin?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        archive_room?: any;
        /**
         * How many participants there may be.
         * @min 1
         * @max 200
         * @default 9
         */
        capacity?: number;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        created_at?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        extension_number?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        join_url?: any;
        /**
         * BCP 47 tag of the language of the prompts.
         * @maxLength 64
         * @default "en"
         */
        language?: string;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        mode?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        on_call?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        room_id?: any;
        /**
         * When the meeting ends. RFC 3339 with any offset; `null` removes it.
         * @format date-time
         */
        scheduled_end_at?: string | null;
        /**
         * When the meeting begins. RFC 3339 with any offset; `null` removes it.
         * @format date-time
         */
        scheduled_start_at?: string | null;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        status?: any;
        /**
         * What the room is called.
         * @minLength 1
         * @maxLength 64
         * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
         */
        subject?: string;
        /**
         * In how many seconds the meeting ends; 0: now.
         * @min 0
         * @max 86400
         * @default 0
         */
        time_left?: number;
        /**
         * IANA name of the time zone in which times are told.
         * @maxLength 64
         * @default "UTC"
         */
        timezone?: string;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        username?: any;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** Whether the user is an admin of the room. */
          admin: boolean;
          /** Whether the user has put the room away. */
          archive_room: boolean;
          /** How many participants there may be. */
          capacity: number;
          /**
           * When it was made.
           * @format date-time
           */
          created_at: string;
          /** The number that phones dial. */
          extension_number: string;
          /** The user's own link into the room: not to be passed on. */
          join_url: string | null;
          /** The language of the prompts. */
          language: string;
          /** Whether it has a picture. */
          mode: "AUDIO" | "VIDEO";
          /** Whether a participant is in it now. */
          on_call: boolean;
          /** The id of the room, in every API. */
          room_id: string;
          /**
           * When it ends.
           * @format date-time
           */
          scheduled_end_at: string | null;
          /**
           * When it begins.
           * @format date-time
           */
          scheduled_start_at: string | null;
          /** `booked`: it has not begun. `ended`: its time is over, or it is closed. `started`: otherwise. */
          status: "booked" | "started" | "ended";
          /** What it is called. */
          subject: string;
          /** The time zone in which times are told. */
          timezone: string;
          /** The name of the user in the room. */
          username: string;
        },
        Problem
      >({
        path: `/api/admin/room/${roomId}`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Fields that are absent stay as they are. For admins of the room.
     *
     * @tags Self-service
     * @name UpdateRoom
     * @summary Change a room
     * @request PATCH:/api/admin/room/{room_id}
     * @secure
     */
    updateRoom: (
      roomId: string,
      data: {
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        admin?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        archive_room?: any;
        /**
         * How many participants there may be.
         * @min 1
         * @max 200
         * @default 9
         */
        capacity?: number;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        created_at?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        extension_number?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        join_url?: any;
        /**
         * BCP 47 tag of the language of the prompts.
         * @maxLength 64
         * @default "en"
         */
        language?: string;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        mode?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        on_call?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        room_id?: any;
        /**
         * When the meeting ends. RFC 3339 with any offset; `null` removes it.
         * @format date-time
         */
        scheduled_end_at?: string | null;
        /**
         * When the meeting begins. RFC 3339 with any offset; `null` removes it.
         * @format date-time
         */
        scheduled_start_at?: string | null;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        status?: any;
        /**
         * What the room is called.
         * @minLength 1
         * @maxLength 64
         * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
         */
        subject?: string;
        /**
         * IANA name of the time zone in which times are told.
         * @maxLength 64
         * @default "UTC"
         */
        timezone?: string;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        username?: any;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** Whether the user is an admin of the room. */
          admin: boolean;
          /** Whether the user has put the room away. */
          archive_room: boolean;
          /** How many participants there may be. */
          capacity: number;
          /**
           * When it was made.
           * @format date-time
           */
          created_at: string;
          /** The number that phones dial. */
          extension_number: string;
          /** The user's own link into the room: not to be passed on. */
          join_url: string | null;
          /** The language of the prompts. */
          language: string;
          /** Whether it has a picture. */
          mode: "AUDIO" | "VIDEO";
          /** Whether a participant is in it now. */
          on_call: boolean;
          /** The id of the room, in every API. */
          room_id: string;
          /**
           * When it ends.
           * @format date-time
           */
          scheduled_end_at: string | null;
          /**
           * When it begins.
           * @format date-time
           */
          scheduled_start_at: string | null;
          /** `booked`: it has not begun. `ended`: its time is over, or it is closed. `started`: otherwise. */
          status: "booked" | "started" | "ended";
          /** What it is called. */
          subject: string;
          /** The time zone in which times are told. */
          timezone: string;
          /** The name of the user in the room. */
          username: string;
        },
        Problem
      >({
        path: `/api/admin/room/${roomId}`,
        method: "PATCH",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Tokens that came from a link end with it. Not while a meeting runs.
     *
     * @tags Meet
     * @name UpdateRoomAnonymous
     * @summary Switch the links without an account on and off
     * @request PUT:/api/v1/rooms/{roomId}/anonymous
     * @secure
     */
    updateRoomAnonymous: (
      roomId: string,
      data: {
        /** The links that let people without an account in. */
        anonymous: {
          /** The link of the role. */
          moderator?: {
            /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
            accessUrl?: any;
            /** Whether the link is on. */
            enabled: boolean;
          };
          /** The link of the role. */
          speaker?: {
            /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
            accessUrl?: any;
            /** Whether the link is on. */
            enabled: boolean;
          };
        };
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** What was done. */
          message: string;
          /** The room. */
          room: {
            /**
             * The link for users, who log in.
             * @format uri
             */
            accessUrl?: string;
            /** Links for people without an account. */
            anonymous?: {
              /** The link of the role. */
              moderator: {
                /**
                 * The link. Without its secret for those who may not hand it on.
                 * @format uri
                 */
                accessUrl: string;
                /** Whether the link lets participants in. */
                enabled: boolean;
              };
              /** The link of the role. */
              speaker: {
                /**
                 * The link. Without its secret for those who may not hand it on.
                 * @format uri
                 */
                accessUrl: string;
                /** Whether the link lets participants in. */
                enabled: boolean;
              };
            };
            /** When it is deleted, milliseconds since 1970; null: not by itself. */
            autoDeletionDate?: number | null;
            /** How it is deleted; absent without a date. */
            autoDeletionPolicy?: {
              /** With a meeting that runs then. */
              withMeeting: "force" | "when_meeting_ends";
              /** With recordings that there are then. */
              withRecordings: "force" | "close";
            };
            /** What is on in the room. */
            config?: {
              /** The switch of end-to-end encryption. */
              e2ee: {
                /** Whether end-to-end encryption is on. */
                enabled: boolean;
              };
              /** The switch of the chat. */
              chat: {
                /** Whether the chat is on. */
                enabled: boolean;
              };
              /** Recordings of the room. */
              recording: {
                /** The users and participants who may see its recordings, beside administrators. */
                allowAccessTo:
                  | "admin"
                  | "admin_moderator"
                  | "admin_moderator_speaker";
                /** Whether the room may be recorded. */
                enabled: boolean;
              };
              /** The switch of the virtual background. */
              virtualBackground: {
                /** Whether the virtual background is on. */
                enabled: boolean;
              };
            };
            /** When it was made, milliseconds since 1970. */
            creationDate?: number;
            /** What the end of the running meeting brings. */
            meetingEndAction?: "none" | "delete" | "close";
            /** Whose the room is: a user name, or `admin`. */
            owner?: string;
            /** What the roles may do. */
            roles?: {
              /** The role. */
              moderator: {
                /** What the role may do. */
                permissions: {
                  /** Whether they have `canChangeVirtualBackground`. */
                  canChangeVirtualBackground: boolean;
                  /** Whether they have `canDeleteRecordings`. */
                  canDeleteRecordings: boolean;
                  /** Whether they have `canEndMeeting`. */
                  canEndMeeting: boolean;
                  /** Whether they have `canJoinMeeting`. */
                  canJoinMeeting: boolean;
                  /** Whether they have `canKickParticipants`. */
                  canKickParticipants: boolean;
                  /** Whether they have `canMakeModerator`. */
                  canMakeModerator: boolean;
                  /** Whether they have `canPublishAudio`. */
                  canPublishAudio: boolean;
                  /** Whether they have `canPublishVideo`. */
                  canPublishVideo: boolean;
                  /** Whether they have `canReadChat`. */
                  canReadChat: boolean;
                  /** Whether they have `canRecord`. */
                  canRecord: boolean;
                  /** Whether they have `canRetrieveRecordings`. */
                  canRetrieveRecordings: boolean;
                  /** Whether they have `canShareAccessLinks`. */
                  canShareAccessLinks: boolean;
                  /** Whether they have `canShareScreen`. */
                  canShareScreen: boolean;
                  /** Whether they have `canWriteChat`. */
                  canWriteChat: boolean;
                };
              };
              /** The role. */
              speaker: {
                /** What the role may do. */
                permissions: {
                  /** Whether they have `canChangeVirtualBackground`. */
                  canChangeVirtualBackground: boolean;
                  /** Whether they have `canDeleteRecordings`. */
                  canDeleteRecordings: boolean;
                  /** Whether they have `canEndMeeting`. */
                  canEndMeeting: boolean;
                  /** Whether they have `canJoinMeeting`. */
                  canJoinMeeting: boolean;
                  /** Whether they have `canKickParticipants`. */
                  canKickParticipants: boolean;
                  /** Whether they have `canMakeModerator`. */
                  canMakeModerator: boolean;
                  /** Whether they have `canPublishAudio`. */
                  canPublishAudio: boolean;
                  /** Whether they have `canPublishVideo`. */
                  canPublishVideo: boolean;
                  /** Whether they have `canReadChat`. */
                  canReadChat: boolean;
                  /** Whether they have `canRecord`. */
                  canRecord: boolean;
                  /** Whether they have `canRetrieveRecordings`. */
                  canRetrieveRecordings: boolean;
                  /** Whether they have `canShareAccessLinks`. */
                  canShareAccessLinks: boolean;
                  /** Whether they have `canShareScreen`. */
                  canShareScreen: boolean;
                  /** Whether they have `canWriteChat`. */
                  canWriteChat: boolean;
                };
              };
            };
            /** The id of the room, the same in every API of this bridge. */
            roomId?: string;
            /** What the room is called. */
            roomName?: string;
            /** How the room is doing. */
            status?: "open" | "active_meeting" | "closed";
          };
        },
        Problem
      >({
        path: `/api/v1/rooms/${roomId}/anonymous`,
        method: "PUT",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Merges what is given. Not while a meeting runs.
     *
     * @tags Meet
     * @name UpdateRoomConfig
     * @summary Change what is on in a room
     * @request PUT:/api/v1/rooms/{roomId}/config
     * @secure
     */
    updateRoomConfig: (
      roomId: string,
      data: {
        /** What is to be on in the room. */
        config: {
          /** The switch of end-to-end encryption, which switches recording off. */
          e2ee?: {
            /** Whether end-to-end encryption, which switches recording off is on. */
            enabled: boolean;
          };
          /** The switch of the chat. */
          chat?: {
            /** Whether the chat is on. */
            enabled: boolean;
          };
          /** Recordings of the room. */
          recording?: {
            /** The users and participants who may see its recordings, beside administrators. */
            allowAccessTo?:
              | "admin"
              | "admin_moderator"
              | "admin_moderator_speaker";
            /** Whether the room may be recorded. */
            enabled?: boolean;
          };
          /** The switch of the virtual background. */
          virtualBackground?: {
            /** Whether the virtual background is on. */
            enabled: boolean;
          };
        };
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** What was done. */
          message: string;
          /** The room. */
          room: {
            /**
             * The link for users, who log in.
             * @format uri
             */
            accessUrl?: string;
            /** Links for people without an account. */
            anonymous?: {
              /** The link of the role. */
              moderator: {
                /**
                 * The link. Without its secret for those who may not hand it on.
                 * @format uri
                 */
                accessUrl: string;
                /** Whether the link lets participants in. */
                enabled: boolean;
              };
              /** The link of the role. */
              speaker: {
                /**
                 * The link. Without its secret for those who may not hand it on.
                 * @format uri
                 */
                accessUrl: string;
                /** Whether the link lets participants in. */
                enabled: boolean;
              };
            };
            /** When it is deleted, milliseconds since 1970; null: not by itself. */
            autoDeletionDate?: number | null;
            /** How it is deleted; absent without a date. */
            autoDeletionPolicy?: {
              /** With a meeting that runs then. */
              withMeeting: "force" | "when_meeting_ends";
              /** With recordings that there are then. */
              withRecordings: "force" | "close";
            };
            /** What is on in the room. */
            config?: {
              /** The switch of end-to-end encryption. */
              e2ee: {
                /** Whether end-to-end encryption is on. */
                enabled: boolean;
              };
              /** The switch of the chat. */
              chat: {
                /** Whether the chat is on. */
                enabled: boolean;
              };
              /** Recordings of the room. */
              recording: {
                /** The users and participants who may see its recordings, beside administrators. */
                allowAccessTo:
                  | "admin"
                  | "admin_moderator"
                  | "admin_moderator_speaker";
                /** Whether the room may be recorded. */
                enabled: boolean;
              };
              /** The switch of the virtual background. */
              virtualBackground: {
                /** Whether the virtual background is on. */
                enabled: boolean;
              };
            };
            /** When it was made, milliseconds since 1970. */
            creationDate?: number;
            /** What the end of the running meeting brings. */
            meetingEndAction?: "none" | "delete" | "close";
            /** Whose the room is: a user name, or `admin`. */
            owner?: string;
            /** What the roles may do. */
            roles?: {
              /** The role. */
              moderator: {
                /** What the role may do. */
                permissions: {
                  /** Whether they have `canChangeVirtualBackground`. */
                  canChangeVirtualBackground: boolean;
                  /** Whether they have `canDeleteRecordings`. */
                  canDeleteRecordings: boolean;
                  /** Whether they have `canEndMeeting`. */
                  canEndMeeting: boolean;
                  /** Whether they have `canJoinMeeting`. */
                  canJoinMeeting: boolean;
                  /** Whether they have `canKickParticipants`. */
                  canKickParticipants: boolean;
                  /** Whether they have `canMakeModerator`. */
                  canMakeModerator: boolean;
                  /** Whether they have `canPublishAudio`. */
                  canPublishAudio: boolean;
                  /** Whether they have `canPublishVideo`. */
                  canPublishVideo: boolean;
                  /** Whether they have `canReadChat`. */
                  canReadChat: boolean;
                  /** Whether they have `canRecord`. */
                  canRecord: boolean;
                  /** Whether they have `canRetrieveRecordings`. */
                  canRetrieveRecordings: boolean;
                  /** Whether they have `canShareAccessLinks`. */
                  canShareAccessLinks: boolean;
                  /** Whether they have `canShareScreen`. */
                  canShareScreen: boolean;
                  /** Whether they have `canWriteChat`. */
                  canWriteChat: boolean;
                };
              };
              /** The role. */
              speaker: {
                /** What the role may do. */
                permissions: {
                  /** Whether they have `canChangeVirtualBackground`. */
                  canChangeVirtualBackground: boolean;
                  /** Whether they have `canDeleteRecordings`. */
                  canDeleteRecordings: boolean;
                  /** Whether they have `canEndMeeting`. */
                  canEndMeeting: boolean;
                  /** Whether they have `canJoinMeeting`. */
                  canJoinMeeting: boolean;
                  /** Whether they have `canKickParticipants`. */
                  canKickParticipants: boolean;
                  /** Whether they have `canMakeModerator`. */
                  canMakeModerator: boolean;
                  /** Whether they have `canPublishAudio`. */
                  canPublishAudio: boolean;
                  /** Whether they have `canPublishVideo`. */
                  canPublishVideo: boolean;
                  /** Whether they have `canReadChat`. */
                  canReadChat: boolean;
                  /** Whether they have `canRecord`. */
                  canRecord: boolean;
                  /** Whether they have `canRetrieveRecordings`. */
                  canRetrieveRecordings: boolean;
                  /** Whether they have `canShareAccessLinks`. */
                  canShareAccessLinks: boolean;
                  /** Whether they have `canShareScreen`. */
                  canShareScreen: boolean;
                  /** Whether they have `canWriteChat`. */
                  canWriteChat: boolean;
                };
              };
            };
            /** The id of the room, the same in every API of this bridge. */
            roomId?: string;
            /** What the room is called. */
            roomName?: string;
            /** How the room is doing. */
            status?: "open" | "active_meeting" | "closed";
          };
        },
        Problem
      >({
        path: `/api/v1/rooms/${roomId}/config`,
        method: "PUT",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Takes effect at once, also in the middle of a meeting.
     *
     * @tags Meet
     * @name UpdateRoomMember
     * @summary Change a member of a room
     * @request PUT:/api/v1/rooms/{roomId}/members/{memberId}
     * @secure
     */
    updateRoomMember: (
      roomId: string,
      memberId: string,
      data: {
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        accessUrl?: any;
        /** What the member may do unless overridden. */
        baseRole?: "moderator" | "speaker";
        /** What differs from the base role: replaces all that did before. */
        customPermissions?: {
          /** Whether they have `canChangeVirtualBackground`. */
          canChangeVirtualBackground?: boolean;
          /** Whether they have `canDeleteRecordings`. */
          canDeleteRecordings?: boolean;
          /** Whether they have `canEndMeeting`. */
          canEndMeeting?: boolean;
          /** Whether they have `canJoinMeeting`. */
          canJoinMeeting?: boolean;
          /** Whether they have `canKickParticipants`. */
          canKickParticipants?: boolean;
          /** Whether they have `canMakeModerator`. */
          canMakeModerator?: boolean;
          /** Whether they have `canPublishAudio`. */
          canPublishAudio?: boolean;
          /** Whether they have `canPublishVideo`. */
          canPublishVideo?: boolean;
          /** Whether they have `canReadChat`. */
          canReadChat?: boolean;
          /** Whether they have `canRecord`. */
          canRecord?: boolean;
          /** Whether they have `canRetrieveRecordings`. */
          canRetrieveRecordings?: boolean;
          /** Whether they have `canShareAccessLinks`. */
          canShareAccessLinks?: boolean;
          /** Whether they have `canShareScreen`. */
          canShareScreen?: boolean;
          /** Whether they have `canWriteChat`. */
          canWriteChat?: boolean;
        };
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        effectivePermissions?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        memberId?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        name?: any;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * The member's own link.
           * @format uri
           */
          accessUrl?: string;
          /** What the member may do unless overridden. */
          baseRole?: "moderator" | "speaker";
          /** What differs from the base role; absent when nothing does. */
          customPermissions?: {
            /** Whether they have `canChangeVirtualBackground`. */
            canChangeVirtualBackground?: boolean;
            /** Whether they have `canDeleteRecordings`. */
            canDeleteRecordings?: boolean;
            /** Whether they have `canEndMeeting`. */
            canEndMeeting?: boolean;
            /** Whether they have `canJoinMeeting`. */
            canJoinMeeting?: boolean;
            /** Whether they have `canKickParticipants`. */
            canKickParticipants?: boolean;
            /** Whether they have `canMakeModerator`. */
            canMakeModerator?: boolean;
            /** Whether they have `canPublishAudio`. */
            canPublishAudio?: boolean;
            /** Whether they have `canPublishVideo`. */
            canPublishVideo?: boolean;
            /** Whether they have `canReadChat`. */
            canReadChat?: boolean;
            /** Whether they have `canRecord`. */
            canRecord?: boolean;
            /** Whether they have `canRetrieveRecordings`. */
            canRetrieveRecordings?: boolean;
            /** Whether they have `canShareAccessLinks`. */
            canShareAccessLinks?: boolean;
            /** Whether they have `canShareScreen`. */
            canShareScreen?: boolean;
            /** Whether they have `canWriteChat`. */
            canWriteChat?: boolean;
          };
          /** What they may do. */
          effectivePermissions?: {
            /** Whether they have `canChangeVirtualBackground`. */
            canChangeVirtualBackground: boolean;
            /** Whether they have `canDeleteRecordings`. */
            canDeleteRecordings: boolean;
            /** Whether they have `canEndMeeting`. */
            canEndMeeting: boolean;
            /** Whether they have `canJoinMeeting`. */
            canJoinMeeting: boolean;
            /** Whether they have `canKickParticipants`. */
            canKickParticipants: boolean;
            /** Whether they have `canMakeModerator`. */
            canMakeModerator: boolean;
            /** Whether they have `canPublishAudio`. */
            canPublishAudio: boolean;
            /** Whether they have `canPublishVideo`. */
            canPublishVideo: boolean;
            /** Whether they have `canReadChat`. */
            canReadChat: boolean;
            /** Whether they have `canRecord`. */
            canRecord: boolean;
            /** Whether they have `canRetrieveRecordings`. */
            canRetrieveRecordings: boolean;
            /** Whether they have `canShareAccessLinks`. */
            canShareAccessLinks: boolean;
            /** Whether they have `canShareScreen`. */
            canShareScreen: boolean;
            /** Whether they have `canWriteChat`. */
            canWriteChat: boolean;
          };
          /** The user's name, or `ext-` and what makes it unique. */
          memberId?: string;
          /** The name that the room shows. */
          name?: string;
        },
        Problem
      >({
        path: `/api/v1/rooms/${roomId}/members/${memberId}`,
        method: "PUT",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Merges what is given. Not while a meeting runs.
     *
     * @tags Meet
     * @name UpdateRoomRoles
     * @summary Change what the roles may do
     * @request PUT:/api/v1/rooms/{roomId}/roles
     * @secure
     */
    updateRoomRoles: (
      roomId: string,
      data: {
        /** What the roles may do. */
        roles: {
          /** The role. */
          moderator?: {
            /** Those that are given change. */
            permissions: {
              /** Whether they have `canChangeVirtualBackground`. */
              canChangeVirtualBackground?: boolean;
              /** Whether they have `canDeleteRecordings`. */
              canDeleteRecordings?: boolean;
              /** Whether they have `canEndMeeting`. */
              canEndMeeting?: boolean;
              /** Whether they have `canJoinMeeting`. */
              canJoinMeeting?: boolean;
              /** Whether they have `canKickParticipants`. */
              canKickParticipants?: boolean;
              /** Whether they have `canMakeModerator`. */
              canMakeModerator?: boolean;
              /** Whether they have `canPublishAudio`. */
              canPublishAudio?: boolean;
              /** Whether they have `canPublishVideo`. */
              canPublishVideo?: boolean;
              /** Whether they have `canReadChat`. */
              canReadChat?: boolean;
              /** Whether they have `canRecord`. */
              canRecord?: boolean;
              /** Whether they have `canRetrieveRecordings`. */
              canRetrieveRecordings?: boolean;
              /** Whether they have `canShareAccessLinks`. */
              canShareAccessLinks?: boolean;
              /** Whether they have `canShareScreen`. */
              canShareScreen?: boolean;
              /** Whether they have `canWriteChat`. */
              canWriteChat?: boolean;
            };
          };
          /** The role. */
          speaker?: {
            /** Those that are given change. */
            permissions: {
              /** Whether they have `canChangeVirtualBackground`. */
              canChangeVirtualBackground?: boolean;
              /** Whether they have `canDeleteRecordings`. */
              canDeleteRecordings?: boolean;
              /** Whether they have `canEndMeeting`. */
              canEndMeeting?: boolean;
              /** Whether they have `canJoinMeeting`. */
              canJoinMeeting?: boolean;
              /** Whether they have `canKickParticipants`. */
              canKickParticipants?: boolean;
              /** Whether they have `canMakeModerator`. */
              canMakeModerator?: boolean;
              /** Whether they have `canPublishAudio`. */
              canPublishAudio?: boolean;
              /** Whether they have `canPublishVideo`. */
              canPublishVideo?: boolean;
              /** Whether they have `canReadChat`. */
              canReadChat?: boolean;
              /** Whether they have `canRecord`. */
              canRecord?: boolean;
              /** Whether they have `canRetrieveRecordings`. */
              canRetrieveRecordings?: boolean;
              /** Whether they have `canShareAccessLinks`. */
              canShareAccessLinks?: boolean;
              /** Whether they have `canShareScreen`. */
              canShareScreen?: boolean;
              /** Whether they have `canWriteChat`. */
              canWriteChat?: boolean;
            };
          };
        };
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** What was done. */
          message: string;
          /** The room. */
          room: {
            /**
             * The link for users, who log in.
             * @format uri
             */
            accessUrl?: string;
            /** Links for people without an account. */
            anonymous?: {
              /** The link of the role. */
              moderator: {
                /**
                 * The link. Without its secret for those who may not hand it on.
                 * @format uri
                 */
                accessUrl: string;
                /** Whether the link lets participants in. */
                enabled: boolean;
              };
              /** The link of the role. */
              speaker: {
                /**
                 * The link. Without its secret for those who may not hand it on.
                 * @format uri
                 */
                accessUrl: string;
                /** Whether the link lets participants in. */
                enabled: boolean;
              };
            };
            /** When it is deleted, milliseconds since 1970; null: not by itself. */
            autoDeletionDate?: number | null;
            /** How it is deleted; absent without a date. */
            autoDeletionPolicy?: {
              /** With a meeting that runs then. */
              withMeeting: "force" | "when_meeting_ends";
              /** With recordings that there are then. */
              withRecordings: "force" | "close";
            };
            /** What is on in the room. */
            config?: {
              /** The switch of end-to-end encryption. */
              e2ee: {
                /** Whether end-to-end encryption is on. */
                enabled: boolean;
              };
              /** The switch of the chat. */
              chat: {
                /** Whether the chat is on. */
                enabled: boolean;
              };
              /** Recordings of the room. */
              recording: {
                /** The users and participants who may see its recordings, beside administrators. */
                allowAccessTo:
                  | "admin"
                  | "admin_moderator"
                  | "admin_moderator_speaker";
                /** Whether the room may be recorded. */
                enabled: boolean;
              };
              /** The switch of the virtual background. */
              virtualBackground: {
                /** Whether the virtual background is on. */
                enabled: boolean;
              };
            };
            /** When it was made, milliseconds since 1970. */
            creationDate?: number;
            /** What the end of the running meeting brings. */
            meetingEndAction?: "none" | "delete" | "close";
            /** Whose the room is: a user name, or `admin`. */
            owner?: string;
            /** What the roles may do. */
            roles?: {
              /** The role. */
              moderator: {
                /** What the role may do. */
                permissions: {
                  /** Whether they have `canChangeVirtualBackground`. */
                  canChangeVirtualBackground: boolean;
                  /** Whether they have `canDeleteRecordings`. */
                  canDeleteRecordings: boolean;
                  /** Whether they have `canEndMeeting`. */
                  canEndMeeting: boolean;
                  /** Whether they have `canJoinMeeting`. */
                  canJoinMeeting: boolean;
                  /** Whether they have `canKickParticipants`. */
                  canKickParticipants: boolean;
                  /** Whether they have `canMakeModerator`. */
                  canMakeModerator: boolean;
                  /** Whether they have `canPublishAudio`. */
                  canPublishAudio: boolean;
                  /** Whether they have `canPublishVideo`. */
                  canPublishVideo: boolean;
                  /** Whether they have `canReadChat`. */
                  canReadChat: boolean;
                  /** Whether they have `canRecord`. */
                  canRecord: boolean;
                  /** Whether they have `canRetrieveRecordings`. */
                  canRetrieveRecordings: boolean;
                  /** Whether they have `canShareAccessLinks`. */
                  canShareAccessLinks: boolean;
                  /** Whether they have `canShareScreen`. */
                  canShareScreen: boolean;
                  /** Whether they have `canWriteChat`. */
                  canWriteChat: boolean;
                };
              };
              /** The role. */
              speaker: {
                /** What the role may do. */
                permissions: {
                  /** Whether they have `canChangeVirtualBackground`. */
                  canChangeVirtualBackground: boolean;
                  /** Whether they have `canDeleteRecordings`. */
                  canDeleteRecordings: boolean;
                  /** Whether they have `canEndMeeting`. */
                  canEndMeeting: boolean;
                  /** Whether they have `canJoinMeeting`. */
                  canJoinMeeting: boolean;
                  /** Whether they have `canKickParticipants`. */
                  canKickParticipants: boolean;
                  /** Whether they have `canMakeModerator`. */
                  canMakeModerator: boolean;
                  /** Whether they have `canPublishAudio`. */
                  canPublishAudio: boolean;
                  /** Whether they have `canPublishVideo`. */
                  canPublishVideo: boolean;
                  /** Whether they have `canReadChat`. */
                  canReadChat: boolean;
                  /** Whether they have `canRecord`. */
                  canRecord: boolean;
                  /** Whether they have `canRetrieveRecordings`. */
                  canRetrieveRecordings: boolean;
                  /** Whether they have `canShareAccessLinks`. */
                  canShareAccessLinks: boolean;
                  /** Whether they have `canShareScreen`. */
                  canShareScreen: boolean;
                  /** Whether they have `canWriteChat`. */
                  canWriteChat: boolean;
                };
              };
            };
            /** The id of the room, the same in every API of this bridge. */
            roomId?: string;
            /** What the room is called. */
            roomName?: string;
            /** How the room is doing. */
            status?: "open" | "active_meeting" | "closed";
          };
        },
        Problem
      >({
        path: `/api/v1/rooms/${roomId}/roles`,
        method: "PUT",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description A closed room takes no new participants. While a meeting runs, it is closed when the meeting ends: 202.
     *
     * @tags Meet
     * @name UpdateRoomStatus
     * @summary Open or close a room
     * @request PUT:/api/v1/rooms/{roomId}/status
     * @secure
     */
    updateRoomStatus: (
      roomId: string,
      data: {
        /** `closed`: takes no new participants. */
        status: "open" | "closed";
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** What was done. */
          message: string;
          /** The room. */
          room: {
            /**
             * The link for users, who log in.
             * @format uri
             */
            accessUrl?: string;
            /** Links for people without an account. */
            anonymous?: {
              /** The link of the role. */
              moderator: {
                /**
                 * The link. Without its secret for those who may not hand it on.
                 * @format uri
                 */
                accessUrl: string;
                /** Whether the link lets participants in. */
                enabled: boolean;
              };
              /** The link of the role. */
              speaker: {
                /**
                 * The link. Without its secret for those who may not hand it on.
                 * @format uri
                 */
                accessUrl: string;
                /** Whether the link lets participants in. */
                enabled: boolean;
              };
            };
            /** When it is deleted, milliseconds since 1970; null: not by itself. */
            autoDeletionDate?: number | null;
            /** How it is deleted; absent without a date. */
            autoDeletionPolicy?: {
              /** With a meeting that runs then. */
              withMeeting: "force" | "when_meeting_ends";
              /** With recordings that there are then. */
              withRecordings: "force" | "close";
            };
            /** What is on in the room. */
            config?: {
              /** The switch of end-to-end encryption. */
              e2ee: {
                /** Whether end-to-end encryption is on. */
                enabled: boolean;
              };
              /** The switch of the chat. */
              chat: {
                /** Whether the chat is on. */
                enabled: boolean;
              };
              /** Recordings of the room. */
              recording: {
                /** The users and participants who may see its recordings, beside administrators. */
                allowAccessTo:
                  | "admin"
                  | "admin_moderator"
                  | "admin_moderator_speaker";
                /** Whether the room may be recorded. */
                enabled: boolean;
              };
              /** The switch of the virtual background. */
              virtualBackground: {
                /** Whether the virtual background is on. */
                enabled: boolean;
              };
            };
            /** When it was made, milliseconds since 1970. */
            creationDate?: number;
            /** What the end of the running meeting brings. */
            meetingEndAction?: "none" | "delete" | "close";
            /** Whose the room is: a user name, or `admin`. */
            owner?: string;
            /** What the roles may do. */
            roles?: {
              /** The role. */
              moderator: {
                /** What the role may do. */
                permissions: {
                  /** Whether they have `canChangeVirtualBackground`. */
                  canChangeVirtualBackground: boolean;
                  /** Whether they have `canDeleteRecordings`. */
                  canDeleteRecordings: boolean;
                  /** Whether they have `canEndMeeting`. */
                  canEndMeeting: boolean;
                  /** Whether they have `canJoinMeeting`. */
                  canJoinMeeting: boolean;
                  /** Whether they have `canKickParticipants`. */
                  canKickParticipants: boolean;
                  /** Whether they have `canMakeModerator`. */
                  canMakeModerator: boolean;
                  /** Whether they have `canPublishAudio`. */
                  canPublishAudio: boolean;
                  /** Whether they have `canPublishVideo`. */
                  canPublishVideo: boolean;
                  /** Whether they have `canReadChat`. */
                  canReadChat: boolean;
                  /** Whether they have `canRecord`. */
                  canRecord: boolean;
                  /** Whether they have `canRetrieveRecordings`. */
                  canRetrieveRecordings: boolean;
                  /** Whether they have `canShareAccessLinks`. */
                  canShareAccessLinks: boolean;
                  /** Whether they have `canShareScreen`. */
                  canShareScreen: boolean;
                  /** Whether they have `canWriteChat`. */
                  canWriteChat: boolean;
                };
              };
              /** The role. */
              speaker: {
                /** What the role may do. */
                permissions: {
                  /** Whether they have `canChangeVirtualBackground`. */
                  canChangeVirtualBackground: boolean;
                  /** Whether they have `canDeleteRecordings`. */
                  canDeleteRecordings: boolean;
                  /** Whether they have `canEndMeeting`. */
                  canEndMeeting: boolean;
                  /** Whether they have `canJoinMeeting`. */
                  canJoinMeeting: boolean;
                  /** Whether they have `canKickParticipants`. */
                  canKickParticipants: boolean;
                  /** Whether they have `canMakeModerator`. */
                  canMakeModerator: boolean;
                  /** Whether they have `canPublishAudio`. */
                  canPublishAudio: boolean;
                  /** Whether they have `canPublishVideo`. */
                  canPublishVideo: boolean;
                  /** Whether they have `canReadChat`. */
                  canReadChat: boolean;
                  /** Whether they have `canRecord`. */
                  canRecord: boolean;
                  /** Whether they have `canRetrieveRecordings`. */
                  canRetrieveRecordings: boolean;
                  /** Whether they have `canShareAccessLinks`. */
                  canShareAccessLinks: boolean;
                  /** Whether they have `canShareScreen`. */
                  canShareScreen: boolean;
                  /** Whether they have `canWriteChat`. */
                  canWriteChat: boolean;
                };
              };
            };
            /** The id of the room, the same in every API of this bridge. */
            roomId?: string;
            /** What the room is called. */
            roomName?: string;
            /** How the room is doing. */
            status?: "open" | "active_meeting" | "closed";
          };
        },
        Problem
      >({
        path: `/api/v1/rooms/${roomId}/status`,
        method: "PUT",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Fields that are absent stay as they are. A new role holds at once; a new password and disabling end the user's logins.
     *
     * @tags Access
     * @name UpdateUser
     * @summary Change a user
     * @request POST:/api/users/{id}
     * @secure
     */
    updateUser: (
      id: string,
      data: {
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        created_at?: any;
        /**
         * The name that is shown. The user name when it is not given.
         * @minLength 1
         * @maxLength 128
         * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
         */
        display_name?: string;
        /**
         * Where invitations to rooms that have the user among their `internal_invitees` go. `null` or empty: nowhere, unless the user name is a mail address.
         * @maxLength 254
         */
        email?: string | null;
        /**
         * Whether the user can log in. Disabling ends every login.
         * @default true
         */
        enabled?: boolean;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        id?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        last_login_at?: any;
        /**
         * At least 10 characters, the user's name not among them.
         * @minLength 10
         * @maxLength 128
         */
        password?: string;
        /** `admin`: everything. `operator`: rooms, calls, recordings and looking at them. `viewer`: looking at rooms. `user`: what every user may do, and rooms of their own. */
        role?: "admin" | "operator" | "viewer" | "user";
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        username?: any;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /**
           * When it was made.
           * @format date-time
           */
          created_at: string;
          /**
           * The name that is shown. The user name when it is not given.
           * @minLength 1
           * @maxLength 128
           * @pattern ^[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0]*[^\u0000-\u001f\u007f-\u009f\u2028\u2029 \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$
           */
          display_name: string;
          /** Where invitations go, its domain in lower case; absent: nowhere is set. */
          email?: string;
          /**
           * Whether the user can log in. Disabling ends every login.
           * @default true
           */
          enabled: boolean;
          /** The id of the user. */
          id: string;
          /**
           * When the user last logged in; absent: never.
           * @format date-time
           */
          last_login_at?: string;
          /** `admin`: everything. `operator`: rooms, calls, recordings and looking at them. `viewer`: looking at rooms. `user`: what every user may do, and rooms of their own. */
          role: "admin" | "operator" | "viewer" | "user";
          /**
           * The name to log in with: letters, digits and `. _ @ -`. Upper and lower case are the same.
           * @minLength 1
           * @maxLength 64
           * @pattern ^[A-Za-z0-9._@-]+$
           */
          username: string;
        },
        Problem
      >({
        path: `/api/users/${id}`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Fields that are absent stay as they are. Disabling gives up what is tried again; enabling begins with the next event.
     *
     * @tags Webhooks
     * @name UpdateWebhook
     * @summary Change a webhook
     * @request POST:/api/webhooks/{id}
     * @secure
     */
    updateWebhook: (
      id: string,
      data: {
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        created_at?: any;
        /**
         * A note of the client's own.
         * @maxLength 500
         * @default ""
         */
        description?: string;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        disabled_reason?: any;
        /**
         * Whether anything is sent.
         * @default true
         */
        enabled?: boolean;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        format?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        id?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        pending?: any;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        position?: any;
        /**
         * Only events of the room with this id, which there must be. Null: events of every room.
         * @minLength 1
         * @maxLength 128
         */
        room?: string | null;
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        skipped?: any;
        /**
         * Types and families of events, as `room.*`; none: all.
         * @maxItems 100
         * @default []
         */
        types?: string[];
        /** Cannot be changed. Taken as GET shows it, so that an object can be sent back. */
        updated_at?: any;
        /**
         * Where to send.
         * @minLength 1
         * @maxLength 2000
         */
        url?: string;
      },
      params: RequestParams = {},
    ) =>
      this.request<object, Problem>({
        path: `/api/webhooks/${id}`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description The body is the file as it is, with exactly the bytes that were announced. What it is must match the type that was announced. It can be uploaded once, and is removed when no message has it within an hour.
     *
     * @tags Chat
     * @name UploadChatFile
     * @summary Upload a file
     * @request PUT:/api/chat/uploads/{file_id}
     * @secure
     */
    uploadChatFile: (
      fileId: string,
      data: any,
      query?: {
        /**
         * The maker of the link.
         * @maxLength 200
         */
        by?: string;
        /**
         * The end of the link, seconds since 1970.
         * @min 0
         */
        expires?: number;
      },
      params: RequestParams = {},
    ) =>
      this.request<
        {
          /** SHA-256 of the bytes, hexadecimal. */
          sha256: string;
          /** What the message names. */
          file_id: string;
          /** Bytes. */
          size: number;
        },
        Problem
      >({
        path: `/api/chat/uploads/${fileId}`,
        method: "PUT",
        query: query,
        body: data,
        secure: true,
        format: "json",
        ...params,
      }),
  };
}
