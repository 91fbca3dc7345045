/** Times and lengths in words. Dates are unambiguous and in the reader's own zone. */

/** 26 s -> "0:26", 3,725 s -> "1:02:05". */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** 72 s -> "1 minute 12 seconds". */
export function lengthText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [m, s] = [Math.floor(whole / 60), whole % 60];
  const minutes = m === 0 ? "" : m === 1 ? "1 minute" : `${m} minutes`;
  const rest = s === 0 && m > 0 ? "" : s === 1 ? "1 second" : `${s} seconds`;
  return [minutes, rest].filter(Boolean).join(" ");
}

/** "13:20"; with `seconds`, "13:20:04". */
export function timeText(time: Date, seconds = false): string {
  return time.toLocaleTimeString("en-GB", { hour: "numeric", minute: "2-digit", ...(seconds ? { second: "2-digit" } : {}) });
}

/** "Saturday 21 November". */
export function dayText(time: Date): string {
  return time.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long" });
}

/** "21 November 2026". */
export function dateText(time: Date): string {
  return time.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}

/** 9,400,000 -> "9.4 MB". */
export function sizeText(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
