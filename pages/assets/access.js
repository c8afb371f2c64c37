// Asking for a portfolio: the change of the settings for who asks, and the request that becomes it in the repository.
"use strict";
(function (catalog) {
  const form = document.getElementById("who");
  if (!form) return;
  const at = (id) => document.getElementById(id);
  const { proposal } = JSON.parse(at("access-data").textContent);
  const FIELDS = {
    spoke: [/^[A-Za-z0-9_.-]{1,90}$/, "Letters, digits, dots, hyphens and underscores."],
    account: [/^[0-9]{12}$/, "Twelve digits."],
    principal: [/^(arn:[a-z-]+:iam::([0-9]{12}):(role|user|group)\/.+)?$/, "The ARN of a role, user or group of IAM."],
  };

  function problemOf(name, values) {
    const [pattern, text] = FIELDS[name];
    const found = pattern.exec(values[name]);
    if (!found) return text;
    return name === "principal" && found[2] && values.account && found[2] !== values.account ? "It is of another account." : "";
  }

  function read() {
    const values = Object.fromEntries(Object.keys(FIELDS).map((name) => [name, at(`f-${name}`).value.trim()]));
    let good = true;
    for (const name of Object.keys(FIELDS)) {
      const text = problemOf(name, values);
      const said = text && at(`f-${name}`).dataset.touched ? text : "";
      at(`e-${name}`).textContent = said;
      if (said) at(`f-${name}`).setAttribute("aria-invalid", "true");
      else at(`f-${name}`).removeAttribute("aria-invalid");
      good = good && !text;
    }
    return { values, good };
  }

  function render() {
    const { values, good } = read();
    for (const asks of document.querySelectorAll("[data-asks]")) {
      const key = asks.dataset.asks;
      catalog.show(asks, good);
      if (!good) continue;
      at(`share-${key}`).textContent = catalog.shareBlock({ portfolio: key, account: values.account, tagOptions: "tags" in asks.dataset });
      catalog.show(asks.querySelector("[data-is=grant]"), values.principal);
      asks.querySelector("[data-is=settings]").textContent = `Pulumi.spoke-${values.spoke}.yaml`;
      at(`grant-${key}`).textContent = catalog.principalBlock(key, values.principal);
      if (!proposal) continue;
      const request = catalog.accessRequest(key, values.spoke, values.principal);
      at(`request-${key}`).textContent = request;
      asks.querySelector("[data-is=open]").setAttribute("href", catalog.proposalAddress(proposal, `access-${values.spoke}-${key}.yaml`, request));
    }
  }

  form.addEventListener("input", (event) => { event.target.dataset.touched = "yes"; render(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  catalog.show(form, true);
  render();
})(window.ModelCatalog);
