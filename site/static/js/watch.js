// Tell how far the work is that a page waits for; when it is done, show the page anew.
for (const place of document.querySelectorAll("[data-watch]")) setTimeout(ask, 1000, place);

async function ask(place) {
  try {
    const answer = await fetch(place.dataset.watch, { headers: { Accept: "application/json" } });
    if (!answer.ok) return; // signed out meanwhile
    const told = await answer.json();
    if (!["waiting", "running"].includes(told.state)) return location.reload();
    place.querySelector("[data-text]").textContent = told.text;
    const bar = place.querySelector("progress");
    if (bar) bar.value = told.percent;
  } catch {
    // Offline for a moment: ask again.
  }
  setTimeout(ask, 2000, place);
}
