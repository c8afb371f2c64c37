// Which models fit a text: by Pagefind's index of whole cards, or over file://, where it cannot run, by their words.
"use strict";
(function (catalog) {
  let asked = null;

  async function pagefind() {
    const found = await import(new URL("pagefind/pagefind.js", document.baseURI).href);
    await found.options({ excerptLength: 0 });
    await found.init();
    return found;
  }

  async function byWords(text) {
    if (!catalog.words) await catalog.load("words.js");
    const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
    const keys = Object.keys(catalog.words).filter((key) => wanted.every((word) => catalog.words[key].includes(word)));
    return new Map(keys.map((key, place) => [key, place]));
  }

  // Gives the keys of the products that fit, each with its place; null where nothing is searched for.
  catalog.search = async function (text) {
    if (!text.trim()) return null;
    if (catalog.reduced) return byWords(text);
    try {
      asked = asked || pagefind();
      const found = await (await asked).search(text);
      const pages = await Promise.all(found.results.map((each) => each.data()));
      return new Map(pages.map((each, place) => [each.meta.key, place]));
    } catch {
      catalog.reduced = true;
      return byWords(text);
    }
  };

  catalog.reduced = location.protocol === "file:";
})(window.ModelCatalog);
