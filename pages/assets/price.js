// What a launch costs a month: as shared/catalog/cost.py reckons it, with exact numbers.
"use strict";
(function (catalog) {
  const MOST = 10n ** 15n;
  const NUMBER = /^([-+]?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([-+]?[0-9]{1,3}))?$/;

  // A number as a fraction of two whole ones; null where a text is none.
  function fraction(text) {
    const found = NUMBER.exec(text);
    if (!found) return null;
    const [, sign, whole, part = "", power = "0"] = found;
    let [over, under] = [BigInt(whole + part), 10n ** BigInt(part.length)];
    if (Number(power) >= 0) over *= 10n ** BigInt(power);
    else under *= 10n ** BigInt(-power);
    return [sign === "-" ? -over : over, under];
  }

  const times = (one, other) => [one[0] * other[0], one[1] * other[1]];
  const plus = (one, other) => [one[0] * other[1] + other[0] * one[1], one[1] * other[1]];
  const less = (one, other) => one[0] * other[1] < other[0] * one[1];

  // Rounds half up, away from zero; cents matter below ten.
  function rounded([over, under]) {
    const cents = over < 10n * under ? 100n : 1n;
    const size = over < 0n ? -over : over;
    const units = (2n * size * cents + under) / (2n * under);
    const text = cents === 1n ? `${units}` : `${units / 100n}.${String(units % 100n).padStart(2, "0")}`;
    return (over < 0n ? "-" : "") + text;
  }

  class Unknown extends Error {}

  function number(values, name) {
    if (!(name in values)) throw new Unknown(`${name} has no value`);
    const found = fraction(values[name]);
    if (!found) throw new Unknown("its parameters are no numbers to reckon with");
    return found;
  }

  function month(cost, values, price) {
    if (cost.kind === "serverless") {
      const used = times(times(number(values, cost.memory), [1n, 1024n]), fraction(cost.seconds || "0"));
      return [times(used, price), null];
    }
    const hours = times(price, fraction(cost.hours || "0"));
    const count = number(values, cost.count);
    const scales = cost.max_count && values[cost.autoscaling || ""] === "true";
    let most = count;
    if (scales) {
      const wanted = number(values, cost.max_count);
      most = less(count, wanted) ? wanted : count;
    }
    const beside = cost.beside ? number(values, cost.beside) : [0n, 1n];
    return [times(hours, plus(count, beside)), times(hours, plus(most, beside))];
  }

  // Estimates a month: the least and the most, as text; or why it is unknown.
  catalog.estimate = function (cost, region, values) {
    const prices = cost.prices[region] || {};
    const kind = cost.kind === "instances" ? values[cost.instance_type || ""] || "" : "serverless";
    try {
      if (!Object.hasOwn(prices, kind)) throw new Unknown(`the hub's price table has no price of ${kind} here`);
      const [least, most] = month(cost, values, fraction(prices[kind]));
      for (const amount of [least, most || least]) {
        const size = amount[0] < 0n ? -amount[0] : amount[0];
        if (size > MOST * amount[1]) throw new Unknown("its parameters are no numbers to reckon with");
      }
      return { least: rounded(least), most: rounded(most || least), unknown: "" };
    } catch (problem) {
      if (!(problem instanceof Unknown)) throw problem;
      return { least: null, most: null, unknown: problem.message };
    }
  };

  catalog.inWords = function (found, currency) {
    if (found.least === null) return `Cost unknown: ${found.unknown}`;
    return found.least === found.most ? `${found.least} ${currency}` : `${found.least} to ${found.most} ${currency}`;
  };
})(window.ModelCatalog);
