// The screen of the room: the participants and the controls.
import { useRef, useState } from "preact/hooks";
import { Canvas } from "../parts/canvas.tsx";
import { ChatPane } from "../parts/chat.tsx";
import { Control } from "../parts/control.tsx";
import { HostTools, hasHostTools } from "../parts/host-tools.tsx";
import { Icon } from "../parts/icon.tsx";
import { Keypad } from "../parts/keypad.tsx";
import { Panel } from "../parts/panel.tsx";
import { RosterTiles } from "../parts/roster.tsx";
import { ScreenHeading } from "../parts/screen-heading.tsx";
import { Sound } from "../parts/sound.tsx";
import { Troubles } from "../parts/troubles.tsx";
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
  const listens = meeting.isListening.value;
  const hand = me?.hand_raised ?? false;
  const isMutedByOthers = me?.mute_reasons.some((reason) => reason !== "self") ?? false;
  // A camera is in sight for as long as it is on.
  const hasPicture = meeting.canvas.value !== undefined || meeting.own.camera.value !== undefined;
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
    <div class={["room", hasPicture && "with-picture", hasChat && "with-chat"].filter(Boolean).join(" ")}>
      <header class="bar">
        <ScreenHeading text={session.room.name} />
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
          {listens && <p class="notice">{texts.listening}</p>}
          {isMutedByOthers && <p class="notice">{texts.mutedByHost}</p>}
          {roster?.participants.length === 1 && me !== undefined && (
            <p class="quiet">{fill(texts.alone, { number: session.room.extension_number })}</p>
          )}
          {sheet === undefined && <Troubles meeting={meeting} texts={texts} />}
          {unseen > 0 && (
            <p class="visually-hidden">
              {texts.chat} {fill(texts.unseen, { count: unseen })}
            </p>
          )}
        </div>
        {hasPicture && <Canvas meeting={meeting} texts={texts} />}
        <RosterTiles meeting={meeting} texts={texts} />
      </main>
      {hasChat && chat !== undefined && <ChatPane meeting={meeting} texts={texts} onClose={closeChat} />}
      <nav class="controls" aria-label={session.room.name}>
        {listens ? (
          <Control
            icon="microphoneOff"
            label={texts.addMicrophone}
            look="off"
            onClick={() => void meeting.sound.openMicrophone()}
          />
        ) : (
          <Control
            icon={muted ? "microphoneOff" : "microphone"}
            label={muted ? texts.unmute : texts.mute}
            look={muted ? "off" : "on"}
            onClick={() => void meeting.toggleMute()}
          />
        )}
        {hasPicture && <VideoControls meeting={meeting} texts={texts} />}
        <Control
          icon="hand"
          label={hand ? texts.lowerHand : texts.raiseHand}
          look={hand ? "on" : undefined}
          onClick={() => void meeting.toggleHand()}
        />
        {mayRead && (
          <button
            type="button"
            ref={chatButton}
            class={hasChat ? "control on" : "control"}
            title={texts.chat}
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
            <span class="caption">
              {texts.chat}
              {unseen > 0 && <span class="visually-hidden"> {fill(texts.unseen, { count: unseen })}</span>}
            </span>
          </button>
        )}
        <Control icon="keypad" label={texts.keypad} opensDialog onClick={() => setSheet("keypad")} />
        <Control icon="speaker" label={settings} opensDialog onClick={() => setSheet("sound")} />
        {hasHostTools(meeting) && (
          <Control icon="host" label={texts.hostTools} opensDialog onClick={() => setSheet("host")} />
        )}
        <Control icon="leave" label={texts.leave} look="leave" onClick={() => void meeting.leave()} />
      </nav>
      {sheet === "keypad" && (
        <Panel title={texts.keypad} meeting={meeting} texts={texts} onClose={close}>
          <Keypad meeting={meeting} texts={texts} />
        </Panel>
      )}
      {sheet === "sound" && (
        <Panel title={settings} meeting={meeting} texts={texts} onClose={close}>
          <Sound meeting={meeting} texts={texts} />
        </Panel>
      )}
      {sheet === "host" && (
        <Panel title={texts.hostTools} meeting={meeting} texts={texts} onClose={close}>
          <HostTools meeting={meeting} texts={texts} />
        </Panel>
      )}
    </div>
  );
}
