// Ask how the payment went, and for the receipt's number, ever more slowly; then show the page anew.
const place = document.querySelector("[data-status-url]");

async function ask(waited) {
  try {
    const answer = await fetch(place.dataset.statusUrl, { headers: { Accept: "application/json" } });
    const status = await answer.json();
    if (status.done || status.state !== place.dataset.state) return location.reload();
  } catch {
    // Offline for a moment: ask again.
  }
  const pause = Math.min(1000 + waited / 4, 8000);
  if (waited < 5 * 60 * 1000) setTimeout(ask, pause, waited + pause);
}

if (place) setTimeout(ask, 1000, 1000);
