"use strict";
/* The organisation picture: a click on a tile ticks the box of the same unit, and the other way round; chosen units are
   joined where links are asked for. Without this script the boxes below the picture do the same. */
(() => {
  const form = document.querySelector("[data-organisation]");
  if (!form) { return; }
  const SVG = "http://www.w3.org/2000/svg";
  const boxes = () => [...form.querySelectorAll("input[type=checkbox][name=units]")];
  const boxOf = (unit) => boxes().find((box) => box.value === unit);
  const tilesOf = (unit) => [...form.querySelectorAll(`.org-tile[data-unit="${CSS.escape(unit)}"]`)];
  const joins = () => ["add_links", "sign_agreement", "appoint_leader"].includes(form.querySelector("[name=do]").value);
  const middle = (tile) => {
    const box = tile.querySelector("rect").getBBox();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const join = (picture) => {
    const held = picture.querySelector(".org-links");
    held.replaceChildren();
    const chosen = joins() ? [...picture.querySelectorAll(".org-tile.is-chosen")].slice(0, 12) : [];
    chosen.forEach((one, place) => chosen.slice(place + 1).forEach((other) => {
      const line = document.createElementNS(SVG, "line");
      const [[x1, y1], [x2, y2]] = [middle(one), middle(other)];
      Object.entries({ x1, y1, x2, y2 }).forEach(([name, value]) => line.setAttribute(name, value));
      held.append(line);
    }));
  };
  const show = () => {
    const chosen = boxes().filter((box) => box.checked);
    form.querySelectorAll(".org-tile").forEach((tile) => {
      tile.classList.toggle("is-chosen", chosen.some((box) => box.value === tile.dataset.unit));
    });
    form.querySelectorAll(".org-picture").forEach(join);
    const told = form.querySelector("[data-chosen]");
    if (told) { told.textContent = chosen.length; }
  };
  form.classList.add("is-live");
  form.querySelectorAll(".lab-boxes details").forEach((each) => { each.open = false; });  // the picture does the same
  form.addEventListener("click", (event) => {
    const tile = event.target.closest(".org-tile");
    const box = tile && boxOf(tile.dataset.unit);
    if (!box) { return; }
    box.checked = !box.checked;
    show();
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "units" || event.target.name === "do") { show(); }
  });
  show();
})();
