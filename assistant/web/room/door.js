// The way in: what an invitation's QR code opens.
import { $, api, make, memory } from "./kit.js";
import { speak, t } from "./words.js";

const code = location.pathname.split("/")[2];
const LOOK_AGAIN = 4000;
let knownBy = "";

export function says(words, kind = "") { $("door-says").textContent = words; $("door-says").className = kind; }

export function onlySays(words) {
  $("room").hidden = true;
  $("door").hidden = false;
  $("door-fields").hidden = true;
  says(words);
}

export function rulesOf(rules) {
  return rules.length ? [make("h2", {}, t.rules), make("ol", {}, ...rules.map(rule => make("li", {}, rule)))] : [];
}

export async function door() {
  let greeting;
  try { greeting = await api(`/api/invitations/${encodeURIComponent(code)}`); }
  catch (refused) {
    onlySays(refused.status === 429 ? t.busy : refused.status ? t.badLink : t.lost);
    if (!refused.status || refused.status === 429) setTimeout(() => location.reload(), 5000);
    return;
  }
  if (memory.get(greeting.group_id)?.token) { location.replace(`/room/${greeting.group_id}`); return; }
  await speak(greeting.language);
  document.title = greeting.name;
  $("door").hidden = false;
  $("door-name").textContent = greeting.name;
  $("door-face").textContent = [...greeting.name.replace(/^[\d年月日号\s.:/-]+/, "")].find(char => /\p{L}/u.test(char)) || "·";
  $("door-purpose").textContent = greeting.purpose;
  $("door-rules").replaceChildren(...rulesOf(greeting.rules));
  $("keyword-field").hidden = !greeting.keyword;
  $("keyword").required = Boolean(greeting.keyword);
  $("keyword-hint").textContent = greeting.keyword && t.keywordHint(greeting.keyword);
  $("answer-field").hidden = !greeting.question;
  $("answer").required = Boolean(greeting.question);
  $("door-question").textContent = greeting.question;
  knownBy = memory.tokenAt(greeting.seller);
  $("known-field").hidden = !knownBy;
  $("known-text").textContent = t.knowMe(greeting.seller);
  const asked = memory.get(`asked:${code}`);
  if (asked) { waitFor(greeting.group_id, asked); return; }
  if (!greeting.open) { $("door-fields").hidden = true; says(greeting.text); return; }
  $("join").addEventListener("submit", event => { event.preventDefault(); ask(greeting.group_id); });
}

async function ask(groupId) {
  const given = { nickname: $("nickname").value.trim(), keyword: $("keyword").value.trim(), answer: $("answer").value.trim(), known_by: $("known").checked ? knownBy : "" };
  const enter = $("join").querySelector("button.main");
  enter.disabled = true;
  try {
    const received = await api(`/api/invitations/${encodeURIComponent(code)}/join`, { body: given });
    const asked = { token: received.token, nickname: given.nickname };
    if (received.state === "joined") { comeIn(groupId, asked); return; }
    says(received.text, received.state === "asking" ? "wrong" : "");
    if (received.state === "pending") { memory.set(`asked:${code}`, asked); waitFor(groupId, asked); }
    if (received.state === "refused") $("door-fields").hidden = true;
    ({ nickname: $("nickname"), keyword: $("keyword"), answer: $("answer") })[received.needs]?.focus();
  } catch (refused) { says(refused.status === 429 ? t.busy : refused.status ? refused.message : t.lost, "wrong"); }
  enter.disabled = false;
}

function comeIn(groupId, { token, nickname }) {
  memory.drop(`asked:${code}`);
  memory.set(groupId, { token, nickname });
  location.replace(`/room/${groupId}`);
}

// Who waits for the seller's yes may close the page and come back: the token that asking gave stays on the device.
async function waitFor(groupId, asked) {
  $("door-fields").hidden = true;
  try {
    const standing = await api("/api/joining", { token: asked.token });
    says(standing.text, standing.state === "pending" ? "waits" : "");
    if (standing.state === "joined") { comeIn(groupId, asked); return; }
    if (standing.state === "refused") { memory.drop(`asked:${code}`); return; }
  } catch (refused) {
    if (refused.status === 401 || refused.status === 404) { memory.drop(`asked:${code}`); location.reload(); return; }
  }
  setTimeout(waitFor, LOOK_AGAIN, groupId, asked);
}
