// What one writes: kept on the device until the server has it, under an id of its own, so that it arrives once.
import { $, api, make, memory } from "./kit.js";
import { lineOf, toEnd } from "./lines.js";
import { doneTyping, offline, over, pull, thinking } from "./live.js";
import { assistant, nameOf, room } from "./state.js";
import { t } from "./words.js";

const LONGEST_SIDE = 2400, SMALL_FILE = 1_500_000;
let flushing = false, tries = 0, proofOf = null, quoting = null;

function keep() {
  const text = own => ({ id: own.id, text: own.text, at: own.at, mention: own.mention, quotes: own.quotes });
  memory.set(`${room.group}:waiting`, room.waiting.filter(own => !own.image).map(text));
}

const newId = () => crypto.randomUUID?.() || `${Date.now()}-${Math.random().toString(36).slice(2)}`;

export function queue(text, { image = null, mention = false, quotes = null, id = newId(), at = new Date().toISOString() } = {}) {
  const own = { id, text, image, mention, at, quotes };
  own.node = lineOf({ id: `own-${id}`, kind: "message", mine: true, role: "member", author: room.me.nickname, text, at, local: image, quote: room.seen.get(quotes) });
  own.foot = own.node.querySelector(".foot");
  own.foot.textContent = t.sending;
  room.waiting.push(own);
  $("lines").append(own.node);
  keep();
  toEnd();
  flush();
}

export function settle(id) {
  const at = room.waiting.findIndex(own => own.id === id);
  if (at < 0) return;
  room.waiting[at].node.remove();
  room.waiting.splice(at, 1);
  keep();
}

// What was not sent when the page was closed goes out now, unless it had arrived after all.
export function takeUp(arrived) {
  for (const own of memory.get(`${room.group}:waiting`) || []) if (!arrived.has(own.id)) queue(own.text, own);
  keep();
}

export async function flush() {
  if (flushing) return;
  flushing = true;
  for (let own; (own = room.waiting.find(one => !one.stuck));) {
    own.foot.textContent = t.sending;
    thinking(true);
    try { await deliver(own); tries = 0; }
    catch (refused) { if (!putAside(own, refused)) break; }
    finally { thinking(false); }
  }
  flushing = false;
}

async function deliver(own) {
  const body = { id: own.id, text: own.text, mentions_assistant: own.mention, image: own.image || undefined, quotes: own.quotes || undefined };
  await api(`/api/groups/${room.group}/messages`, { token: room.me.token, body });
  await pull();
  settle(own.id);
}

// Returns whether the next one may be tried: without a network, or told to wait, none is.
function putAside(own, refused) {
  if (refused.status === 401 || refused.status === 403 || refused.error?.code === "moved") { over(refused); return false; }
  if (refused.status === 429) { own.foot.textContent = t.slowDown; setTimeout(flush, 1000 * refused.wait); return false; }
  if (!refused.status || refused.status >= 500) {
    offline(true);
    setTimeout(flush, Math.min(30000, 1000 * 2 ** tries++));
    return false;
  }
  own.stuck = true;
  own.foot.replaceChildren(`${t.failed}${t.colon}${refused.message} `, make("button", { type: "button", onclick: () => { own.stuck = false; flush(); } }, t.resend), " ", make("button", { type: "button", onclick: () => settle(own.id) }, t.drop));
  return true;
}

// ---- the field
export function quote(item) {
  quoting = item;
  $("quoting").hidden = !item;
  if (!item) return;
  $("quoting-who").textContent = t.quoting(nameOf(item));
  $("quoting-text").textContent = item.text || `[${t.image}]`;
  $("text").focus();
}

export function write() {
  const text = $("text").value.trim();
  if (!text) return;
  queue(text, { mention: Boolean(room.about.assistant_name) && text.includes(`@${room.about.assistant_name}`), quotes: quoting?.id });
  quote(null);
  $("text").value = "";
  doneTyping();
  grow();
}

export function grow() {
  $("text").style.height = "";
  $("text").style.height = `${Math.min($("text").scrollHeight + 2, 160)}px`;
}

export function mention() {
  const name = `@${assistant()} `;
  if (!$("text").value.startsWith(name)) $("text").value = name + $("text").value;
  $("text").focus();
}

// ---- pictures
export function attach(number = null) { proofOf = number; $("file").click(); }

export async function picked() {
  const [file] = $("file").files;
  $("file").value = "";
  if (!file) return;
  try { queue(proofOf ? t.sayProof(proofOf) : "", { image: await shrink(file), quotes: quoting?.id }); quote(null); }
  catch (problem) { offline(true, problem.message); setTimeout(offline, 4000, false); }
  proofOf = null;
}

const asUrl = file => new Promise(done => { const reader = new FileReader(); reader.onload = () => done(reader.result); reader.readAsDataURL(file); });

// A screenshot of a phone is several megabytes: it is made smaller here, still sharp enough to be read.
async function shrink(file) {
  if (!file.type.startsWith("image/")) throw new Error(t.noPicture);
  let bitmap;
  try { bitmap = await createImageBitmap(file); } catch { throw new Error(t.noPicture); }
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  if (scale === 1 && file.size < SMALL_FILE && /png|jpeg|webp/.test(file.type)) return asUrl(file);
  const canvas = make("canvas", { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const url = canvas.toDataURL("image/jpeg", 0.9);
  if (url.length > room.about.image_limit) throw new Error(t.tooBig);
  return url;
}
