// One unit: what was found on the left, its sheets with marked cells on the right.
let openRow = null, drawing = null, sheetAt = 0, opener = null;
const NO_DRAWING = "本页没有带上这个单位的九张表，请打开标注过的工作簿或 summary.xlsx。";
const OLD_BROWSER = "这个浏览器太旧，画不出各表。请用新版的 Edge、Chrome、Firefox 或 360 浏览器打开，或看标注过的工作簿、summary.xlsx。";

async function openBook(number, cell) {
  const row = rows[number];
  if (!row) return;
  const entering = !openRow;
  if (entering) opener = document.activeElement;
  openRow = row;
  drawing = await drawingOf(row);
  if (openRow !== row) return;
  byId("book").hidden = false;
  showBehind(false);
  byId("bookName").innerHTML = `${escaped(row.name)} <b class="badge ${COLOUR[row.verdict]}">${escaped(head.verdicts[row.verdict])}</b>`;
  const marked = row.marked ? ` · <a href="${escaped(row.marked)}">标注过的工作簿</a>` : "";
  const about = [row.code, row.year && `${row.year}年度`, row.file, row.received && `${row.received} 报送`, row.deadline && `${row.deadline} 截止`, STANDING[row.standing], row.reason];
  byId("bookAbout").innerHTML = about.filter(Boolean).map(escaped).join(" · ") + marked;
  const at = shown.indexOf(row);
  byId("before").disabled = at < 1;
  byId("after").disabled = at < 0 || at === shown.length - 1;
  drawFindings();
  const [sheet, address] = cell ?? firstCell() ?? [];
  sheetAt = Math.max(0, (drawing?.sheets ?? []).findIndex((each) => each.name === sheet));
  drawTabs();
  drawSheet();
  if (address) follow(sheet, address, Boolean(cell));
  if (entering && !cell) byId("close").focus();
  remember(cell);
}

function closeBook() {
  if (document.body.classList.contains("alone")) return;
  openRow = drawing = null;
  byId("book").hidden = true;
  showBehind(true);
  remember(null);
  (opener?.isConnected ? opener : byId("list")).focus();
}

// While a unit is open, what lies behind it is neither printed nor reached by the keyboard.
function showBehind(shown) {
  document.body.classList.toggle("reading", !shown);
  document.querySelectorAll(".top, #overview").forEach((part) => { part.inert = !shown; });
}

// The address of the page names what is open, so that it can be sent on and gone back to.
function remember(cell) {
  const hash = openRow ? `#u=${openRow.number}${cell ? `&c=${encodeURIComponent(cell.join("!"))}` : ""}` : " ";
  if (location.hash !== hash.trim()) history.replaceState(null, "", openRow ? hash : location.pathname + location.search);
}

function step(by) {
  const at = shown.indexOf(openRow) + by;
  if (shown[at]) { moveTo(at); openBook(shown[at].number); }
}

function firstCell() {
  const first = drawing?.culprits[0]?.[1][0] ?? drawing?.findings.find((item) => item[3])?.slice(3, 5);
  return first && [first[0], first[1]];
}

function drawFindings() {
  if (!drawing) {
    const why = openRow.reason ?? (openRow.verdict === "missing" ? "没有收到这个单位的工作簿。" : byId(`book${openRow.number}`) ? OLD_BROWSER : NO_DRAWING);
    byId("findings").innerHTML = `<p class="left">${escaped(why)}</p>`;
    return;
  }
  const item = (colour, where, text, below, sheet, address) =>
    `<button type="button" class="item ${colour}${below ? " below" : ""}" data-sheet="${escaped(sheet)}" data-address="${escaped(address)}"><small>${escaped(where)}</small>${escaped(text)}</button>`;
  const finding = ([level, status, rule, sheet, address, message], below) =>
    item(status === "tail" ? "tail" : level, `${status === "tail" ? "尾差" : LEVELS[level]} · ${[sheet, address].filter(Boolean).join(" ")} · ${rule}`, message, below, sheet, address);
  const alone = (grave) => drawing.findings.filter((each) => each[6] === null && (each[0] !== "info") === grave);
  const parts = [];
  drawing.culprits.forEach(([message, cells], number) => {
    const told = drawing.findings.filter((each) => each[6] === number);
    const colour = told.some((each) => each[0] === "error") ? "error" : "warning";
    parts.push(`<h3>起因 ${number + 1}${told.length ? `，牵动 ${told.length} 条` : ""}</h3>`, item(colour, cells.map((cell) => cell.join(" ")).join("、"), message, false, ...(cells[0] ?? ["", ""])), ...told.map((each) => finding(each, true)));
  });
  const grave = alone(true), light = alone(false);
  if (grave.length) parts.push(`<h3>要改正和要核实的</h3>`, ...grave.map((each) => finding(each, false)));
  if (light.length) parts.push(`<h3>尾差和提示，不影响结论</h3>`, ...light.map((each) => finding(each, false)));
  if (!drawing.findings.length) parts.push(`<p class="left">全部相符，没有发现问题。</p>`);
  if (drawing.not_checked.length) parts.push(`<h3>没有核对的规则（跳过不等于通过）</h3>`, ...drawing.not_checked.map(([reason, rules]) => `<p class="left">${escaped(reason)}：${rules.join("、")}</p>`));
  if (drawing.years) parts.push(yearsText(...drawing.years));
  if (drawing.remark) parts.push(`<h3>关于标注的一份</h3><p class="left">${escaped(drawing.remark)}</p>`);
  byId("findings").innerHTML = parts.join("");
}

// The main figures of this year, of last year and of the year before.
function yearsText(heading, columns, lines) {
  const row = (tag, cells) => `<tr>${cells.map((text, at) => `<${at ? tag : "th"} ${at ? 'class="number"' : 'scope="row"'}>${escaped(text)}</${at ? tag : "th"}>`).join("")}</tr>`;
  return `<h3>${escaped(heading)}</h3><table class="years">${row("th", columns)}${lines.map((line) => row("td", line)).join("")}</table>`;
}

function drawTabs() {
  byId("tabs").innerHTML = (drawing?.sheets ?? []).map((sheet, at) => {
    const marks = Object.values(sheet.marks), worst = Math.min(3, ...marks.map(([kind]) => kind));
    const found = marks.filter(([kind]) => kind === worst).length;
    const badge = marks.length ? `<u class="${KINDS[worst]}">${SIGNS[worst]} ${found}</u>` : "";
    return `<button type="button" class="tab" role="tab" aria-selected="${at === sheetAt}" tabindex="${at === sheetAt ? 0 : -1}" data-tab="${at}" data-tip="${escaped(sheet.title)}">${escaped(sheet.name)}${badge}</button>`;
  }).join("");
}

function drawSheet() {
  const sheet = drawing?.sheets[sheetAt];
  byId("sheet").innerHTML = sheet ? sheetText(sheet, true) : "";
  byId("sheet").scrollTo(0, 0);
}

function sheetText(sheet, reachable) {
  const spans = new Map(), covered = new Set();
  for (const [top, left, bottom, right] of sheet.merges) {
    spans.set(`${top},${left}`, [Math.min(bottom, sheet.top + sheet.rows.length - 1) - top + 1, right - left + 1]);
    for (let row = top; row <= bottom; row += 1) for (let column = left; column <= right; column += 1) if (row !== top || column !== left) covered.add(`${row},${column}`);
  }
  const [amountRows, amountColumns] = sheet.amounts.map((list) => new Set(list));
  const wide = Math.max(1, ...sheet.rows.map((row) => row.length));
  const cell = (value, row, column) => {
    const key = `${row},${column}`;
    if (covered.has(key)) return "";
    const amount = typeof value === "number" && amountRows.has(row) && amountColumns.has(column);
    const text = amount ? value.toLocaleString("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 6 }) : String(value ?? "");
    const mark = sheet.marks[key], span = spans.get(key), address = letters(column) + (row + 1);
    const classes = [amount && "number", span && span[1] > 1 && "across", mark && `marked ${KINDS[mark[0]]}`, mark?.[1] && "culprit"].filter(Boolean).join(" ");
    const told = mark ? ` data-sign="${SIGNS[mark[0]]}" data-tip="${escaped(mark[2])}" aria-label="${escaped(`${address} ${text}：${mark[2]}`)}"${reachable ? ' tabindex="0"' : ""}` : "";
    return `<td${classes ? ` class="${classes}"` : ""}${span ? ` rowspan="${span[0]}" colspan="${span[1]}"` : ""} data-a="${address}"${told}>${escaped(text)}</td>`;
  };
  const heads = Array.from({ length: wide }, (_, at) => `<th>${letters(sheet.left + at)}</th>`).join("");
  const lines = sheet.rows.map((row, at) => `<tr><th>${sheet.top + at + 1}</th>${Array.from({ length: wide }, (_, column) => cell(row[column] ?? "", sheet.top + at, sheet.left + column)).join("")}</tr>`);
  return `<table class="grid"><thead><tr><th></th>${heads}</tr></thead><tbody>${lines.join("")}</tbody></table>${sheet.cut ? `<p class="left">这张表很长，本页只画到这里，其余请看工作簿。</p>` : ""}`;
}

// Show the cell a finding is about.
function follow(sheet, address, focus = true) {
  const at = drawing.sheets.findIndex((each) => each.name === sheet);
  if (at < 0) return;
  if (at !== sheetAt) { sheetAt = at; drawTabs(); drawSheet(); }
  byId("sheet").querySelectorAll(".here").forEach((cell) => cell.classList.remove("here"));
  const cell = byId("sheet").querySelector(`[data-a="${CSS.escape(address)}"]`);
  if (!cell) return;
  cell.classList.add("here");
  cell.scrollIntoView({ block: "center", inline: "center" });
  if (focus) {
    cell.tabIndex = 0;
    cell.focus({ preventScroll: true });
    remember([sheet, address]);
  }
}

function bookOnPaper() {
  return `<h1>${byId("bookName").innerHTML}</h1><p>${escaped(byId("bookAbout").textContent)}</p>${byId("findings").innerHTML}${(drawing?.sheets ?? []).map((sheet) => `<section><h3>${escaped(sheet.name)} ${escaped(sheet.title)}</h3>${sheetText(sheet, false)}</section>`).join("")}`;
}
