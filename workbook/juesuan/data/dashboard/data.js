"use strict";
// The data the page carries, and how it is named and coloured.
const byId = (id) => document.getElementById(id);
const head = JSON.parse(byId("head").textContent);
const rows = JSON.parse(byId("rows").textContent).map((values, number) => {
  const row = { number };
  head.fields.forEach((field, at) => { row[field] = values[at]; });
  return row;
});
byId("rows").remove();

const SHORT = { pass: "通过", tail: "仅尾差", warn: "核实", fail: "有错", unjudged: "判不了", missing: "未报" };
const COLOUR = { pass: "good", tail: "tail", warn: "warning", fail: "error", unjudged: "dark", missing: "dark" };
const STANDING = { late: "迟报", duplicate: "重复，不计", last_year: "上年", unlisted: "不在名单" };
const KINDS = ["error", "warning", "tail"];
const SIGNS = ["错", "核", "尾"];
const LEVELS = { error: "错误", warning: "核实", info: "提示" };

const escaped = (text) => String(text ?? "").replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
const share = (part, whole) => (whole ? (100 * part) / whole : 0);
const wan = (fen) => (fen / 1e6).toLocaleString("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const counts = (row) => !head.apart.includes(row.standing);

const found = (row, rule) => row.rules.find(([number]) => number === rule);
const breaks = (row, rule) => head.levels[found(row, rule)?.[1] ?? head.levels.length - 1] !== "info";

// What is known of a unit's sheets and findings; null where the page does not carry it, or the browser cannot unpack it.
async function drawingOf(row) {
  const element = byId(`book${row.number}`);
  if (!element || typeof DecompressionStream === "undefined") return null;
  const bytes = Uint8Array.from(atob(element.textContent), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

function letters(column) {
  let text = "";
  for (let left = column + 1; left; left = Math.floor((left - 1) / 26)) text = String.fromCharCode(65 + ((left - 1) % 26)) + text;
  return text;
}
