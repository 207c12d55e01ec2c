// The lower half: every unit a line of a list that draws only what is in sight.
const HEIGHT = 30, HEAT = 22, MOST_COLUMNS = 34, AROUND = 8, MOST_PRINTED = 3000;
const wanted = { text: "", kind: "", rule: null, branch: 0, sort: "failed" };
let shown = [], active = 0, drawn = [0, 0];
const columns = worst.slice(0, MOST_COLUMNS).map(({ rule }) => rule);
const place = new Map(columns.map((rule, at) => [rule, at]));

const IS = {
  missing: (row) => row.verdict === "missing", late: (row) => row.standing === "late",
  received: (row) => row.verdict !== "missing", right: (row) => ["pass", "tail"].includes(row.verdict),
  odd: (row) => !counts(row),
};
const BY_NAME = new Intl.Collator("zh-CN", { numeric: true });
const ORDERS = {
  failed: (a, b) => b.failed - a.failed, warning: (a, b) => b.warning - a.warning,
  name: (a, b) => BY_NAME.compare(a.name, b.name), three: (a, b) => (b.threePublic ?? -1) - (a.threePublic ?? -1),
};

rows.forEach((row) => { row.sought = `${row.name}\n${row.file}\n${row.code ?? ""}`.toLowerCase(); });

function choose() {
  const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
  const rules = words.map((word) => new Set(head.rules.flatMap(([code, title], at) => (code.toLowerCase() === word || (word.length > 1 && title.includes(word)) ? [at] : []))));
  const fits = (row) => words.every((word, at) => row.sought.includes(word) || row.rules.some(([rule]) => rules[at].has(rule)));
  const is = IS[wanted.kind] ?? ((row) => row.verdict === wanted.kind);
  // What is counted above is what is shown here.
  const counted = (wanted.kind || wanted.rule !== null) && wanted.kind !== "odd";
  shown = rows.filter((row) => (!counted || counts(row)) && (!wanted.kind || is(row)) && (wanted.rule === null || breaks(row, wanted.rule))
    && (!wanted.branch || isBelow(row.branch, wanted.branch)) && fits(row));
  if (ORDERS[wanted.sort]) shown.sort((a, b) => ORDERS[wanted.sort](a, b) || a.number - b.number);
  active = 0;
  byId("list").scrollTop = 0;
  drawHeading();
  drawState();
  drawRows();
}

function drawState() {
  byId("shown").textContent = shown.length === rows.length ? `${rows.length.toLocaleString()} 个` : `${shown.length.toLocaleString()} 个（共 ${rows.length.toLocaleString()} 个）`;
  const chips = [];
  if (wanted.kind) chips.push(["kind", document.querySelector(`.card[data-kind="${wanted.kind}"] span`).textContent.split(" ·")[0]]);
  if (wanted.rule !== null) chips.push(["rule", head.rules[wanted.rule][0]]);
  if (wanted.branch) chips.push(["branch", head.branches[wanted.branch][0]]);
  if (wanted.text) chips.push(["text", `“${wanted.text}”`]);
  byId("chips").innerHTML = chips.map(([name, text]) => `<button type="button" class="chip" data-drop="${name}" aria-label="不再只看 ${escaped(text)}">${escaped(text)} ×</button>`).join("");
  const press = (selector, on) => document.querySelectorAll(selector).forEach((element) => element.setAttribute("aria-pressed", String(on(element.dataset))));
  press(".card", (data) => data.kind !== "" && data.kind === wanted.kind);
  press("[data-rule]", (data) => Number(data.rule) === wanted.rule);
  press("[data-branch]", (data) => wanted.branch !== 0 && Number(data.branch) === wanted.branch);
}

function drawHeading() {
  document.documentElement.style.setProperty("--heat", `${columns.length * HEAT}px`);
  document.documentElement.style.setProperty("--wide", `${columns.length * HEAT + 650}px`);
  byId("heading").innerHTML = `<span class="c1">结论</span><span class="c2">单位</span><span class="c3">错误</span><span class="c3">核实</span><span class="c3">尾差</span><span class="c4">三公（万元）</span>
    <span class="heat">${columns.map((rule) => `<button type="button" class="rule" data-rule="${rule}" aria-pressed="false" data-tip="${escaped(head.rules[rule].slice(0, 2).join(" "))}">${head.rules[rule][0]}</button>`).join("")}</span>`;
}

// The rows in sight and some around them; while only those come into sight, nothing is drawn.
function drawRows(moved = false) {
  const list = byId("list"), body = byId("body");
  const first = Math.floor(list.scrollTop / HEIGHT), last = first + Math.ceil(list.clientHeight / HEIGHT);
  if (moved && first >= drawn[0] && Math.min(last, shown.length) <= drawn[1]) return;
  drawn = [Math.max(0, first - AROUND), Math.min(shown.length, last + AROUND)];
  body.style.height = `${shown.length * HEIGHT}px`;
  let text = "";
  for (let at = drawn[0]; at < drawn[1]; at += 1) text += rowText(shown[at], at);
  body.innerHTML = text || `<p class="none" style="padding-left:16px">没有符合的单位。</p>`;
  list.setAttribute("aria-activedescendant", shown.length ? `row${active}` : "");
}

const standing = (row) => (STANDING[row.standing] ? ` <small>${STANDING[row.standing]}</small>` : "");

function rowText(row, at) {
  const heat = [];
  for (const [rule, level, count] of row.rules) {
    const column = place.get(rule);
    if (column === undefined) continue;
    const colour = `rgba(var(--${head.levels[level]}-heat), ${Math.min(1, 0.4 + 0.15 * count)})`;
    heat.push(`linear-gradient(${colour}, ${colour}) ${column * HEAT}px 3px / ${HEAT - 2}px ${HEIGHT - 7}px no-repeat`);
  }
  const number = (value) => value || "";
  return `<div class="row${at === active ? " active" : ""}" id="row${at}" role="option" aria-selected="${at === active}" data-open="${row.number}" data-at="${at}" style="top:${at * HEIGHT}px"${row.reason ? ` data-tip="${escaped(row.reason)}"` : ""}>
    <span class="c1"><b class="badge ${COLOUR[row.verdict]}">${SHORT[row.verdict]}</b></span><span class="c2">${escaped(row.name)}${standing(row)}<small>${escaped(row.file)}</small></span>
    <span class="c3${row.failed ? " error" : ""}">${number(row.failed)}</span><span class="c3">${number(row.warning)}</span><span class="c3">${number(row.tail)}</span>
    <span class="c4">${row.threePublic === null ? "" : wan(row.threePublic)}</span><span class="heat"${heat.length ? ` style="background:${heat.join(",")}"` : ""}></span></div>`;
}

// What a square of the heat map says: the rule of its column, and how often this unit breaks it.
function heatTip(heat, x) {
  const rule = columns[Math.floor(x / HEAT)], row = rows[heat.parentElement.dataset.open], here = found(row, rule);
  return here ? `${row.name}\n${head.rules[rule].slice(0, 2).join(" ")}\n${LEVELS[head.levels[here[1]]]} ${here[2]} 条` : "";
}

function moveTo(at) {
  if (!shown.length) return;
  active = Math.max(0, Math.min(shown.length - 1, at));
  const list = byId("list"), top = active * HEIGHT, inside = list.clientHeight - byId("heading").offsetHeight;
  if (top < list.scrollTop) list.scrollTop = top;
  if (top + HEIGHT > list.scrollTop + inside) list.scrollTop = top + HEIGHT - inside;
  drawRows();
}

// All of the list, for the printer.
function listOnPaper() {
  const some = shown.slice(0, MOST_PRINTED);
  const rest = shown.length > some.length ? `<p>另有 ${shown.length - some.length} 个单位没有印出，见 summary.xlsx。</p>` : "";
  const column = (text, few) => `<th${few ? ' class="few"' : ""}>${text}</th>`;
  const number = (value) => `<td class="few number">${value || ""}</td>`;
  const line = (row) => `<tr><td class="few">${SHORT[row.verdict]}</td><td>${escaped(row.name)}${standing(row)}</td><td>${escaped(row.file)}</td>${[row.failed, row.warning, row.tail].map(number).join("")}
    <td>${row.rules.filter(([rule]) => place.has(rule)).map(([rule]) => head.rules[rule][0]).join(" ")}</td></tr>`;
  const columns = [["结论", true], ["单位", false], ["工作簿", false], ["错误", true], ["核实", true], ["尾差", true], ["规则", false]];
  return `<table><thead><tr>${columns.map(([text, few]) => column(text, few)).join("")}</tr></thead><tbody>${some.map(line).join("")}</tbody></table>${rest}`;
}
