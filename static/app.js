/* What HTML and htmx cannot do by themselves. Every page works without it. */
"use strict";

const announcer = document.getElementById("announce");

/* --- one line about what happened, seen and heard --- */
function announce(text, next) {
  announcer.textContent = text;
  if (next) {
    const link = document.createElement("a");
    link.href = next.querySelector(".line").href;
    link.textContent = "Next undecided";
    link.addEventListener("click", (event) => { event.preventDefault(); openRow(next); });
    announcer.append(" ", link);
  }
  clearTimeout(announce.timer);
  announce.timer = setTimeout(() => { announcer.textContent = ""; }, 9000);
}

document.body.addEventListener("announce", (event) => {
  const { text, row } = event.detail;
  const rows = [...document.querySelectorAll(".row")];
  const at = rows.findIndex((each) => each.id === `row--${row}`);
  const undecided = (each) => each.dataset.standing === "undecided" && each.id !== `row--${row}`;
  announce(text, row && (rows.slice(at + 1).find(undecided) || rows.find(undecided)));
});

document.body.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  const id = event.detail.xhr.getResponseHeader("X-Request-Id");
  announce(status === 403 ? "That is not allowed for your role. Nothing was changed."
    : `That did not work (${status}${id ? `, request ${id}` : ""}). What you typed is still here.`);
});
document.body.addEventListener("htmx:sendError", () => {
  announce("The server cannot be reached. What you typed is still here; try again.");
});

/* --- rows: open, close, walk --- */
function openRow(row) {
  const line = row.querySelector(".line");
  row.scrollIntoView({ block: "start" });
  if (!row.classList.contains("open")) line.click();
  line.focus({ preventScroll: true });
}

function walk(step) {
  const lines = [...document.querySelectorAll(".row > .line")];
  if (!lines.length) return;
  const row = document.activeElement.closest(".row");
  const at = row ? lines.indexOf(row.querySelector(".line")) : -1;
  const line = lines[Math.min(Math.max(at + step, 0), lines.length - 1)];
  line.focus({ preventScroll: true });
  line.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  const inField = event.target.closest("input:not(.pick), textarea, select");
  if (event.key === "Escape") {
    const menu = event.target.closest("details.menu[open]");
    const row = event.target.closest(".row.open") || (!inField && document.querySelector(".row.open"));
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
    else if (row && !edited(row)) row.querySelector(".line").click();
    return;
  }
  if (inField || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (event.key === "x" || event.key === "X") pick(event.shiftKey);
  else if (event.key === "/") searchHere(event);
});

/* The list of this page, else everything. */
function searchBox() {
  return document.querySelector("#filter-text, #search-text")
    ?? document.getElementById("top-search");
}

function searchHere(event) {
  const box = searchBox();
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
}

/* The box that has the key says so: it is one, and without this file none. */
searchBox()?.setAttribute("aria-keyshortcuts", "/");

/* --- rows: selected for what is done to many at once --- */
let lastPicked = null;

function pick(upToHere) {
  const box = document.activeElement.closest(".row")?.querySelector(".pick");
  if (!box) return;
  box.checked = upToHere || !box.checked;
  picked(box, upToHere);
}

/* Those between the last one and this one become what this one is. */
function picked(box, upToHere) {
  if (upToHere && lastPicked?.isConnected) {
    const boxes = [...document.querySelectorAll(".pick")];
    const [first, last] = [boxes.indexOf(lastPicked), boxes.indexOf(box)].sort((a, b) => a - b);
    for (const each of boxes.slice(first, last + 1)) each.checked = box.checked;
  }
  lastPicked = box;
  countPicked();
}

function countPicked() {
  const count = document.getElementById("selection-count");
  if (count) count.textContent = `${document.querySelectorAll(".pick:checked").length} selected`;
}

document.addEventListener("click", (event) => {
  if (event.target.matches(".pick")) picked(event.target, event.shiftKey);
});
document.addEventListener("reset", () => setTimeout(countPicked)); // after the boxes are empty
document.body.addEventListener("htmx:afterSettle", countPicked);
addEventListener("pageshow", countPicked);

/* A row in which somebody has typed is not closed by a key. */
function edited(row) {
  return [...row.querySelectorAll("textarea, input:not([type=hidden], [type=radio], .pick)")]
    .some((field) => field.value !== field.defaultValue);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-row]");
  const row = link && document.getElementById(`row--${link.dataset.row}`);
  if (row && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    openRow(row);
  }
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

/* After a swap the keyboard is where it was: on the row's line, or on the first thing that is wrong. */
document.body.addEventListener("htmx:afterSwap", (event) => {
  const { id } = event.detail.target ?? {}; // none when the browser goes back
  const row = id && document.getElementById(id);
  if (!row || !row.classList.contains("row")) return;
  const wrong = row.querySelector("[role=alert], [aria-invalid=true]");
  if (wrong) {
    wrong.tabIndex = wrong.matches("[role=alert]") ? -1 : 0;
    wrong.focus();
  } else if (document.activeElement === document.body) {
    row.querySelector(".line")?.focus({ preventScroll: true });
  }
});
addEventListener("load", () => {
  if (!location.hash) document.querySelector(".row.open")?.scrollIntoView({ block: "start" });
});

/* --- the risk that was picked, or what remains of it, proposes when to look again --- */
document.addEventListener("change", (event) => {
  if (!["cell", "remains"].includes(event.target.name)) return;
  const { form } = event.target;
  const cell = form.querySelector("[name=remains]:checked")
    ?? form.querySelector("[name=cell]:checked");
  const date = form.elements.revisit_date;
  form.querySelector("[data-approval]").hidden = !("needsApproval" in cell.dataset);
  const { level, latest, until } = cell.dataset;
  form.querySelector("[data-proposal]").textContent =
    `Policy: a ${level} risk may stand until ${until} at most.`;
  date.max = latest;
  if (!date.value || date.value === date.dataset.proposed || date.value > latest) {
    date.value = date.dataset.proposed = latest;
  }
});

/* --- a text to take along --- */
function offerCopies() {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
}
addEventListener("load", offerCopies);
document.body.addEventListener("htmx:afterSwap", offerCopies);
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    announce("Copied.");
  } catch {
    announce("The browser did not allow it: select the text and copy it yourself.");
  }
});

/* --- what cannot be taken back in one click asks, naming the thing --- */
document.addEventListener("submit", (event) => {
  const { confirm: question } = event.target.dataset;
  if (!question || event.target.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const dialog = document.createElement("dialog");
  const text = document.createElement("p");
  text.textContent = question;
  const buttons = document.createElement("form");
  buttons.method = "dialog";
  buttons.className = "actions";
  for (const [value, label, kind] of [["yes", "Yes", "button danger"], ["no", "Cancel", "button"]]) {
    const button = document.createElement("button");
    Object.assign(button, { value, textContent: label, className: kind });
    buttons.append(button);
  }
  dialog.append(text, buttons);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue !== "yes") return;
    event.target.dataset.confirmed = "yes";
    event.target.requestSubmit(event.submitter);
  });
  document.body.append(dialog);
  dialog.showModal();
}, true);
