// The form of a launch: holds each value against its parameter and the rules, reckons the price, writes the settings.
"use strict";
(function (catalog) {
  const form = document.getElementById("form");
  if (!form) return;
  const at = (id) => document.getElementById(id);
  const data = JSON.parse(at("launch-data").textContent);
  const fields = data.parameters.filter((each) => !each.brought && !each.hidden);

  function own() {
    return Object.fromEntries([...form.querySelectorAll("[data-field]")].map((each) => [each.dataset.field, each.value]));
  }

  // What a launch gives: everything but what is the template's default anyway.
  function given() {
    const values = {};
    for (const each of fields) {
      const value = at(`p-${each.name}`).value;
      if (each.default === null ? value !== "" : value !== each.default) values[each.name] = value;
    }
    return values;
  }

  function known(values, region) {
    const all = {};
    for (const each of data.parameters) if (each.default !== null && !each.hidden) all[each.name] = each.default;
    for (const [name, by] of Object.entries(data.brought)) {
      const value = by[region] !== undefined ? by[region] : by[""];
      if (value) all[name] = value;
    }
    return { ...all, ...values };
  }

  function ownProblems(where) {
    const found = {};
    if (!new RegExp(`^(?:${data.name_pattern})$`).test(where.name)) {
      found.name = "Letters, digits, dots, hyphens and underscores, at most 128; it begins with a letter or a digit.";
    }
    if (!/^[A-Za-z0-9_.-]{1,90}$/.test(where.spoke)) found.spoke = "Letters, digits, dots, hyphens and underscores.";
    if (!where.region) found.region = "The hub publishes it in no region yet.";
    return found;
  }

  function problemOf(parameter, values) {
    if (!(parameter.name in values)) return parameter.required ? "It has no default: a launch has to give it." : null;
    return catalog.valueProblem(parameter, values[parameter.name]);
  }

  function mark(input, error, text) {
    error.textContent = text || "";
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  function list(items, name) {
    return items.length ? [catalog.element("ul", { class: name }, ...items.map((text) => catalog.element("li", {}, text)))] : [];
  }

  function render() {
    const [where, values] = [own(), given()];
    const all = known(values, where.region);
    const through = where.portfolio || Object.keys(data.portfolios)[0];
    let wrong = 0;
    const mine = ownProblems(where);
    for (const name of ["spoke", "name", "region"]) {
      mark(at(`f-${name}`), at(`e-${name}`), mine[name]);
      wrong += name in mine ? 1 : 0;
    }
    for (const each of fields) {
      const text = problemOf(each, values);
      const input = at(`p-${each.name}`);
      // A field that nobody has touched is missing, and not wrong.
      mark(input, at(`e-${each.name}`), each.required && input.value === "" && !input.dataset.touched ? "" : text);
      wrong += text ? 1 : 0;
    }
    const { broken, undecided } = catalog.checkRules([...data.portfolios[through], ...data.rules], all);
    showPrice(where.region, all);
    const missing = wrong ? [`${wrong} ${wrong === 1 ? "value is" : "values are"} missing or wrong.`] : [];
    const good = !wrong && !broken.length;
    at("problems").replaceChildren(
      ...list([...missing, ...new Set(broken.map((each) => each.text))], "broken"),
      ...list(undecided.map((each) => `The rule ${each.rule} ${each.text}.`), "undecided"),
      ...(good ? [catalog.element("p", { class: "good" }, "These values keep to every rule that can be checked here.")] : []));
    const launch = { name: where.name, product: data.product, version: data.version, portfolio: where.portfolio, region: where.region, parameters: values };
    at("file").textContent = `Pulumi.spoke-${where.spoke}.yaml`;
    at("block").textContent = catalog.launchBlock(launch);
    at("command").textContent = catalog.launchCommand(launch, where.spoke);
    at("copy").disabled = !good;
    propose(launch, where.spoke, good);
  }

  function propose(launch, spoke, good) {
    catalog.show(at("propose"), good && data.proposal);
    catalog.show(at("edit"), data.proposal);
    if (!data.proposal) return;
    at("request").textContent = catalog.launchRequest(launch, spoke);
    at("open").setAttribute("href", catalog.proposalAddress(data.proposal, `launch-${spoke}-${launch.name}.yaml`, at("request").textContent));
    at("edit").setAttribute("href", data.proposal.edit + encodeURIComponent(`Pulumi.spoke-${spoke}.yaml`));
  }

  function showPrice(region, all) {
    if (!data.cost) {
      at("price").textContent = "Price unknown";
      at("price-note").textContent = "The catalog does not say how it follows from the parameters.";
      return;
    }
    const found = catalog.estimate(data.cost, region, all);
    at("price").textContent = catalog.inWords(found, data.cost.currency);
    at("price-note").textContent = found.least === null ? "" : ` a month in ${region}, estimated from list prices of ${data.cost.date}`;
  }

  form.addEventListener("input", (event) => {
    event.target.dataset.touched = "yes";
    render();
  });
  form.addEventListener("focusout", (event) => {
    if (event.target.matches("input, select")) { event.target.dataset.touched = "yes"; render(); }
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  render();
})(window.ModelCatalog);
