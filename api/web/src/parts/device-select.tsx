// A choice among devices of one kind, the system's own first.
import type { Device } from "../session/devices.ts";
import type { Texts } from "../texts/index.ts";

interface DeviceSelectProps {
  readonly label: string;
  readonly devices: readonly Device[];
  /** The id of the device that was chosen last, which may not be there now. */
  readonly chosen: string;
  readonly texts: Texts;
  /** Empty: the system's. */
  readonly onChoose: (id: string) => void;
}

export function DeviceSelect({ label, devices, chosen, texts, onChoose }: DeviceSelectProps) {
  const isThere = devices.some(({ id }) => id === chosen);
  return (
    <label>
      <span>{label}</span>
      <select value={isThere ? chosen : ""} onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value="">{texts.systemDevice}</option>
        {devices.map(({ id, label: name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
