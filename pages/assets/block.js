// Writes what somebody asks for as settings take it, as the command that adds it there, and as a request in the repository.
"use strict";
(function (catalog) {
  const PLAIN = /^[A-Za-z][A-Za-z0-9_.\/:@+-]*$/;
  const WORDS = /^(y|n|yes|no|on|off|true|false|null)$/i;
  const COUNT = /^(0|[1-9][0-9]{0,14})$/;
  const VERSION = /^[0-9]+\.[0-9]+\.[0-9]+$/;

  // JSON's text in double quotes is YAML's, but for control characters that YAML wants written out.
  function quoted(text) {
    return JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (letter) =>
      `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
  }

  function text(value) {
    return (PLAIN.test(value) && !WORDS.test(value) && !value.endsWith(":")) || VERSION.test(value) ? value : quoted(value);
  }

  function scalar(value) {
    return COUNT.test(value) || value === "true" || value === "false" ? value : text(value);
  }

  // launch: {name, product, version, portfolio, region, parameters: {name: value}, tags: {key: value}}
  function lines(launch) {
    const found = [`name: ${text(launch.name)}`, `product: ${text(launch.product)}`, `version: ${text(launch.version)}`];
    if (launch.portfolio) found.push(`portfolio: ${text(launch.portfolio)}`);
    if (launch.region) found.push(`region: ${text(launch.region)}`);
    for (const [key, values, write] of [["parameters", launch.parameters, scalar], ["tags", launch.tags || {}, text]]) {
      const entries = Object.entries(values);
      if (entries.length) found.push(`${key}:`, ...entries.map(([name, value]) => `  ${text(name)}: ${write(value)}`));
    }
    return found;
  }

  const item = (found) => found.map((line, place) => `    ${place ? " " : "-"} ${line}\n`).join("");

  catalog.launchBlock = (launch) => item(lines(launch));

  catalog.shareBlock = (share) => item([`portfolio: ${text(share.portfolio)}`, "type: ORGANIZATION_MEMBER_ACCOUNT",
    `target: ${quoted(share.account)}`, ...(share.tagOptions ? ["tagOptions: true"] : [])]);

  catalog.principalBlock = (portfolio, principal) => item([`portfolio: ${text(portfolio)}`, `arn: ${text(principal)}`]);

  const shell = (word) => (/^[A-Za-z0-9_.\/:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

  catalog.launchCommand = function (launch, stack) {
    const words = ["model-catalog", "spoke", "new-launch", stack, launch.product, "--name", launch.name, "--version", launch.version];
    if (launch.portfolio) words.push("--portfolio", launch.portfolio);
    if (launch.region) words.push("--region", launch.region);
    const parts = [words.map(shell).join(" ")];
    for (const [name, value] of Object.entries(launch.parameters)) parts.push(`--parameter ${shell(`${name}=${value}`)}`);
    return parts.join(" \\\n  ");
  };

  // What `model-catalog spoke take-requests` makes the change of: one thing, launch or access, for one spoke.
  function request(spoke, kind, found) {
    return `# Becomes a change of the settings by: model-catalog spoke take-requests\nspoke: ${text(spoke)}\n${kind}:\n`
      + found.map((line) => `  ${line}\n`).join("");
  }

  catalog.launchRequest = (launch, spoke) => request(spoke, "launch", lines(launch));

  catalog.accessRequest = (portfolio, spoke, principal) => request(spoke, "access",
    [`portfolio: ${text(portfolio)}`, ...(principal ? [`principal: ${text(principal)}`] : [])]);

  // Hosts refuse an address that is longer than about 8,000 characters: then the text is only copied.
  const MOST = 6000;

  // The form of a new file at the repository's host, filled in. What is saved there becomes a pull request.
  catalog.proposalAddress = function (proposal, name, contents) {
    const named = `${proposal.address}?${proposal.path}=${encodeURIComponent(`${proposal.folder}/${name}`)}`;
    const whole = `${named}&${proposal.text}=${encodeURIComponent(contents)}`;
    return whole.length > MOST ? named : whole;
  };
})(window.ModelCatalog);
