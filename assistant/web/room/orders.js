// One's own orders: cards in the chat, and the sheet with all of them.
import { $, api, button, make } from "./kit.js";
import { date, moment, money, room } from "./state.js";
import { lang, t } from "./words.js";
import { attach, queue } from "./writing.js";

const ACTS = { pending_payment: ["proof", "cancel"], payment_claimed: ["proof"], preorder: ["cancel"], paid: ["refund"], shipped: ["received", "refund"], completed: ["feedback", "refund"] };
const WORDS_OF = { received: "sayReceived", refund: "sayRefund", cancel: "sayCancel", feedback: "sayFeedback" };
const ON_THE_WAY = ["placed", "paid", "shipped", "completed"];
const spots = [];  // where cards stand in the chat: {number, node, line}, oldest first
let asking = null;

export async function load() {
  const orders = await api(`/api/groups/${room.group}/orders/mine`, { token: room.me.token });
  for (const order of orders) room.orders.set(order.number, order);
  const open = orders.filter(order => order.status === "pending_payment").length;
  $("orders-count").hidden = !open;
  $("orders-count").textContent = open;
  paint();
  return orders;
}

// New lines about orders: what they look like now is asked for once, not for each line.
export function learn(items) {
  paint();
  if (items.some(item => item.mine && item.kind === "reply" && item.private)) asking ||= load().catch(() => {}).finally(() => { asking = null; });
}

// The cards of a line, and which rows of its text they repeat.
export function cardsOf(item) {
  const orders = item.orders || [];
  for (const order of orders) if (!room.orders.has(order.number)) room.orders.set(order.number, { ...order, lines: [], events: [], due: "0" });
  const nodes = orders.map(order => { const node = make("div", { class: "order" }); spots.push({ number: order.number, node, line: item, short: orders.length > 1 }); return node; });
  const receipt = orders.length === 1 ? /\s[×x]\s.+=|^(合计|定金|Total|Deposit[^:]*)[:：]/ : null;
  return { nodes, tells: row => Boolean(receipt?.test(row)) };
}

// Only the latest line about an order carries its card, so that none shows what is no longer so.
function paint() {
  spots.sort((a, b) => a.line.at < b.line.at ? -1 : 1);
  const last = new Map(spots.map(spot => [spot.number, spot]));
  for (const spot of spots) {
    const order = room.orders.get(spot.number), full = last.get(spot.number) === spot;
    const complete = full && !spot.short && order.lines.length > 0;
    spot.node.closest(".line")?.classList.toggle("carded", complete);
    spot.node.hidden = !full;
    if (full) spot.node.replaceChildren(...(complete ? face(order, { inChat: true }) : [head(order), make("div", { class: "acts" }, button(t.myOrders, openOrders))]));
  }
}

const partly = order => order.status === "payment_claimed" && Number(order.paid) > Number(order.refunded);
const chip = order => make("span", { class: `state ${order.status}` }, t.states[partly(order) ? "part_paid" : order.status] || order.status);
const head = order => make("div", { class: "bar" }, make("h3", {}, t.order(order.number)), chip(order));

function facts(order) {
  const out = [], put = (name, value) => out.push(make("dt", {}, name), make("dd", {}, value));
  if (order.deposit) put(t.deposit, money(order.deposit));
  if (Number(order.paid)) put(t.paid, money(order.paid));
  if (Number(order.refunded)) put(t.back, money(order.refunded));
  if (order.status === "pending_payment" || partly(order)) put(t.due, make("b", {}, money(order.due)));
  else if (["paid", "shipped"].includes(order.status) && Number(order.due)) put(t.balance, money(order.due));
  if ((order.status === "pending_payment" || partly(order)) && order.methods.length) put(t.how, order.methods.join(lang === "zh" ? "、" : ", "));
  if (order.parcel) put(t.parcel, order.parcel);
  if (order.status === "shipped" && order.arrives_by) put(t.arrives, date(order.arrives_by));
  return out;
}

function rows(order) {
  return make("table", {}, ...order.lines.map(line => make("tr", {}, make("td", {}, make("span", { class: "sku" }, line.sku), ` ${line.name}`),
    make("td", { class: "much" }, `${line.quantity}${lang === "zh" ? line.unit : ` ${line.unit}`}`), make("td", { class: "much" }, money(line.price * line.quantity)))),
  make("tr", { class: "sum" }, make("th", { scope: "row", colspan: 2 }, t.total), make("td", { class: "much" }, money(order.total))));
}

function acts(order, only) {
  const able = (ACTS[order.status] || []).filter(act => !only || only.includes(act));
  return able.map((act, place) => button(t[act], () => { $("orders").close(); if (act === "proof") attach(order.number); else askFor(act, order.number); }, place === 0));
}

function face(order, { inChat = false } = {}) {
  const by = order.status === "pending_payment" && order.pay_by && make("p", { class: "until" }, t.payBy(moment(order.pay_by)));
  const doing = inChat ? [...acts(order, ["proof", "received", "feedback"]), button(t.myOrders, openOrders)] : acts(order);
  return [head(order), inChat ? null : steps(order), rows(order), make("dl", {}, ...facts(order)), by,
    order.status === "payment_claimed" && !partly(order) ? make("p", { class: "quiet" }, t.checking) : null, doing.length ? make("div", { class: "acts" }, ...doing) : null].filter(Boolean);
}

// The way of an order with its dates; an order that left the way has its history only.
function steps(order) {
  const at = { placed: order.created_at };
  for (const event of order.events) if (["paid", "shipped", "completed"].includes(event.to_status)) at[event.to_status] = event.at;
  if (!["pending_payment", "payment_claimed", "paid", "shipped", "completed"].includes(order.status)) return null;
  const reached = order.status === "completed" ? 3 : ON_THE_WAY.indexOf(order.status);
  return make("ol", { class: "steps" }, ...ON_THE_WAY.map((step, place) => make("li", { class: place <= Math.max(reached, 0) ? "done" : "", "aria-current": place === Math.max(reached, 0) ? "step" : null }, make("span", {}, t.steps[step]), at[step] && place <= Math.max(reached, 0) ? make("time", { datetime: at[step] }, date(at[step])) : null)));
}

function happened(event) {
  if (!event.from_status) return t.steps.placed;
  const moved = event.from_status !== event.to_status || !event.note;
  return [moved ? t.states[event.to_status] || event.to_status : "", event.note].filter(Boolean).join(" · ");
}

function history(order) {
  const events = order.events.flatMap(event => [make("dt", {}, moment(event.at)), make("dd", {}, happened(event))]);
  return make("details", {}, make("summary", {}, t.history), make("dl", {}, ...events));
}

export async function openOrders() {
  if (!$("orders").open) $("orders").showModal();
  const list = $("orders-list");
  list.replaceChildren(make("p", { class: "quiet" }, "…"));
  try {
    const orders = await load();
    const none = [make("p", {}, make("b", {}, t.noOrders)), make("p", { class: "quiet" }, t.noOrdersHow), button(t.seePrices, () => { $("orders").close(); queue(t.quick[0][1], { mention: true }); }, true)];
    list.replaceChildren(...(orders.length ? orders.reverse().map(order => make("article", {}, ...face(order), history(order))) : none));
  } catch (refused) { list.replaceChildren(make("p", {}, refused.status ? refused.message : t.lost)); }
}

// What a member does with an order is a message like any other, so that the chat tells the whole story.
function askFor(act, number) {
  const words = t[WORDS_OF[act]](number), wordy = act === "refund" || act === "feedback";
  $("ask-title").textContent = t.ask[act](number);
  $("ask-field").hidden = !wordy;
  $("ask-label").textContent = act === "feedback" ? t.askFeedback : t.askWhy;
  $("ask-words").value = "";
  $("ask-words").required = act === "feedback";
  $("ask-form").onsubmit = event => {
    event.preventDefault();
    const more = $("ask-words").value.trim();
    queue(wordy && more ? `${words}${t.colon}${more}` : words, { mention: true });
    $("ask").close();
  };
  $("ask").showModal();
}
