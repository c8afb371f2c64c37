// The page of all models: search, filters, sorting and picking. The address holds what was chosen, to be shared.
"use strict";
(function (catalog) {
  const FACETS = {
    task: "Task", modality: "Modality", framework: "Framework", license: "License", risk: "Risk",
    region: "Region", band: "Price a month", state: "State", portfolio: "Portfolio",
  };
  const ORDERS = {
    band: ["up to 10", "up to 100", "up to 1,000", "over 1,000", "unknown"],
    risk: ["low", "medium", "high", "unknown"], state: ["active", "deprecated", "retired"],
  };
  const PAGE = 60;
  const at = (id) => document.getElementById(id);
  const state = { text: "", sort: "", chosen: {}, limit: PAGE, picked: [] };
  let hits = null;
  let turn = 0;

  const valuesOf = (entry, facet) => (facet === "region" ? entry.regions : [entry[facet]].flat());
  const fits = (entry, facet) => {
    const wanted = state.chosen[facet];
    return !wanted || !wanted.size || valuesOf(entry, facet).some((value) => wanted.has(value));
  };
  const fitsAll = (entry, but) =>
    (!hits || hits.has(entry.key)) && Object.keys(FACETS).every((facet) => facet === but || fits(entry, facet));

  function readAddress() {
    const given = new URLSearchParams(location.search);
    state.text = given.get("q") || "";
    state.sort = given.get("sort") || "";
    for (const facet of Object.keys(FACETS)) state.chosen[facet] = new Set(given.getAll(facet));
  }

  function writeAddress() {
    const told = new URLSearchParams();
    if (state.text) told.set("q", state.text);
    for (const facet of Object.keys(FACETS)) for (const value of [...state.chosen[facet]].sort()) told.append(facet, value);
    if (state.sort) told.set("sort", state.sort);
    const text = told.toString();
    try {
      history.replaceState(null, "", text ? `?${text}` : location.pathname);
    } catch {
      // Some browsers let no page that was opened from a folder change its address.
    }
  }

  function metricOf(entry, name) {
    return entry.metrics.find((each) => each[0] === name);
  }

  function sorted(found) {
    const byName = (one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0);
    const number = (value, missing) => (value === null || value === undefined ? missing : value);
    const metric = state.sort.startsWith("metric:") ? state.sort.slice(7) : "";
    const of = (entry) => number((metricOf(entry, metric) || [])[1], -Infinity);
    const orders = {
      price: (one, other) => number(one.least, Infinity) - number(other.least, Infinity) || 0,
      date: (one, other) => (one.released < other.released ? 1 : one.released > other.released ? -1 : 0),
      users: (one, other) => number(other.users, -1) - number(one.users, -1),
      "": (one, other) => (hits ? hits.get(one.key) - hits.get(other.key) : 0),
    };
    const order = metric ? (one, other) => of(other) - of(one) || 0 : orders[state.sort] || byName;
    return [...found].sort((one, other) => order(one, other) || byName(one, other));
  }

  function card(entry) {
    const made = at("card").content.cloneNode(true);
    const metric = state.sort.startsWith("metric:") ? metricOf(entry, state.sort.slice(7)) : entry.metrics[0];
    const told = {
      ...entry,
      metric: metric ? `${metric[0]} ${metric[2]}` : "",
      users: !entry.users ? "" : `run by ${entry.users} account${entry.users === 1 ? "" : "s"}`,
    };
    for (const place of made.querySelectorAll("[data-is]")) place.textContent = told[place.dataset.is];
    made.querySelector("h3 a").setAttribute("href", entry.address);
    made.querySelector(".state").classList.add(entry.state);
    const box = made.querySelector("[data-picks]");
    box.checked = state.picked.includes(entry.key);
    box.setAttribute("aria-label", `Compare ${entry.name}`);
    box.addEventListener("change", () => pick(entry.key, box));
    return made;
  }

  function pick(key, box) {
    state.picked = box.checked ? [...state.picked, key] : state.picked.filter((each) => each !== key);
    if (state.picked.length > 4) {
      state.picked.pop();
      box.checked = false;
    }
    showTray();
  }

  function showTray() {
    const count = state.picked.length;
    catalog.show(at("tray"), count > 0);
    at("tray-text").textContent = count === 1 ? "1 model picked. Pick another one." : `${count} models picked${count === 4 ? ", which is the most" : ""}.`;
    const entries = catalog.entries.filter((each) => state.picked.includes(each.key));
    const told = state.picked.map((key) => `${key}@${entries.find((each) => each.key === key).version}`);
    at("tray-link").setAttribute("href", `compare.html?with=${told.map(encodeURIComponent).join(",")}`);
    catalog.show(at("tray-link"), count > 1);
  }

  function choose(facet, value, wanted) {
    if (wanted) state.chosen[facet].add(value);
    else state.chosen[facet].delete(value);
    state.limit = PAGE;
    render();
  }

  function ordered(facet, values) {
    const order = ORDERS[facet] || [];
    return [...values].sort((one, other) => order.indexOf(one) - order.indexOf(other) || (one < other ? -1 : 1));
  }

  function renderFacets() {
    const focused = document.activeElement && document.activeElement.id;
    const groups = Object.entries(FACETS).map(([facet, name]) => {
      const counts = new Map();
      for (const entry of catalog.entries) for (const value of valuesOf(entry, facet)) counts.set(value, counts.get(value) || 0);
      for (const entry of catalog.entries.filter((each) => fitsAll(each, facet))) {
        for (const value of valuesOf(entry, facet)) counts.set(value, counts.get(value) + 1);
      }
      const boxes = ordered(facet, counts.keys()).map((value, place) => {
        const box = catalog.element("input", { type: "checkbox", id: `${facet}-${place}`, "data-facet": facet, value });
        box.checked = state.chosen[facet].has(value);
        box.addEventListener("change", () => choose(facet, value, box.checked));
        const count = counts.get(value);
        return catalog.element("label", { class: count || box.checked ? null : "none" }, box, catalog.element("span", {}, value),
          catalog.element("span", { class: "count" }, String(count)));
      });
      return boxes.length ? catalog.element("fieldset", {}, catalog.element("legend", {}, name), ...boxes) : null;
    });
    at("facets").replaceChildren(...groups.filter(Boolean));
    if (focused && at(focused)) at(focused).focus();
  }

  function renderChosen() {
    const found = Object.keys(FACETS).flatMap((facet) => [...state.chosen[facet]].map((value) => [facet, value]));
    at("chosen").replaceChildren(...found.map(([facet, value]) => {
      const button = catalog.element("button", { type: "button", class: "chip", "aria-label": `Remove the filter ${value}` }, `${value} ×`);
      button.addEventListener("click", () => choose(facet, value, false));
      return catalog.element("li", {}, button);
    }));
    at("chosen-count").textContent = found.length ? `(${found.length})` : "";
  }

  function render() {
    const found = sorted(catalog.entries.filter((entry) => fitsAll(entry)));
    at("cards").replaceChildren(...found.slice(0, state.limit).map(card));
    at("count").textContent = found.length === 1 ? "1 model" : `${found.length} models`;
    catalog.show(at("more"), found.length > state.limit);
    catalog.show(at("nothing"), !found.length);
    catalog.show(at("hint"), catalog.reduced);
    renderFacets();
    renderChosen();
    writeAddress();
  }

  async function searched() {
    const mine = ++turn;
    const found = await catalog.search(state.text);
    if (mine !== turn) return;
    hits = found;
    state.limit = PAGE;
    render();
  }

  function clear() {
    state.text = at("q").value = "";
    for (const facet of Object.keys(FACETS)) state.chosen[facet].clear();
    searched();
  }

  readAddress();
  at("q").value = state.text;
  at("sort").value = state.sort;
  if (at("sort").selectedIndex < 0) at("sort").value = state.sort = "";
  if (matchMedia("(max-width: 860px)").matches) at("filters").open = false;
  at("q").addEventListener("input", () => { state.text = at("q").value; searched(); });
  at("sort").addEventListener("change", () => { state.sort = at("sort").value; render(); });
  at("search").addEventListener("submit", (event) => event.preventDefault());
  at("more").addEventListener("click", () => { state.limit += PAGE; render(); });
  at("tray-clear").addEventListener("click", () => { state.picked = []; showTray(); render(); });
  if (at("clear")) at("clear").addEventListener("click", clear);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.closest("input, select, textarea")) { event.preventDefault(); at("q").focus(); }
  });
  searched();
})(window.ModelCatalog);
