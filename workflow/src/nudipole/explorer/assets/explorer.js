// The page: controls, plane, hover, verdicts, keyboard, link and download.
"use strict";
const FLAVOUR_NAMES = {mu: "ν_μ", e: "ν_e", tau: "ν_τ", effective: "effective moment"};
const WORDS = {excluded: "excluded", preferred: "preferred", allowed: "allowed", insensitive: "no limit here"};
const MUB_TO_D_PER_GEV = CONTENT.d_per_GeV_of_1_muB;

window.nudipole = (() => {
  const $ = id => document.getElementById(id);
  const state = {flavour: CONTENT.flavours[0], chosen: new Map(), point: null, cursor: null};
  let plane, sources = {}, drawing = 0;
  Verdicts.read(CONTENT);

  const element = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };
  const show = value => Number(value.toPrecision(4)).toExponential(3).replace(/\.?0+e/, "e").replace("e+", "e");
  const plain = value => value >= 1e-3 && value < 1e4 ? String(Number(value.toPrecision(4))) : show(value);

  // entries of the flavour by constraint, those of one variant together (its levels)
  function byConstraint() {
    const found = new Map();
    for (const entry of CONTENT.entries) if (entry.flavours.includes(state.flavour)) {
      if (!found.has(entry.constraint)) found.set(entry.constraint, new Map());
      const variants = found.get(entry.constraint);
      if (!variants.has(entry.variant)) variants.set(entry.variant, []);
      variants.get(entry.variant).push(entry);
    }
    return found;
  }
  const defaultVariant = variants =>
    ([...variants].find(([, entries]) => entries.some(entry => entry.is_default)) || [...variants][0])[0];

  function choice(name, variants) {
    if (!state.chosen.has(name)) {
      const variant = defaultVariant(variants);
      state.chosen.set(name, {variant, shown: variants.get(variant)[0].shown});
    }
    const chosen = state.chosen.get(name);
    return variants.has(chosen.variant) ? chosen : {...chosen, variant: defaultVariant(variants)};
  }
  function shownEntries() {
    return [...byConstraint()].flatMap(([name, variants]) => {
      const chosen = choice(name, variants);
      return chosen.shown ? variants.get(chosen.variant) : [];
    });
  }

  function buildControls() {
    for (const flavour of CONTENT.flavours) {
      const input = element("input", {type: "radio", name: "flavour", value: flavour, checked: flavour === state.flavour});
      input.addEventListener("change", () => setFlavour(flavour));
      $("flavours").append(element("label", {}, input, " " + FLAVOUR_NAMES[flavour]));
    }
    fillConstraints();
  }
  function fillConstraints() {
    for (const place of [$("constraints"), $("published")])
      place.querySelectorAll(".constraint").forEach(row => row.remove());
    for (const [name, variants] of byConstraint()) {
      const chosen = choice(name, variants), first = variants.get(chosen.variant)[0];
      const box = element("input", {type: "checkbox", checked: chosen.shown, id: "show-" + name});
      box.addEventListener("change", () => { choose(name, {...choice(name, variants), shown: box.checked}); });
      const swatch = element("span", {className: "swatch"});
      swatch.style.background = first.colour;
      const row = element("div", {className: "constraint"}, box, swatch,
        element("label", {htmlFor: box.id}, first.label + (first.kind === "projection" ? " (projection)" : "")));
      if (variants.size > 1) {
        const select = element("select", {ariaLabel: "Variant of " + first.label});
        for (const variant of variants.keys())
          select.append(element("option", {value: variant, selected: variant === chosen.variant}, variant.replaceAll("_", " ").replaceAll(";", ", ")));
        select.addEventListener("change", () => choose(name, {...choice(name, variants), variant: select.value}));
        row.append(select);
      }
      (name.startsWith("pub_") ? $("published") : $("constraints")).append(row);
    }
  }
  function choose(name, chosen) { state.chosen.set(name, chosen); draw(); answer(); }
  function setFlavour(flavour) {
    state.flavour = flavour;
    for (const input of $("flavours").querySelectorAll("input")) input.checked = input.value === flavour;
    fillConstraints(); draw(); answer();
  }

  const view = () => ({x: [plane.x_range.start, plane.x_range.end], y: [plane.y_range.start, plane.y_range.end]});
  function setView(x, y) {
    plane.x_range.setv({start: x[0], end: x[1]});
    plane.y_range.setv({start: y[0], end: y[1]});
    plane.extra_y_ranges.d.setv({start: y[0] * MUB_TO_D_PER_GEV, end: y[1] * MUB_TO_D_PER_GEV});
  }
  const wholePlane = () => setView(CONTENT.view.M_N_range_MeV, CONTENT.view.mu_nu_range_muB);
  function move(dx, dy, zoom = 1) {
    const shift = ([low, high], by) => {
      const a = Math.log10(low), b = Math.log10(high), middle = (a + b) / 2 + by * (b - a), half = (b - a) / 2 * zoom;
      return [10 ** (middle - half), 10 ** (middle + half)];
    };
    const now = view();
    setView(shift(now.x, dx), shift(now.y, dy));
  }
  function toPixels(x, y) {
    const now = view(), [x0, x1] = now.x.map(Math.log10), [y0, y1] = now.y.map(Math.log10);
    return [(x - x0) / (x1 - x0) * plane.inner_width, (y - y0) / (y1 - y0) * plane.inner_height];
  }

  function draw() {
    const fills = {xs: [], ys: [], colour: [], alpha: []}, lines = {xs: [], ys: [], colour: [], width: [], dash: []};
    for (const entry of shownEntries()) {
      if (entry.kind !== "projection") for (const [xs, ys] of Curves.polygons(entry, view())) {
        fills.xs.push(xs); fills.ys.push(ys); fills.colour.push(entry.kind === "preferred" ? "#E69F00" : entry.colour);
        fills.alpha.push(entry.kind === "published" ? 0.1 : entry.kind === "preferred" ? 0.3 : 0.14);
      }
      const own = Curves.lines(entry, entry.is_default);
      for (const column of Object.keys(lines)) lines[column].push(...own[column]);
    }
    sources.fills.data = fills; sources.lines.data = lines;
    const at = state.point || state.cursor;
    sources.point.data = at ? {x: [at.x], y: [at.y]} : {x: [], y: []};
    remember();
  }
  function soon() { cancelAnimationFrame(drawing); drawing = requestAnimationFrame(draw); }

  function hint(x, y, reach = 14) {
    const found = Curves.nearest(shownEntries(), {x, y}, toPixels, reach);
    $("hint").hidden = !found;
    if (!found) return null;
    const {entry} = found, kind = {preferred: "edge of the preferred region", projection: "projection", published: "published", computed: "limit of this work"}[entry.kind];
    $("hint").replaceChildren(element("b", {}, entry.label),
      `M_N = ${plain(found.M_N_MeV)} MeV, μ_ν = ${show(found.mu_nu_muB)} μ_B, d = ${show(found.mu_nu_muB * MUB_TO_D_PER_GEV)} /GeV`,
      element("small", {}, `${kind}, ${Number((100 * entry.confidence_level).toPrecision(3))} % CL; ${entry.statistic}`),
      element("small", {}, `variant: ${entry.variant.replaceAll("_", " ")}`), element("small", {}, entry.reference));
    const [px, py] = toPixels(Math.log10(x), Math.log10(y)), box = $("plane");
    $("hint").style.left = Math.min(px + 80, box.clientWidth - 300) + "px";
    $("hint").style.top = Math.max(box.clientHeight - py - 40, 0) + "px";
    return found;
  }

  // verdict of every constraint, in the chosen variant, hidden ones too
  function verdicts(M_N_MeV, mu_nu_muB) {
    return [...byConstraint()].map(([name, variants]) => {
      const entry = variants.get(choice(name, variants).variant)[0];
      return {entry, constraint: name, ...Verdicts.at(entry, M_N_MeV, mu_nu_muB)};
    }).filter(row => row.entry.kind !== "preferred");
  }
  function answer() {
    if (!state.point) return;
    const {x, y} = state.point, order = ["excluded", "preferred", "allowed", "insensitive"];
    const rows = verdicts(x, y).sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
    const table = element("table");
    const head = ["constraint", "verdict", "margin", "variant", "source"].map((name, k) =>
      element("th", {scope: "col", className: k > 2 ? "wide" : ""}, name));
    table.append(element("caption", {hidden: true}, "Verdicts"), element("thead", {}, element("tr", {}, ...head)));
    const body = element("tbody");
    for (const row of rows) {
      const word = row.entry.kind === "projection" && row.verdict === "excluded" ? "would be excluded" : WORDS[row.verdict];
      const far = row.margin_dex === null ? "" : `${row.margin_dex >= 0 ? "+" : "−"}${Math.abs(row.margin_dex).toFixed(3)} dex`;
      body.append(element("tr", {className: row.verdict}, element("td", {}, row.entry.label), element("td", {className: "verdict"}, word),
        element("td", {className: "number"}, far), element("td", {className: "wide"}, element("small", {}, row.entry.variant.replaceAll("_", " "))),
        element("td", {className: "wide"}, element("small", {}, row.entry.reference))));
    }
    table.append(body);
    const count = rows.filter(row => row.verdict === "excluded" && row.entry.kind !== "projection").length;
    $("answer").replaceChildren(element("p", {},
      `M_N = ${plain(x)} MeV, μ_ν = ${show(y)} μ_B, coupling: ${FLAVOUR_NAMES[state.flavour]}. Excluded by ${count} of ${rows.length}. ` +
      "The margin is log10 of the distance in μ_ν to the nearest edge, positive where excluded."), table);
    $("mass").value = plain(x); $("moment").value = show(y);
  }
  function select(x, y) { state.point = {x, y}; state.cursor = {x, y}; draw(); answer(); }

  // the state as the fragment of the address
  function fragment() {
    const changed = [...state.chosen].filter(([name, chosen]) => {
      const variants = byConstraint().get(name);
      if (!variants) return false;
      const own = defaultVariant(variants);
      return chosen.variant !== own || chosen.shown !== variants.get(own)[0].shown;
    }).map(([name, chosen]) => `${chosen.shown ? "" : "-"}${name}:${chosen.variant}`);
    const now = view(), parts = {f: state.flavour, x: now.x.map(show).join(","), y: now.y.map(show).join(",")};
    if (changed.length) parts.c = changed.join("|");
    if (state.point) parts.p = [state.point.x, state.point.y].map(value => value.toPrecision(6)).join(",");
    return new URLSearchParams(parts).toString();
  }
  function remember() { history.replaceState(null, "", "#" + fragment()); }
  function restore(text) {
    const parts = new URLSearchParams(text), numbers = key => (parts.get(key) || "").split(",").map(Number);
    const valid = pair => pair.length === 2 && pair.every(value => value > 0 && Number.isFinite(value));
    state.chosen.clear(); state.point = null;
    if (CONTENT.flavours.includes(parts.get("f"))) state.flavour = parts.get("f");
    for (const word of (parts.get("c") || "").split("|").filter(Boolean)) {
      const shown = !word.startsWith("-"), [name, ...rest] = word.replace(/^-/, "").split(":");
      state.chosen.set(name, {variant: rest.join(":"), shown});
    }
    const x = numbers("x"), y = numbers("y"), point = numbers("p");
    if (valid(x) && valid(y) && x[0] < x[1] && y[0] < y[1]) setView(x, y); else wholePlane();
    if (valid(point)) state.point = {x: point[0], y: point[1]};
    setFlavour(state.flavour);
  }

  function csv() {
    const quote = text => /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    const lines = [`# nudipole ${CONTENT.version}, curves shown by the explorer; coupling: ${state.flavour}`,
      `# made from limits.parquet, sha256 ${CONTENT.limits_sha256}; tables under CC-BY-4.0`,
      "# units: M_N_MeV in MeV, mu_nu_muB in Bohr magnetons, d_per_GeV = mu/2 in 1/GeV; cite the references of each curve",
      "constraint,variant,flavour,edge,branch,confidence_level,M_N_MeV,mu_nu_muB,d_per_GeV,kind,statistic,reference"];
    for (const entry of shownEntries()) entry.branches.forEach((branch, number) => {
      for (const run of Curves.runs(branch)) for (const [x, y] of run) {
        const mu = 10 ** y;
        lines.push([entry.constraint, entry.variant, state.flavour, CONTENT.edges[branch[0]], number, entry.confidence_level,
          (10 ** x).toPrecision(6), mu.toPrecision(6), (mu * MUB_TO_D_PER_GEV).toPrecision(6), entry.kind,
          entry.statistic, entry.reference].map(value => quote(String(value))).join(","));
      }
    });
    return lines.join("\n") + "\n";
  }
  function download() {
    const address = URL.createObjectURL(new Blob([csv()], {type: "text/csv"}));
    element("a", {href: address, download: `nudipole_${state.flavour}.csv`}).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
    say("curves saved as CSV");
  }
  function say(text) { $("said").textContent = text; setTimeout(() => { $("said").textContent = ""; }, 4000); }
  async function copyLink() {
    remember();
    try { await navigator.clipboard.writeText(location.href); say("link copied"); }
    catch { say("the address line holds the link"); }
  }

  function onKey(event) {
    const steps = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]}, step = steps[event.key];
    if (step && event.shiftKey) {
      const now = view(), middle = pair => Math.sqrt(pair[0] * pair[1]);
      const at = state.cursor || {x: middle(now.x), y: middle(now.y)}, by = (pair, n) => (pair[1] / pair[0]) ** (0.02 * n);
      state.cursor = {x: at.x * by(now.x, step[0]), y: at.y * by(now.y, step[1])};
      state.point = null; draw(); hint(state.cursor.x, state.cursor.y);
    } else if (step) move(0.1 * step[0], 0.1 * step[1]);
    else if (event.key === "+" || event.key === "=") move(0, 0, 0.8);
    else if (event.key === "-") move(0, 0, 1.25);
    else if (event.key === "0") wholePlane();
    else if (event.key === "Enter" && state.cursor) select(state.cursor.x, state.cursor.y);
    else return;
    event.preventDefault();
  }
  function toggleHelp() {
    $("keys").hidden = !$("keys").hidden;
    $("help").setAttribute("aria-expanded", String(!$("keys").hidden));
  }

  async function start() {
    const views = await Bokeh.embed.embed_item(PLANE), document_ = views.roots ? views.roots[0].model.document : views[0].model.document;
    plane = document_.get_model_by_name("plane");
    for (const name of ["fills", "lines", "point"]) sources[name] = document_.get_model_by_name(name);
    buildControls();
    restore(location.hash.slice(1));
    $("plane").addEventListener("keydown", onKey);
    document.addEventListener("keydown", event => { if (event.key === "?" && event.target.tagName !== "INPUT") toggleHelp(); });
    $("reset").addEventListener("click", wholePlane);
    $("link").addEventListener("click", copyLink);
    $("csv").addEventListener("click", download);
    $("help").addEventListener("click", toggleHelp);
    $("ask").addEventListener("submit", event => {
      event.preventDefault();
      const x = Number($("mass").value), y = Number($("moment").value);
      if (x > 0 && y > 0) select(x, y); else say("mass and moment must be positive numbers");
    });
    window.addEventListener("hashchange", () => restore(location.hash.slice(1)));
    $("about").textContent = `nudipole ${CONTENT.version}; made from limits.parquet, sha256 ${CONTENT.limits_sha256}; ` +
      "tables under CC-BY-4.0; cite the source of each curve. This page loads nothing from elsewhere.";
    requestAnimationFrame(() => { performance.mark("drawn"); document.body.dataset.ready = "true"; });
  }
  start();

  return {
    on_tap: (x, y) => { select(x, y); hint(x, y, 24); },
    on_mousemove: (x, y) => hint(x, y), on_mouseleave: () => { $("hint").hidden = true; },
    on_reset: wholePlane,
    on_view: soon,
    select, verdicts, setFlavour, csv, hint, state, view, setView, toPixels, shownEntries,
  };
})();
