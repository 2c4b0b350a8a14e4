// What the curves of one constraint say of a point: the same as nudipole.limits.verdicts in Python.
"use strict";
const Verdicts = (() => {
  const FLOOR = 0, CEILING = 1, LOW = 2, HIGH = 3;
  let series = [], beyond = 99;

  function read(content) { series = content.series; beyond = content.beyond; }

  const finite = value => Math.abs(value) < beyond;
  const unbounded = value => finite(value) ? value : value > 0 ? Infinity : -Infinity;

  // The moment of a branch at log10 M = x, null outside its masses.
  function valueAt(branch, x) {
    const masses = series[branch[1]], moments = series[branch[2]], last = masses.length - 1;
    if (x < masses[0] || x > masses[last]) return null;
    if (last === 0) return unbounded(moments[0]);
    let low = 0, high = last;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (masses[middle] <= x) low = middle; else high = middle;
    }
    const width = masses[low + 1] - masses[low];
    const share = width > 0 ? (x - masses[low]) / width : 0;
    if (finite(moments[low]) && finite(moments[low + 1]))
      return moments[low] + share * (moments[low + 1] - moments[low]);
    return unbounded(share < 0.5 ? moments[low] : moments[low + 1]);
  }

  function edgesAt(entry, x) {
    return entry.branches.map(branch => [branch[0], valueAt(branch, x)]).filter(pair => pair[1] !== null);
  }

  // Floors open and ceilings close the excluded ranges; infinite ends lie beyond the grid.
  function excludedRanges(edges) {
    const events = edges.filter(([kind]) => kind <= CEILING)
      .sort((a, b) => a[1] === b[1] ? a[0] - b[0] : a[1] < b[1] ? -1 : 1);
    const found = [];
    let low = null;
    if (events.length && events[0][0] === CEILING && events[0][1] > -Infinity) low = -Infinity;
    for (const [kind, value] of events) {
      if (kind === FLOOR) { if (low === null) low = value; }
      else if (low !== null) { found.push([low, value]); low = null; }
    }
    if (low !== null) found.push([low, Infinity]);
    return found.filter(([a, b]) => a < b && a < Infinity && b > -Infinity);
  }

  function preferredRanges(edges) {
    const pick = kind => edges.filter(pair => pair[0] === kind).map(pair => pair[1]).sort((a, b) => a - b);
    const lows = pick(LOW), highs = pick(HIGH);
    return lows.slice(0, highs.length).map((low, k) => [low, highs[k]]);
  }

  function margin(ranges, y) {
    const edges = ranges.flat().filter(Number.isFinite);
    if (!edges.length) return null;
    const distance = Math.min(...edges.map(edge => Math.abs(y - edge)));
    return ranges.some(([low, high]) => low < y && y < high) ? distance : -distance;
  }

  function at(entry, M_N_MeV, mu_nu_muB) {
    const y = Math.log10(mu_nu_muB), edges = edgesAt(entry, Math.log10(M_N_MeV));
    const ranges = excludedRanges(edges);
    if (preferredRanges(edges).some(([low, high]) => low <= y && y <= high))
      return {verdict: "preferred", margin_dex: margin(ranges, y)};
    if (!ranges.length) return {verdict: "insensitive", margin_dex: null};
    const inside = ranges.some(([low, high]) => low < y && y < high);
    return {verdict: inside ? "excluded" : "allowed", margin_dex: margin(ranges, y)};
  }

  return {read, at, edgesAt, excludedRanges, preferredRanges, finite, series: () => series};
})();
