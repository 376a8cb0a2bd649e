// Leave at once: blank the page, then replace it, so that "back" does not return here.
// Without this file the link still leads away. Shift three times does the same.
const link = document.querySelector("[data-quick-exit]");

function leave() {
  document.title = "";
  document.body.replaceChildren();
  document.documentElement.className = "";
  location.replace(link.href);
}

if (link) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });

  // Three presses of Shift alone within two seconds; typing a capital letter starts over.
  let presses = [];
  addEventListener("keydown", (event) => {
    if (event.key !== "Shift") {
      presses = [];
    } else if (!event.repeat) {
      presses = [...presses.filter((at) => event.timeStamp - at < 2000), event.timeStamp];
      if (presses.length === 3) leave();
    }
  });
}
