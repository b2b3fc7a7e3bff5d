// The members' room. Everything shown comes from the public API and goes into the page as text, never as HTML.
import { door, onlySays, rulesOf } from "./door.js";
import { $, api, make, memory } from "./kit.js";
import { add, backAgain, beginning, goToNews, moreHistory, pin, scrolled, toEnd } from "./lines.js";
import { listen, offline, over, reconnect, tellTyping, wakeUp } from "./live.js";
import { openOrders } from "./orders.js";
import { moment, room } from "./state.js";
import { speak, t } from "./words.js";
import { attach, grow, mention, picked, queue, quote, takeUp, write } from "./writing.js";

const MINUTE = 60e3;

function stateOf({ closed, opens_at, closes_at }) {
  const now = Date.now(), opens = opens_at && Date.parse(opens_at), closes = closes_at && Date.parse(closes_at);
  if (closed || (closes && closes < now)) return t.closed;
  return opens && opens > now ? t.notYet(moment(opens_at)) : closes ? t.soon(moment(closes_at)) : t.open;
}

async function look() {
  const about = room.about = await api(`/api/groups/${room.group}/about`, { token: room.me.token });
  await speak(about.language);
  room.me.nickname = about.nickname;
  memory.set(room.group, { ...memory.get(room.group), seller: about.seller });
  $("group-name").textContent = about.name;
  $("group-state").textContent = `${stateOf(about)} · ${t.members(about.members)}`;
  $("closed").hidden = stateOf(about) !== t.closed;
  $("closed").textContent = t.closedBar;
  if (about.notice) pin({ ...about.notice, role: "assistant" });
}

function openAbout() {
  const { about, me } = room;
  const facts = [[t.purpose, about.purpose], [t.who, about.seller], [t.until, about.closes_at && moment(about.closes_at)], [t.methods, about.payment_methods.join(t.stop)], [t.name, me.nickname]];
  $("about-body").replaceChildren(make("h3", {}, about.name), make("dl", {}, ...facts.filter(([, value]) => value).flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)])),
    ...rulesOf(about.rules));
  $("about").showModal();
}

async function enter() {
  room.me = memory.get(room.group) || {};
  if (!room.me.token) { onlySays(t.noToken); return; }
  let feed;
  try {
    await look();
    feed = await api(`/api/groups/${room.group}/messages?latest=40`, { token: room.me.token });
  } catch (refused) {
    if ([401, 403, 404, 409].includes(refused.status)) { over(refused); return; }
    onlySays(refused.status === 429 ? t.busy : t.lost);
    setTimeout(() => location.reload(), 5000);
    return;
  }
  $("room").hidden = false;
  document.title = room.about.name;
  const say = words => () => words === "*orders" ? openOrders() : queue(words, { mention: true });
  $("quick").replaceChildren(...t.quick.map(([name, words]) => make("button", { type: "button", onclick: say(words) }, name)));
  room.cursor = feed.next;
  room.earlier = feed.earlier;
  beginning();
  add(feed.items, { readUpTo: memory.get(`${room.group}:read`) || "" });
  goToNews();
  takeUp(new Set(feed.items.map(item => item.client_id)));
  listen();
  setInterval(() => { wakeUp(); look().catch(() => {}); }, MINUTE);
  new IntersectionObserver(seen => { if (seen[0].isIntersecting && $("scroll").scrollTop < 40) moreHistory(); }, { root: $("scroll") }).observe($("earlier"));
}

$("write").addEventListener("submit", event => { event.preventDefault(); write(); });
$("text").addEventListener("input", () => { grow(); tellTyping(); });
$("text").addEventListener("keydown", event => {
  if (event.key === "Escape") quote(null);
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && matchMedia("(pointer: fine)").matches) { event.preventDefault(); write(); }
});
$("mention").addEventListener("click", mention);
$("quoting-off").addEventListener("click", () => quote(null));
$("picture").addEventListener("click", () => attach());
$("file").addEventListener("change", picked);
$("orders-open").addEventListener("click", openOrders);
$("about-open").addEventListener("click", openAbout);
$("pinned-more").addEventListener("click", () => {
  const open = $("pinned").classList.toggle("open");
  $("pinned-more").textContent = open ? t.less : t.more;
  $("pinned-more").setAttribute("aria-expanded", open);
});
$("down").addEventListener("click", toEnd);
$("scroll").addEventListener("scroll", scrolled);
$("earlier").addEventListener("click", moreHistory);
for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
for (const dialog of document.querySelectorAll("dialog")) dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close(); });
const open = () => room.me.token && !$("room").hidden;
addEventListener("online", () => { if (open()) reconnect(); });
addEventListener("offline", () => { if (open()) offline(true); });
document.addEventListener("visibilitychange", () => { if (!document.hidden && open()) { backAgain(); wakeUp(); } });

await speak();
if (location.pathname.startsWith("/join/")) door(); else enter();
