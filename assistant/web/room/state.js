// What the open room knows, and how it writes times and money.
import { lang, t } from "./words.js";

export const room = {
  group: location.pathname.split("/")[2],
  me: {}, about: {}, cursor: "", earlier: null,
  seen: new Map(),    // feed id -> item
  waiting: [],        // own messages that are not in the feed yet, oldest first
  orders: new Map(),  // number -> one's own order as it is now
};

const clock = (at, options) => new Intl.DateTimeFormat(lang === "zh" ? "zh-CN" : "en-GB", { timeZone: room.about.timezone, ...options }).format(new Date(at));
export const hour = at => clock(at, { hour: "2-digit", minute: "2-digit", hour12: false });
export const day = at => clock(at, { year: "numeric", month: "long", day: "numeric", weekday: "short" });
export const date = at => clock(at, { month: "short", day: "numeric" });
export const moment = at => `${date(at)} ${hour(at)}`;

export function money(amount) {
  const style = { style: "currency", currency: room.about.currency, currencyDisplay: "narrowSymbol" };
  try { return new Intl.NumberFormat(lang === "zh" ? "zh-CN" : "en", style).format(amount); } catch { return `${amount} ${room.about.currency}`; }
}

export function dayName(at) {
  const now = Date.now(), name = day(at);
  return name === day(now) ? t.today : name === day(now - 864e5) ? t.yesterday : name;
}

export const assistant = () => room.about.assistant_name || t.assistant;

export function nameOf(line) {
  if (line.mine && line.kind === "message") return t.you;
  if (line.role === "assistant") return assistant();
  // A reply of the seller carries the word "seller" as its author; a message carries a name.
  return line.author === "seller" ? room.about.seller : line.author;
}
