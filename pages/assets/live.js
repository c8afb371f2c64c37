// Rereads the page of a rollout while it runs. `site serve` makes it anew from the report each time.
"use strict";
(() => {
  const PAUSE = 3000;
  const note = document.getElementById("live-note");
  const here = () => document.getElementById("live");
  const say = (text) => { if (note && note.textContent !== text) note.textContent = text; };

  const reread = () => {
    const request = new XMLHttpRequest();  // gives a document, in which no script runs
    request.open("GET", location.pathname);
    request.responseType = "document";
    request.setRequestHeader("Cache-Control", "no-cache");
    request.onload = () => {
      const fresh = request.status === 200 && request.response && request.response.getElementById("live");
      if (!fresh) return again("The report cannot be reread at the moment.");
      if (fresh.outerHTML !== here().outerHTML) {
        const places = [...here().querySelectorAll(".scrolls")].map((each) => [each.scrollLeft, each.scrollTop]);
        const focused = [...here().querySelectorAll("a, [tabindex]")].indexOf(document.activeElement);
        here().replaceWith(document.adoptNode(fresh));
        [...here().querySelectorAll(".scrolls")].forEach((each, place) => {
          if (places[place]) [each.scrollLeft, each.scrollTop] = places[place];
        });
        if (focused >= 0) [...here().querySelectorAll("a, [tabindex]")][focused]?.focus({ preventScroll: true });
      }
      return again("");
    };
    request.onerror = () => again("The report cannot be reread: open the site with model-catalog site serve.");
    request.send();
  };

  const again = (text) => {
    if (here().dataset.state === "ended") return say("The rollout has ended.");
    say(text || "This page follows the rollout.");
    return setTimeout(reread, PAUSE);
  };

  if (here() && here().dataset.state !== "ended") setTimeout(reread, PAUSE);
})();
