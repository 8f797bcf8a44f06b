// Which screen is shown.
import { LobbyScreen } from "./screens/lobby.tsx";
import { MessageScreen } from "./screens/message.tsx";
import { RoomScreen } from "./screens/room.tsx";
import { canTryAgain } from "./session/problem.ts";
import type { Visit } from "./session/visit.ts";
import type { Texts } from "./texts/index.ts";

/** What every screen is given. */
export interface ScreenProps {
  readonly visit: Visit;
  readonly texts: Texts;
}

export function App({ visit, texts }: ScreenProps) {
  const stage = visit.stage.value;
  const again = () => void visit.open();
  switch (stage.name) {
    case "loading":
      return <MessageScreen title={texts.loading} />;
    case "lobby":
    case "connecting":
      return <LobbyScreen visit={visit} texts={texts} joining={stage.name === "connecting"} />;
    case "room":
    case "reconnecting":
      return <RoomScreen visit={visit} texts={texts} lost={stage.name === "reconnecting"} />;
    case "over":
      return <MessageScreen title={texts.over[stage.end]} action={texts.rejoin} onAction={again} />;
    case "problem": {
      const [title, advice] = texts.problems[stage.problem];
      const number = visit.session.value?.room.extension_number;
      return canTryAgain(stage.problem) ? (
        <MessageScreen
          title={title}
          advice={advice}
          number={number}
          texts={texts}
          action={texts.tryAgain}
          onAction={again}
        />
      ) : (
        <MessageScreen title={title} advice={advice} number={number} texts={texts} />
      );
    }
  }
}
