// Reading: the outline follows the text; the slider of the history chooses a day.
import { each, on } from "./page.js";

each("[data-outline]", (outline) => {
  const links = new Map([...outline.querySelectorAll('a[href^="#"]')].map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
  const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  const narrow = matchMedia("(max-width: 1180px)");
  if (outline.tagName === "DETAILS") outline.open = !narrow.matches;
  const follow = () => {
    const top = (heading) => heading.getBoundingClientRect().top;
    const end = scrollY > 0 && scrollY + innerHeight >= document.documentElement.scrollHeight - 4;
    const asked = end && headings.find((heading) => `#${heading.id}` === location.hash && top(heading) > 0);
    const now = asked || headings.filter((heading) => top(heading) < (end ? innerHeight : 140)).pop() || headings[0];
    for (const [id, link] of links) {
      if (id === now?.id) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  };
  for (const type of ["scroll", "hashchange"]) addEventListener(type, () => requestAnimationFrame(follow), { passive: true });
  follow();
});

on("input", "[data-asof-slide]", (_event, slide) => {
  const day = slide.dataset.days.split(",")[Number(slide.value)];
  slide.setAttribute("aria-valuetext", day);
  slide.form.querySelector("input[type=date]").value = day;
});
on("change", "[data-asof-slide]", (_event, slide) => slide.form.requestSubmit());
