// What a device's events have told of the card that lies there (docs/events.schema.json).
const KINDS = ["my_number_card", "phone_android", "phone_ios", "juki_card", "other_b", "other_a", "other_f", "several"];
const ASKED = ["my_number_card", "phone_android", "phone_ios"];
export const WORST = ["locked", "by_design", "last", "unknown", "used", "not_reported", "not_set", "not_issued", "unlimited", "ok", "absent"];
export const KEYS = ["sign", "auth", "juki", "text_pin", "visual_b", "text_b", "common", "visual_a", "text_a", "visual_birth", "licence"];

const count = (value, least) => value === null || (Number.isInteger(value) && value >= least && value <= 15);
const isKey = (key) =>
  key && KEYS.includes(key.id) && WORST.includes(key.state) && count(key.left, 0) && count(key.max, 1);

// The event in a line, or null: whatever else a line may be.
export function parse(line) {
  let event;
  try { event = JSON.parse(line); } catch { return null; }
  if (!event || typeof event !== "object" || event.v !== 1) return null;
  const good = {
    ready: () => typeof event.board === "string",
    card: () => KINDS.includes(event.kind),
    key: () => isKey(event),
    result: () => typeof event.complete === "boolean" && Array.isArray(event.keys) && event.keys.every(isKey),
    removed: () => true,
    fault: () => typeof event.code === "string",
    demo: () => true,
  }[event.type];
  return good?.() ? event : null;
}

export class Reading {
  constructor() { this.phase = "start"; this.forget(); }

  forget() {
    this.kind = null;
    this.keys = new Map();
    this.complete = false;
    this.code = null;
    this.field = "";
  }

  // Returns whether the words on the page may have changed.
  take(event) {
    switch (event.type) {
      case "ready": if (this.phase !== "removed") this.forget(); this.phase = this.kind ? this.phase : "ready"; break;
      case "card":
        this.forget();
        this.kind = event.kind;
        this.phase = ASKED.includes(event.kind) ? "reading" : event.kind === "several" ? "several" : "other";
        break;
      case "key": this.keys.set(event.id, event); break;
      case "result":
        this.complete = event.complete;
        this.keys = new Map(event.keys.map((key) => [key.id, key]));
        this.phase = event.complete ? "read" : "again";
        break;
      case "removed": if (this.phase !== "again") this.phase = "removed"; break;
      case "fault": this.forget(); this.phase = "fault"; this.code = event.code; this.field = event.field ?? ""; break;
    }
  }

  get asked() { return ASKED.includes(this.kind); }
  get done() { return ["read", "again", "other", "several", "removed"].includes(this.phase) && (this.kind !== null || this.phase === "again"); }

  // What the guidance wants to hear.
  get result() {
    const findings = [...this.keys.values()].map(({ id, state }) => ({ id, state }));
    return { kind: this.kind, findings, complete: this.asked || this.kind === null ? this.complete : true };
  }

  get worst() {
    const states = [...this.keys.values()].map((key) => key.state);
    return WORST.find((state) => states.includes(state)) ?? null;
  }
}
