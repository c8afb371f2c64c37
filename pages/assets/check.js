// Which values a parameter takes, and which rules they break: as shared/catalog/parameters.py and rules.py say it.
"use strict";
(function (catalog) {
  const NUMBER = /^[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$/;
  const MOST_CHARACTERS = 4096;

  function isList(parameter) {
    return parameter.type.startsWith("CommaDelimitedList") || parameter.type.startsWith("List<");
  }

  function members(value) {
    return typeof value === "string" ? value.split(",").map((item) => item.trim()) : value;
  }

  function numberProblem(parameter, value) {
    if (!NUMBER.test(value)) return "It must be a number.";
    if (parameter.min_value !== null && Number(value) < Number(parameter.min_value)) {
      return `It must be at least ${parameter.min_value}.`;
    }
    if (parameter.max_value !== null && Number(value) > Number(parameter.max_value)) {
      return `It must be at most ${parameter.max_value}.`;
    }
    return null;
  }

  // Says what CloudFormation would refuse about a value; null where it is fit.
  catalog.valueProblem = function (parameter, value) {
    const items = isList(parameter) ? members(value) : [value];
    const allowed = parameter.allowed_values;
    if (allowed && !items.every((item) => allowed.includes(item))) {
      return `The allowed values are: ${allowed.join(", ")}.`;
    }
    const wrong = parameter.type === "Number" ? numberProblem(parameter, value) : null;
    if (wrong) return wrong;
    const [least, most] = [Number(parameter.min_length || 0), Number(parameter.max_length || MOST_CHARACTERS)];
    const length = [...value].length;
    if (parameter.type !== "Number" && (length < least || length > most)) {
      return `It must have ${least} to ${most} characters.`;
    }
    // A pattern that this language cannot say as CloudFormation does has none here; the preview holds values against it.
    if (parameter.browser_pattern) {
      const pattern = new RegExp(`^(?:${parameter.browser_pattern})$`, "u");
      if (!items.every((item) => pattern.test(item))) return `It must match ${parameter.allowed_pattern}.`;
    }
    return null;
  };

  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  const FUNCTIONS = {
    "Fn::And": (of) => of.every(Boolean),
    "Fn::Or": (of) => of.some(Boolean),
    "Fn::Not": (of) => !of[0],
    "Fn::Equals": (of) => same(of[0], of[1]),
    "Fn::Contains": (of) => members(of[0]).includes(of[1]),
    "Fn::EachMemberEquals": (of) => members(of[0]).every((item) => item === of[1]),
    "Fn::EachMemberIn": (of) => members(of[0]).every((item) => members(of[1]).includes(item)),
  };

  class Undecided extends Error {}

  function valueOf(node, values) {
    if (Array.isArray(node)) return node.map((item) => valueOf(item, values));
    if (typeof node !== "object" || node === null) return node;
    const [name, argument] = Object.entries(node)[0];
    if (name === "Ref") return values[argument];
    if (!(name in FUNCTIONS)) throw new Undecided(`asks for ${name}, which only AWS can evaluate, at launch`);
    return FUNCTIONS[name](valueOf(argument, values));
  }

  function brokenBy(rule, values) {
    if (rule.condition && !valueOf(rule.condition, values)) return [];
    return rule.assertions.filter((each) => !valueOf(each.demand, values));
  }

  // Holds values against rules: what is broken, in the rules' own words, and what cannot be told here.
  catalog.checkRules = function (rules, values) {
    const [broken, undecided] = [[], []];
    for (const rule of rules) {
      const untold = rule.parameters.filter((name) => !(name in values));
      try {
        if (untold.length) throw new Undecided(`looks at ${untold.join(" and ")}, which has no value yet`);
        for (const each of brokenBy(rule, values)) {
          broken.push({ rule: rule.name, parameters: rule.parameters, text: each.description || JSON.stringify(each.demand) });
        }
      } catch (problem) {
        if (!(problem instanceof Undecided)) throw problem;
        undecided.push({ rule: rule.name, text: problem.message });
      }
    }
    return { broken, undecided };
  };
})(window.ModelCatalog);
