// In the room: who is here, and what one can do.
import { useRef, useState } from "preact/hooks";
import { Canvas } from "../parts/canvas.tsx";
import { ChatPane } from "../parts/chat.tsx";
import { HostTools, hasHostTools } from "../parts/host-tools.tsx";
import { Icon } from "../parts/icon.tsx";
import { Keypad } from "../parts/keypad.tsx";
import { Panel } from "../parts/panel.tsx";
import { RosterTiles } from "../parts/roster.tsx";
import { Sound } from "../parts/sound.tsx";
import { VideoControls } from "../parts/video-controls.tsx";
import type { ScreenProps } from "../screen-props.ts";
import { fill } from "../texts/index.ts";

type Sheet = "keypad" | "sound" | "host";

export function RoomScreen({ meeting, texts, lost }: ScreenProps & { readonly lost: boolean }) {
  const [sheet, setSheet] = useState<Sheet | undefined>(undefined);
  const [wantsChat, setWantsChat] = useState(false);
  const chatButton = useRef<HTMLButtonElement>(null);
  const session = meeting.session.value!;
  const roster = meeting.roster.value;
  const me = meeting.me.value;
  const muted = meeting.muted.value;
  const hand = me?.hand_raised ?? false;
  const isMutedByOthers = me?.mute_reasons.some((reason) => reason !== "self") ?? false;
  const refusal = meeting.refusal.value;
  // A camera is in sight for as long as it is on.
  const hasPicture = meeting.canvas.value !== undefined || meeting.own.camera.value !== undefined;
  const trouble = meeting.own.trouble.value;
  const microphoneProblem = meeting.sound.problem.value;
  const settings = hasPicture ? texts.devices : texts.settings;
  const close = () => setSheet(undefined);
  const chat = meeting.chat.value;
  const mayRead = (chat?.isOpen.value && roster?.permissions?.can_read_chat) ?? false;
  const hasChat = wantsChat && mayRead;
  const unseen = hasChat ? 0 : (chat?.unseen.value ?? 0);
  const closeChat = () => {
    setWantsChat(false);
    chatButton.current?.focus();
  };

  return (
    <div class={hasChat ? "room with-chat" : "room"}>
      <header class="bar">
        <h1>{session.room.name}</h1>
        <div class="pills">
          {roster?.recording && (
            <span class="pill recording">
              <span class="dot" aria-hidden="true" /> {texts.recording}
            </span>
          )}
          {roster?.locked && (
            <span class="pill">
              <Icon name="lock" /> {texts.locked}
            </span>
          )}
          <span class={`pill quality-${meeting.quality.value}`}>
            <span class="dot" aria-hidden="true" /> {texts.quality[meeting.quality.value]}
          </span>
        </div>
      </header>
      <main>
        <div role="status">
          {lost && <p class="notice">{texts.reconnecting}</p>}
          {!lost && roster !== undefined && me === undefined && <p class="notice">{texts.waiting}</p>}
          {isMutedByOthers && <p class="notice">{texts.mutedByHost}</p>}
          {meeting.sound.speaker.isBlocked.value && <p class="error">{texts.soundBlocked}</p>}
          {microphoneProblem === undefined && meeting.sound.isSilenced.value && (
            <p class="error">{texts.microphoneSilenced}</p>
          )}
          {microphoneProblem !== undefined && (
            <p class="error">{texts.problems[microphoneProblem].join(" ")}</p>
          )}
          {trouble !== undefined && <p class="error">{texts.videoTroubles[trouble]}</p>}
          {roster?.participants.length === 1 && me !== undefined && (
            <p class="quiet">{fill(texts.alone, { number: session.room.extension_number })}</p>
          )}
          {refusal !== undefined && (
            <p class="error">
              {texts.refused} {texts.problems[refusal][0]}
            </p>
          )}
        </div>
        {hasPicture && <Canvas meeting={meeting} texts={texts} />}
        <RosterTiles meeting={meeting} texts={texts} />
      </main>
      {hasChat && chat !== undefined && <ChatPane meeting={meeting} texts={texts} onClose={closeChat} />}
      <nav class="controls" aria-label={session.room.name}>
        <button
          type="button"
          class={muted ? "control off" : "control on"}
          aria-pressed={muted}
          onClick={() => void meeting.toggleMute()}
        >
          <Icon name={muted ? "microphoneOff" : "microphone"} />
          <span>{muted ? texts.unmute : texts.mute}</span>
        </button>
        {hasPicture && <VideoControls meeting={meeting} texts={texts} />}
        <button
          type="button"
          class={hand ? "control on" : "control"}
          aria-pressed={hand}
          onClick={() => void meeting.toggleHand()}
        >
          <Icon name="hand" />
          <span>{hand ? texts.lowerHand : texts.raiseHand}</span>
        </button>
        {mayRead && (
          <button
            type="button"
            ref={chatButton}
            class={hasChat ? "control on" : "control"}
            aria-expanded={hasChat}
            onClick={() => setWantsChat(!hasChat)}
          >
            <span class="with-badge">
              <Icon name="chat" />
              {unseen > 0 && (
                <span class="count" aria-hidden="true">
                  {unseen > 99 ? "99+" : unseen}
                </span>
              )}
            </span>
            <span>
              {texts.chat}
              {unseen > 0 && <span class="visually-hidden"> {fill(texts.unseen, { count: unseen })}</span>}
            </span>
          </button>
        )}
        <button type="button" class="control" aria-haspopup="dialog" onClick={() => setSheet("keypad")}>
          <Icon name="keypad" />
          <span>{texts.keypad}</span>
        </button>
        <button type="button" class="control" aria-haspopup="dialog" onClick={() => setSheet("sound")}>
          <Icon name="speaker" />
          <span>{settings}</span>
        </button>
        {hasHostTools(meeting) && (
          <button type="button" class="control" aria-haspopup="dialog" onClick={() => setSheet("host")}>
            <Icon name="host" />
            <span>{texts.hostTools}</span>
          </button>
        )}
        <button type="button" class="control leave" onClick={() => void meeting.leave()}>
          <Icon name="leave" />
          <span>{texts.leave}</span>
        </button>
      </nav>
      {sheet === "keypad" && (
        <Panel title={texts.keypad} closeLabel={texts.close} onClose={close}>
          <Keypad meeting={meeting} texts={texts} />
        </Panel>
      )}
      {sheet === "sound" && (
        <Panel title={settings} closeLabel={texts.close} onClose={close}>
          <Sound meeting={meeting} texts={texts} />
        </Panel>
      )}
      {sheet === "host" && (
        <Panel title={texts.hostTools} closeLabel={texts.close} onClose={close}>
          <HostTools meeting={meeting} texts={texts} />
        </Panel>
      )}
    </div>
  );
}
