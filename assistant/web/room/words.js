// What the page itself says. The group decides the language; until it is known, the device does.
export let lang = navigator.language.startsWith("zh") ? "zh" : "en";
export let t = (await import(`./words.${lang}.js`)).default;

export async function speak(language = lang) {
  lang = language.startsWith("zh") ? "zh" : "en";
  t = (await import(`./words.${lang}.js`)).default;
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t[node.dataset.t];
  for (const node of document.querySelectorAll("[data-label]")) { node.setAttribute("aria-label", t[node.dataset.label]); node.title = t[node.dataset.label]; }
  document.getElementById("text").placeholder = t.message;
}
