// Two to four versions side by side, of one product or of several. The address says which: ?with=KEY@VERSION,…
"use strict";
(function (catalog) {
  const MOST = 4;
  const at = (id) => document.getElementById(id);
  const element = catalog.element;
  let chosen = [];

  function readAddress() {
    const told = new URLSearchParams(location.search).get("with") || "";
    return told.split(",").filter(Boolean).map((each) => {
      const [key, version = ""] = each.split("@");
      return { key, version };
    });
  }

  function writeAddress() {
    const told = chosen.map((each) => `${encodeURIComponent(each.key)}@${encodeURIComponent(each.version)}`).join(",");
    try {
      history.replaceState(null, "", told ? `?with=${told}` : location.pathname);
    } catch {
      // Some browsers let no page that was opened from a folder change its address.
    }
  }

  async function product(key) {
    const entry = catalog.entries.find((each) => each.key === key);
    if (!entry) return null;
    if (!(catalog.versions || {})[key]) await catalog.load(`data/${encodeURIComponent(key)}.js`);
    return { ...catalog.versions[key], newest: entry.version };
  }

  async function found() {
    const [good, unknown] = [[], []];
    for (const each of chosen.slice(0, MOST)) {
      const of = await product(each.key);
      const version = of && of.versions.find((one) => one.version === (each.version || of.newest));
      if (version) good.push({ product: of, version });
      else unknown.push(`${each.key} ${each.version}`.trim());
    }
    return { good, unknown };
  }

  const lines = (items) => element("ul", {}, ...items.map((item) => element("li", {}, item)));
  const price = ({ product: of, version }) => {
    const regions = of.regions.filter((region) => version.prices[region]);
    const shown = regions.length ? regions : Object.keys(version.prices).slice(0, 1);
    return shown.length ? lines(shown.map((region) => `${region}: ${version.prices[region]}`)) : "not given";
  };
  const parameter = (item) => `${item.name}: ${item.brought ? "from the version" : item.default === null ? "has to be given" : item.default || "(empty)"}`;

  const ROWS = [
    ["What it is for", ({ version }) => version.card.summary],
    ["State", ({ version }) => element("span", { class: `chip state ${version.life.state}` }, version.life.state)],
    ["Released", ({ version }) => version.life.released],
    ["Ends", ({ version }) => version.life.retires_on || "–"],
    ["Price with defaults", price],
    ["Task", ({ version }) => version.card.task],
    ["Modality", ({ version }) => version.card.modality],
    ["Framework", ({ version }) => version.card.framework],
    ["License", ({ version }) => version.card.license],
    ["Risk", ({ version }) => `${version.card.risk_rating}: ${version.card.risk_reason}`],
    ["Metrics", ({ version }) => lines(version.metrics.map((each) => `${each[0]} ${each[1]} (${each[2]})`))],
    ["Not for", ({ version }) => lines(version.card.out_of_scope)],
    ["Limits", ({ version }) => lines(version.card.limits)],
    ["Owner", ({ version }) => version.card.owner],
    ["Regions", ({ product: of }) => of.regions.join(", ") || "none"],
    ["Parameters", ({ version }) => lines(version.parameters.map(parameter))],
    ["Resources", ({ version }) => lines(version.resources.map((each) => `${each[1]} × ${each[0].replace("AWS::", "")}`))],
    ["Model package", ({ version }) => version.package],
    ["Approval", ({ version }) => (version.approval ? `${version.approval.approved_by}, ${version.approval.approved_on}` : "none")],
  ];

  function table(columns) {
    const heads = columns.map(({ product: of, version }, place) => {
      const link = element("a", { href: `models/${of.key}/${version.version}.html` }, of.name);
      const button = element("button", { type: "button", class: "quiet", "aria-label": `Remove ${of.name} ${version.version}` }, "Remove");
      button.addEventListener("click", () => { chosen.splice(place, 1); render(); });
      return element("th", { scope: "col" }, link, element("span", { class: "number" }, ` ${version.version}`), button);
    });
    const rows = ROWS.map(([name, cell]) => {
      const cells = columns.map((column) => element("td", {}, cell(column)));
      const differs = cells.some((each) => each.textContent !== cells[0].textContent);
      return element("tr", { class: differs ? "differs" : null }, element("th", { scope: "row" }, name), ...cells);
    });
    return element("table", {}, element("thead", {}, element("tr", {}, element("td", {}), ...heads)), element("tbody", {}, ...rows));
  }

  // What `model-catalog models diff` prints; the two are made by one function.
  function difference(columns) {
    const [one, other] = columns;
    if (columns.length !== 2 || one.product.key !== other.product.key) return null;
    const numbers = one.product.versions.map((each) => each.version);
    const [old, young] = numbers.indexOf(one.version.version) <= numbers.indexOf(other.version.version) ? [one, other] : [other, one];
    return young.version.differences[old.version.version] || null;
  }

  function showDifference(told) {
    catalog.show(at("difference"), told);
    if (!told) return;
    at("difference-head").textContent = `What changes for a user from ${told.before} to ${told.after}`;
    const changes = told.changes.map((each) => element("li", {}, element("span", { class: "chip" }, each.what), " ",
      element("strong", {}, each.name), ` ${each.change}`));
    const breaking = told.breaking.map((each) => element("li", {}, `Breaking: ${each.parameter} ${each.reason}`));
    at("difference-body").replaceChildren(
      changes.length ? element("ul", { class: "changes" }, ...changes) : element("p", {}, "Nothing."),
      breaking.length ? element("ul", { class: "breaking" }, ...breaking)
        : element("p", { class: "good" }, `Every launch that ${told.before} accepts is accepted by ${told.after}, too.`));
  }

  async function render() {
    const { good, unknown } = await found();
    chosen = good.map(({ product: of, version }) => ({ key: of.key, version: version.version }));
    catalog.show(at("problem"), unknown.length);
    at("problem").textContent = unknown.length ? `The catalog does not have: ${unknown.join(", ")}.` : "";
    catalog.show(at("nothing"), !good.length);
    catalog.show(at("table"), good.length);
    at("table").replaceChildren(...(good.length ? [table(good)] : []));
    at("table").dataset.columns = good.length;
    showDifference(difference(good));
    at("add").querySelector("button").disabled = good.length >= MOST || !catalog.entries.length;
    writeAddress();
  }

  async function offerVersions() {
    const of = await product(at("add-model").value);
    const numbers = of ? of.versions.map((each) => each.version).reverse() : [];
    at("add-version").replaceChildren(...numbers.map((number) => element("option", {}, number)));
  }

  at("add-model").replaceChildren(...[...catalog.entries].sort((one, other) => (one.name < other.name ? -1 : 1))
    .map((each) => element("option", { value: each.key }, each.name)));
  at("add-model").addEventListener("change", offerVersions);
  at("add").addEventListener("submit", (event) => {
    event.preventDefault();
    chosen.push({ key: at("add-model").value, version: at("add-version").value });
    render();
  });
  chosen = readAddress();
  offerVersions();
  render();
})(window.ModelCatalog);
