// Writes a launch as the settings of a spoke take it, and as the command that adds it there.
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
  catalog.launchBlock = function (launch) {
    const lines = [`- name: ${text(launch.name)}`, `  product: ${text(launch.product)}`, `  version: ${text(launch.version)}`];
    if (launch.portfolio) lines.push(`  portfolio: ${text(launch.portfolio)}`);
    if (launch.region) lines.push(`  region: ${text(launch.region)}`);
    for (const [key, found, write] of [["parameters", launch.parameters, scalar], ["tags", launch.tags || {}, text]]) {
      const entries = Object.entries(found);
      if (entries.length) lines.push(`  ${key}:`, ...entries.map(([name, value]) => `    ${text(name)}: ${write(value)}`));
    }
    return lines.map((line) => `    ${line}\n`).join("");
  };

  const shell = (word) => (/^[A-Za-z0-9_.\/:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

  catalog.launchCommand = function (launch, stack) {
    const words = ["model-catalog", "spoke", "new-launch", stack, launch.product, "--name", launch.name, "--version", launch.version];
    if (launch.portfolio) words.push("--portfolio", launch.portfolio);
    if (launch.region) words.push("--region", launch.region);
    const parts = [words.map(shell).join(" ")];
    for (const [name, value] of Object.entries(launch.parameters)) parts.push(`--parameter ${shell(`${name}=${value}`)}`);
    return parts.join(" \\\n  ");
  };

  // Where a person proposes a change of the settings: GitHub's and GitLab's editors end in a pull request.
  catalog.editAddress = function (repository, stack) {
    if (!/^https:\/\//.test(repository)) return "";
    const place = repository.replace(/\.git$/, "").replace(/\/+$/, "");
    const file = encodeURIComponent(`Pulumi.${stack}.yaml`);
    return /\/\/([^/]*\.)?gitlab\./.test(place) ? `${place}/-/edit/main/${file}` : `${place}/edit/main/${file}`;
  };
})(window.ModelCatalog);
