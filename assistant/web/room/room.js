// The members' room. Everything shown comes from the public API and goes into the page as text, never as HTML.

const WORDS = {
  zh: {
    nickname: "您在群里的名字", keyword: "入群口令", enter: "进群", knowMe: s => `让${s}认出我：我在这家的其他群买过`, myOrders: "我的订单", more: "展开", less: "收起", earlier: "更早的消息",
    message: "写消息", send: "发送", picture: "发图片或付款截图", mention: "叫助手", close: "关闭", aboutGroup: "群资料",
    assistant: "助手", seller: "商家", helper: "帮手", onlyYou: "仅您可见", you: "我", today: "今天", yesterday: "昨天", unread: "以下是新消息",
    newLines: n => `${n} 条新消息 ↓`, toEnd: "↓ 最新", offline: "网络断了，消息会在恢复后发出", sending: "发送中…", failed: "没发出去", resend: "重发", drop: "删除",
    typing: names => `${names} 正在输入…`, thinking: name => `${name} 正在查…`, image: "图片", photoOf: name => `${name} 发的图片`, replyTo: "回复",
    closed: "已截单", open: "接单中", soon: t => `${t} 截单`, notYet: t => `${t} 开始`, members: n => `${n} 人`,
    noOrders: "您还没有订单。在聊天里写“货号+数量”就能下单，例如 A01 两份。", order: n => `${n}号单`, total: "合计", deposit: "定金", payBy: "请在此前付款", how: "付款方式", placed: "下单",
    proof: "上传付款截图", received: "确认收货", refund: "申请退款", cancel: "取消订单", feedback: "写评价",
    sayProof: n => `${n}号单付款截图`, sayReceived: n => `${n}号单收到货了`, sayRefund: n => `${n}号单我想退款`, sayCancel: n => `取消${n}号单`, sayFeedback: n => `${n}号单评价：`,
    sure: q => `确定要发送“${q}”吗？`, purpose: "做什么", rules: "群规", until: "截单", who: "商家", methods: "付款", name: "您的名字",
    quick: [["价格", "价格"], ["下单", "下单"], ["我的订单", "*orders"], ["退款", "怎么退款"], ["找人工", "找人工"]],
    states: { pending_payment: "待付款", payment_claimed: "核对付款中", paid: "已付款", shipped: "已发货", completed: "已完成", expired: "已过期", cancelled: "已取消", refund_requested: "退款处理中", refunded: "已退款", preorder: "预订排队" },
    gone: "您已不在这个群里。", noToken: "请用群二维码或邀请链接进群。", badLink: "这个邀请已失效，请向商家要新的二维码。",
    tooBig: "这张图片太大，换一张或截小一点。", noPicture: "这个文件不是图片。", lost: "连不上，请稍后再试。",
  },
  en: {
    nickname: "Your name in the group", keyword: "Keyword", enter: "Join", knowMe: s => `Let ${s} know me again: I was in another of their groups`, myOrders: "My orders", more: "More", less: "Less", earlier: "Earlier messages",
    message: "Write a message", send: "Send", picture: "Send a picture or payment proof", mention: "Call the assistant", close: "Close", aboutGroup: "About this group",
    assistant: "assistant", seller: "seller", helper: "helper", onlyYou: "only you see this", you: "Me", today: "Today", yesterday: "Yesterday", unread: "New messages",
    newLines: n => `${n} new ↓`, toEnd: "↓ Latest", offline: "No connection. Your messages leave when it is back.", sending: "Sending…", failed: "Not sent", resend: "Send again", drop: "Delete",
    typing: names => `${names} writing…`, thinking: name => `${name} is looking it up…`, image: "Picture", photoOf: name => `Picture from ${name}`, replyTo: "Reply to",
    closed: "orders closed", open: "open", soon: t => `open until ${t}`, notYet: t => `opens ${t}`, members: n => `${n} members`,
    noOrders: "No orders yet. Write an item number and how many in the chat, such as A01 x 2.", order: n => `Order ${n}`, total: "Total", deposit: "Deposit", payBy: "Pay by", how: "How to pay", placed: "Placed",
    proof: "Upload payment proof", received: "I received it", refund: "Ask for a refund", cancel: "Cancel", feedback: "Give feedback",
    sayProof: n => `Payment proof for order ${n}`, sayReceived: n => `I received order ${n}`, sayRefund: n => `I want a refund for order ${n}`, sayCancel: n => `Cancel order ${n}`, sayFeedback: n => `Feedback on order ${n}: `,
    sure: q => `Send “${q}”?`, purpose: "What for", rules: "Rules", until: "Orders until", who: "Seller", methods: "Payment", name: "Your name",
    quick: [["Prices", "price list"], ["How to order", "how do I order?"], ["My orders", "*orders"], ["Refund", "how do refunds work?"], ["A human", "I want to talk to a human"]],
    states: { pending_payment: "to be paid", payment_claimed: "payment being checked", paid: "paid", shipped: "shipped", completed: "completed", expired: "expired", cancelled: "cancelled", refund_requested: "refund requested", refunded: "refunded", preorder: "on the waitlist" },
    gone: "You are no longer in this group.", noToken: "Please join through the group's QR code or link.", badLink: "This invitation is no longer valid. Please ask the seller for a new one.",
    tooBig: "This picture is too large. Take another, or crop it.", noPicture: "This file is no picture.", lost: "No connection. Please try again shortly.",
  },
};

const $ = id => document.getElementById(id);
const [, place, where] = location.pathname.split("/");
let lang = navigator.language.startsWith("zh") ? "zh" : "en";
let t = WORDS[lang];

// ---- what this device keeps -----------------------------------------------------------------------------------
const memory = {
  get(key) { try { return JSON.parse(localStorage.getItem(`yidan:${key}`)); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(`yidan:${key}`, JSON.stringify(value)); } catch { /* private mode: this visit only */ } },
  drop(key) { try { localStorage.removeItem(`yidan:${key}`); } catch { /* nothing was kept */ } },
  tokenAt(seller) { try { return Object.keys(localStorage).map(key => key.startsWith("yidan:") ? this.get(key.slice(6)) : null).find(one => one?.token && one.seller === seller)?.token || ""; } catch { return ""; } },
};

class Refused extends Error { constructor(status, words) { super(words); this.status = status; } }

async function api(path, { token, body, method } = {}) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  if (body) headers["Content-Type"] = "application/json";
  const answer = await fetch(path, { method: method || (body ? "POST" : "GET"), headers, body: body && JSON.stringify(body) });
  if (answer.headers.get("content-type")?.startsWith("image/")) return answer.blob();
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, data.error?.message || String(answer.status));
  return data;
}

function make(tag, given = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(given)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "class") node.className = value;
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  node.append(...children.filter(child => child != null));
  return node;
}

function speak() {
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  t = WORDS[lang];
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t[node.dataset.t];
  for (const node of document.querySelectorAll("[data-label]")) { node.setAttribute("aria-label", t[node.dataset.label]); node.title = t[node.dataset.label]; }
  $("text").placeholder = t.message;
}

// ---- the little Markdown that answers use ---------------------------------------------------------------------
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

function rich(text) {
  const blocks = [];
  for (const part of text.split(/\n{2,}/)) {
    let list = null, lines = [];
    const flush = () => { if (lines.length) blocks.push(make("p", {}, ...inline(lines.join("\n")))); lines = []; };
    for (const line of part.split("\n")) {
      const item = line.match(/^\s*[-*•]\s+(.+)/);
      if (!item) { list = null; lines.push(line); continue; }
      if (!list) { flush(); blocks.push(list = make("ul")); }
      list.append(make("li", {}, ...inline(item[1])));
    }
    flush();
  }
  return blocks;
}

// ---- the door -------------------------------------------------------------------------------------------------
function says(words) { $("door-says").textContent = words; }

let knownBy = ""; // the token of another group of the same seller on this device

async function door() {
  $("door").hidden = false;
  let greeting;
  try { greeting = await api(`/api/invitations/${encodeURIComponent(where)}`); }
  catch (refused) {
    $("door-fields").hidden = true;
    says(refused.status ? t.badLink : t.lost);
    return;
  }
  if (memory.get(greeting.group_id)?.token) { location.replace(`/room/${greeting.group_id}`); return; }
  lang = greeting.language.startsWith("zh") ? "zh" : "en";
  speak();
  document.title = greeting.name;
  $("door-name").textContent = greeting.name;
  $("door-purpose").textContent = greeting.purpose;
  $("door-rules").replaceChildren(...rulesOf(greeting.rules));
  $("keyword-field").hidden = !greeting.keyword;
  $("keyword").placeholder = greeting.keyword;
  $("answer-field").hidden = !greeting.question;
  $("door-question").textContent = greeting.question;
  knownBy = memory.tokenAt(greeting.seller);
  $("known-field").hidden = !knownBy;
  $("known-text").textContent = t.knowMe(greeting.seller);
  const asked = memory.get(`asked:${where}`);
  if (asked) { waitFor(greeting.group_id, asked); return; }
  if (!greeting.open) { $("door-fields").hidden = true; says(greeting.text); return; }
  $("join").addEventListener("submit", event => { event.preventDefault(); ask(greeting.group_id); });
}

async function ask(groupId) {
  const given = { nickname: $("nickname").value.trim(), keyword: $("keyword").value.trim(), answer: $("answer").value.trim(), known_by: $("known").checked ? knownBy : "" };
  const button = $("join").querySelector("button.main");
  button.disabled = true;
  try {
    const received = await api(`/api/invitations/${encodeURIComponent(where)}/join`, { body: given });
    const asked = { token: received.token, nickname: given.nickname };
    says(received.text);
    if (received.state === "joined") { comeIn(groupId, asked); return; }
    if (received.state === "pending") { memory.set(`asked:${where}`, asked); waitFor(groupId, asked); }
    if (received.state === "refused") $("door-fields").hidden = true;
    ({ nickname: $("nickname"), keyword: $("keyword"), answer: $("answer") })[received.needs]?.focus();
  } catch (refused) { says(refused.status ? refused.message : t.lost); }
  button.disabled = false;
}

function comeIn(groupId, { token, nickname }) {
  memory.drop(`asked:${where}`);
  memory.set(groupId, { token, nickname });
  location.replace(`/room/${groupId}`);
}

// Who waits for the seller's yes may close the page and come back: the token that asking gave stays on the device.
async function waitFor(groupId, asked) {
  $("door-fields").hidden = true;
  try {
    const standing = await api("/api/joining", { token: asked.token });
    says(standing.text);
    if (standing.state === "joined") { comeIn(groupId, asked); return; }
    if (standing.state === "refused") { memory.drop(`asked:${where}`); return; }
  } catch (refused) {
    if (refused.status === 401 || refused.status === 404) { memory.drop(`asked:${where}`); location.reload(); return; }
  }
  setTimeout(waitFor, 4000, groupId, asked);
}

function rulesOf(rules) { return rules.length ? [make("h2", {}, t.rules), make("ol", {}, ...rules.map(rule => make("li", {}, rule)))] : []; }

// ---- the room -------------------------------------------------------------------------------------------------
const group = where;
let me = {}, about = {}, cursor = "", earlier = null, socket = null, retry = 0;
const seen = new Map();      // feed id -> item
const waiting = [];          // own messages that are not in the feed yet, oldest first
const pictures = new Map();  // feed id -> object URL
let unread = 0, lastDay = "", marked = false;

const clock = (at, options) => new Intl.DateTimeFormat(lang === "zh" ? "zh-CN" : "en-GB", { timeZone: about.timezone, ...options }).format(new Date(at));
const hour = at => clock(at, { hour: "2-digit", minute: "2-digit", hour12: false });
const day = at => clock(at, { year: "numeric", month: "long", day: "numeric", weekday: "short" });
const moment = at => `${clock(at, { month: "short", day: "numeric" })} ${hour(at)}`;
const money = amount => { try { return new Intl.NumberFormat(lang === "zh" ? "zh-CN" : "en", { style: "currency", currency: about.currency, currencyDisplay: "narrowSymbol" }).format(amount); } catch { return `${amount} ${about.currency}`; } };

function dayName(at) {
  const now = Date.now(), name = day(at);
  return name === day(now) ? t.today : name === day(now - 864e5) ? t.yesterday : name;
}

function roleName(item) {
  if (item.mine && item.kind === "message") return t.you;
  if (item.role === "assistant") return about.assistant_name || t.assistant;
  return item.role === "seller" && item.kind === "reply" ? about.seller : item.author;
}

async function show(blobOf, node, alt) {
  try { const url = await blobOf(); node.replaceChildren(make("img", { src: url, alt, onclick: () => { $("viewer-image").src = url; $("viewer-image").alt = alt; $("viewer").showModal(); }, onload: () => { if (atEnd()) toEnd(); } })); }
  catch { node.textContent = `[${t.image}]`; }
}

async function pictureOf(item) {
  if (!pictures.has(item.id)) pictures.set(item.id, URL.createObjectURL(await api(`/api/groups/${group}/messages/${item.id.slice(1)}/image`, { token: me.token })));
  return pictures.get(item.id);
}

function lineOf(item) {
  const mine = item.kind === "message" && item.mine, own = item.private;
  const bubble = make("div", { class: "bubble" });
  const asked = item.answers && seen.get(item.answers);
  if (asked) bubble.append(make("div", { class: "quote", "aria-label": t.replyTo }, `${roleName(asked)}：${asked.text || t.image}`));
  if (item.local) { const spot = make("div"); bubble.append(spot); show(async () => item.local, spot, t.image); }
  else if (item.has_image) {
    const spot = make("div", {}, `[${t.image}]`);
    bubble.append(spot);
    if (item.mine || about.role !== "member") show(() => pictureOf(item), spot, t.photoOf(roleName(item)));
  }
  if (item.text) bubble.append(...rich(item.text));
  for (const order of item.orders || []) bubble.append(orderStrip(order));
  const tag = item.role === "seller" || item.role === "helper" || item.role === "assistant" ? make("b", {}, t[item.role]) : null;
  const who = make("div", { class: "who" }, roleName(item), tag, own ? ` · ${t.onlyYou}` : "");
  const foot = make("div", { class: "foot" }, make("time", { datetime: item.at }, hour(item.at)));
  return make("li", { class: `line ${mine ? "mine" : ""} ${own ? "private" : ""} ${item.role}`, id: item.id },
    make("div", { class: "face", "aria-hidden": "true" }, [...roleName(item)][0] || "·"), make("div", { class: "what" }, mine ? null : who, bubble, foot));
}

function orderStrip(order) {
  const pay = order.status === "pending_payment" ? make("button", { type: "button", onclick: () => attach(order.number) }, t.proof) : null;
  return make("div", { class: "order" }, make("span", {}, `${t.order(order.number)} · ${money(order.total)} `, make("span", { class: `state ${order.status}` }, t.states[order.status] || order.status)), pay,
    make("button", { type: "button", onclick: openOrders }, t.myOrders));
}

function atEnd() { const box = $("scroll"); return box.scrollHeight - box.scrollTop - box.clientHeight < 80; }
function toEnd() { $("scroll").scrollTop = $("scroll").scrollHeight; unread = 0; markRead(); follow(); }
function markRead() { if (!document.hidden) memory.set(`${group}:read`, cursor); }
function follow() { $("down").hidden = atEnd(); $("down").textContent = unread ? t.newLines(unread) : t.toEnd; }

function add(items, { fresh = false } = {}) {
  const end = atEnd(), list = $("lines");
  for (const item of items) {
    if (seen.has(item.id)) continue;
    seen.set(item.id, item);
    if (item.client_id) settle(item.client_id);
    const date = day(item.at);
    if (date !== lastDay) { list.append(make("li", { class: "mark" }, dayName(item.at))); lastDay = date; }
    if (fresh && document.hidden && !marked) { list.append(make("li", { class: "mark new" }, make("span", {}, t.unread))); marked = true; }
    const node = lineOf(item);
    if (fresh) node.classList.add("fresh");
    list.append(node);
    if (fresh && !(item.mine && item.kind === "message") && !end) unread += 1;
    pin(item);
  }
  for (const own of waiting) list.append(own.node);
  if (end || items.some(item => item.mine && item.kind === "message")) toEnd(); else follow();
}

function addBefore(items) {
  const box = $("scroll"), height = box.scrollHeight, list = $("lines"), nodes = [];
  let last = "";
  for (const item of items) {
    if (seen.has(item.id)) continue;
    seen.set(item.id, item);
    if (day(item.at) !== last) { last = day(item.at); nodes.push(make("li", { class: "mark" }, dayName(item.at))); }
    nodes.push(lineOf(item));
    pin(item);
  }
  const first = list.firstElementChild;
  if (first?.matches(".mark") && first.nextElementSibling?.id && day(seen.get(first.nextElementSibling.id).at) === last) first.remove();
  list.prepend(...nodes);
  box.scrollTop += box.scrollHeight - height;
}

// Notices carry a label such as 【重要通知】; the latest stays in sight.
let pinnedAt = "";
function pin(item) {
  if (!/^【[^】]+】/.test(item.text) || item.role === "member" || item.private || item.at < pinnedAt) return;
  pinnedAt = item.at;
  $("pinned-text").textContent = item.text;
  $("pinned").hidden = false;
}

// ---- writing --------------------------------------------------------------------------------------------------
function keepWaiting() { memory.set(`${group}:waiting`, waiting.filter(own => !own.image).map(({ id, text, at, mention }) => ({ id, text, at, mention }))); }

function queue(text, { image = null, mention = false, id = crypto.randomUUID?.() || `${Date.now()}-${Math.random().toString(36).slice(2)}`, at = new Date().toISOString() } = {}) {
  const own = { id, text, image, mention, at };
  const item = { id: `own-${id}`, kind: "message", mine: true, role: "member", author: me.nickname, text, at, local: image };
  own.node = lineOf(item);
  own.foot = own.node.querySelector(".foot");
  own.foot.textContent = t.sending;
  waiting.push(own);
  $("lines").append(own.node);
  keepWaiting();
  toEnd();
  flush();
}

function settle(id) {
  const at = waiting.findIndex(own => own.id === id);
  if (at < 0) return;
  waiting[at].node.remove();
  waiting.splice(at, 1);
  keepWaiting();
}

let flushing = false;
async function flush() {
  if (flushing) return;
  flushing = true;
  for (let own; (own = waiting.find(one => !one.stuck));) {
    own.foot.textContent = t.sending;
    thinking(true);
    try {
      await api(`/api/groups/${group}/messages`, { token: me.token, body: { id: own.id, text: own.text, mentions_assistant: own.mention, image: own.image || undefined } });
      await pull();
      settle(own.id);
    } catch (refused) {
      if (refused.status === 401 || refused.status === 403 || !refused.status || refused.status >= 500) {
        if (refused.status === 401 || refused.status === 403) { over(); break; }
        offline(true);
        setTimeout(flush, Math.min(30000, 1000 * 2 ** retry++));
        break;
      }
      own.stuck = true;
      own.foot.replaceChildren(`${t.failed}：${refused.message} `, make("button", { onclick: () => { own.stuck = false; flush(); } }, t.resend), " ", make("button", { onclick: () => settle(own.id) }, t.drop));
    } finally { thinking(false); }
  }
  flushing = false;
}

async function pull() {
  for (;;) {
    const feed = await api(`/api/groups/${group}/messages?after=${encodeURIComponent(cursor)}`, { token: me.token });
    const grown = feed.next !== cursor;
    cursor = feed.next;
    offline(false);
    retry = 0;
    add(feed.items, { fresh: true });
    if (!feed.items.length || !grown) return;
  }
}

let others = [], busy = false, toldTyping = 0;
function tellTyping() { $("typing").textContent = busy ? t.thinking(about.assistant_name || t.assistant) : others.length ? t.typing(others.slice(0, 3).join("、")) : ""; }
function thinking(on) { busy = on; tellTyping(); }
function offline(on) { $("net").hidden = !on; $("net").textContent = on ? t.offline : ""; }

function over(words = t.gone) {
  memory.drop(group);
  $("room").hidden = true;
  $("door").hidden = false;
  $("door-fields").hidden = true;
  says(words);
}

// A screenshot of a phone is several megabytes: it is made smaller here, still sharp enough to be read.
async function shrink(file) {
  if (!file.type.startsWith("image/")) throw new Error(t.noPicture);
  let bitmap;
  try { bitmap = await createImageBitmap(file); } catch { throw new Error(t.noPicture); }
  const scale = Math.min(1, 2400 / Math.max(bitmap.width, bitmap.height));
  if (scale === 1 && file.size < 1_500_000 && /png|jpeg|webp/.test(file.type)) return new Promise(done => { const reader = new FileReader(); reader.onload = () => done(reader.result); reader.readAsDataURL(file); });
  const canvas = make("canvas", { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const url = canvas.toDataURL("image/jpeg", 0.9);
  if (url.length > about.image_limit) throw new Error(t.tooBig);
  return url;
}

let proofOf = null;
function attach(number = null) { proofOf = number; $("file").click(); }

// ---- orders and the group -------------------------------------------------------------------------------------
async function openOrders() {
  $("orders-list").replaceChildren();
  if (!$("orders").open) $("orders").showModal();
  try {
    const orders = await api(`/api/groups/${group}/orders/mine`, { token: me.token });
    $("orders-list").replaceChildren(...(orders.length ? orders.reverse().map(orderCard) : [make("p", {}, t.noOrders)]));
  } catch (refused) { $("orders-list").replaceChildren(make("p", {}, refused.status ? refused.message : t.lost)); }
}

function orderCard(order) {
  const say = words => () => { if (words.endsWith("：") || words.endsWith(": ")) { $("text").value = words; $("orders").close(); $("text").focus(); return; } if (confirm(t.sure(words))) { queue(words, { mention: true }); $("orders").close(); } };
  const acts = { pending_payment: ["proof", "cancel"], payment_claimed: ["proof"], preorder: ["cancel"], paid: ["refund"], shipped: ["received", "refund"], completed: ["feedback", "refund"] }[order.status] || [];
  const words = { cancel: t.sayCancel, refund: t.sayRefund, received: t.sayReceived, feedback: t.sayFeedback };
  const facts = [];
  if (order.deposit) facts.push(make("dt", {}, t.deposit), make("dd", {}, money(order.deposit)));
  if (order.status === "pending_payment") {
    if (order.pay_by) facts.push(make("dt", {}, t.payBy), make("dd", {}, moment(order.pay_by)));
    if (about.payment_methods.length) facts.push(make("dt", {}, t.how), make("dd", {}, about.payment_methods.join("、")));
  }
  for (const event of order.events) facts.push(make("dt", {}, moment(event.at)), make("dd", {}, event.from_status ? t.states[event.to_status] || event.to_status : t.placed, event.note && event.from_status ? ` · ${event.note}` : ""));
  return make("article", {},
    make("div", { class: "bar" }, make("h3", {}, t.order(order.number)), make("span", { class: `state ${order.status}` }, t.states[order.status] || order.status)),
    make("ul", {}, ...order.lines.map(line => make("li", {}, `${line.sku} ${line.name} × ${line.quantity}${lang === "zh" ? line.unit : ` ${line.unit}`} · ${money(line.price)}`))),
    make("div", { class: "sum" }, `${t.total} ${money(order.total)}`), make("dl", {}, ...facts),
    make("div", { class: "acts" }, ...acts.map(act => make("button", { type: "button", class: act === acts[0] ? "main" : "", onclick: act === "proof" ? () => { $("orders").close(); attach(order.number); } : say(words[act](order.number)) }, t[act]))));
}

function openAbout() {
  const facts = [[t.purpose, about.purpose], [t.who, about.seller], [t.until, about.closes_at && moment(about.closes_at)], [t.methods, about.payment_methods.join("、")], [t.name, me.nickname]];
  $("about-body").replaceChildren(make("h3", {}, about.name), make("dl", {}, ...facts.filter(([, value]) => value).flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)])),
    ...rulesOf(about.rules));
  $("about").showModal();
}

function stateOf() {
  const now = Date.now(), opens = about.opens_at && Date.parse(about.opens_at), closes = about.closes_at && Date.parse(about.closes_at);
  if (about.closed || (closes && closes < now)) return t.closed;
  return opens && opens > now ? t.notYet(moment(about.opens_at)) : closes ? t.soon(moment(about.closes_at)) : t.open;
}

async function look() {
  about = await api(`/api/groups/${group}/about`, { token: me.token });
  lang = about.language.startsWith("zh") ? "zh" : "en";
  speak();
  me.nickname = about.nickname;
  memory.set(group, { ...memory.get(group), seller: about.seller });
  document.title = about.name;
  $("group-name").textContent = about.name;
  $("group-state").textContent = `${stateOf()} · ${t.members(about.members)}`;
  $("room").classList.toggle("closed", stateOf() === t.closed);
}

// ---- staying in touch -----------------------------------------------------------------------------------------
function listen() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/groups/${group}/live?after=${encodeURIComponent(cursor)}`, ["bearer", me.token]);
  socket.onmessage = event => {
    const news = JSON.parse(event.data);
    cursor = news.next;
    others = news.typing;
    offline(false);
    retry = 0;
    tellTyping();
    add(news.items, { fresh: true });
    if (waiting.some(own => !own.stuck)) flush();
  };
  socket.onclose = event => {
    if (event.code === 1008) { over(); return; }
    if (document.hidden) { socket = null; return; }
    offline(!navigator.onLine || retry > 1);
    setTimeout(listen, Math.min(20000, 500 * 2 ** retry++));
  };
}

async function enter() {
  me = memory.get(group) || {};
  if (!me.token) { $("door").hidden = false; $("door-fields").hidden = true; says(t.noToken); return; }
  try { await look(); } catch (refused) {
    if (refused.status === 401 || refused.status === 403 || refused.status === 404) { over(refused.status === 404 ? t.badLink : t.gone); return; }
    $("door").hidden = false; $("door-fields").hidden = true; says(t.lost); setTimeout(() => location.reload(), 5000); return;
  }
  $("room").hidden = false;
  $("quick").replaceChildren(...t.quick.map(([name, words]) => make("button", { type: "button", onclick: () => words === "*orders" ? openOrders() : queue(words, { mention: true }) }, name)));
  const feed = await api(`/api/groups/${group}/messages?latest=40`, { token: me.token });
  cursor = feed.next;
  earlier = feed.earlier;
  $("earlier").hidden = !earlier;
  add(feed.items);
  toEnd();
  // What was not sent when the page was closed goes out now, unless it had arrived after all.
  const arrived = new Set(feed.items.map(item => item.client_id));
  for (const own of memory.get(`${group}:waiting`) || []) if (!arrived.has(own.id)) queue(own.text, own);
  keepWaiting();
  listen();
  setInterval(() => look().catch(() => {}), 60000);
}

$("write").addEventListener("submit", event => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  queue(text, { mention: Boolean(about.assistant_name) && text.includes(`@${about.assistant_name}`) });
  $("text").value = "";
  $("text").style.height = "";
  toldTyping = 0;
});
$("text").addEventListener("input", () => {
  $("text").style.height = "";
  $("text").style.height = `${Math.min($("text").scrollHeight + 2, 130)}px`;
  if (socket?.readyState === 1 && Date.now() - toldTyping > 2500) { toldTyping = Date.now(); socket.send('{"typing":true}'); }
});
$("text").addEventListener("keydown", event => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing && matchMedia("(pointer: fine)").matches) { event.preventDefault(); $("write").requestSubmit(); } });
$("mention").addEventListener("click", () => { const name = `@${about.assistant_name || t.assistant} `; if (!$("text").value.startsWith(name)) $("text").value = name + $("text").value; $("text").focus(); });
$("picture").addEventListener("click", () => attach());
$("file").addEventListener("change", async () => {
  const [file] = $("file").files;
  $("file").value = "";
  if (!file) return;
  try { queue(proofOf ? t.sayProof(proofOf) : "", { image: await shrink(file) }); } catch (problem) { alert(problem.message); }
  proofOf = null;
});
$("orders-open").addEventListener("click", openOrders);
$("about-open").addEventListener("click", openAbout);
$("pinned-more").addEventListener("click", () => { const open = $("pinned").classList.toggle("open"); $("pinned-more").textContent = open ? t.less : t.more; $("pinned-more").setAttribute("aria-expanded", open); });
$("down").addEventListener("click", toEnd);
$("scroll").addEventListener("scroll", () => { if (atEnd() && unread) { unread = 0; markRead(); } follow(); });
$("earlier").addEventListener("click", async () => {
  const feed = await api(`/api/groups/${group}/messages?latest=40&before=${encodeURIComponent(earlier)}`, { token: me.token });
  earlier = feed.earlier;
  $("earlier").hidden = !earlier;
  addBefore(feed.items);
});
for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
for (const dialog of document.querySelectorAll("dialog")) dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close(); });
addEventListener("online", () => { retry = 0; flush(); });
document.addEventListener("visibilitychange", () => {
  if (document.hidden || !me.token || $("room").hidden) return;
  marked = false;
  if (!socket || socket.readyState > 1) { retry = 0; listen(); }
  markRead();
});

speak();
if (place === "join") door(); else enter();
