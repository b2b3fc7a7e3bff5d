// The lines of the chat: bubbles, days, what is new, what is pinned.
import { $, api, icon, make, memory } from "./kit.js";
import { cardsOf, learn } from "./orders.js";
import { day, dayName, hour, nameOf, room } from "./state.js";
import { t } from "./words.js";
import { quote, settle } from "./writing.js";

const SAME_BREATH = 3 * 60e3;
const pictures = new Map();  // feed id -> object URL
let unread = 0, lastDay = "", lastItem = null, marked = false, pinnedAt = "";

// ---- the little Markdown that answers use
function inline(text) {
  const out = [], pattern = /\*\*(.+?)\*\*|\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)/g;
  let from = 0;
  for (const hit of text.matchAll(pattern)) {
    out.push(text.slice(from, hit.index));
    out.push(hit[1] ? make("strong", {}, hit[1]) : make("a", { href: hit[3], rel: "noopener noreferrer", target: "_blank" }, hit[2]));
    from = hit.index + hit[0].length;
  }
  return [...out, text.slice(from)];
}

// Notices carry a label such as 【重要通知】 or [Important].
const labelOf = item => item.role !== "member" && item.text.match(/^(【[^】]+】|\[[^\]]+\])/)?.[0];

function rich(item, shownElsewhere) {
  const blocks = [], label = labelOf(item);
  let text = item.text;
  if (label) { blocks.push(make("b", { class: "label" }, label)); text = text.slice(label.length).trimStart(); }
  for (const part of text.split(/\n{2,}/)) {
    let list = null, lines = [];
    const flush = () => { if (lines.length) blocks.push(make("p", {}, ...lines)); lines = []; };
    for (const line of part.split("\n")) {
      const item = line.match(/^\s*[-*•]\s+(.+)/);
      if (!item) { list = null; lines.push(make("span", { class: shownElsewhere(line) ? "row twice" : "row" }, ...inline(line))); continue; }
      if (!list) { flush(); blocks.push(list = make("ul")); }
      list.append(make("li", {}, ...inline(item[1])));
    }
    flush();
  }
  return blocks;
}

// ---- pictures
async function show(urlOf, spot, alt) {
  try {
    const src = await urlOf(), end = atEnd();
    const open = () => { $("viewer-image").src = src; $("viewer-image").alt = alt; $("viewer").showModal(); };
    spot.replaceChildren(make("button", { type: "button", class: "bare", onclick: open }, make("img", { src, alt, onload: () => { if (end) toEnd(); } })));
  } catch { spot.textContent = `[${t.image}]`; }
}

async function pictureOf(item) {
  if (!pictures.has(item.id)) pictures.set(item.id, URL.createObjectURL(await api(`/api/groups/${room.group}/messages/${item.id.slice(1)}/image`, { token: room.me.token })));
  return pictures.get(item.id);
}

// ---- one line
function quoted(line) {
  const go = () => { const node = $(line.id); node?.scrollIntoView({ block: "center" }); node?.classList.add("looked"); setTimeout(() => node?.classList.remove("looked"), 1500); };
  return make("button", { type: "button", class: "quote", "aria-label": `${t.replyTo} ${nameOf(line)}${t.colon}${line.text || t.image}`, onclick: go }, `${nameOf(line)}${t.colon}${line.text || `[${t.image}]`}`);
}

export function lineOf(item, before = null) {
  const mine = item.kind === "message" && item.mine;
  const bubble = make("div", { class: "bubble" }), cards = cardsOf(item);
  const asked = item.quote || (item.answers !== before?.id && room.seen.get(item.answers));
  if (asked) bubble.append(quoted(asked));
  if (item.local || item.has_image) {
    const spot = make("div", {}, `[${t.image}]`);
    bubble.append(spot);
    if (item.local) show(async () => item.local, spot, t.image);
    else if (item.mine || room.about.role !== "member") show(() => pictureOf(item), spot, t.photoOf(nameOf(item)));
  }
  if (item.text) bubble.append(...rich(item, cards.tells));
  bubble.append(...cards.nodes);
  const tag = ["seller", "helper", "assistant"].includes(item.role) && make("b", {}, t[item.role]);
  const who = !mine && make("div", { class: "who" }, nameOf(item), tag, item.private && ` · ${t.onlyYou}`);
  const back = !item.private && !item.id.startsWith("own-") && icon("quote-icon", `${t.quote}${t.colon}${(item.text || t.image).slice(0, 30)}`, () => quote(item));
  if (back) back.classList.add("back");
  const names = ["line", item.role, mine && "mine", item.private && "private", goesOn(item, before) && "on"];
  return make("li", { class: names.filter(Boolean).join(" "), id: item.id },
    make("div", { class: "face", "aria-hidden": "true" }, [...nameOf(item)][0] || "·"),
    make("div", { class: "what" }, who, make("div", { class: "said" }, bubble, back), make("div", { class: "foot" }, make("time", { datetime: item.at }, hour(item.at)))));
}

const goesOn = (item, before) => before && before.role === item.role && before.author === item.author && before.kind === item.kind && before.private === item.private
  && new Date(item.at) - new Date(before.at) < SAME_BREATH && day(item.at) === day(before.at);

// ---- all lines
export function atEnd() { const box = $("scroll"); return box.scrollHeight - box.scrollTop - box.clientHeight < 80; }
export function toEnd() { $("scroll").scrollTop = $("scroll").scrollHeight; haveRead(); follow(); }
export function follow() { $("down").hidden = atEnd(); $("down").textContent = unread ? t.newLines(unread) : t.toEnd; }
export function scrolled() { if (atEnd() && unread) haveRead(); follow(); }
export function backAgain() { marked = false; if (atEnd()) haveRead(); }

function haveRead() {
  if (document.hidden) return;
  unread = 0;
  document.title = room.about.name;
  memory.set(`${room.group}:read`, room.cursor);
}

function mark(words, kind = "") { $("lines").append(make("li", { class: `mark ${kind}` }, make("span", {}, words))); lastItem = null; }

export function add(items, { fresh = false, readUpTo = "" } = {}) {
  const end = atEnd(), list = $("lines");
  const [lastMessage, lastReply] = readUpTo.split(".").map(Number);
  const isNews = item => !item.mine && (fresh ? document.hidden : readUpTo && Number(item.id.slice(1)) > (item.id[0] === "m" ? lastMessage : lastReply));
  for (const item of items) {
    if (room.seen.has(item.id)) continue;
    room.seen.set(item.id, item);
    if (item.client_id) settle(item.client_id);
    if (day(item.at) !== lastDay) { mark(dayName(item.at)); lastDay = day(item.at); }
    if (!marked && isNews(item)) { mark(t.unread, "new"); marked = true; }
    const node = lineOf(item, lastItem);
    if (fresh) node.classList.add("fresh");
    list.append(node);
    lastItem = item;
    if (fresh && !(item.mine && item.kind === "message") && (!end || document.hidden)) unread += 1;
    pin(item);
  }
  for (const own of room.waiting) list.append(own.node);
  learn(items);
  if (document.hidden && unread) document.title = `(${unread}) ${room.about.name}`;
  if (end || items.some(item => item.mine && item.kind === "message")) toEnd(); else follow();
}

export function addBefore(items) {
  const box = $("scroll"), height = box.scrollHeight, list = $("lines"), nodes = [];
  let last = "", before = null;
  for (const item of items) {
    if (room.seen.has(item.id)) continue;
    room.seen.set(item.id, item);
    if (day(item.at) !== last) { last = day(item.at); nodes.push(make("li", { class: "mark" }, make("span", {}, dayName(item.at)))); before = null; }
    nodes.push(lineOf(item, before));
    before = item;
    pin(item);
  }
  const first = list.firstElementChild;
  if (first?.matches(".mark") && first.nextElementSibling?.id && day(room.seen.get(first.nextElementSibling.id)?.at || 0) === last) first.remove();
  list.prepend(...nodes);
  learn(items);
  box.scrollTop += box.scrollHeight - height;
}

export async function moreHistory() {
  if (!room.earlier || $("earlier").disabled) return;
  $("earlier").disabled = true;
  try {
    const feed = await api(`/api/groups/${room.group}/messages?latest=40&before=${encodeURIComponent(room.earlier)}`, { token: room.me.token });
    room.earlier = feed.earlier;
    addBefore(feed.items);
    beginning();
  } catch { /* the button stays: it can be tried again */ }
  $("earlier").disabled = false;
}

// At the very beginning stands what a newcomer needs to know.
export function beginning() {
  $("earlier").hidden = Boolean(!room.earlier);
  $("hello").hidden = Boolean(room.earlier);
  $("hello").replaceChildren(make("h2", {}, t.hello(room.about.name)), make("p", { class: "quiet" }, room.about.purpose), make("ul", {}, ...t.hints(room.about.assistant_name).map(hint => make("li", {}, hint))));
}

export function goToNews() {
  const news = $("lines").querySelector(".mark.new");
  if (news) { news.scrollIntoView({ block: "start" }); follow(); } else toEnd();
}

// The latest notice stays in sight.
export function pin(item) {
  if (!labelOf(item) || item.private || item.at < pinnedAt) return;
  pinnedAt = item.at;
  $("pinned-text").textContent = item.text;
  $("pinned").hidden = false;
}
