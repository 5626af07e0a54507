/* Run mode of a drill. Without script each press is a plain form. With it a press is written down
   here at once, and sent until the server has confirmed it: through a cut connection, a reload,
   an ended session. How long ago it was is sent, not when: clocks of phones are wrong. */
"use strict";
{
const root = document.getElementById("drill-run");
const line = document.getElementById("drill-line");
const timer = document.getElementById("drill-timer");
const STORE = `readiness.drill.${root.dataset.drill}.${root.dataset.user}`;
const POLL = 4000;
const LONGEST_WAIT = 15000;
const ANSWER = 8000;

/* --- what is kept here until it is confirmed --- */
let memory = []; // all there is where the browser lets us keep nothing
let keeps = true;

function kept() {
  try { return JSON.parse(localStorage.getItem(STORE) ?? "[]"); } catch { return memory; }
}
function keep(items) {
  memory = items;
  try {
    if (items.length) localStorage.setItem(STORE, JSON.stringify(items));
    else localStorage.removeItem(STORE);
    keeps = true;
  } catch { keeps = false; }
}
const forget = (key) => keep(kept().filter((item) => item.key !== key));

function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID(); // only where the page came by https
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/* --- what people see --- */
let problem = ""; // "", "cut", "out" (signed out) or "refused"
let zero = null; // the start, on the clock of performance.now()
let still = null; // the time it took, once it has recovered

function make(tag, className, ...inside) {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...inside);
  return element;
}

function said(text, ...more) {
  if (line.dataset.says === text) return; // a screen reader hears it once
  line.dataset.says = text;
  line.replaceChildren(text, ...more);
}

function draw() {
  const items = kept();
  for (const each of root.querySelectorAll("[data-kept]")) each.remove();
  for (const form of root.querySelectorAll("#drill-stamps form")) form.hidden = false;
  const log = document.getElementById("drill-entries");
  for (const nothing of log.querySelectorAll("[data-nothing]")) nothing.hidden = items.length > 0;
  for (const item of items) {
    const at = reading(item);
    const tag = make("span", "tag", "kept here, not sent yet");
    const entry = make("li", "", make("p", "", make("b", "", item.label), at && ` at ${at}`, " ", tag));
    if (item.text) entry.append(make("p", "drill-note", item.text));
    entry.dataset.kept = "";
    log.prepend(entry);
    const form = root.querySelector(`#drill-stamps form[data-stamp="${item.kind}"]`);
    if (!form) continue;
    const pressed = make("div", "drill-stamp pressed kept", make("b", "", item.label),
      make("span", "", at && `at ${at}`), make("small", "", "kept here, not sent yet"));
    pressed.dataset.kept = "";
    form.hidden = true;
    form.after(pressed);
  }
  const open = [...root.querySelectorAll("#drill-stamps form:not([hidden]) button")];
  open.forEach((button, place) => button.classList.toggle("next", place === 0));
  drawLine(items.length);
  drawTimer();
}

function drawLine(number) {
  const here = number ? `${number} ${number === 1 ? "press is" : "presses are"} kept on this device` : "";
  if (problem === "out") {
    const link = make("a", "", "Sign in again");
    link.href = root.dataset.login;
    said(`You were signed out. ${here ? `${here}, and sent when you are back. ` : ""}`, link);
  } else if (problem === "refused") {
    said(`The server refused it: you may not write here, or no longer. ${here}${here && "."}`);
  } else if (problem === "cut") {
    said(`No connection. ${here ? `${here}, and sent when the server answers.` : "What you press is kept here."}`);
  } else if (number) {
    said(keeps ? "Sending." : "Sending. This browser keeps nothing: do not close the page.");
  } else said("Everything is sent.");
}

function clock(milliseconds) {
  const seconds = Math.max(Math.floor(milliseconds / 1000), 0);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (number) => String(number).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function setTimer() {
  const { running } = document.getElementById("drill-stamps").dataset;
  zero = running === "" ? null : performance.now() - Number(running);
  still = running !== "" && !("runs" in document.getElementById("drill-stamps").dataset)
    ? Number(running) : null;
}

const ago = (item) => Date.now() - item.at;

/* How long it has run, in milliseconds; null before it starts. */
function since() {
  const start = kept().find((item) => item.kind === "started");
  return zero !== null ? performance.now() - zero : start ? ago(start) : null;
}

/* What the timer showed when it was pressed; nothing where that is not known. */
function reading(item) {
  return since() === null || still !== null ? "" : clock(since() - ago(item));
}

function drawTimer() {
  const end = kept().find((item) => item.kind === "recovered");
  timer.textContent = clock(still ?? (since() ?? 0) - (end ? ago(end) : 0));
}
setInterval(drawTimer, 250);

function tell(text) {
  const told = make("p", "notice bad", text);
  told.setAttribute("role", "alert");
  document.getElementById("drill-told").append(told);
}

/* --- what the server says: the drill as it is --- */
function show(html) {
  const answer = new DOMParser().parseFromString(html, "text/html");
  const stamps = answer.getElementById("drill-stamps");
  if (!stamps) return null; // whoever answered, it was not the server
  const focused = document.activeElement?.closest?.("#drill-run form");
  const action = focused && focused.getAttribute("action");
  const kind = focused && focused.dataset.stamp;
  for (const id of ["drill-stamps", "drill-log"]) {
    document.getElementById(id).replaceWith(document.adoptNode(answer.getElementById(id)));
  }
  // Whoever signed in anew has another token: also for the forms that were here before.
  for (const field of root.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token();
  setTimer();
  draw();
  if (action && !focused.isConnected) {
    const forms = [...root.querySelectorAll("form")];
    const same = forms.find((form) => form.getAttribute("action") === action
      && form.dataset.stamp === kind && !form.hidden) ?? root.querySelector("#drill-stamps form:not([hidden])");
    same?.querySelector("button")?.focus({ preventScroll: true });
  }
  return stamps;
}

const token = () => document.getElementById("drill-stamps").dataset.token;

async function ask(url, fields) {
  const response = await fetch(url, {
    method: fields ? "POST" : "GET",
    body: fields && new URLSearchParams({ csrfmiddlewaretoken: token(), ...fields }),
    headers: { "HX-Request": "true", "HX-Target": "drill-state", "HX-Current-URL": location.href },
    cache: "no-store",
    signal: AbortSignal.timeout(ANSWER),
  });
  if (response.headers.get("HX-Redirect")) return { problem: "out" };
  // 404: whoever is no longer of the team does not even find it.
  if ([403, 404].includes(response.status)) return { problem: "refused" };
  if (response.status === 204) return { problem: "" };
  if (!response.ok && response.status !== 422) return { problem: "cut" };
  const html = await response.text();
  const stamps = show(html);
  return stamps ? { problem: "", stamps, told: stamps.dataset.told ?? "" } : { problem: "cut" };
}

async function answerOf(url, fields) {
  try { return await ask(url, fields); } catch { return { problem: "cut" }; }
}

/* --- sending: one after the other, in the order in which they were pressed --- */
let sending = false;
let wait = 1000;
let retry = 0;

async function send() {
  if (sending) return;
  sending = true;
  clearTimeout(retry);
  let item;
  while ((item = kept()[0])) {
    const fields = () => ({ key: item.key, kind: item.kind, text: item.text, age: ago(item) });
    let answer = await answerOf(root.dataset.entries, fields());
    if (answer.problem === "refused") {
      // Whoever signed in anew has another token: the drill as it is brings it along.
      await answerOf(root.dataset.entries);
      answer = await answerOf(root.dataset.entries, fields());
    }
    problem = answer.problem;
    if (problem) break;
    wait = 1000;
    if (!answer.told && !document.querySelector(`[data-key="${item.key}"]`)) { problem = "cut"; break; }
    forget(item.key);
    if (answer.told) tell(`${item.label}: ${answer.told}`);
  }
  sending = false;
  draw();
  if (kept().length) {
    retry = setTimeout(send, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }
}

function soon() {
  wait = 1000;
  if (kept().length) send();
  else poll(true);
}

async function poll(whole) {
  if (sending || document.visibilityState === "hidden") return;
  const { seen } = document.getElementById("drill-stamps").dataset;
  const url = whole ? root.dataset.entries : `${root.dataset.entries}?${new URLSearchParams({ seen })}`;
  const answer = await answerOf(url);
  if (sending) return;
  problem = answer.problem;
  draw();
  if (!problem && kept().length) send();
}
setInterval(poll, POLL, false);
addEventListener("online", soon);
addEventListener("offline", () => { problem = "cut"; draw(); });
addEventListener("pageshow", (event) => { if (event.persisted) soon(); });
addEventListener("storage", (event) => { if (event.key === STORE) { draw(); send(); } });
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") soon(); });

/* --- pressing --- */
root.addEventListener("submit", (event) => {
  const form = event.target;
  const { stamp: kind, label } = form.dataset;
  if (kind) {
    event.preventDefault();
    const field = form.elements.text;
    const text = field ? field.value.trim() : "";
    const items = kept();
    if (kind === "note" ? text : !items.some((item) => item.kind === kind)) {
      keep([...items, { key: newKey(), kind, label, text, at: Date.now() }]);
      if (field) field.value = "";
      draw();
      send();
    }
  } else if ("act" in form.dataset) {
    event.preventDefault();
    answerOf(form.getAttribute("action"), {}).then((answer) => {
      problem = answer.problem;
      draw();
      if (problem) tell("That did not reach the server. Nothing was changed; try again.");
    });
  } else if (kept().length && form.method === "post") {
    event.preventDefault();
    tell("Not finished: something is kept here that the server does not have yet.");
  }
});

setTimer();
draw();
if (kept().length) send();
}
