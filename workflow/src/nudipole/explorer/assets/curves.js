// From entries of the content to lines and filled regions of the plane.
"use strict";
const Curves = (() => {
  const SLICES = 500, DASHES = {computed: [], published: [], projection: [3, 4], preferred: [6, 3]};

  // Runs of points on the grid, as [log10 M, log10 mu] pairs.
  function runs(branch) {
    const masses = Verdicts.series()[branch[1]], moments = Verdicts.series()[branch[2]], found = [];
    let run = [];
    for (let k = 0; k < masses.length; k++) {
      if (Verdicts.finite(moments[k])) run.push([masses[k], moments[k]]);
      else { if (run.length) found.push(run); run = []; }
    }
    if (run.length) found.push(run);
    return found;
  }

  // A branch that leaves the grid in a constraint with ceilings follows the end of what was computed: no limit.
  function isRim(entry, branch) {
    const rims = entry.branches.some(each => each[0] === 1);
    return rims && Verdicts.series()[branch[2]].some(value => !Verdicts.finite(value));
  }

  function lines(entry, strong) {
    const found = {xs: [], ys: [], colour: [], width: [], dash: [], label: []};
    for (const branch of entry.branches) {
      if (isRim(entry, branch)) continue;
      for (const run of runs(branch)) {
        found.xs.push(run.map(point => 10 ** point[0]));
        found.ys.push(run.map(point => 10 ** point[1]));
        found.colour.push(entry.colour);
        found.width.push(entry.kind === "published" ? 1 : strong ? 2.4 : 1.6);
        found.dash.push(DASHES[entry.kind]);
      }
    }
    return found;
  }

  // Polygons of what is excluded (or preferred), column by column over the masses in view.
  function polygons(entry, view) {
    const [x0, x1] = view.x.map(Math.log10), found = [];
    const bottom = Math.log10(view.y[0]) - 1, top = Math.log10(view.y[1]) + 1;
    const clip = value => Math.min(Math.max(value, bottom), top);
    let open = [];
    for (let k = 0; k <= SLICES; k++) {
      const x = x0 + (x1 - x0) * k / SLICES, edges = Verdicts.edgesAt(entry, x);
      const ranges = entry.kind === "preferred" ? Verdicts.preferredRanges(edges) : Verdicts.excludedRanges(edges);
      const goesOn = ranges.length === open.length &&
        ranges.every((range, n) => range[0] < open[n].high && open[n].low < range[1]);
      if (!goesOn) { found.push(...open); open = ranges.map(() => ({points: [], low: 0, high: 0})); }
      ranges.forEach(([low, high], n) => {
        open[n].points.push([x, clip(low), clip(high)]);
        open[n].low = low; open[n].high = high;
      });
    }
    found.push(...open);
    // half a slice more on either side, so that neighbours touch
    const half = (x1 - x0) / SLICES / 2;
    return found.map(({points}) => {
      points = [[points[0][0] - half, ...points[0].slice(1)], ...points];
      points.push([points.at(-1)[0] + half, ...points.at(-1).slice(1)]);
      const there = points.map(p => [p[0], p[1]]), back = points.map(p => [p[0], p[2]]).reverse();
      const ring = there.concat(back);
      return [ring.map(p => 10 ** p[0]), ring.map(p => 10 ** p[1])];
    });
  }

  // The nearest point of the shown curves to a place, in pixels; null farther than `reach`.
  function nearest(entries, place, toPixels, reach) {
    let best = null;
    const [px, py] = toPixels(Math.log10(place.x), Math.log10(place.y));
    for (const entry of entries) for (const branch of entry.branches) {
      if (isRim(entry, branch)) continue;
      for (const run of runs(branch)) for (let k = 0; k + 1 < run.length || k < 1; k++) {
        const a = run[k], b = run[k + 1] || a, [ax, ay] = toPixels(...a), [bx, by] = toPixels(...b);
        const dx = bx - ax, dy = by - ay, length2 = dx * dx + dy * dy;
        const share = length2 > 0 ? Math.min(Math.max(((px - ax) * dx + (py - ay) * dy) / length2, 0), 1) : 0;
        const distance = Math.hypot(px - ax - share * dx, py - ay - share * dy);
        if (distance <= reach && (!best || distance < best.distance))
          best = {entry, distance, edge: branch[0],
                  M_N_MeV: 10 ** (a[0] + share * (b[0] - a[0])), mu_nu_muB: 10 ** (a[1] + share * (b[1] - a[1]))};
      }
    }
    return best;
  }

  return {lines, polygons, nearest, runs};
})();
