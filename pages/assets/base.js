// What every page has: the one global name of ours, small helpers for elements, and buttons that copy.
"use strict";
(function () {
  const catalog = (window.ModelCatalog = window.ModelCatalog || {});

  // Browsers that know trusted types ask this before a script or a worker is loaded: those of this folder are let in, and
  // text is never let in as HTML.
  const top = new URL("..", document.currentScript.src).href;
  if (window.trustedTypes) {
    window.trustedTypes.createPolicy("default", {
      createScriptURL: (address) => (new URL(address, document.baseURI).href.startsWith(top) ? address : null),
    });
  }

  // Makes an element. Text is text: nothing of a card is ever read as HTML.
  catalog.element = function (name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  };

  catalog.show = function (element, wanted) {
    if (element) element.hidden = !wanted;
  };

  // Loads a script of the pages: over file:// there is no other way to more data.
  catalog.load = function (address) {
    return new Promise((done, failed) => {
      const script = catalog.element("script", { src: address });
      script.addEventListener("load", done);
      script.addEventListener("error", () => failed(new Error(address)));
      document.head.append(script);
    });
  };

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = catalog.element("textarea", { class: "offscreen", "aria-hidden": "true" });
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copies]");
    if (!button) return;
    const from = document.getElementById(button.dataset.copies);
    await copy(from.textContent);
    const said = button.querySelector("[data-said]") || button;
    const before = said.dataset.before || said.textContent;
    said.dataset.before = before;
    said.textContent = "Copied";
    document.getElementById("said").textContent = "Copied to the clipboard.";
    setTimeout(() => (said.textContent = before), 1600);
  });
})();
