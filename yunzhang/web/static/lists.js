"use strict";
/* Keys on lists: j and k walk the rows, Enter opens (it is a link), / goes to the search field. Pages work without. */
(() => {
  const typing = (element) => element.closest("input, textarea, select, [contenteditable]");
  const links = () => [...document.querySelectorAll("a.row-link")].filter((link) => link.offsetParent);
  const step = (by) => {
    const all = links();
    const here = all.indexOf(document.activeElement);
    const next = all[here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + by, 0), all.length - 1)];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) { return; }
    if (event.key === "j") { step(1); } else if (event.key === "k") { step(-1); } else if (event.key === "/") {
      const field = document.querySelector("[data-search]");
      if (field) { event.preventDefault(); field.focus(); field.select(); }
    }
  });
  /* One menu open at a time; Escape or a click elsewhere closes it. */
  const menus = "details.menu, details.person, details.many";
  const close = (but) => document.querySelectorAll(`${menus.replaceAll(",", "[open],")}[open]`).forEach((each) => {
    if (each !== but) { each.open = false; }
  });
  document.addEventListener("click", (event) => close(event.target.closest(menus)));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") { return; }
    const open = document.activeElement.closest(menus);
    close(null);
    if (open) { open.querySelector("summary").focus(); }
  });
  /* An address keeps the conditions in force, not the empty fields. */
  document.addEventListener("htmx:configRequest", (event) => {
    const sent = event.detail.formData;
    new Set(sent.keys()).forEach((name) => { if (sent.getAll(name).every((value) => value === "")) { sent.delete(name); } });
  });
  /* A partial update that was refused is shown as the whole page it is. */
  document.addEventListener("htmx:responseError", (event) => {
    const address = event.detail.pathInfo.finalRequestPath;
    if (event.detail.requestConfig.verb === "get" && event.detail.xhr.status !== 401) { location.assign(address); }
  });
})();
