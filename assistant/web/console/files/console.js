// The console's own few lines: the chime for new tickets, and whether it sounds.
"use strict";
window.yidan = {
  sound(on) {
    try { localStorage.setItem("yidan:sound", on ? "1" : "0"); } catch { /* private mode: for this page only */ }
    document.documentElement.dataset.sound = on ? "1" : "0";
    if (on) yidan.chime();
  },
  /* A talk is read from its end. */
  end(id) {
    requestAnimationFrame(() => { const box = document.getElementById(`c${id}`); if (box) box.scrollTop = box.scrollHeight; });
  },
  /* Puts a text into the clipboard; pages over plain http have no clipboard, so a field is selected and copied. */
  async copy(text) {
    try { await navigator.clipboard.writeText(text); return true; } catch { /* not allowed here: the old way */ }
    const field = document.createElement("textarea");
    field.value = text;
    field.style.cssText = "position:fixed;opacity:0";
    (document.querySelector(".q-dialog") || document.body).append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  },
  chime() {
    if (document.documentElement.dataset.sound === "0" || !window.AudioContext) return;
    const audio = new AudioContext();
    [[880, 0], [1174.7, 0.16]].forEach(([pitch, at]) => {
      const tone = audio.createOscillator(), loud = audio.createGain(), start = audio.currentTime + at;
      tone.frequency.value = pitch;
      loud.gain.setValueAtTime(0.0001, start);
      loud.gain.exponentialRampToValueAtTime(0.25, start + 0.02);
      loud.gain.exponentialRampToValueAtTime(0.0001, start + 0.5);
      tone.connect(loud).connect(audio.destination);
      tone.start(start);
      tone.stop(start + 0.55);
    });
    setTimeout(() => audio.close(), 1200);
  },
};
let kept = null;
try { kept = localStorage.getItem("yidan:sound"); } catch { /* private mode */ }
document.documentElement.dataset.sound = kept === "0" ? "0" : "1";
