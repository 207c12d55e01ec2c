// What clicks and keys do.
function act(data) {
  if (data.open !== undefined) openBook(Number(data.open));
  else if (data.kind !== undefined) { wanted.kind = wanted.kind === data.kind ? "" : data.kind; choose(); }
  else if (data.rule !== undefined) { wanted.rule = wanted.rule === Number(data.rule) ? null : Number(data.rule); choose(); }
  else if (data.branch !== undefined) { wanted.branch = wanted.branch === Number(data.branch) ? 0 : Number(data.branch); choose(); }
  else if (data.tab !== undefined) { sheetAt = Number(data.tab); drawTabs(); drawSheet(); byId("tabs").children[sheetAt].focus(); }
  else if (data.sheet !== undefined) follow(data.sheet, data.address);
  else if (data.drop !== undefined) {
    Object.assign(wanted, { [data.drop]: { kind: "", rule: null, branch: 0, text: "" }[data.drop] });
    if (data.drop === "text") byId("search").value = "";
    choose();
  }
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-open],[data-kind],[data-rule],[data-branch],[data-tab],[data-sheet],[data-drop]");
  if (!target) return;
  if (target.dataset.at !== undefined) { active = Number(target.dataset.at); drawRows(); byId("list").focus({ preventScroll: true }); }
  document.querySelectorAll(".item.now").forEach((item) => item.classList.remove("now"));
  if (target.classList.contains("item")) target.classList.add("now");
  act(target.dataset);
});
byId("close").addEventListener("click", closeBook);
byId("before").addEventListener("click", () => step(-1));
byId("after").addEventListener("click", () => step(1));
byId("print").addEventListener("click", () => print());
byId("sort").addEventListener("change", (event) => { wanted.sort = event.target.value; choose(); });
let typing;
byId("search").addEventListener("input", (event) => {
  clearTimeout(typing);
  typing = setTimeout(() => { wanted.text = event.target.value.trim(); choose(); }, 120);
});

let moving = false;
byId("list").addEventListener("scroll", () => {
  if (moving) return;
  moving = true;
  requestAnimationFrame(() => { moving = false; drawRows(true); });
});
addEventListener("resize", () => drawRows());
addEventListener("hashchange", fromAddress);

const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15 };
byId("list").addEventListener("keydown", (event) => {
  if (event.target !== byId("list")) return;
  const to = { Home: 0, End: shown.length - 1 }[event.key] ?? (STEPS[event.key] && active + STEPS[event.key]);
  if (to !== undefined) moveTo(to);
  else if (event.key === "Enter" && shown[active]) openBook(shown[active].number);
  else return;
  event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  const writing = event.target.matches("input, select");
  if (event.key === "Escape") {
    hideTip();
    if (openRow) closeBook();
    else if (writing) event.target.blur();
  } else if (event.key === "/" && !writing && !openRow) {
    event.preventDefault();
    byId("search").focus();
  } else if (openRow && event.key === "]") step(1);
  else if (openRow && event.key === "[") step(-1);
  else if (openRow && event.target.matches(".tab") && ["ArrowLeft", "ArrowRight"].includes(event.key)) {
    act({ tab: (sheetAt + (event.key === "ArrowRight" ? 1 : -1) + drawing.sheets.length) % drawing.sheets.length });
  }
});

// The explanation beside whatever the pointer or the keyboard is at.
const tip = byId("tip");
function showTip(text, x, y) {
  tip.textContent = text;
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(8, Math.min(x + 14, innerWidth - width - 8))}px`;
  tip.style.top = `${Math.max(8, y + 18 + height > innerHeight ? y - height - 12 : y + 18)}px`;
}
function hideTip() { tip.hidden = true; }
document.addEventListener("mousemove", (event) => {
  const text = (event.target.matches?.(".row .heat") && heatTip(event.target, event.offsetX)) || event.target.closest?.("[data-tip]")?.dataset.tip;
  if (text) showTip(text, event.clientX, event.clientY);
  else hideTip();
});
document.addEventListener("focusin", (event) => {
  if (!event.target.matches("td[data-tip]")) { hideTip(); return; }
  const { left, bottom } = event.target.getBoundingClientRect();
  showTip(event.target.dataset.tip, left, bottom - 12);
});

addEventListener("beforeprint", () => { byId("paper").innerHTML = openRow ? bookOnPaper() : listOnPaper(); });
addEventListener("afterprint", () => { byId("paper").innerHTML = ""; });

function fromAddress() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const [sheet, address] = (asked.get("c") ?? "").split(/!(?=[^!]*$)/);
  if (asked.has("u")) openBook(Number(asked.get("u")), address ? [sheet, address] : undefined);
  else if (openRow) closeBook();
}

drawHeader();
drawCards();
drawWorst();
drawTails();
drawThree();
drawTree();
choose();
if (rows.length === 1) { document.body.classList.add("alone"); openBook(0); }
else fromAddress();
