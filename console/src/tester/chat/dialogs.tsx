/** Forms for the events that are more than a text. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { parseObject } from "../../json/parse";
import { Dialog } from "../../ui/dialog";
import { JsonField } from "../../ui/json-field";
import { locationContent, type Said } from "../conversation/events";

interface Props {
  onSay: (said: Said) => void;
  onClose: () => void;
}

/** Share a place: rich content with a map, as messaging apps send it. */
export function LocationDialog({ onSay, onClose }: Props): JSX.Element {
  const [latitude, setLatitude] = useState("52.3731");
  const [longitude, setLongitude] = useState("4.8922");
  const [name, setName] = useState("");
  return (
    <Dialog
      title="Share a location"
      deed="Send"
      onSubmit={() => onSay({ kind: "rich-content", content: locationContent(Number(latitude), Number(longitude), name.trim()) })}
      onClose={onClose}
    >
      <div class="field-row">
        <label class="field">
          <span>Latitude</span>
          <input type="number" step="any" min={-90} max={90} required value={latitude} onInput={(event) => setLatitude(event.currentTarget.value)} />
        </label>
        <label class="field">
          <span>Longitude</span>
          <input type="number" step="any" min={-180} max={180} required value={longitude} onInput={(event) => setLongitude(event.currentTarget.value)} />
        </label>
      </div>
      <label class="field">
        <span>Name, optional</span>
        <input value={name} maxLength={256} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <p class="small muted">The event carries the content in context.lpEvent.event, as a vertical with a map.</p>
    </Dialog>
  );
}

/** Send a file's description; the bot never gets the file itself. */
export function FileDialog({ onSay, onClose }: Props): JSX.Element {
  const [relativePath, setRelativePath] = useState("/files/parcel.png");
  const [fileType, setFileType] = useState("PNG");
  const [caption, setCaption] = useState("");
  return (
    <Dialog
      title="Send a file"
      deed="Send"
      onSubmit={() => onSay({ kind: "file", file: { relativePath, fileType, caption } })}
      onClose={onClose}
    >
      <label class="field">
        <span>Path on LivePerson’s file store</span>
        <input required value={relativePath} maxLength={1024} onInput={(event) => setRelativePath(event.currentTarget.value)} />
      </label>
      <div class="field-row">
        <label class="field">
          <span>Type</span>
          <select value={fileType} onChange={(event) => setFileType(event.currentTarget.value)}>
            {["PNG", "JPG", "GIF", "PDF", "DOCX", "XLSX"].map((type) => (
              <option key={type}>{type}</option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>Caption, optional</span>
          <input value={caption} maxLength={256} onInput={(event) => setCaption(event.currentTarget.value)} />
        </label>
      </div>
      <p class="small muted">A bot is told of a file; its bytes stay with LivePerson.</p>
    </Dialog>
  );
}

const EXAMPLE = `{
  "type": "vertical",
  "elements": [
    {"type": "text", "text": "Friday, ten o'clock"}
  ]
}`;

/** Send any rich content. */
export function RichContentDialog({ onSay, onClose }: Props): JSX.Element {
  const [text, setText] = useState(EXAMPLE);
  const parsed = parseObject(text);
  return (
    <Dialog
      title="Send rich content"
      deed="Send"
      disabled={"problem" in parsed}
      onSubmit={() => {
        if ("value" in parsed) {
          onSay({ kind: "rich-content", content: parsed.value });
        }
      }}
      onClose={onClose}
    >
      <JsonField label="Structured content" text={text} onText={setText} />
    </Dialog>
  );
}

interface SdesProps {
  text: string;
  onText: (text: string) => void;
  onClose: () => void;
}

/** Edit the engagement attributes that go along with every event. */
export function SdesDialog({ text, onText, onClose }: SdesProps): JSX.Element {
  const [draft, setDraft] = useState(text);
  return (
    <Dialog
      title="Engagement attributes"
      deed="Use from now on"
      disabled={"problem" in parseObject(draft)}
      onSubmit={() => {
        onText(draft);
        onClose();
      }}
      onClose={onClose}
    >
      <JsonField label="context.lpSdes" text={draft} rows={14} onText={setDraft} />
      <p class="small muted">LivePerson sends them along with each event when the bot collects engagement attributes.</p>
    </Dialog>
  );
}
