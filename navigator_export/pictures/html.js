"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const tools = document.querySelector(".tools");
  const matrix = document.querySelector(".cols");
  const said = tools.querySelector("output");
  const ASPECTS = ["tier", "capability", "group", "category", "value"];
  const COUNTS = ["and", "links"]; // names of what a layer says of capabilities and links that it has no room for
  const RANK = ["minimal", "partial", "significant"];

  // What each technique says, block by block: a rating is a category with the value that follows it.
  const blocksOf = (article) => all("dl", article).flatMap((list) => {
    const pairs = all("dt", list).map((term) => [term.textContent, term.nextElementSibling.textContent])
      .filter(([name]) => !COUNTS.includes(name));
    if (!pairs.some(([name]) => ASPECTS.includes(name))) {
      return pairs.map(([name, value]) => {
        const cut = value.lastIndexOf(" · ");
        return { capability: name, label: cut < 0 ? value : value.slice(0, cut), group: cut < 0 ? "" : value.slice(cut + 3) };
      });
    }
    const block = {};
    const ratings = [];
    for (const [name, value] of pairs) {
      if (name === "category") ratings.push({ category: value });
      else if (name === "value") (ratings.length ? ratings.at(-1) : block).value = value;
      else if (name === "name") block.label = value;
      else if (ASPECTS.includes(name)) block[name] ??= value;
    }
    return ratings.length ? ratings.map((rating) => ({ ...block, ...rating })) : [block];
  });
  const articles = all("article").map((element) => ({
    element, blocks: blocksOf(element), cut: all("dt", element).some((term) => term.textContent === "and"), text: element.textContent.toLowerCase(),
  }));
  const byId = new Map(articles.map((article) => [article.element.id, article]));
  const rows = all("tbody tr", matrix).map((element) => {
    const link = element.querySelector("a");
    return { element, link, article: link && byId.get(decodeURIComponent(link.hash.slice(1))), tactic: element.closest(".t"),
      text: element.textContent.toLowerCase() };
  });

  for (const select of all("select", tools)) {
    const labels = new Map();
    if (select.name === "tactic") all(".t h2").forEach((head) => labels.set(head.id, head.textContent));
    else for (const { blocks } of articles) {
      for (const block of blocks) {
        const value = block[select.name];
        if (value) labels.set(value, select.name === "capability" && block.label ? `${value} ${block.label}` : value);
      }
    }
    const values = [...labels.keys()];
    if (select.name !== "tactic") values.sort();
    if (select.name === "value") values.sort((a, b) => RANK.indexOf(a) - RANK.indexOf(b));
    select.append(...values.map((value) => new Option(labels.get(value), value)));
    if (values.length < 2) select.closest("label").remove();
  }

  const update = () => {
    const wanted = Object.fromEntries(all("select", tools).map((select) => [select.name, select.value]));
    const words = tools.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const aspects = ASPECTS.filter((name) => wanted[name]);
    const fits = (article) => aspects.every(() => article)
      && (!aspects.length || article.blocks.some((block) => aspects.every((name) => block[name] === wanted[name])));
    const active = aspects.length || words.length || wanted.tactic;
    const shown = new Set();
    for (const row of rows) {
      const text = row.article ? row.article.text + row.text : row.text;
      const on = fits(row.article) && words.every((word) => text.includes(word))
        && (!wanted.tactic || row.tactic.querySelector("h2").id === wanted.tactic);
      row.element.classList.toggle("off", !on);
      if (on && row.article) shown.add(row.article);
    }
    for (const article of articles) article.element.hidden = !shown.has(article);
    matrix.classList.toggle("only", tools.elements.only.checked);
    matrix.classList.toggle("all", tools.elements.all?.checked ?? false);
    const cut = aspects.length ? articles.filter((article) => article.cut && !shown.has(article)).length : 0;
    said.value = !active ? "" : `${shown.size} of ${articles.length} annotated techniques match`
      + (cut ? `; ${cut} more have capabilities that the layer only counts, and may match too` : "");
  };

  tools.hidden = false;
  tools.addEventListener("input", update);
  tools.addEventListener("reset", () => setTimeout(update));
  tools.addEventListener("submit", (event) => event.preventDefault());
  update();

  // A technique opens as any link's target does; here is what a link cannot do: go back to where it was opened.
  let opener = null;
  const mark = () => {
    all("a[aria-current]").forEach((link) => link.removeAttribute("aria-current"));
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target?.matches("article")) {
      rows.filter((row) => row.article?.element === target).forEach((row) => row.link.setAttribute("aria-current", "true"));
      target.focus({ preventScroll: true });
    }
  };
  const close = () => {
    const { scrollX, scrollY } = window;
    location.hash = "matrix";
    window.scrollTo(scrollX, scrollY);
    opener?.focus({ preventScroll: true });
  };
  matrix.addEventListener("click", (event) => { opener = event.target.closest("a") ?? opener; });
  addEventListener("hashchange", mark);
  mark();
  document.addEventListener("click", (event) => {
    if (event.target.closest(".x")) { event.preventDefault(); close(); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.querySelector("article:target")) close();
  });

  // Arrow keys go from technique to technique: up and down in a tactic, left and right to the next one.
  matrix.addEventListener("keydown", (event) => {
    const step = { ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] }[event.key];
    const link = event.target.closest("a");
    if (!step || !link || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const columns = all(".t", matrix).map((column) => all("a", column).filter((item) => item.offsetParent)).filter((items) => items.length);
    const at = columns.findIndex((items) => items.includes(link));
    const items = columns[at + step[0]];
    const next = items?.[Math.min(columns[at].indexOf(link) + step[1], items.length - 1)];
    if (next) { event.preventDefault(); next.focus(); }
  });
})();
