// Staying in touch: new lines as they come, who is writing, whether there is a network.
import { onlySays } from "./door.js";
import { $, api, memory } from "./kit.js";
import { add } from "./lines.js";
import { assistant, room } from "./state.js";
import { t } from "./words.js";
import { flush } from "./writing.js";

const SILENCE = 50e3;  // the server gives a sign of life every 25 s
let socket = null, tries = 0, heardAt = 0, others = [], busy = false, toldAt = 0;

export async function pull() {
  for (;;) {
    const feed = await api(`/api/groups/${room.group}/messages?after=${encodeURIComponent(room.cursor)}`, { token: room.me.token });
    const grown = feed.next !== room.cursor;
    room.cursor = feed.next;
    offline(false);
    add(feed.items, { fresh: true });
    if (!feed.items.length || !grown) return;
  }
}

export function offline(on, words = t.offline) { $("net").hidden = !on; $("net").textContent = on ? words : ""; }
export function thinking(on) { busy = on; tell(); }

function tell() {
  const words = busy ? t.thinking(assistant()) : others.length ? t.typing(others.slice(0, 3).join("、")) : "";
  $("typing").firstElementChild.textContent = words;
  $("typing").hidden = !words;
}

// A token that opens this group no more: it moved elsewhere with the group, or one was removed, or it never did.
export function over(refused) {
  const { code, group } = refused.error || {};
  if (code === "moved") { memory.set(group, room.me); memory.drop(room.group); location.replace(`/room/${group}`); return; }
  memory.drop(room.group);
  onlySays(refused.status === 404 ? t.badLink : refused.status === 403 ? t.removed : t.gone);
}

export function listen() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const mine = socket = new WebSocket(`${scheme}://${location.host}/api/groups/${room.group}/live?after=${encodeURIComponent(room.cursor)}`, ["bearer", room.me.token]);
  heardAt = Date.now();
  mine.onmessage = event => {
    if (mine !== socket) return;
    const news = JSON.parse(event.data);
    heardAt = Date.now();
    room.cursor = news.next;
    others = news.typing;
    tries = 0;
    offline(false);
    tell();
    add(news.items, { fresh: true });
    if (room.waiting.some(own => !own.stuck)) flush();
  };
  mine.onclose = async event => {
    if (mine !== socket) return;
    socket = null;
    if (event.code === 1008) { const refused = await whyNot(); if (refused) { over(refused); return; } }
    if (document.hidden) return;
    offline(!navigator.onLine || tries > 1);
    setTimeout(again, Math.min(20000, 500 * 2 ** tries++));
  };
}

async function whyNot() {
  try { await api(`/api/groups/${room.group}/about`, { token: room.me.token }); return null; }
  catch (refused) { return refused.status ? refused : null; }
}

function again() { if (!socket) listen(); }

// Back on the page, or back on the network: a line that only looks open is given up.
export function reconnect() { tries = 0; const old = socket; socket = null; old?.close(); listen(); flush(); }
export function wakeUp() { if (!socket || socket.readyState > 1 || Date.now() - heardAt > SILENCE) reconnect(); }

export function tellTyping() {
  if (socket?.readyState !== 1 || Date.now() - toldAt < 2500) return;
  toldAt = Date.now();
  socket.send('{"typing":true}');
}

// What was written is sent: the next keystroke is news again.
export function doneTyping() { toldAt = 0; }
