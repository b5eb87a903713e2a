"use strict";
/* The organisation picture: a tile is picked by click, Enter or Space, and ticks the box of the same unit; chosen units are
   joined where they come to deal with each other. Without this script the boxes below the picture do the same. */
(() => {
  const form = document.querySelector("[data-organisation]");
  if (!form) { return; }
  const SVG = "http://www.w3.org/2000/svg";
  const told = form.querySelector("[data-picked]");
  const boxes = () => [...form.querySelectorAll("input[type=checkbox][name=units]")];
  const boxOf = (unit) => boxes().find((box) => box.value === unit);
  const bounds = (tile) => tile.querySelector("rect").getBBox();
  const middle = (tile) => {
    const box = bounds(tile);
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const join = (picture) => {
    const held = picture.querySelector(".org-links");
    held.replaceChildren();
    const chosen = "joins" in told.dataset ? [...picture.querySelectorAll(".org-tile.is-chosen")].slice(0, 12) : [];
    chosen.forEach((one, place) => chosen.slice(place + 1).forEach((other) => {
      const line = document.createElementNS(SVG, "line");
      const [[x1, y1], [x2, y2]] = [middle(one), middle(other)];
      Object.entries({ x1, y1, x2, y2 }).forEach(([name, value]) => line.setAttribute(name, value));
      held.append(line);
    }));
  };
  const say = (chosen) => {
    told.replaceChildren(...chosen.flatMap((box, place) => {
      const name = document.createElement("span");
      name.textContent = box.parentElement.querySelector("span").firstChild.textContent.trim()
        || box.parentElement.textContent.trim();
      if (/[\u3400-\u9fff]/.test(name.textContent)) { name.lang = "zh"; }
      return place ? [" · ", name] : [name];
    }));
    const links = (chosen.length * (chosen.length - 1)) / 2;
    if (told.dataset.links && links) { told.append(` (${links} ${told.dataset.links})`); }
  };
  const show = () => {
    if (!told) { return; }  // this kind of what-if names no units
    const chosen = boxes().filter((box) => box.checked);
    form.querySelectorAll(".org-tile").forEach((tile) => {
      const isChosen = chosen.some((box) => box.value === tile.dataset.unit);
      tile.classList.toggle("is-chosen", isChosen);
      tile.setAttribute("aria-pressed", isChosen);
    });
    form.querySelectorAll(".org-picture").forEach(join);
    form.querySelector("[data-chosen]").textContent = chosen.length;
    say(chosen);
  };
  const pick = (tile) => {
    const box = tile && boxOf(tile.dataset.unit);
    if (!box) { return; }
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  };
  /* Arrows go to the next tile on the way: one before or behind, or the nearest in the row above or below. */
  const next = (tile, key) => {
    const all = [...tile.closest("svg").querySelectorAll(".org-tile")];
    const side = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (side) { return all[all.indexOf(tile) + side]; }
    const way = { ArrowUp: -1, ArrowDown: 1 }[key];
    if (!way) { return { Home: all[0], End: all[all.length - 1] }[key]; }
    const [x, y] = middle(tile);
    const far = (one) => { const [a, b] = middle(one); return (b - y) * way * 10000 + Math.abs(a - x); };
    return all.filter((one) => (middle(one)[1] - y) * way > 1).sort((one, other) => far(one) - far(other))[0];
  };
  form.classList.add("is-live");
  form.querySelectorAll(".lab-boxes details").forEach((each) => { each.open = false; });  // the picture does the same
  form.querySelectorAll(".org-picture").forEach((picture) => {
    picture.removeAttribute("aria-hidden");
    picture.setAttribute("role", "group");
    picture.setAttribute("aria-labelledby", "lab-picked");
    picture.querySelectorAll(".org-tile").forEach((tile) => {
      tile.setAttribute("role", "button");
      tile.setAttribute("tabindex", "0");
    });
  });
  form.addEventListener("click", (event) => pick(event.target.closest(".org-tile")));
  form.addEventListener("keydown", (event) => {
    const tile = event.target.closest(".org-tile");
    if (!tile || event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pick(tile); return; }
    const other = next(tile, event.key);
    if (other) { event.preventDefault(); other.focus(); }
  });
  form.addEventListener("change", (event) => { if (event.target.name === "units") { show(); } });
  window.addEventListener("pageshow", show);  // the browser fills the boxes in again when one comes back

  /* What was typed and not yet sent survives a reload and the way back; a fresh visit starts clean. */
  const key = `lab ${location.pathname}${location.search}`;
  const fields = () => [...form.elements].filter((one) => one.name && !["hidden", "file", "submit"].includes(one.type));
  const [visit] = performance.getEntriesByType("navigation");
  const kept = JSON.parse(sessionStorage.getItem(key) || "[]");
  if (visit && ["reload", "back_forward"].includes(visit.type)) {
    fields().forEach((one, place) => {
      const [name, value, checked] = kept[place] || [];
      if (name !== one.name) { return; }
      if (["checkbox", "radio"].includes(one.type)) { one.checked = one.value === value ? checked : one.checked; }
      else { one.value = value; }
    });
  } else {
    sessionStorage.removeItem(key);
  }
  const keep = () => sessionStorage.setItem(key, JSON.stringify(fields().map((one) => [one.name, one.value, one.checked])));
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  show();
})();
