// What the pages do beyond links and forms: htmx swaps the picture while the
// slider moves. Everything works without it.
import "htmx.org/dist/htmx.esm.js";

const dayOf = (from, n) => new Date(Date.parse(from + "T00:00:00Z") + n * 86400000).toISOString().slice(0, 10);
const daysTo = (from, day) => Math.round((Date.parse(day + "T00:00:00Z") - Date.parse(from + "T00:00:00Z")) / 86400000);

// The slider and the date field show the same day; which one was moved is told
// to the server by the day that both had before.
document.addEventListener("input", (event) => {
  const form = event.target.closest?.("[data-day-form]");
  if (!form) return;
  const slider = form.elements.n, date = form.elements.on, from = form.dataset.from;
  if (!slider) return;
  if (event.target === slider) date.value = dayOf(from, Number(slider.value));
  else if (event.target === date && date.value) slider.value = String(daysTo(from, date.value));
  slider.setAttribute("aria-valuetext", date.value);
}, true);

// After a swap the address says what is shown, so that it can be passed on.
document.addEventListener("htmx:after:swap", () => {
  const form = document.querySelector("[data-day-form]");
  if (!form || !form.elements.n || !form.elements.on.value) return;
  const to = new URL(location.href);
  to.searchParams.set("on", form.elements.on.value);
  history.replaceState(null, "", to);
  form.elements.was.value = form.elements.on.value;
});

// On a narrow screen the menu is a row that scrolls: where one is, is in sight.
// Newer browsers do it by themselves (scroll-initial-target).
const here = document.querySelector(".menu [aria-current]");
if (here) here.parentElement.scrollLeft = here.offsetLeft - (here.parentElement.clientWidth - here.offsetWidth) / 2;

// A filter is applied when it is chosen; the button is for those without script.
document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form.filters");
  if (form) form.requestSubmit();
});

// The text beside the problems starts at the first marked words.
document.addEventListener("DOMContentLoaded", () => {
  if (location.hash) return;
  for (const box of document.querySelectorAll(".texts .source")) {
    const first = box.querySelector(".marked:not(.note)");
    if (first) box.scrollTop = Math.max(0, first.offsetTop - box.clientHeight / 4);
  }
});
