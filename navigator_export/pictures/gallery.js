"use strict";
(() => {
  const tools = document.querySelector(".tools");
  const said = tools.querySelector("output");
  const sections = [...document.querySelectorAll("main section")].map((element) => ({ element, list: element.querySelector(".cards") }));
  const cards = [...document.querySelectorAll(".card")].map((element, order) => ({
    element, order, text: `${element.textContent} ${element.closest("section").querySelector("h2")?.textContent ?? ""}`.toLowerCase(),
    name: element.querySelector("h3").textContent, list: element.parentElement,
    techniques: Number(element.dataset.techniques), mappings: Number(element.dataset.mappings),
  }));
  const ORDERS = {
    manifest: (a, b) => a.order - b.order,
    name: (a, b) => a.name.localeCompare(b.name, "en", { numeric: true }),
    techniques: (a, b) => b.techniques - a.techniques,
    mappings: (a, b) => b.mappings - a.mappings,
  };
  const update = () => {
    const words = tools.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const card of cards) card.element.hidden = !words.every((word) => card.text.includes(word));
    for (const { element, list } of sections) element.hidden = !list.querySelector(".card:not([hidden])");
    const shown = cards.filter((card) => !card.element.hidden).length;
    said.value = words.length ? `${shown} of ${cards.length} layers match` : "";
  };
  const sort = () => {
    const sorted = [...cards].sort((a, b) => ORDERS[tools.elements.order.value](a, b) || a.order - b.order);
    for (const card of sorted) card.list.append(card.element);
  };
  tools.hidden = false;
  tools.elements.words.addEventListener("input", update);
  tools.elements.order.addEventListener("change", sort);
  tools.addEventListener("submit", (event) => event.preventDefault());
  update();
  sort();
})();
