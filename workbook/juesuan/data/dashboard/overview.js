// The upper half: headline numbers, the rules that fail most, 尾差, 三公, the tree of units.
function drawHeader() {
  byId("title").textContent = head.title;
  const books = rows.filter((row) => row.verdict !== "missing").length;
  const years = [...new Set(rows.map((row) => row.year).filter(Boolean))].sort().reverse();
  const out = head.leftOut ? `；另有 ${head.leftOut} 份没有列在本页，见 summary.xlsx` : "";
  if (head.year) byId("threeYear").textContent = `${head.year} 年度，万元`;
  byId("subtitle").textContent = `${books.toLocaleString()} 份工作簿${years.length ? `，${years.join("、")} 年度` : ""}${out}`;
}

function drawCards() {
  const total = Object.fromEntries(head.counted.map((name, at) => [name, head.branches[0][2][at]]));
  const sum = total.received;
  const cards = [];
  if (head.listed) cards.push(["", "应报单位", total.expected, ""], ["missing", "未报", total.missing, "dark"], ["late", "迟报", total.late, "warning"]);
  cards.push(["received", head.listed ? "已报" : "收到", sum, ""], ["right", "通过", total.pass + total.tail, "good"],
    ["warn", "需核实", total.warn, "warning"], ["fail", "有错", total.fail, "error"], ["unjudged", "判不了", total.unjudged, "dark"]);
  const odd = rows.filter((row) => !counts(row)).length;
  if (odd) cards.push(["odd", "重复、上年或不在名单", odd, "dark"]);
  byId("cards").innerHTML = cards.map(([kind, name, value, colour]) => {
    const part = ["right", "warn", "fail", "unjudged"].includes(kind) && sum ? ` · ${share(value, sum).toFixed(1)}%` : "";
    return `<button type="button" class="card ${colour}" data-kind="${kind}" aria-pressed="false"><b>${value.toLocaleString()}</b><span>${name}${part}</span></button>`;
  }).join("");
}

// The rules that are broken, by the number of units that break them; a rule may be an error here and a doubt there.
const worst = [...head.frequencies.filter(([, level]) => level !== "info").reduce((rules, [rule, level, books, count]) =>
  rules.set(rule, [...(rules.get(rule) ?? []), { level, books, count }]), new Map())]
  .map(([rule, parts]) => ({ rule, parts: parts.sort((a, b) => head.levels.indexOf(a.level) - head.levels.indexOf(b.level)), books: head.broken[rule] }))
  .sort((a, b) => b.books - a.books);

function drawWorst() {
  const most = Math.max(1, ...worst.map(({ books }) => books));
  byId("worst").innerHTML = worst.slice(0, 9).map(({ rule, parts, books }) => {
    const [code, title] = head.rules[rule];
    const whole = parts.reduce((sum, part) => sum + part.books, 0);
    const told = parts.map((part) => `${LEVELS[part.level]}：${part.books} 份，共 ${part.count} 条`).join("\n");
    return `<button type="button" class="line" data-rule="${rule}" aria-pressed="false" data-tip="${escaped(`${code} ${title}\n${told}`)}">
      <span class="what"><em>${code}</em>${escaped(title)}</span><span class="meter">${parts.map((part) => `<i class="${part.level}" style="width:${share(part.books, whole) * books / most}%"></i>`).join("")}</span>
      <span class="how">${books.toLocaleString()} 份</span></button>`;
  }).join("") || `<p class="none">没有错误，也没有要核实的。</p>`;
}

function drawTails() {
  const named = (by) => by ? `${Math.abs(by) === head.largestTail ? (by > 0 ? "≥" : "≤") : ""}${(by / 100).toFixed(2)}` : "不到 0.01";
  const most = Math.max(1, ...head.tails.map(([, count]) => count));
  byId("tails").innerHTML = head.tails.length
    ? `<div class="histogram">${head.tails.map(([by, count]) => `<div data-tip="${escaped(`相差 ${named(by)} 万元的 ${count} 处`)}">${count.toLocaleString()}<i style="height:${Math.round(1.6 * share(count, most))}px"></i>${named(by)}</div>`).join("")}</div>`
    : `<p class="none">没有尾差。</p>`;
}

function drawThree() {
  const told = (row) => row.threePublic !== null && counts(row) && (row.year === null || row.year === head.year);
  const latest = rows.filter(told).sort((a, b) => b.threePublic - a.threePublic || a.number - b.number);
  const both = latest.filter((row) => row.before !== null);
  const sum = (list, key) => list.reduce((total, row) => total + row[key], 0);
  const most = Math.max(1, ...latest.map((row) => row.threePublic));
  const change = (now, before) => {
    if (before === null) return "";
    const text = before ? `${now >= before ? "+" : ""}${share(now - before, before).toFixed(1)}%` : "上年无";
    return `<span class="${now > before ? "up" : now < before ? "down" : ""}">${text}</span>`;
  };
  const total = latest.length
    ? `<p class="line"><span class="what"><b>合计（${latest.length.toLocaleString()} 个单位）</b></span><span></span><span class="how"><b>${wan(sum(latest, "threePublic"))}</b></span></p>` : "";
  const against = both.length
    ? `<p class="line"><span class="what">其中有上年数的 ${both.length.toLocaleString()} 个单位</span><span class="how">上年 ${wan(sum(both, "before"))}</span><span class="how">${change(sum(both, "threePublic"), sum(both, "before"))}</span></p>` : "";
  byId("three").innerHTML = total + against + latest.slice(0, both.length ? 7 : 8).map((row) =>
    `<button type="button" class="line tail" data-open="${row.number}"><span class="what">${escaped(row.name)}</span>
     <span class="meter"><i style="width:${share(row.threePublic, most)}%"></i></span><span class="how">${wan(row.threePublic)} ${change(row.threePublic, row.before)}</span></button>`
  ).join("") || `<p class="none">没有读到“三公”经费。</p>`;
}

const MOST_BRANCHES = 2000, DEEPEST = 8;

function drawTree() {
  const at = Object.fromEntries(head.counted.map((name, number) => [name, number]));
  const below = new Map();
  head.branches.forEach(([, parent], number) => { if (!below.has(parent)) below.set(parent, []); below.get(parent).push(number); });
  const lines = [];
  const walk = (number, depth) => {
    if (lines.length === MOST_BRANCHES) return;
    const [name, , sums] = head.branches[number];
    const received = sums[at.received], whole = head.listed ? sums[at.expected] : received;
    const parts = [["good", sums[at.pass] + sums[at.tail], "通过"], ["warning", sums[at.warn], "核实"], ["error", sums[at.fail], "有错"], ["dark", sums[at.unjudged], "判不了"]];
    const tip = `${name}\n${head.listed ? `应报 ${whole}，未报 ${sums[at.missing]}，迟报 ${sums[at.late]}\n` : ""}收到 ${received}：${parts.map(([, count, word]) => `${word} ${count}`).join("，")}`;
    lines.push(`<button type="button" class="line branch" style="--depth:${Math.min(depth, DEEPEST)}" data-branch="${number}" aria-pressed="false" data-tip="${escaped(tip)}">
      <span class="what">${escaped(name)}</span><span class="meter">${parts.map(([colour, count]) => `<i class="${colour}" style="width:${share(count, whole)}%"></i>`).join("")}</span>
      <span class="how">${head.listed ? `${received.toLocaleString()} / ${whole.toLocaleString()}` : received.toLocaleString()}</span></button>`);
    (below.get(number) ?? []).forEach((child) => walk(child, depth + 1));
  };
  walk(0, 0);
  const rest = head.branches.length - lines.length;
  byId("tree").innerHTML = lines.join("") + (rest ? `<p class="none">另有 ${rest.toLocaleString()} 个没有列出，可以在上面搜索。</p>` : "");
}

// Whether a branch is another one or below it.
function isBelow(branch, above) {
  for (let at = branch; at !== null && at !== undefined; at = head.branches[at][1]) if (at === above) return true;
  return false;
}
