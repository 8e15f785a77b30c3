"use strict";
// What index.html can do where scripts may run: filter, sort and open the findings, sort the accounts, keep the filters
// in the address. Every text is put on the page as text (textContent), never as markup.

const PAGE = 200; // rows that are shown at a time
const MOST_PRINTED = 2000;
const DEFAULT_STATES = ["failed", "unknown"];
const SYMBOLS = { failed: "✘", unknown: "?", waived: "○", noted: "·" };
const TONES = { failed: "fail", unknown: "unknown", waived: "na", noted: "na" };
const SEARCHED = ["title", "subject", "account", "codes", "permission", "check", "requirement", "expected", "actual", "reason", "waiver"];

const data = JSON.parse(document.getElementById("data").textContent);
const findings = data.findings;
const total = findings.id.length;
const at = (id) => document.getElementById(id);
const number = (count) => count.toLocaleString("en-US");
const value = (column, row) => findings[column].values[findings[column].rows[row]];

function element(name, text, className) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

document.documentElement.classList.add("js");

// ---- links inside the page: the address is for the filters

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  const place = link && at(link.hash.slice(1));
  if (!place) return;
  event.preventDefault();
  place.scrollIntoView();
  place.focus({ preventScroll: true });
});

// ---- accounts

const accountTable = at("account-table");
if (accountTable) {
  const more = at("more-accounts");
  const rows = [...accountTable.tBodies[0].rows];
  if (rows.some((row) => row.classList.contains("later"))) {
    more.hidden = false;
    more.textContent = `Show all ${number(rows.length)} accounts`;
    more.addEventListener("click", () => {
      accountTable.classList.add("all");
      more.hidden = true;
      accountTable.querySelector(".later a").focus();
    });
  }
  [...accountTable.tHead.rows[0].cells].slice(0, -1).forEach((heading, place) => {
    const button = element("button", heading.textContent);
    button.type = "button";
    const arrow = element("span", "", "arrow");
    arrow.setAttribute("aria-hidden", "true");
    button.append(arrow);
    heading.replaceChildren(button);
    button.addEventListener("click", () => sortAccounts(heading, place, rows));
  });
}

function sortAccounts(heading, place, rows) {
  const numeric = heading.classList.contains("n");
  const first = numeric ? "descending" : "ascending";
  const direction = turned(heading, first);
  const read = (row) => (numeric ? Number(row.cells[place].textContent.replaceAll(",", "")) : row.cells[place].textContent.trim().toLowerCase());
  const sign = direction === "ascending" ? 1 : -1;
  const sorted = direction
    ? rows.map((row, order) => [read(row), order, row]).sort((a, b) => (a[0] < b[0] ? -sign : a[0] > b[0] ? sign : a[1] - b[1])).map((each) => each[2])
    : rows;
  sorted.forEach((row, order) => row.classList.toggle("later", order >= 25));
  accountTable.tBodies[0].append(...sorted);
}

// The next direction of a heading: as it begins, the other way round, then as it was. Other headings lose theirs.
function turned(heading, first) {
  const order = [first, first === "ascending" ? "descending" : "ascending", ""];
  const next = order[(order.indexOf(heading.getAttribute("aria-sort") ?? "") + 1) % 3];
  for (const other of heading.parentNode.cells) other.removeAttribute("aria-sort");
  if (next) heading.setAttribute("aria-sort", next);
  return next;
}

// ---- the filters, and the address that keeps them

const filters = at("filters");
const body = at("finding-table")?.tBodies[0];
const hasHistory = findings.since.values.some(Boolean);
let chosen = fresh();
let matching = [];
let shown = 0;

function fresh() {
  return { state: [...DEFAULT_STATES], severity: [...data.severities], account: "", subject: "", code: "", text: "", sort: "", direction: "" };
}

function fromAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  const wanted = fresh();
  for (const [key, known] of [["state", data.states], ["severity", data.severities]]) {
    if (given.has(key)) wanted[key] = known.filter((each) => given.get(key).split(",").includes(each));
  }
  for (const key of ["account", "subject", "code", "text"]) wanted[key] = given.get(key) ?? "";
  const sort = given.get("sort") ?? "";
  const key = sort.replace(/^-/, "");
  if (at("finding-table").querySelector(`[data-sort="${CSS.escape(key)}"]`)) {
    wanted.sort = key;
    wanted.direction = sort.startsWith("-") ? "descending" : "ascending";
  }
  return wanted;
}

function toAddress() {
  const kept = new URLSearchParams();
  const standard = fresh();
  for (const key of ["state", "severity"]) if (chosen[key].join() !== standard[key].join()) kept.set(key, chosen[key].join());
  for (const key of ["account", "subject", "code", "text"]) if (chosen[key]) kept.set(key, chosen[key]);
  if (chosen.sort) kept.set("sort", (chosen.direction === "descending" ? "-" : "") + chosen.sort);
  const hash = kept.toString();
  if (hash !== location.hash.slice(1)) history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
}

function buildFilters() {
  for (const [key, names] of [["state", data.states], ["severity", [...data.severities].reverse()]]) {
    for (const name of names) {
      const label = element("label");
      const box = element("input");
      box.type = "checkbox";
      box.name = key;
      box.value = name;
      label.append(box, name, element("span"));
      at(`filter-${key}`).append(label);
    }
  }
  options(at("filter-account"), findings.account.values.map((each) => each[0]));
  options(at("filter-code"), [...new Set(findings.codes.values.flat())].sort());
  at("filter-subject").addEventListener("focus", () => {
    const names = new Set(findings.subject.values.map((each) => each[0]));
    at("subjects").replaceChildren(...[...names].slice(0, 1000).map((name) => {
      const option = element("option");
      option.value = name;
      return option;
    }));
  }, { once: true });
  if (!hasHistory) at("finding-table").querySelector("[data-sort=since]").remove();
}

function options(select, names) {
  for (const name of names) select.append(option(name, name));
}

function option(text, name) {
  const made = element("option", text);
  made.value = name;
  return made;
}

function choose(select, name) {
  if (name && ![...select.options].some((each) => each.value === name)) select.append(option(`${name} (none in this run)`, name));
  select.value = name;
}

function showFilters() {
  for (const box of filters.querySelectorAll("input[type=checkbox]")) box.checked = chosen[box.name].includes(box.value);
  choose(at("filter-account"), chosen.account);
  choose(at("filter-code"), chosen.code);
  at("filter-subject").value = chosen.subject;
  at("filter-text").value = chosen.text;
  for (const heading of at("finding-table").tHead.rows[0].cells) {
    if (heading.dataset.sort === chosen.sort) heading.setAttribute("aria-sort", chosen.direction);
    else heading.removeAttribute("aria-sort");
  }
}

function readFilters() {
  for (const key of ["state", "severity"]) {
    const boxes = [...filters.querySelectorAll(`input[name=${key}]:checked`)].map((box) => box.value);
    chosen[key] = (key === "state" ? data.states : data.severities).filter((each) => boxes.includes(each));
  }
  chosen.account = at("filter-account").value;
  chosen.code = at("filter-code").value;
  chosen.subject = at("filter-subject").value.trim();
  chosen.text = at("filter-text").value.trim();
}

// ---- what matches

// For each distinct text of a column, whether it holds; looked at once, however many rows have it.
function holding(column, holds) {
  return Uint8Array.from(findings[column].values, (each) => (each !== null && holds(each) ? 1 : 0));
}

const texts = (each) => (Array.isArray(each) ? each.flat().join("\n") : String(each)).toLowerCase();

function tests() {
  const found = [];
  const only = (columns, holds) => {
    const held = columns.map((column) => [findings[column].rows, holding(column, holds)]);
    found.push((row) => held.some(([rows, holds_]) => holds_[rows[row]]));
  };
  if (chosen.account) only(["account"], (each) => each[0] === chosen.account);
  if (chosen.code) only(["codes"], (each) => each.includes(chosen.code));
  if (chosen.subject) {
    const part = chosen.subject.toLowerCase();
    only(["subject", "change"], (each) => String(each[0]).toLowerCase().includes(part));
  }
  for (const word of chosen.text.toLowerCase().split(/\s+/).filter(Boolean)) {
    only(SEARCHED, (each) => texts(each).includes(word));
    const columns = found.pop();
    found.push((row) => columns(row) || findings.id[row].includes(word));
  }
  return found;
}

function filter() {
  const conditions = tests();
  const states = data.states.map((each) => chosen.state.includes(each));
  const severities = data.severities.map((each) => chosen.severity.includes(each));
  const counts = { state: data.states.map(() => 0), severity: data.severities.map(() => 0) };
  matching = [];
  for (let row = 0; row < total; row++) {
    if (!conditions.every((holds) => holds(row))) continue;
    const state = findings.state[row];
    const severity = findings.severity[row];
    if (severities[severity]) counts.state[state]++;
    if (states[state]) counts.severity[severity]++;
    if (states[state] && severities[severity]) matching.push(row);
  }
  for (const box of filters.querySelectorAll("input[type=checkbox]")) {
    const known = box.name === "state" ? data.states : data.severities;
    box.parentNode.lastChild.textContent = number(counts[box.name][known.indexOf(box.value)]);
  }
  sort();
}

function sort() {
  if (!chosen.sort) return;
  const column = findings[chosen.sort];
  const rows = column.rows ?? column;
  const sign = chosen.direction === "descending" ? -1 : 1;
  matching.sort((a, b) => sign * (rows[a] - rows[b]) || a - b);
}

// ---- rows

function update() {
  filter();
  toAddress();
  body.replaceChildren();
  shown = 0;
  extend(PAGE);
}

function extend(count) {
  const rows = document.createDocumentFragment();
  const end = Math.min(shown + count, matching.length);
  for (; shown < end; shown++) rows.append(finding(matching[shown]));
  body.append(rows);
  const left = matching.length - shown;
  at("more").hidden = left === 0;
  at("more").textContent = `Show ${number(Math.min(left, PAGE))} more`;
  const some = matching.length === 1 ? "1 finding" : `${number(matching.length)} findings`;
  const those = shown === matching.length ? `Showing ${some}` : `Showing ${number(shown)} of ${some}`;
  at("shown").textContent = `${those}: ${inWords()}. ${number(total)} failed, unknown, waived or noted in all.`;
}

function inWords() {
  const said = [chosen.state.join(" or ") || "no status chosen"];
  if (chosen.severity.length < data.severities.length) said.push(`severity ${[...chosen.severity].reverse().join(" or ") || "none chosen"}`);
  if (chosen.account) said.push(`account ${chosen.account}`);
  if (chosen.subject) said.push(`role, token or user with “${chosen.subject}”`);
  if (chosen.code) said.push(`code ${chosen.code}`);
  if (chosen.text) said.push(`with “${chosen.text}”`);
  return said.join(", ");
}

function finding(row) {
  const made = element("tr");
  const severity = data.severities[findings.severity[row]];
  const cells = [element("td"), stateCell(row), bidi("td", value("account", row)[0]), subjectCell(row), titleCell(row), codesCell(row)];
  cells[0].append(element("span", severity, `severity ${severity}`));
  if (hasHistory) cells.push(sinceCell(row));
  made.append(...cells);
  return made;
}

// Names may be written from right to left: each keeps its own direction.
function bidi(name, text, className) {
  const made = element(name, text, className);
  made.dir = "auto";
  return made;
}

function stateCell(row) {
  const state = data.states[findings.state[row]];
  const cell = element("td");
  const symbol = element("span", SYMBOLS[state]);
  symbol.setAttribute("aria-hidden", "true");
  const sign = element("span", "", TONES[state]);
  sign.append(symbol, ` ${state}`);
  cell.append(sign);
  const waiver = value("waiver", row);
  if (waiver) cell.append(bidi("span", `by ${waiver[0]} until ${waiver[1]}`, "badge"));
  return cell;
}

function subjectCell(row) {
  const [name, kind] = value("subject", row);
  const cell = element("td");
  cell.append(bidi("span", name), element("span", kind, "kind"));
  return cell;
}

function titleCell(row) {
  const cell = element("th");
  cell.scope = "row";
  const button = element("button", "", "open");
  button.type = "button";
  button.append(bidi("span", value("title", row)));
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => toggle(button, row));
  cell.append(button);
  return cell;
}

function codesCell(row) {
  const cell = element("td");
  for (const code of value("codes", row)) cell.append(element("span", code, "code"), " ");
  return cell;
}

function sinceCell(row) {
  const seen = value("since", row);
  const cell = element("td", "", "date");
  if (!seen) return cell;
  cell.append(day(seen[0]), element("span", nights(seen[1]), "badge"));
  if (seen[2]) cell.append(element("span", `back ${day(seen[2])}`, "badge"));
  return cell;
}

const day = (moment) => moment.split("T")[0];
const nights = (count) => (count === 1 ? "1 night" : `${number(count)} nights`);

// ---- one finding in full

function toggle(button, row) {
  const open = button.getAttribute("aria-expanded") === "true";
  const line = button.closest("tr");
  button.setAttribute("aria-expanded", String(!open));
  if (open) {
    line.nextSibling.remove();
    return;
  }
  const detail = element("tr", "", "detail");
  const cell = element("td");
  cell.colSpan = line.cells.length;
  cell.append(facts(row));
  detail.append(cell);
  line.after(detail);
}

function facts(row) {
  const list = element("dl");
  const say = (term, text, className) => {
    if (text) list.append(element("dt", term), text instanceof Node ? text : bidi("dd", text, className));
  };
  const gap = value("gap", row);
  const permission = value("permission", row);
  say("Asked", value("expected", row));
  say("Found", value("actual", row) + (gap ? ` (${gap})` : ""));
  say("Why", value("reason", row));
  say("Permission", permission && `${permission[0] || permission[1]} · ${permission[1]}${permission[2] ? ` · sub-tab ${permission[2]}` : ""}`);
  say("Change", change(row));
  say("What to do", steps("ol", value("remedy", row)));
  say("Notes", steps("ul", value("notes", row)));
  say("Waived", waived(row));
  say("Known", known(row));
  const [, kind, key] = value("subject", row);
  say(kind, key, "mono");
  say("Asked by", `${value("requirement", row)} · check ${value("check", row)}`, "mono");
  say("Finding", own(row));
  say("Reports", reports(row));
  return list;
}

function change(row) {
  const asked = value("change", row);
  return asked && `${asked[0]} (${asked[1]}): from ${asked[2]} to ${asked[3]}`;
}

function steps(name, lines) {
  if (!lines.length) return null;
  const list = element(name);
  for (const line of lines) list.append(bidi("li", line));
  const whole = element("dd");
  whole.append(list);
  return whole;
}

function waived(row) {
  const waiver = value("waiver", row);
  if (!waiver) return "";
  const [owner, expires, reason, ticket, scope] = waiver;
  return [`${owner} answers for it until ${expires}: ${reason}`, ticket && `Ticket ${ticket}`, scope && `Covers ${scope}`].filter(Boolean).join("\n");
}

function known(row) {
  const seen = value("since", row);
  if (!seen) return "";
  return `since ${seen[0]}, ${nights(seen[1])}${seen[2] ? `; it was resolved, and is back since ${seen[2]}` : ""}`;
}

function own(row) {
  const whole = element("dd", "", "mono");
  const link = element("a", findings.id[row]);
  link.href = `#${new URLSearchParams({ state: data.states.join(), text: findings.id[row] })}`;
  whole.append(link);
  return whole;
}

function reports(row) {
  const folder = value("account", row)[1];
  const whole = element("dd", "", "files");
  for (const [text, file] of [["PDF", data.pdf], ["Excel", data.workbook]]) {
    const link = element("a", text);
    link.href = `${folder}/${file}`;
    whole.append(link);
  }
  return whole;
}

// ---- begin

function begin() {
  let waiting = 0;
  buildFilters();
  const changed = () => {
    const before = JSON.stringify(chosen);
    clearTimeout(waiting);
    readFilters();
    if (JSON.stringify(chosen) !== before) update();
  };
  filters.addEventListener("submit", (event) => event.preventDefault());
  filters.addEventListener("change", changed);
  filters.addEventListener("input", (event) => {
    if (event.target.type !== "search") return;
    clearTimeout(waiting);
    waiting = setTimeout(changed, 150); // typing goes on meanwhile
  });
  filters.addEventListener("reset", (event) => {
    event.preventDefault();
    chosen = { ...fresh(), sort: chosen.sort, direction: chosen.direction };
    showFilters();
    update();
  });
  for (const heading of at("finding-table").tHead.rows[0].cells) {
    heading.firstElementChild.addEventListener("click", () => {
      const key = heading.dataset.sort;
      chosen.direction = turned(heading, key === "severity" ? "descending" : "ascending");
      chosen.sort = chosen.direction ? key : "";
      update();
    });
  }
  at("more").addEventListener("click", () => {
    const first = body.rows.length;
    extend(PAGE);
    body.rows[first].querySelector(".open").focus();
  });
  const arrive = () => {
    if (location.hash && !location.hash.includes("=")) return;
    chosen = fromAddress();
    showFilters();
    update();
  };
  addEventListener("hashchange", arrive);
  addEventListener("beforeprint", () => extend(Math.max(0, MOST_PRINTED - shown)));
  chosen = fromAddress();
  showFilters();
  update();
  at("explorer").hidden = false;
}

if (at("explorer")) begin();
